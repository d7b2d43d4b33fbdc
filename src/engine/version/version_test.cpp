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

}  // namespace
}  // namespace pratique
