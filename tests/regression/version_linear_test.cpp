// Every comparator, and every reader of ranges, takes time in proportion to its input: a quadratic one would not end
// within the test's time limit on these.
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "engine/version/version.h"

namespace pratique {
namespace {

std::vector<std::string> units() {
  std::vector<std::string> lines;
  std::ifstream stream(PRATIQUE_SOURCE_DIR "/tests/regression/linear/version_units.txt");
  for (std::string line; std::getline(stream, line);)
    if (!line.empty() && !line.starts_with('#')) lines.push_back(line);
  return lines;
}

std::string repeated(std::string_view unit, std::size_t size) {
  std::string text;
  text.reserve(size + unit.size());
  while (text.size() + unit.size() <= size) text += unit;
  return text;
}

TEST(Linear, ComparingLongVersions) {
  constexpr std::size_t size = std::size_t{128} << 10;
  for (const std::string& unit : units()) {
    SCOPED_TRACE(unit);
    const std::string body = repeated(unit, size);
    for (std::size_t i = 0; i < scheme_count; ++i) {
      const auto scheme = static_cast<Scheme>(i);
      const Order up = compare_versions(scheme, "1." + body + "1", "1." + body + "2");
      const Order down = compare_versions(scheme, "1." + body + "2", "1." + body + "1");
      EXPECT_EQ(up.order, 0 <=> down.order) << name_of(scheme);
    }
  }
}

TEST(Linear, ReadingLongRanges) {
  constexpr std::size_t size = (std::size_t{64} << 10) - 16;
  for (const std::string& unit : units()) {
    SCOPED_TRACE(unit);
    const std::string text = repeated(unit, size) + "1";
    for (std::size_t i = 0; i < scheme_count; ++i) {
      const auto scheme = static_cast<Scheme>(i);
      if (const auto vers = vers_from_native(scheme, text); vers.has_value()) {
        EXPECT_FALSE(render_vers(*vers).empty());
      }
      (void)parse_vers("vers:" + std::string(name_of(scheme)) + "/" + text).has_value();
    }
  }
}

TEST(Linear, ManyEvents) {
  std::vector<std::string> versions;
  for (int i = 0; i < 20'000; ++i) versions.push_back("1." + std::to_string(i));
  std::vector<OsvEvent> events;
  for (std::size_t i = versions.size(); i-- > 0;) {
    const auto kind = i % 2 == 0 ? OsvEvent::Kind::introduced : OsvEvent::Kind::fixed;
    events.push_back({kind, versions[i]});
    events.push_back({OsvEvent::Kind::limit, versions[i]});
  }
  const auto vers = vers_from_osv(Scheme::semver, events);
  ASSERT_TRUE(vers);
  EXPECT_TRUE(contains(*vers, "1.10.5").inside);
  EXPECT_FALSE(contains(*vers, "1.11.5").inside);
}

}  // namespace
}  // namespace pratique
