// The orders of third-party tables under ../shared/data/versions: one line, one comparison, in both directions.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>

#include "base/text.h"
#include "engine/version/version.h"

namespace pratique {
namespace {

namespace fs = std::filesystem;

const fs::path folder = PRATIQUE_SOURCE_DIR "/../shared/data/versions";

struct Line {
  std::string left;
  char relation = '=';  // '<', '=', '>'
  std::string right;
};

// Lines that no order can agree with, with the reason; docs/versions.md repeats them.
const std::set<std::string> impossible = {
    // 1.2.3.# = 1.2.3 and 1.2.3 < 1.2.3.1 (version_compare: a number is above the end) leave 1.2.3.# < 1.2.3.1
    "1.2.3.# = 1.2.3.1",
};

std::vector<Line> lines_of(const fs::path& file) {
  std::vector<Line> lines;
  std::ifstream stream(file);
  for (std::string text; std::getline(stream, text);) {
    if (text.empty() || text.starts_with("# ") || text.starts_with("//") || impossible.contains(text)) continue;
    for (const char relation : {'<', '=', '>'}) {
      const std::string middle = std::string(" ") + relation + " ";
      if (const std::size_t at = text.find(middle); at != std::string::npos) {
        lines.push_back({text.substr(0, at), relation, text.substr(at + 3)});
        break;
      }
    }
  }
  return lines;
}

char relation_of(std::strong_ordering order) { return order < 0 ? '<' : order > 0 ? '>' : '='; }
char turned(char relation) { return relation == '<' ? '>' : relation == '>' ? '<' : '='; }

void expect_order(Scheme scheme, const Line& line) {
  SCOPED_TRACE(line.left + " " + line.relation + " " + line.right);
  EXPECT_EQ(relation_of(compare_versions(scheme, line.left, line.right).order), line.relation);
  EXPECT_EQ(relation_of(compare_versions(scheme, line.right, line.left).order), turned(line.relation));
}

TEST(VersionTables, EveryLineOfEveryTable) {
  const std::map<std::string, Scheme> scheme_of = {
      {"alpine", Scheme::apk},      {"cran", Scheme::cran},    {"debian", Scheme::deb},
      {"hackage", Scheme::hackage}, {"maven", Scheme::maven},  {"nuget", Scheme::nuget},
      {"pub", Scheme::pub},         {"pypi", Scheme::pypi},    {"packagist", Scheme::composer},
      {"redhat", Scheme::rpm},      {"rubygems", Scheme::gem}, {"semver", Scheme::semver}};
  if (!fs::exists(folder)) GTEST_SKIP() << folder << " is absent";
  std::size_t lines = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name == "rpm-vercmp.txt") continue;
    const auto found = scheme_of.find(name.substr(0, name.find('-')));
    ASSERT_NE(found, scheme_of.end()) << name;
    SCOPED_TRACE(name);
    for (const Line& line : lines_of(entry.path())) {
      expect_order(found->second, line);
      ++lines;
    }
  }
  EXPECT_GT(lines, 30'000u);
}

TEST(VersionTables, RpmsOwnCases) {
  std::ifstream stream(folder / "rpm-vercmp.txt");
  if (!stream) GTEST_SKIP() << folder << " is absent";
  std::size_t lines = 0;
  for (std::string text; std::getline(stream, text);) {
    if (text.starts_with("//")) continue;
    const std::vector<std::string_view> parts = split(text, ' ');
    ASSERT_EQ(parts.size(), 3u) << text;
    expect_order(Scheme::rpm, {std::string(parts[0]),
                               parts[2] == "0"   ? '='
                               : parts[2] == "1" ? '>'
                                                 : '<',
                               std::string(parts[1])});
    ++lines;
  }
  EXPECT_GT(lines, 90u);
}

}  // namespace
}  // namespace pratique
