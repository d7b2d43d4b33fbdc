#include "flow/suppress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace pratique {
namespace {

namespace fs = std::filesystem;

Result<std::vector<IgnoreRule>> rules_of(const std::string& text) {
  const std::string path = fs::temp_directory_path() / ("pratique_ignore_" + std::to_string(::getpid()) + ".yaml");
  std::ofstream(path) << text;
  auto rules = load_ignore_rules(path);
  fs::remove(path);
  return rules;
}

TEST(IgnoreFileTest, ReadsRules) {
  const auto rules = rules_of(
      "ignore:\n  - id: CVE-1\n    reason: r\n    expires: 2026-12-31\n    author: ann\n    package: pkg:npm/a\n"
      "  - {id: CVE-2, reason: r, expires: 2026-12-31T12:00:00Z}\n");
  ASSERT_TRUE(rules) << render(rules.error());
  ASSERT_EQ(rules->size(), 2u);
  EXPECT_EQ(render_time((*rules)[0].expires), "2027-01-01T00:00:00Z");  // the day itself counts
  EXPECT_TRUE((*rules)[0].package);
  EXPECT_TRUE((*rules)[0].place.ends_with(".yaml:2"));
  EXPECT_EQ(render_time((*rules)[1].expires), "2026-12-31T12:00:00Z");
}

TEST(IgnoreFileTest, RefusesWhatWouldIgnoreTooMuch) {
  for (const auto& [text, reason] : std::vector<std::pair<std::string, std::string>>{
           {"ignore:\n  - {id: CVE-1, expires: 2026-12-31}\n", "reason"},
           {"ignore:\n  - {id: CVE-1, reason: r}\n", "expires"},
           {"ignore:\n  - {reason: r, expires: 2026-12-31}\n", "id"},
           {"ignore:\n  - {id: CVE-1, reason: r, expires: soon}\n", "no date"},
           {"ignore:\n  - {id: CVE-1, reason: r, expires: 2026-12-31, package: lodash}\n", "no package URL"},
           {"ignore:\n  - {id: CVE-1, reason: r, expires: 2026-12-31, purl: x}\n", "purl"},
           {"ignore: all\n", "no list"},
           {"ignored: []\n", "ignore"}}) {
    const auto rules = rules_of(text);
    ASSERT_FALSE(rules) << text;
    EXPECT_THAT(render(rules.error()), testing::HasSubstr(reason)) << text;
  }
}

}  // namespace
}  // namespace pratique
