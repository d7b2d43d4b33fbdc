#include "flow/explain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "flow/build.h"
#include "flow/scan.h"

namespace pratique {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

ReportedFinding finding(std::string id, std::vector<std::string> aliases, std::string name, std::string purl,
                        std::string artifact = "shop") {
  ReportedFinding one{.artifact = std::move(artifact), .target = "shop.json", .finding = {}};
  one.finding.id = std::move(id);
  one.finding.aliases = std::move(aliases);
  one.finding.name = std::move(name);
  one.finding.version = "1.0";
  one.finding.purl = std::move(purl);
  return one;
}

std::size_t found(const std::vector<ReportedFinding>& all, std::string_view text) {
  const auto index = find_finding(all, finding_query_of(text));
  EXPECT_TRUE(index) << text << ": " << render(index.error());
  return index.value_or(99);
}

std::string refused(const std::vector<ReportedFinding>& all, const FindingQuery& query, Fault fault) {
  const auto index = find_finding(all, query);
  EXPECT_FALSE(index);
  if (index) return {};
  EXPECT_EQ(index.error().fault, fault);
  return render(index.error());
}

TEST(FindFindingTest, AFindingHasManyNames) {
  const std::vector<ReportedFinding> all = {
      finding("CVE-1", {"GHSA-1"}, "left-pad", "pkg:npm/left-pad@1.0"),
      finding("CVE-1", {"GHSA-1"}, "pad", "pkg:pypi/pad@1.0?x=y"),
      finding("CVE-2", {}, "nameless", ""),
  };
  EXPECT_EQ(found(all, "CVE-1@left-pad"), 0u);
  EXPECT_EQ(found(all, "cve-1@pad@1.0"), 1u);
  EXPECT_EQ(found(all, "GHSA-1@pkg:pypi/pad"), 1u);
  EXPECT_EQ(found(all, "CVE-1/pkg:npm/left-pad@1.0"), 0u);
  EXPECT_EQ(found(all, "CVE-2"), 2u);
  EXPECT_EQ(found(all, reference_of(all[2].finding)), 2u);
  EXPECT_EQ(found(all, reference_of(all[1].finding)), 1u);
}

TEST(FindFindingTest, WhatIsAmbiguousIsListed) {
  std::vector<ReportedFinding> all = {finding("CVE-1", {}, "left-pad", "pkg:npm/left-pad@1.0"),
                                      finding("CVE-1", {}, "pad", "pkg:pypi/pad@1.0")};
  EXPECT_THAT(refused(all, {"CVE-1", "", ""}, Fault::usage),
              HasSubstr("CVE-1: means 2 findings: CVE-1/pkg:npm/left-pad@1.0, CVE-1/pkg:pypi/pad@1.0"));
  EXPECT_THAT(refused(all, {"CVE-1", "lodash", ""}, Fault::not_found), HasSubstr("but is CVE-1/pkg:npm/left-pad@1.0"));
  EXPECT_THAT(refused(all, {"CVE-1", "pkg:", ""}, Fault::usage), HasSubstr("pkg:"));
  EXPECT_THAT(refused(all, {"CVE-3", "", ""}, Fault::not_found), HasSubstr("--why-not"));
  all = {finding("CVE-1", {}, "pad", "pkg:npm/pad@1", "shop"), finding("CVE-1", {}, "pad", "pkg:npm/pad@1", "cart")};
  EXPECT_THAT(refused(all, {"CVE-1", "", ""}, Fault::usage), HasSubstr("2 artifacts: cart, shop; name the one with"));
  EXPECT_EQ(find_finding(all, {"CVE-1", "", "cart"}).value_or(99), 1u);
}

class WhyNotTest : public testing::Test {
 protected:
  WhyNotTest() {
    std::string pattern = (fs::temp_directory_path() / "pratique_explain_XXXXXX").string();
    root_ = ::mkdtemp(pattern.data());
    write("ghsa.json", R"({"id":"GHSA-35jh-r3h4-6jhm","aliases":["CVE-2021-23337"],"modified":"2024-01-01T00:00:00Z",
      "affected":[{"package":{"ecosystem":"npm","name":"lodash"},
                   "ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"4.17.21"}]}]}]})");
    write("gem.json", R"({"id":"CVE-2021-23337","modified":"2024-01-01T00:00:00Z",
      "affected":[{"package":{"ecosystem":"RubyGems","name":"lodash-rails"},
                   "ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"4.18"}]}]}]})");
    write("old.json", R"({"id":"GHSA-old","withdrawn":"2023-01-01T00:00:00Z",
      "affected":[{"package":{"ecosystem":"npm","name":"lodash"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"}]}]}]})");
    const auto built = build_database({root_ + "/osv"}, root_ + "/db", Time{}, {});
    EXPECT_TRUE(built) << render(built.error());
  }
  ~WhyNotTest() override { fs::remove_all(root_); }
  void write(const std::string& name, const std::string& text) const {
    fs::create_directories(root_ + "/osv");
    std::ofstream(root_ + "/osv/" + name) << text;
  }
  Result<WhyNot> ask(const std::vector<std::string>& purls, const std::string& id) const {
    Bill bill;
    for (const auto& purl : purls) {
      Component component;
      component.purl = bill.pool->keep(purl);
      component.name = bill.pool->keep(parse_purl(purl)->name);
      component.version = bill.pool->keep(parse_purl(purl)->version);
      bill.components.push_back(component);
    }
    const auto db = AdvisoryDb::open(root_ + "/db").value();
    return why_not(bill, scan(bill, db).value(), db, id);
  }
  std::string root_;
};

TEST_F(WhyNotTest, TellsWhatIsAndWhatIsNot) {
  const auto answer =
      ask({"pkg:npm/lodash@4.17.20", "pkg:npm/lodash@4.17.21", "pkg:gem/lodash-rails@4.18"}, "GHSA-35jh-r3h4-6jhm");
  ASSERT_TRUE(answer) << render(answer.error());
  EXPECT_EQ(answer->advisories.size(), 2u);  // the other by way of the CVE
  EXPECT_THAT(answer->findings, ElementsAre(0u));
  ASSERT_EQ(answer->near.misses.size(), 2u);
  EXPECT_EQ(answer->near.misses[0].component, 1u);
  EXPECT_EQ(answer->near.misses[0].reason, MissReason::fixed);
  EXPECT_EQ(answer->near.misses[1].reason, MissReason::fixed);
}

TEST_F(WhyNotTest, ANameInAnyCaseIsKnown) {
  const auto answer = ask({"pkg:npm/lodash@4.17.20"}, "cve-2021-23337");
  ASSERT_TRUE(answer) << render(answer.error());
  EXPECT_EQ(answer->id, "CVE-2021-23337");
  EXPECT_THAT(answer->findings, ElementsAre(0u));
}

TEST_F(WhyNotTest, AWithdrawnAdvisoryIsKnown) {
  const auto answer = ask({"pkg:npm/lodash@4.17.20"}, "GHSA-old");
  ASSERT_TRUE(answer) << render(answer.error());
  ASSERT_EQ(answer->near.misses.size(), 1u);
  EXPECT_EQ(answer->near.misses[0].reason, MissReason::withdrawn);
}

TEST_F(WhyNotTest, WhatTheDatabaseDoesNotKnowIsNotFound) {
  const auto answer = ask({"pkg:npm/lodash@4.17.20"}, "CVE-1999-0001");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().fault, Fault::not_found);
  EXPECT_THAT(render(answer.error()), HasSubstr("no advisory of this name is in the database"));
}

}  // namespace
}  // namespace pratique
