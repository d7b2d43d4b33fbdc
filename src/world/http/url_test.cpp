#include "world/http/url.h"

#include <gtest/gtest.h>

namespace pratique {
namespace {

using Query = std::vector<std::pair<std::string, std::string>>;

Target target_of(std::string_view text) {
  auto parsed = parse_target(text);
  EXPECT_TRUE(parsed) << text;
  return parsed.value_or(Target{});
}

TEST(Url, TakesAPathAndAQueryApart) {
  const auto target = target_of("/v1/where?purl=pkg%3Anpm%2F%40a%2Fb&running=true");
  EXPECT_EQ(target.path, "/v1/where");
  EXPECT_EQ(target.query, (Query{{"purl", "pkg:npm/@a/b"}, {"running", "true"}}));
}

TEST(Url, KeepsWhatACommandLineTypesUnescaped) {
  EXPECT_EQ(target_of("/v1/where?purl=pkg:npm/x@1&range=vers:npm/<2|>=3").query,
            (Query{{"purl", "pkg:npm/x@1"}, {"range", "vers:npm/<2|>=3"}}));
}

TEST(Url, PlusIsABlankInAQueryAndItselfInAPath) {
  const auto target = target_of("/a+b?c+d=e+%2B");
  EXPECT_EQ(target.path, "/a+b");
  EXPECT_EQ(target.query, (Query{{"c d", "e +"}}));
}

TEST(Url, AcceptsTheAbsoluteForm) {
  EXPECT_EQ(target_of("https://pratique:8443/healthz?x").path, "/healthz");
  EXPECT_EQ(target_of("https://pratique:8443").path, "/");
  EXPECT_EQ(target_of("https://pratique?x=1").query, (Query{{"x", "1"}}));
  EXPECT_EQ(target_of("/go?to=https://elsewhere/").path, "/go");
}

TEST(Url, EmptyPartsAndRepeatedNames) {
  EXPECT_EQ(target_of("/?&&a&a=&=b&a=1").query, (Query{{"a", ""}, {"a", ""}, {"", "b"}, {"a", "1"}}));
  EXPECT_EQ(target_of("").path, "/");
  EXPECT_EQ(target_of("*").path, "*");
  EXPECT_EQ(target_of("/a#fragment").path, "/a");
}

TEST(Url, ABadEscapeIsAnError) {
  for (const auto* text : {"/%", "/%4", "/%zz", "/a?b=%", "/a?%1", "/a?b=%4g"}) {
    const auto parsed = parse_target(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().fault, Fault::malformed);
  }
}

}  // namespace
}  // namespace pratique
