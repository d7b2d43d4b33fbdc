#include "model/cvss.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace pratique {
namespace {

struct Case {
  std::string_view vector;
  double score;
  Severity severity;
};

// From FIRST's example documents and its reference calculators, and what NVD publishes for well-known vulnerabilities.
constexpr Case cases[] = {
    // 2.0
    {"AV:N/AC:L/Au:N/C:N/I:N/A:C", 7.8, Severity::high},
    {"AV:N/AC:L/Au:N/C:C/I:C/A:C", 10.0, Severity::high},
    {"AV:L/AC:H/Au:N/C:C/I:C/A:C", 6.2, Severity::medium},
    {"AV:N/AC:L/Au:N/C:P/I:N/A:N", 5.0, Severity::medium},
    {"AV:L/AC:L/Au:N/C:N/I:N/A:N", 0.0, Severity::low},
    // 3.0 and 3.1
    {"CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 6.1, Severity::medium},
    {"CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N", 6.4, Severity::medium},
    {"CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N", 3.1, Severity::low},
    {"CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:H/I:H/A:H", 9.9, Severity::critical},
    {"CVSS:3.1/AV:L/AC:L/PR:H/UI:N/S:U/C:L/I:L/A:L", 4.2, Severity::medium},
    {"CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8, Severity::critical},
    {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 10.0, Severity::critical},
    {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", 7.5, Severity::high},
    {"CVSS:3.1/AV:L/AC:L/PR:N/UI:R/S:C/C:H/I:H/A:H", 8.6, Severity::high},
    {"CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:N/I:N/A:N", 0.0, Severity::none},
    // 4.0: base
    {"CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 7.3, Severity::high},
    {"CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:P/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 7.7, Severity::high},
    {"CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:N/VC:H/VI:L/VA:L/SC:N/SI:N/SA:N", 8.3, Severity::high},
    {"CVSS:4.0/AV:L/AC:L/AT:N/PR:N/UI:P/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N", 4.8, Severity::medium},
    {"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", 10.0, Severity::critical},
    {"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N", 8.7, Severity::high},
    {"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:L/VI:H/VA:L/SC:N/SI:H/SA:L", 9.2, Severity::critical},
    {"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:L/VI:L/VA:L/SC:H/SI:N/SA:L", 7.8, Severity::high},
    {"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:H/SI:L/SA:H", 7.9, Severity::high},
    {"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:A/VC:L/VI:L/VA:N/SC:N/SI:L/SA:L", 5.1, Severity::medium},
    {"CVSS:4.0/AV:N/AC:L/AT:N/PR:L/UI:P/VC:H/VI:L/VA:L/SC:L/SI:L/SA:L", 7.0, Severity::high},
    {"CVSS:4.0/AV:N/AC:L/AT:N/PR:H/UI:A/VC:N/VI:N/VA:N/SC:H/SI:H/SA:H", 6.2, Severity::medium},
    {"CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:N/SA:H", 9.5, Severity::critical},
    {"CVSS:4.0/AV:N/AC:L/AT:P/PR:L/UI:A/VC:H/VI:H/VA:L/SC:L/SI:L/SA:L", 7.3, Severity::high},
    {"CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:A/VC:N/VI:N/VA:N/SC:L/SI:N/SA:N", 2.1, Severity::low},
    {"CVSS:4.0/AV:N/AC:L/AT:P/PR:H/UI:A/VC:N/VI:L/VA:L/SC:L/SI:N/SA:N", 1.8, Severity::low},
    {"CVSS:4.0/AV:N/AC:H/AT:N/PR:N/UI:N/VC:H/VI:H/VA:N/SC:L/SI:H/SA:L", 9.4, Severity::critical},
    {"CVSS:4.0/AV:N/AC:H/AT:N/PR:L/UI:P/VC:L/VI:N/VA:N/SC:H/SI:H/SA:H", 5.5, Severity::medium},
    {"CVSS:4.0/AV:N/AC:H/AT:P/PR:N/UI:N/VC:H/VI:H/VA:N/SC:N/SI:N/SA:L", 9.1, Severity::critical},
    {"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N", 0.0, Severity::none},
    // 4.0: with security requirements and exploit maturity
    {"CVSS:4.0/AV:P/AC:H/AT:P/PR:H/UI:A/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H/CR:H/IR:H/AR:H", 7.3, Severity::high},
    {"CVSS:4.0/AV:P/AC:H/AT:P/PR:H/UI:A/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H/CR:H/IR:L/AR:L", 7.1, Severity::high},
    {"CVSS:4.0/AV:P/AC:H/AT:P/PR:H/UI:A/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H/CR:M/IR:M/AR:M", 5.5, Severity::medium},
    {"CVSS:4.0/AV:P/AC:H/AT:P/PR:H/UI:A/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H/CR:L/IR:L/AR:L", 5.4, Severity::medium},
    {"CVSS:4.0/AV:P/AC:H/AT:P/PR:H/UI:A/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H/E:P", 5.9, Severity::medium},
    {"CVSS:4.0/AV:P/AC:H/AT:P/PR:H/UI:A/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H/E:U", 4.1, Severity::medium},
};

TEST(CvssTest, AgreesWithThePublishedExamples) {
  for (const auto& [vector, score, severity] : cases) {
    SCOPED_TRACE(vector);
    const auto got = parse_cvss(vector);
    ASSERT_TRUE(got) << render(got.error());
    EXPECT_DOUBLE_EQ(got->score, score);
    EXPECT_EQ(got->severity, severity);
  }
}

TEST(CvssTest, TakesMetricsInAnyOrderAndPassesOverUnknownOnes) {
  EXPECT_EQ(parse_cvss("CVSS:3.1/S:U/A:H/I:H/C:H/UI:N/PR:N/AC:L/AV:N/E:P/RL:O/ZZ:top").value(),
            parse_cvss("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H").value());
  EXPECT_EQ(parse_cvss("CVSS:4.0/SA:N/SI:N/SC:N/VA:N/VI:N/VC:H/UI:N/PR:N/AT:N/AC:L/AV:N/E:X/S:P/MAV:X").value(),
            parse_cvss("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N").value());
}

TEST(CvssTest, ModifiedMetricsReplaceTheBaseOnes) {
  EXPECT_EQ(parse_cvss("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/MAV:L/MAT:P/MPR:L").value(),
            parse_cvss("CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N").value());
  EXPECT_GT(parse_cvss("CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/MSI:S").value().score, 7.3);
}

TEST(CvssTest, NamesTheMetricAtFault) {
  const std::pair<std::string_view, std::string_view> bad[] = {
      {"", ""},
      {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H", "A"},
      {"CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "AV"},
      {"CVSS:3.1/AV:N/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "AV"},
      {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/", ""},
      {"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:S/VI:H/VA:H/SC:N/SI:N/SA:N", "VC"},
      {"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:S/SA:N", "SI"},
      {"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N", "SA"},
      {"CVSS:5.0/AV:N", "CVSS"},
      {"HIGH", "HIGH"},
  };
  for (const auto& [vector, place] : bad) {
    SCOPED_TRACE(vector);
    const auto got = parse_cvss(vector);
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().fault, Fault::malformed);
    EXPECT_EQ(got.error().place, std::vector<std::string>{std::string(place)});
  }
  EXPECT_FALSE(parse_cvss("CVSS:3.1/" + std::string(100000, 'A')));
}

// A vector that is worse in one metric never scores lower.
TEST(CvssTest, ScoresFollowTheImpact) {
  constexpr std::array<char, 3> impacts = {'N', 'L', 'H'};
  for (const std::string head : {"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VI:L/VA:N/SC:N/SI:N/SA:N/VC:",
                                 "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/I:L/A:N/C:"}) {
    double before = -1;
    for (const char impact : impacts) {
      const double score = parse_cvss(head + impact).value().score;
      EXPECT_GE(score, before) << head << impact;
      before = score;
    }
  }
}

}  // namespace
}  // namespace pratique
