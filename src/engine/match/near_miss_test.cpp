// Why what an advisory names is no finding, reason by reason.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/match/match.h"
#include "engine/version/version.h"

namespace pratique {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Affected entry(std::string package, std::string stream, std::string_view range, std::vector<std::string> fixed = {}) {
  Affected affected;
  affected.package = std::move(package);
  affected.stream = std::move(stream);
  affected.ranges = {parse_vers(range).value()};
  affected.fixed = std::move(fixed);
  return affected;
}

Advisory advisory(std::vector<Affected> affected) {
  Advisory one;
  one.id = "CVE-1";
  one.source = "test";
  one.modified = parse_time("2026-01-02T03:04:05Z").value();
  one.affected = std::move(affected);
  return one;
}

Bill bill_of(const std::vector<std::string>& purls) {
  Bill bill;
  for (const auto& purl : purls) {
    const Purl parsed = parse_purl(purl).value();
    Component component;
    component.name = bill.pool->keep(parsed.name);
    component.version = bill.pool->keep(parsed.version);
    component.purl = bill.pool->keep(render_purl(parsed));
    component.source = bill.pool->keep(parsed.qualifier("upstream"));
    bill.components.push_back(component);
  }
  return bill;
}

NearMiss only_miss(const Advisory& about, const std::string& purl) {
  const Bill bill = bill_of({purl});
  const NearMisses found = find_near_misses(bill, {&about, 1});
  EXPECT_EQ(found.misses.size(), 1u) << purl;
  return found.misses.empty() ? NearMiss{} : found.misses[0];
}

const Advisory lodash = advisory({entry("pkg:npm/lodash", "", "vers:npm/<4.17.19", {"4.17.19"}),
                                  entry("pkg:npm/lodash", "", "vers:npm/>=5.0.0|<5.2.0", {"5.2.0"})});

TEST(NearMissTest, AVersionOutsideTheRangeIsShownWithAllOfIt) {
  const NearMiss above = only_miss(lodash, "pkg:npm/lodash@4.17.21");
  EXPECT_EQ(above.reason, MissReason::fixed);
  EXPECT_EQ(above.detail, "4.17.19 mends it");
  EXPECT_EQ(above.proof.range, "vers:npm/<4.17.19|>=5.0.0|<5.2.0");
  EXPECT_EQ(above.proof.comparator, "npm");
  EXPECT_EQ(above.proof.installed, "4.17.21");
  EXPECT_EQ(above.proof.advisory, "CVE-1");
  EXPECT_EQ(above.proof.source, "test");
  EXPECT_EQ(above.proof.revision, "2026-01-02T03:04:05Z");
  EXPECT_EQ(above.proof.package, "pkg:npm/lodash");
  const NearMiss below =
      only_miss(advisory({entry("pkg:npm/lodash", "", "vers:npm/>=4.0.0")}), "pkg:npm/lodash@3.10.1");
  EXPECT_EQ(below.reason, MissReason::outside);
  EXPECT_EQ(below.detail, "");
}

TEST(NearMissTest, ListedVersionsAreCounted) {
  Affected listed;
  listed.package = "pkg:pypi/django";
  listed.versions = {"1.11", "1.12"};
  EXPECT_EQ(only_miss(advisory({listed}), "pkg:pypi/django@2.0").detail, "it is none of 2 listed versions");
  const NearMiss same = only_miss(advisory({listed}), "pkg:pypi/django@1.11.0");
  EXPECT_EQ(same.reason, MissReason::affected);
  EXPECT_EQ(same.detail, "versions: 1.11");
}

TEST(NearMissTest, WhatIsAffectedIsSaidToBe) {
  const NearMiss inside = only_miss(lodash, "pkg:npm/lodash@5.1.0");
  EXPECT_EQ(inside.reason, MissReason::affected);
  EXPECT_EQ(inside.detail, "vers:npm/>=5.0.0|<5.2.0");
}

TEST(NearMissTest, WithoutVersionNothingIsCompared) {
  EXPECT_EQ(only_miss(lodash, "pkg:npm/lodash").reason, MissReason::no_version);
  EXPECT_EQ(only_miss(lodash, "pkg:npm/lodash@dev").detail, "'dev' is none");
  EXPECT_EQ(only_miss(advisory({entry("pkg:npm/lodash", "", "vers:npm/*")}), "pkg:npm/lodash").reason,
            MissReason::affected);
}

TEST(NearMissTest, ReleasesOfADistributionAreKeptApart) {
  const Advisory about = advisory({entry("pkg:deb/debian/openssl", "debian:11", "vers:deb/<1.1.1w", {"1.1.1w"}),
                                   entry("pkg:deb/debian/openssl", "debian:13", "vers:deb/<3.2", {"3.2"}),
                                   entry("pkg:deb/ubuntu/openssl", "ubuntu:22.04", "vers:deb/<3.2", {"3.2"})});
  const NearMiss other = only_miss(about, "pkg:deb/debian/libssl3@3.0.11?distro=debian-12&upstream=openssl");
  EXPECT_EQ(other.reason, MissReason::other_stream);
  EXPECT_EQ(other.proof.stream, "debian:12");
  EXPECT_EQ(other.detail, "debian:11, debian:13");
  EXPECT_EQ(other.proof.package, "pkg:deb/debian/openssl");
  const NearMiss nowhere = only_miss(about, "pkg:deb/debian/libssl3@3.0.11?upstream=openssl");
  EXPECT_EQ(nowhere.reason, MissReason::unidentified);
  EXPECT_EQ(nowhere.detail, "the release of its distribution is not known");
}

TEST(NearMissTest, ModuleStreamsAreKeptApart) {
  Affected about = entry("pkg:rpm/redhat/nodejs", "redhat:8", "vers:rpm/<1:18.14.2-2.module%2Bel8.7.0%2B1", {});
  about.module = "nodejs:18";
  const std::string modular = "pkg:rpm/redhat/nodejs@14.21.1-2.module%2Bel8.7.0%2B17528?distro=rhel-8.7&epoch=1";
  const NearMiss other = only_miss(advisory({about}), modular + "&rpmmod=nodejs:14:8070:b");
  EXPECT_EQ(other.reason, MissReason::other_module);
  EXPECT_EQ(other.detail, "nodejs:18; installed from nodejs:14");
  EXPECT_EQ(only_miss(advisory({about}), "pkg:rpm/redhat/nodejs@14.21.1-2.el8?distro=rhel-8.7&epoch=1").detail,
            "nodejs:18; installed from none");
  EXPECT_EQ(only_miss(advisory({about}), modular + "&rpmmod=nodejs:18:8070:b").reason, MissReason::affected);
}

TEST(NearMissTest, TheSourceMayHaveJudgedOrWithdrawn) {
  Affected judged = entry("pkg:npm/lodash", "", "vers:npm/*");
  judged.state = FixState::not_affected;
  judged.note = "vulnerable code not present";
  EXPECT_EQ(only_miss(advisory({judged}), "pkg:npm/lodash@1.0.0").reason, MissReason::not_affected);
  EXPECT_EQ(only_miss(advisory({judged}), "pkg:npm/lodash@1.0.0").detail, "vulnerable code not present");
  judged.state = FixState::under_investigation;
  EXPECT_EQ(only_miss(advisory({judged}), "pkg:npm/lodash@1.0.0").reason, MissReason::under_investigation);
  Advisory gone = advisory({entry("pkg:npm/lodash", "", "vers:npm/*")});
  gone.withdrawn = parse_time("2026-02-03T00:00:00Z").value();
  EXPECT_EQ(only_miss(gone, "pkg:npm/lodash@1.0.0").reason, MissReason::withdrawn);
  EXPECT_EQ(only_miss(gone, "pkg:npm/lodash@1.0.0").detail, "on 2026-02-03T00:00:00Z");
}

TEST(NearMissTest, WhatIsNotExaminedSaysWhy) {
  Bill bill = bill_of({"pkg:npm/lodash@1.0.0"});
  bill.subject.listed = 0;
  const NearMisses found = find_near_misses(bill, {&lodash, 1});
  ASSERT_EQ(found.misses.size(), 1u);
  EXPECT_EQ(found.misses[0].reason, MissReason::not_examined);
  EXPECT_EQ(found.misses[0].detail, "it is what the bill is about");
}

TEST(NearMissTest, ANameAloneCountsOnlyWhereNoKeyDoes) {
  const NearMiss named = only_miss(lodash, "pkg:gem/Lodash@1.0");
  EXPECT_EQ(named.reason, MissReason::other_package);
  EXPECT_EQ(named.detail, "the advisory is about pkg:npm/lodash");
  const Bill both = bill_of({"pkg:gem/lodash@1.0", "pkg:npm/lodash@4.17.21"});
  const NearMisses found = find_near_misses(both, {&lodash, 1});
  ASSERT_EQ(found.misses.size(), 1u);
  EXPECT_EQ(found.misses[0].component, 1u);
  Bill nameless;
  nameless.components.push_back({});
  nameless.components[0].name = "lodash";
  const NearMisses unidentified = find_near_misses(nameless, {&lodash, 1});
  ASSERT_EQ(unidentified.misses.size(), 1u);
  EXPECT_EQ(unidentified.misses[0].reason, MissReason::unidentified);
}

TEST(NearMissTest, WhatIsNotInTheBillIsNamedWithWhatLooksLikeIt) {
  const Bill bill = bill_of({"pkg:npm/lodahs@1.0.0", "pkg:npm/lodash.merge@4.6.2", "pkg:npm/react@18.0.0"});
  const NearMisses found = find_near_misses(bill, {&lodash, 1});
  EXPECT_THAT(found.misses, IsEmpty());
  EXPECT_THAT(found.named, ElementsAre("pkg:npm/lodash"));
  EXPECT_THAT(found.nearest, ElementsAre("lodahs", "lodash.merge"));
}

TEST(NearMissTest, APackageInManyPlacesIsToldOnce) {
  const Bill bill = bill_of(
      {"pkg:npm/lodash@4.17.21", "pkg:npm/react@1.0.0", "pkg:npm/lodash@4.17.21?x=y", "pkg:npm/lodash@4.17.20"});
  const NearMisses found = find_near_misses(bill, {&lodash, 1});
  ASSERT_EQ(found.misses.size(), 2u);
  EXPECT_EQ(found.misses[0].elsewhere, 1u);
  EXPECT_EQ(found.misses[1].elsewhere, 0u);
}

}  // namespace
}  // namespace pratique
