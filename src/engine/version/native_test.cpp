#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/version/version.h"

namespace pratique {
namespace {

using Kind = OsvEvent::Kind;

std::string shown(const Result<Vers>& vers) { return vers ? render_vers(*vers) : "! " + render(vers.error()); }

struct Case {
  std::string text;
  std::string vers;  // without "vers:SCHEME/"
};

void expect_ranges(Scheme scheme, const std::vector<Case>& cases) {
  const std::string head = "vers:" + std::string(name_of(scheme)) + "/";
  for (const auto& [text, vers] : cases) EXPECT_EQ(shown(vers_from_native(scheme, text)), head + vers) << text;
}

void expect_refused(Scheme scheme, const std::vector<std::string>& texts) {
  for (const std::string& text : texts) {
    const Result<Vers> vers = vers_from_native(scheme, text);
    ASSERT_FALSE(vers) << name_of(scheme) << " '" << text << "': " << shown(vers);
    EXPECT_EQ(vers.error().fault, Fault::malformed);
    EXPECT_FALSE(vers.error().place.empty());
  }
}

TEST(Native, Npm) {
  expect_ranges(Scheme::npm, {{"", "*"},
                              {"*", "*"},
                              {"1.2.3", "1.2.3"},
                              {"=v1.2.3+build", "1.2.3"},
                              {"^1.2.3", ">=1.2.3|<2.0.0"},
                              {"^0.2.3", ">=0.2.3|<0.3.0"},
                              {"^0.0.3", ">=0.0.3|<0.0.4"},
                              {"^0.0", ">=0.0.0|<0.1.0"},
                              {"^1.x", ">=1.0.0|<2.0.0"},
                              {"~1.2.3-beta.2", ">=1.2.3-beta.2|<1.3.0"},
                              {"~1", ">=1.0.0|<2.0.0"},
                              {">1.2", ">=1.3.0"},
                              {"<=1.2", "<1.3.0"},
                              {"1.2.3 - 2.3", ">=1.2.3|<2.4.0"},
                              {">= 1.0.0 <2.0.0 || 3.x", ">=1.0.0|<2.0.0|>=3.0.0|<4.0.0"},
                              {"^9.9.9", ">=9.9.9|<10.0.0"},
                              {"^99999999999999999999.0.0", ">=99999999999999999999.0.0|<100000000000000000000.0.0"}});
  expect_refused(Scheme::npm, {"latest", "^", ">", "1.2.3.4", "1.a", ">1 <1", "<*", "1.2.3 ||| 2", "&1", ">>1.0"});
}

TEST(Native, Cargo) {
  expect_ranges(Scheme::cargo, {{"1.2.3", ">=1.2.3|<2.0.0"},
                                {"0.2", ">=0.2.0|<0.3.0"},
                                {"1.*", ">=1.0.0|<2.0.0"},
                                {"*", "*"},
                                {"=1.2.3", "1.2.3"},
                                {">=1.2, <1.5", ">=1.2.0|<1.5.0"},
                                {"~1.2.3", ">=1.2.3|<1.3.0"}});
  expect_refused(Scheme::cargo, {"", ">=1.0,", "foo"});
}

TEST(Native, Maven) {
  expect_ranges(Scheme::maven, {{"[1.0,2.0)", ">=1.0|<2.0"},
                                {"(,1.0]", "<=1.0"},
                                {"(1.0,)", ">1.0"},
                                {"[1.5]", "1.5"},
                                {"[,1.0),(1.0,)", "!=1.0"},
                                {" [ 1.0 , 1.2 ) , [1.3, 1.4] ", ">=1.0|<1.2|>=1.3|<=1.4"},
                                {"(,)", "*"},
                                {"1.0-alpha", "1.0-alpha"}});
  expect_refused(Scheme::maven,
                 {"", "[1.0,2.0", "[1.0", "(1.0)", "[]", "[2.0,1.0]", "[1,2],", "[1,2]x", "[1,2,3]", "[[1,2]"});
}

TEST(Native, Nuget) {
  expect_ranges(Scheme::nuget,
                {{"1.0", ">=1.0"}, {"[1.0]", "1.0"}, {"(1.0,2.0]", ">1.0|<=2.0"}, {"1.2.*", ">=1.2|<1.3"}});
  expect_refused(Scheme::nuget, {"", "*.1", "(1.0)"});
}

TEST(Native, Pypi) {
  expect_ranges(Scheme::pypi, {{">=1.4,<2", ">=1.4|<2"},
                               {"~=1.4.5", ">=1.4.5|<1.5.dev0"},
                               {"~=2.2", ">=2.2|<3.dev0"},
                               {"==1.1.*", ">=1.1.dev0|<1.2.dev0"},
                               {"!=1.1.*", "<1.1.dev0|>=1.2.dev0"},
                               {"==1!2.*", ">=1%212.dev0|<1%213.dev0"},
                               {">1.0, !=1.5, <=2.0", ">1.0|!=1.5|<=2.0"},
                               {"===1.0+x", "1.0+x"}});
  expect_refused(Scheme::pypi, {"", "1.0", "~=1", "~=1.*", ">=1.*", "==foo1", "=1.0", ">=1.0,"});
}

TEST(Native, Gem) {
  expect_ranges(Scheme::gem, {{"~> 2.0.8", ">=2.0.8|<2.1"},
                              {"~> 2", ">=2|<3"},
                              {"~> 2.2.beta", ">=2.2.beta|<3"},
                              {">= 1.0, != 1.5, < 2", ">=1.0|!=1.5|<2"},
                              {"1.0", "1.0"}});
  expect_refused(Scheme::gem, {"~> a1", "=> ", ""});
}

TEST(Native, DistributionRelations) {
  expect_ranges(Scheme::deb,
                {{">= 1.2~, << 2:1.0-1", ">=1.2~|<2:1.0-1"}, {"(= 1.0)", "1.0"}, {"<< 1.0 | >> 2.0", "<1.0|>2.0"}});
  expect_refused(Scheme::deb, {"< 1.0", "libc6 (>= 2.3)", "1.0 2.0", ">= ", "(>= 1.0"});
  EXPECT_EQ(vers_from_native(Scheme::deb, "< 1.0").error().remedy, "write '<<', '<=', '>=' or '>>'");
  expect_ranges(Scheme::rpm, {{">= 1:1.0-1.el9, < 1:2", ">=1:1.0-1.el9|<1:2"}});
  expect_ranges(Scheme::apk, {{"<1.2.3-r4", "<1.2.3-r4"}, {"~1.2", ">=1.2_alpha|<1.3_alpha"}});
  expect_ranges(Scheme::alpm, {{">=1.0-2", ">=1.0-2"}});
}

TEST(Native, OtherEcosystems) {
  expect_ranges(Scheme::composer, {{"^1.2 || ~2.0.1", ">=1.2|<2|>=2.0.1|<2.1"},
                                   {"1.0.*", ">=1.0|<1.1"},
                                   {">=1.0,<1.1|>=2.0 <2.1", ">=1.0|<1.1|>=2.0|<2.1"},
                                   {"v1.2.3@beta", "1.2.3"},
                                   {"^0.3", ">=0.3|<0.4"}});
  expect_refused(Scheme::composer, {"dev-main", "", "^foo1", "<*"});
  expect_refused(Scheme::conda, {"<*", ">=1,<*", ">1.*.2"});
  expect_refused(Scheme::generic, {"1.*", "<*"});
  expect_ranges(Scheme::hex,
                {{"~> 2.1.2", ">=2.1.2|<2.2.0"}, {">= 1.0.0 and < 2.0.0 or == 3.0.0", ">=1.0.0|<2.0.0|3.0.0"}});
  expect_ranges(Scheme::pub, {{"^1.2.3", ">=1.2.3|<2.0.0"}, {"any", "*"}, {">=1.0.0 <2.0.0", ">=1.0.0|<2.0.0"}});
  expect_ranges(Scheme::hackage,
                {{"^>= 1.2.3 || == 2.*", ">=1.2.3|<1.3|>=2|<3"}, {">= 1 && < 2", ">=1|<2"}, {"-any", "*"}});
  expect_ranges(Scheme::conda,
                {{">=1.2,<2|3.0.*", ">=1.2|<2|>=3.0dev|<3.1dev"}, {"=1.2", ">=1.2dev|<1.3dev"}, {"1!2.0", "1%212.0"}});
  expect_ranges(
      Scheme::conan,
      {{"~2.5", ">=2.5|<2.6-"}, {"*", ">=0.0.0"}, {">1 <2.0 || ^3.2, include_prerelease", ">1|<2.0|>=3.2|<4-"}});
  expect_ranges(Scheme::nginx, {{"1.5.6-1.7.4, 0.8.40+", ">=0.8.40|<0.9.0|>=1.5.6|<=1.7.4"}, {"all", "*"}});
  expect_ranges(Scheme::openssl, {{"3.0.0, 1.0.1b", "1.0.1b|3.0.0"}, {">=3.0.0, <3.0.7", ">=3.0.0|<3.0.7"}});
  expect_ranges(Scheme::golang, {{">=v1.2.0 <v1.3.5 || =v1.4.0", ">=v1.2.0|<v1.3.5|v1.4.0"}});
  EXPECT_EQ(shown(vers_from_native(Scheme::nginx, "none")), "vers:none/*");
}

TEST(Native, Github) {
  EXPECT_EQ(shown(vers_from_github(Scheme::npm, ">= 1.0.0, < 2.0.0")), "vers:npm/>=1.0.0|<2.0.0");
  EXPECT_EQ(shown(vers_from_github(Scheme::maven, "= 1.2.3")), "vers:maven/1.2.3");
  EXPECT_EQ(shown(vers_from_github(Scheme::pypi, "<= 4.0")), "vers:pypi/<=4.0");
  EXPECT_FALSE(vers_from_github(Scheme::npm, "> 2, < 1"));
}

TEST(Native, ErrorsNameTheCharacter) {
  const Error error = vers_from_native(Scheme::npm, ">=1.0.0 <").error();
  EXPECT_EQ(error.place, (std::vector<std::string>{">=1.0.0 <", "character 10"}));
  EXPECT_EQ(vers_from_native(Scheme::npm, std::string(70'000, '1')).error().fault, Fault::limit);
}

TEST(Osv, EventsAreWalkedInTheOrderOfVersions) {
  const auto range = [](std::vector<OsvEvent> events) { return shown(vers_from_osv(Scheme::golang, events)); };
  EXPECT_EQ(range({{Kind::introduced, "0"}}), "vers:golang/*");
  EXPECT_EQ(range({{Kind::introduced, "0"}, {Kind::fixed, "1.2.3"}}), "vers:golang/<1.2.3");
  EXPECT_EQ(
      range({{Kind::fixed, "2.1.0"}, {Kind::introduced, "2.0.0"}, {Kind::fixed, "1.5.0"}, {Kind::introduced, "1.0.0"}}),
      "vers:golang/>=1.0.0|<1.5.0|>=2.0.0|<2.1.0");
  EXPECT_EQ(range({{Kind::introduced, "1.0.0"}, {Kind::last_affected, "1.4.9"}}), "vers:golang/>=1.0.0|<=1.4.9");
  EXPECT_EQ(range({{Kind::introduced, "0"}, {Kind::limit, "2.0.0"}, {Kind::limit, "3.0.0"}}), "vers:golang/<3.0.0");
  EXPECT_EQ(range({{Kind::introduced, "0"}, {Kind::limit, "*"}}), "vers:golang/*");
  EXPECT_EQ(range({{Kind::introduced, "1.0.0"}, {Kind::fixed, "1.0.0"}}), "vers:none/*");
  EXPECT_EQ(range({{Kind::introduced, "1.0.0"}, {Kind::fixed, "2.0.0"}, {Kind::introduced, "2.0.0"}}),
            "vers:golang/>=1.0.0");
}

TEST(Osv, SinceEverIsBeforePseudoVersions) {
  const std::vector<OsvEvent> events = {{Kind::introduced, "0"}, {Kind::fixed, "0.0.0-20220622213112-05595931fe9d"}};
  const Vers vers = vers_from_osv(Scheme::golang, events).value();
  EXPECT_TRUE(contains(vers, "v0.0.0-20210322153248-0c34fe9e7dc2").inside);
  EXPECT_FALSE(contains(vers, "v0.0.0-20220622213112-05595931fe9d").inside);
  const std::vector<OsvEvent> unfixed = {{Kind::introduced, "0"}};
  EXPECT_TRUE(contains(vers_from_osv(Scheme::npm, unfixed).value(), "0.0.0-alpha").inside);
}

TEST(Osv, RefusesWhatSaysNothing) {
  EXPECT_EQ(vers_from_osv(Scheme::npm, {}).error().place, std::vector<std::string>{"events"});
  const std::vector<OsvEvent> only_fixed = {{Kind::fixed, "1.0.0"}};
  EXPECT_FALSE(vers_from_osv(Scheme::npm, only_fixed));
  const std::vector<OsvEvent> blank = {{Kind::introduced, "0"}, {Kind::fixed, ""}};
  EXPECT_EQ(vers_from_osv(Scheme::npm, blank).error().place, std::vector<std::string>{"events/1"});
}

TEST(Cpe, BoundsAndVersions) {
  const auto range = [](const CpeRange& cpe) { return shown(vers_from_cpe(Scheme::generic, cpe)); };
  EXPECT_EQ(range({.version = "*", .start_including = "1.0", .end_excluding = "2.0"}), "vers:generic/>=1.0|<2.0");
  EXPECT_EQ(range({.version = "*", .start_excluding = "1.0", .end_including = "2.0"}), "vers:generic/>1.0|<=2.0");
  EXPECT_EQ(range({.version = "1.5"}), "vers:generic/1.5");
  EXPECT_EQ(range({.version = "*"}), "vers:generic/*");
  EXPECT_EQ(range({.version = "-"}), "vers:none/*");
  EXPECT_EQ(vers_from_cpe(Scheme::generic, {}).error().fault, Fault::malformed);
}

TEST(Linux, EachFixMendsItsBranch) {
  const std::vector<std::string_view> fixed = {"5.10.220", "6.1.90", "6.9"};
  const Vers vers = vers_from_linux("5.4", fixed).value();
  EXPECT_EQ(render_vers(vers), "vers:linux/>=5.4|<5.10.220|>=5.11-rc1|<6.1.90|>=6.2-rc1|<6.9");
  EXPECT_TRUE(contains(vers, "6.1.89").inside);
  EXPECT_FALSE(contains(vers, "6.1.91").inside);
  EXPECT_TRUE(contains(vers, "6.6.30").inside);
  const std::vector<std::string_view> old = {"2.6.32.71", "v2.6.34-rc2"};
  EXPECT_EQ(shown(vers_from_linux("", old)), "vers:linux/<2.6.32.71|>=2.6.33-rc1|<2.6.34-rc2");
  const std::vector<std::string_view> none = {};
  EXPECT_EQ(shown(vers_from_linux("v4.8-rc1", none)), "vers:linux/>=4.8-rc1");
  const std::vector<std::string_view> words = {"soon"};
  EXPECT_EQ(vers_from_linux("0", words).error().place, std::vector<std::string>{"fixed/0"});
  EXPECT_FALSE(vers_from_linux("unk", none));
}

}  // namespace
}  // namespace pratique
