// A proof gives the same answer again, and an edited one does not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/match/match.h"

namespace pratique {
namespace {

using testing::HasSubstr;

Finding log4j() {
  Finding finding;
  finding.id = "CVE-2021-44228";
  finding.proof = {.advisory = "GHSA-jfh8-c2jp-5v3q",
                   .range = "vers:maven/>=2.0|<2.3.1|>=2.13.0|<2.15.0",
                   .comparator = "maven",
                   .installed = "2.14.1"};
  finding.other_proofs = {
      {.advisory = "CVE-2021-44228", .range = "versions: 2.14.1", .comparator = "maven", .installed = "2.14.1"},
      {.advisory = "X-1", .range = "vers:maven/*", .comparator = "maven", .installed = "2.14.1"}};
  return finding;
}

TEST(ReplayTest, TheEvidenceGivesTheSameAnswer) {
  Finding finding = log4j();
  EXPECT_TRUE(replay(finding));
  finding.other_proofs.pop_back();
  finding.fixed = {"2.15.0"};
  const auto again = replay(finding);
  EXPECT_TRUE(again) << render(again.error());
}

TEST(ReplayTest, WhatAffectsEveryVersionAffectsWhatHasNone) {
  EXPECT_TRUE(replay(Proof{.advisory = "A", .range = "vers:npm/*", .comparator = "npm", .installed = ""}));
  const auto unversioned =
      replay(Proof{.advisory = "A", .range = "vers:golang/>=0|<2", .comparator = "golang", .installed = "(devel)"});
  ASSERT_FALSE(unversioned);
  EXPECT_EQ(unversioned.error().fault, Fault::malformed);
}

TEST(ReplayTest, TheFallbackIsPartOfTheAnswer) {
  Proof proof{.advisory = "A", .range = "vers:pypi/<2", .comparator = "pypi", .installed = "1!!x", .fallback = true};
  EXPECT_TRUE(replay(proof));
  proof.fallback = false;
  EXPECT_FALSE(replay(proof));
}

TEST(ReplayTest, EditedEvidenceIsFoundOut) {
  const auto refused = [](auto edit, std::string_view reason) {
    Finding finding = log4j();
    edit(finding);
    const auto again = replay(finding);
    ASSERT_FALSE(again) << reason;
    EXPECT_EQ(again.error().fault, Fault::malformed);
    EXPECT_THAT(render(again.error()), HasSubstr(std::string(reason)));
  };
  refused([](Finding& f) { f.proof.installed = "2.17.1"; }, "GHSA-jfh8-c2jp-5v3q: 2.17.1 is not in vers:maven");
  refused([](Finding& f) { f.proof.range = "vers:maven/<2.0"; }, "is not in vers:maven/<2.0");
  refused([](Finding& f) { f.proof.range = "all of them"; }, "makes no sense");
  refused([](Finding& f) { f.proof.comparator = "npm"; }, "the range is of maven versions, the comparator is npm");
  refused([](Finding& f) { f.proof.comparator = "best"; }, "'best' orders no versions");
  refused([](Finding& f) { f.other_proofs[0].installed = "2.14.2"; },
          "CVE-2021-44228: 2.14.2 is not in versions: 2.14.1");
  refused([](Finding& f) { f.fixed = {"2.14.9"}; }, "2.14.9 is said to mend it");
}

}  // namespace
}  // namespace pratique
