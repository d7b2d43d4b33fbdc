#include "engine/version/version.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace pratique {
namespace {

// Every version of the list is below the ones behind it, and equal to itself.
void expect_rising(Scheme scheme, const std::vector<std::string>& versions) {
  SCOPED_TRACE(name_of(scheme));
  for (std::size_t i = 0; i < versions.size(); ++i)
    for (std::size_t j = 0; j < versions.size(); ++j)
      EXPECT_EQ(compare_versions(scheme, versions[i], versions[j]).order, i <=> j) << versions[i] << " " << versions[j];
}

void expect_same(Scheme scheme, const std::vector<std::string>& versions) {
  SCOPED_TRACE(name_of(scheme));
  for (const std::string& a : versions)
    for (const std::string& b : versions)
      EXPECT_EQ(compare_versions(scheme, a, b).order, std::strong_ordering::equal) << a << " " << b;
}

TEST(Versions, DebianCountsEpochTildeAndRevision) {
  expect_rising(Scheme::deb, {"1.0~rc1-1", "1.0-1~bpo12+1", "1.0-1", "1.0-1+b1", "1.0-1+deb12u1", "1.0-1.1", "1.0-2",
                              "1.0.1-1", "1.10-1", "1:0.1-1", "10:0.1-1"});
  expect_same(Scheme::deb, {"1.0", "0:1.0", "1.0-0", "1.00-0"});
}

TEST(Versions, RpmKnowsReleasesOfOtherStreams) {
  expect_rising(Scheme::rpm, {"1.0~rc1-1.el8", "1.0-1.el8", "1.0-1.el8sat", "1.0-1.el8_4", "1.0-1.el9", "1.0-2.el8",
                              "1.0^git1-1.el8", "1.0.1-1.el8", "1:0.1-1.el8"});
  expect_same(Scheme::rpm, {"1.0-1", "0:1.0-1", "1.00-1"});
}

TEST(Versions, AlpineCountsRevisionsAsNumbers) {
  expect_rising(Scheme::apk, {"1.2.3_alpha1-r0", "1.2.3_rc2-r9", "1.2.3-r2", "1.2.3-r18", "1.2.3_p1-r0", "1.2.3a-r0",
                              "1.2.3.1-r0", "1.2.10-r0"});
  expect_same(Scheme::apk, {"1.2", "1.2-r0", "1.2~3fa09c"});
}

TEST(Versions, PythonNormalises) {
  expect_rising(Scheme::pypi, {"foo", "1.0.dev1", "1.0a1.dev2", "1.0a1", "1.0b2", "1.0rc1", "1.0", "1.0+local.1",
                               "1.0.post1.dev2", "1.0.post1", "1.1.dev1", "1!0.1"});
  expect_same(Scheme::pypi, {"1.11", "1.11.0", "v1.11.0.0", " 1.11 "});
  expect_same(Scheme::pypi, {"1.0-1", "1.0.post1", "1.0r1", "1.0-REV.1"});
  expect_same(Scheme::pypi, {"1.0c1", "1.0-preview_1", "1.0rc1"});
  expect_same(Scheme::pypi, {"1-foo", "1.0.0-foo", "1..0-foo"});  // from before PEP 440
}

TEST(Versions, GoPlacesPseudoVersionsAboveSinceEver) {
  expect_rising(Scheme::golang,
                {"0", "(devel)", "v0.0.0-20210101000000-abcdefabcdef", "v0.0.0", "v0.10.0", "v1.2.3-rc1", "v1.2.3",
                 "v1.2.4-0.20210101000000-abcdefabcdef", "v2.0.0+incompatible"});
  expect_same(Scheme::golang, {"v1.2.3", "1.2.3", "v1.2.3+incompatible", "go1.2.3"});
  expect_rising(Scheme::golang, {"go1.20.14", "go1.21rc2", "go1.21", "go1.21.1"});
  EXPECT_FALSE(names_version(Scheme::golang, "(devel)"));
  EXPECT_TRUE(compare_versions(Scheme::golang, "(devel)", "v1.0.0").fallback);
}

TEST(Versions, MavenKnowsItsQualifiers) {
  expect_rising(Scheme::maven, {"1.0-alpha-1", "1.0-beta2", "1.0-milestone-1", "1.0-RC1", "1.0-SNAPSHOT", "1.0",
                                "1.0-sp", "1.0-xyz", "1.0-1", "1.0.1-alpha-1", "1.0.1"});
  expect_rising(Scheme::maven, {"4.1.0.Beta1", "4.1.0.CR1", "4.1.0.Final", "4.1.1.Final"});
  expect_same(Scheme::maven, {"1.0", "1", "1.0.0-ga", "1-final", "1.RELEASE"});
  expect_same(Scheme::maven, {"1.0-alpha-1", "1.0-a1", "1.0alpha1", "1-ALPHA-1"});
}

TEST(Versions, SemanticVersionsIgnoreBuild) {
  for (const Scheme scheme : {Scheme::semver, Scheme::npm, Scheme::cargo, Scheme::hex, Scheme::swift}) {
    expect_rising(scheme, {"1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta.2", "1.0.0-beta.11",
                           "1.0.0-rc.1", "1.0.0", "1.0.1", "1.10.0"});
    expect_same(scheme, {"1.0.0", "1.0.0+build.1", "v1.0.0", "1.0"});
    EXPECT_FALSE(compare_versions(scheme, "1.0.0", "2.0.0-rc.1+x").fallback);
    EXPECT_TRUE(compare_versions(scheme, "1.0.0", "2.0").fallback);
  }
}

TEST(Versions, ArchTakesAMissingReleaseForTheFirst) {
  expect_rising(Scheme::alpm, {"1.0a-1", "1.0alpha-1", "1.0rc-1", "1.0-1", "1.0-1.1", "1.0-2", "1.0.a-1", "1.0.1-1",
                               "1.10-1", "1:0.1-1"});
  expect_same(Scheme::alpm, {"1.5", "1.5-1", "0:1.5-1"});
}

TEST(Versions, GentooReadsZerosAsFractions) {
  expect_rising(Scheme::ebuild, {"1.0_alpha1", "1.0_beta", "1.0_pre2", "1.0_rc1_p3", "1.0_rc3", "1.0", "1.0-r1",
                                 "1.0_p1", "1.0b", "1.0.0", "1.001", "1.01", "1.1", "1.10"});
  expect_same(Scheme::ebuild, {"1.0", "1.0-r0", "1.0-r00"});
  expect_same(Scheme::ebuild, {"1.001", "1.00100"});
}

TEST(Versions, NugetFoldsCaseAndPadsNumbers) {
  expect_rising(Scheme::nuget, {"1.0.0-1", "1.0.0-alpha", "1.0.0-Beta", "1.0.0-beta2", "1.0.0", "1.0.0.1", "1.0.1"});
  expect_same(Scheme::nuget, {"1.0", "1.0.0.0", "1.0.0+meta", "1.00"});
}

TEST(Versions, GemPutsWordsBeforeNumbers) {
  expect_rising(Scheme::gem, {"1.0.a2", "1.0.b1", "1.0.pre", "1.0.rc1", "1.0", "1.0.1", "1.1.rc1", "1.1", "1.10"});
  expect_same(Scheme::gem, {"1", "1.0", "1.0.0"});
  expect_same(Scheme::gem, {"1-1", "1.pre.1"});
}

TEST(Versions, ComposerRanksPhpsWords) {
  expect_rising(Scheme::composer, {"dev-main", "1.0-foo", "1.0-dev", "1.0alpha1", "1.0-beta2", "1.0RC1", "1.0", "1.0.0",
                                   "1.0pl1", "1.1"});
  expect_same(Scheme::composer, {"1.0-b2", "v1.0beta2", "1.0.beta.2"});
  EXPECT_FALSE(names_version(Scheme::composer, "dev-php8"));
}

TEST(Versions, PubCountsBuildsAndBitnamiRevisions) {
  expect_rising(Scheme::pub, {"1.0.0-pre", "1.0.0-pre+build", "1.0.0", "1.0.0+1", "1.0.0+9", "1.0.0+a"});
  expect_rising(Scheme::bitnami, {"1.2.3", "1.2.3-0", "1.2.3-2", "1.2.3-10", "1.2.4"});
}

TEST(Versions, CranAndHackagePlaceLongerRowsBehind) {
  expect_rising(Scheme::cran, {"0.9", "0.9.0", "0.75", "1.0-1", "1.0.1.1"});
  expect_same(Scheme::cran, {"0.1-0", "0.01.0"});
  expect_rising(Scheme::hackage, {"0", "0.11.3.0", "1", "1.0", "1.0.0", "1.1"});
}

TEST(Versions, ConanPlacesPreReleasesBeforeAndBuildsBehind) {
  expect_rising(Scheme::conan,
                {"1.0.0-", "1.0.0-alpha1", "1.0", "1.0+b1", "1.0+b2", "1.1*", "1.20", "1.a", "cci.20200203"});
  expect_same(Scheme::conan, {"1", "1.0", "1.0.0.0"});
  expect_rising(Scheme::conan, {"1", "1a", "2", "100"});  // as text they would go in a circle
}

TEST(Versions, CondaKnowsDevAndPost) {
  expect_rising(Scheme::conda,
                {"0.4.1.rc", "0.4.1", "0.5a1", "0.5b3", "0.5C1", "0.5", "0.9.6", "0.960923", "1.1dev1", "1.1_", "1.1a1",
                 "1.1.0dev1", "1.1.0rc1", "1.1.0", "1.1.0post1", "1.1post1", "1996.07.12", "1!0.4.1"});
  expect_same(Scheme::conda, {"1.1", "1.1.0", "1.1.0.0"});
  expect_same(Scheme::conda, {"1.1.dev1", "1.1.0dev1", "1.1.0DEV1"});
}

TEST(Versions, OpensslCountsLetters) {
  expect_rising(Scheme::openssl, {"0.9.8zh", "1.0.2-beta3", "1.0.2", "1.0.2a", "1.0.2k", "1.0.2z", "1.0.2za",
                                  "1.1.1-pre9", "1.1.1", "1.1.1w", "3.0.0-alpha17", "3.0.0-beta2", "3.0.0", "3.0.13"});
  expect_same(Scheme::openssl, {"1.0.2k", "1.0.2k-fips"});
}

TEST(Versions, LinuxPlacesCandidatesBeforeTheRelease) {
  expect_rising(Scheme::linux, {"2.6.32.71", "5.10.9", "5.10.220", "6.1-rc1", "6.1-rc8", "6.1", "6.1.90", "6.2-rc1"});
  expect_same(Scheme::linux, {"6.1", "v6.1", "6.1.0"});
  expect_rising(Scheme::linux, {"5.15.0", "5.15.0-91-generic", "5.15.0-105-generic", "5.15.1"});
}

TEST(Versions, VersOwnSchemes) {
  expect_rising(Scheme::intdot, {"1.2", "1.2.3", "1.10"});
  expect_same(Scheme::intdot, {"1.2", "01.2.0", "1.2-rc1"});
  expect_rising(Scheme::nginx, {"0.8.40", "1.4.1", "1.21.0"});
  expect_rising(Scheme::lexicographic, {"A", "a", "aa", "b"});
  expect_rising(Scheme::datetime, {"yesterday", "2024-01-01T00:00:00+02:00", "2023-12-31T23:00:00Z",
                                   "2024-02-29T12:00:00.09Z", "2024-02-29T12:00:00.1Z", "2024-03-01T00:00:00Z"});
  expect_same(Scheme::datetime, {"2024-01-01T00:00:00Z", "2023-12-31T19:00:00-05:00", "2024-01-01T00:00:00.000z"});
}

TEST(Versions, GenericIsNatural) {
  expect_rising(Scheme::generic,
                {"1.0-alpha2", "1.0-rc1", "1.0", "1.0-post1", "1.0k", "1.0.1", "1.2", "1.10", "2021a", "2021b"});
  expect_same(Scheme::generic, {"1.0", "v1.0.0", "1.0-final", "1_0"});
}

TEST(Versions, SayWhenTheGrammarForbidsThem) {
  struct Case {
    Scheme scheme;
    std::vector<std::string> valid;
    std::vector<std::string> invalid;
  };
  const std::vector<Case> cases = {
      {Scheme::deb, {"1:2.0~rc1-1+deb12u1", "1.0"}, {"", "foo", "1.0_2", "a:1", "1.0-", "1.0-1_2"}},
      {Scheme::rpm, {"1:1.0-1.el9", "1.0~rc1^git"}, {"", "1.0-1-1", "1.0-", "1,0"}},
      {Scheme::apk, {"1.2.3_rc1-r2", "8.3p1-r0", "1.0~ab12-r0"}, {"", "v1.0", "1.0-2", "1.0_foo", "1.0-r", "1..0"}},
      {Scheme::ebuild, {"1.0b_p1-r3"}, {"8.3p1", "1.0_git1", "1.0B"}},
      {Scheme::alpm, {"1:1.0-1", "1.0+r3-1.1"}, {"", "1.0-a", "1 0"}},
      {Scheme::pypi, {"1!2.0rc1.post3.dev4+l.1", "v1"}, {"", "foo", "1.0-foo", "1.0+", "2013-01-23T17:11"}},
      {Scheme::maven, {"1.0-SNAPSHOT", "1_2"}, {"", "LATEST", "[1.0]", "1 0"}},
      {Scheme::golang,
       {"v1.2.3", "1.2.3", "v0.0.0-20210101000000-abcdefabcdef", "0"},
       {"", "(devel)", "v1.2", "go1.21"}},
      {Scheme::semver, {"1.2.3-a.1+b"}, {"v1.2.3", "1.2", "01.2.3", "1.2.3-01", "1.2.3-", "1.2.3+"}},
      {Scheme::npm, {"v1.2.3"}, {"1.2", "1.2.9007199254740992"}},
      {Scheme::nuget, {"1.0", "1.0.0.1-A.b+c"}, {"1.0.0.0.0", "v1.0", "1.0-", "1.0+"}},
      {Scheme::gem, {"1.0.a1", " 1.0 ", "1-x"}, {"", "a.1", "1..0"}},
      {Scheme::composer, {"v1.0.0-beta.2", "1.0", "1.0.0.1-dev", "1.0-RC1-dev"}, {"dev-main", "1.0-foo", "1.0.0.0.0"}},
      {Scheme::cran, {"1.0-1", "0.1"}, {"1", "1.0a", "1."}},
      {Scheme::hackage, {"1", "0.1.2.3"}, {"1.0-1", ""}},
      {Scheme::conan, {"1.0", "cci.20200203"}, {"", "1.0 beta", "1.0A"}},
      {Scheme::conda, {"1!1.0.post1+l_1", "1.0_"}, {"", "1..0", "1.0!2", ".1"}},
      {Scheme::openssl, {"1.0.2zk", "3.0.0-alpha1", "1.0.2k-fips"}, {"1", "1.0.2-foo", "x"}},
      {Scheme::linux, {"6.1", "2.6.32.71", "6.7-rc3"}, {"6", "5.15.0-105-generic"}},
      {Scheme::datetime, {"2024-01-01T00:00:00Z"}, {"2023-02-29T00:00:00Z", "2024-01-01", "2024-01-01T00:00:00"}},
  };
  for (const auto& [scheme, valid, invalid] : cases) {
    SCOPED_TRACE(name_of(scheme));
    for (const std::string& text : valid) {
      EXPECT_TRUE(is_valid_version(scheme, text)) << text;
      EXPECT_FALSE(compare_versions(scheme, text, valid.front()).fallback) << text;
    }
    for (const std::string& text : invalid) {
      EXPECT_FALSE(is_valid_version(scheme, text)) << text;
      EXPECT_TRUE(compare_versions(scheme, text, valid.front()).fallback) << text;
      EXPECT_TRUE(compare_versions(scheme, text, text).fallback) << text;
    }
  }
}

TEST(Schemes, AreFoundByTheNamesPeopleUse) {
  EXPECT_EQ(scheme_named("Alpine").value(), Scheme::apk);
  EXPECT_EQ(scheme_named("crates.io").value(), Scheme::cargo);
  EXPECT_EQ(scheme_named("Go").value(), Scheme::golang);
  EXPECT_EQ(scheme_named("Packagist").value(), Scheme::composer);
  EXPECT_EQ(scheme_named("gentoo").value(), Scheme::ebuild);
  EXPECT_EQ(scheme_named("opam").value(), Scheme::deb);
  EXPECT_EQ(scheme_named("nmp").error().fault, Fault::usage);
  EXPECT_EQ(scheme_named("nmp").error().remedy, "say 'npm'");
  for (std::size_t i = 0; i < scheme_count; ++i)
    EXPECT_EQ(scheme_named(name_of(static_cast<Scheme>(i))).value(), static_cast<Scheme>(i));
  EXPECT_EQ(scheme_of_purl_type("ebuild"), Scheme::ebuild);
  EXPECT_EQ(scheme_of_purl_type("cocoapods"), Scheme::gem);
  EXPECT_EQ(scheme_of_purl_type("oci"), Scheme::generic);
}

}  // namespace
}  // namespace pratique
