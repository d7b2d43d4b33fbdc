#include "app/render/yaml.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/yaml.h"

namespace pratique {
namespace {

TEST(RenderYamlTest, SaysWhatTheJsonSays) {
  EXPECT_EQ(
      render_yaml(R"({"kind": "Scan", "number": 1, "real": 9.8, "truth": true, "none": null, "list": [], "map": {},
                            "items": [{"id": "CVE-1", "path": ["a 1.0", "b"]}, "x"]})"),
      R"(kind: Scan
number: 1
real: 9.8
truth: true
none: null
list: []
map: {}
items:
  - id: CVE-1
    path:
      - a 1.0
      - b
  - x
)");
}

// What a reader would take for something else is quoted, and nothing in a text ends it.
TEST(RenderYamlTest, ATextStaysAText) {
  for (const std::string text :
       {"1.10", "1e3",      "0x1f", "true",     "No",           "null",         "~",
        "",     " a",       "a ",   "a: b",     "a #b",         "- a",          "{a}",
        "[a",   "&a",       "*a",   "!a",       "%a",           "@a",           "`a",
        "'a'",  "\"a\"",    "a\nb", "a\tb",     "\\",           "2026-01-01",   "vers:npm/<2",
        "---",  "\x1b[31m", "\x7f", "\xc2\x85", "\xe2\x80\xae", "\xef\xbb\xbf", "caf\xc3\xa9"}) {
    const std::string yaml = render_yaml(nlohmann::json{{"key", text}, {"of " + text, 1}}.dump());
    const auto read = parse_yaml(yaml);
    ASSERT_TRUE(read) << render(read.error()) << "\n" << yaml;
    const Yaml& map = read->at(0);
    ASSERT_EQ(map.members.size(), 2u) << yaml;
    for (const auto& member : map.members) {
      if (member.key != "key") continue;
      EXPECT_EQ(member.value.text, text) << yaml;
      EXPECT_TRUE(member.value.quoted) << yaml;
    }
    for (const char c : yaml) EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= ' ') << static_cast<int>(c);
  }
}

}  // namespace
}  // namespace pratique
