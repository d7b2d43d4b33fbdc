#include <gtest/gtest.h>

#include "engine/match/match.h"

namespace pratique {
namespace {

const Time monday = parse_time("2026-03-02T00:00:00Z").value();
const Time tuesday = parse_time("2026-03-03T00:00:00Z").value();
const std::string digest = "sha256:0a35c0a1d0d8a9a4a2f1d6a4b2e0b7b6a3b5a0d1c2e3f405162738495a6b7c8d";

// An image with log4j-core in two places; one finding of it.
struct Scene {
  Scene() {
    bill.serial = "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79";
    bill.subject.ref = "shop";
    bill.subject.purl = "pkg:oci/checkout@" + digest;
    bill.subject.digest = parse_digest(digest).value();
    for (const auto* ref : {"log4j", "log4j-too"}) {
      Component component;
      component.ref = ref;
      component.purl = "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1";
      component.cpe = "cpe:2.3:a:apache:log4j:2.14.1:*:*:*:*:*:*:*";
      bill.components.push_back(component);
    }
    Finding finding;
    finding.id = "CVE-2021-44228";
    finding.aliases = {"GHSA-jfh8-c2jp-5v3q"};
    finding.purl = bill.components[0].purl;
    finding.proof.installed = "2.14.1";
    match.findings.push_back(finding);
    match.components = 2;
  }
  const std::optional<Suppression>& after(std::vector<VexStatement> statements) {
    apply_vex(match, bill, statements);
    return match.findings[0].suppressed;
  }
  Bill bill;
  Match match;
};

VexStatement statement(std::string product, VexStatus status = VexStatus::not_affected,
                       std::optional<Time> time = monday) {
  VexStatement one;
  one.vulnerability = "CVE-2021-44228";
  one.product = std::move(product);
  one.status = status;
  one.justification = "vulnerable_code_not_present";
  one.author = "ann@example.com";
  one.document = "https://vex.example/1";
  one.time = time;
  return one;
}

TEST(VexTest, IsAboutThePackageOrTheSubjectOrThePackageInTheSubject) {
  const std::string package = "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1",
                    serial = "3e671687-395b-41f5-a30f-a58921a69b79";
  struct Case {
    std::string product, subcomponent;
    bool fits = false;
  };
  for (const auto& [product, subcomponent, fits] : std::vector<Case>{
           {package, "", true},
           {"pkg:maven/org.apache.logging.log4j/log4j-core", "", true},
           {"pkg:maven/org.apache.logging.log4j/log4j-core@2.14.0", "", false},
           {"pkg:maven/org.apache.logging.log4j/log4j-api", "", false},
           {"cpe:2.3:a:apache:log4j:2.14.1:*:*:*:*:*:*:*", "", true},
           {"cpe:2.3:a:apache:log4j:-:*:*:*:*:*:*:*", "", false},
           {"pkg:oci/checkout@" + digest, "", true},
           {"pkg:oci/checkout", "", true},
           {digest, "", true},
           {"pkg:oci/other@" + digest, "", false},
           {"sha256:" + std::string(64, '0'), "", false},
           {digest, package, true},
           {digest, "pkg:maven/org.apache.logging.log4j/log4j-api", false},
           {"pkg:oci/other", package, false},
           {"urn:cdx:" + serial + "/1#log4j", "", true},
           {"urn:cdx:" + serial + "/1#shop", "", true},
           {"urn:cdx:" + serial + "/1#other", "", false},
           {"urn:cdx:00000000-0000-4000-8000-000000000000/1#log4j", "", false},
           {"#log4j", "", false},  // of a document that is not the bill
           {"the shop", "", false},
           {"", "", false},
       }) {
    SCOPED_TRACE(product + " / " + subcomponent);
    Scene scene;
    VexStatement one = statement(product);
    one.subcomponent = subcomponent;
    EXPECT_EQ(scene.after({one}).has_value(), fits);
  }
}

TEST(VexTest, SaysWhoWhyAndWhenAndTakesNothingAway) {
  Scene scene;
  const auto& suppressed = scene.after({statement(digest)});
  ASSERT_TRUE(suppressed);
  EXPECT_EQ(*suppressed, (Suppression{"vex", "not_affected", "vulnerable_code_not_present", "", "ann@example.com",
                                      "2026-03-02T00:00:00Z", "https://vex.example/1"}));
  EXPECT_EQ(scene.match.findings.size(), 1u);
  EXPECT_EQ(scene.match.health(), Health::clean);
}

TEST(VexTest, TheLastStatementCountsAndOfTwoAtOnceTheWorse) {
  const auto fine = [](Time time) { return statement(digest, VexStatus::not_affected, time); };
  const auto bad = [](Time time) { return statement(digest, VexStatus::affected, time); };
  EXPECT_TRUE(Scene().after({bad(monday), fine(tuesday)}));
  EXPECT_TRUE(Scene().after({fine(tuesday), bad(monday)}));
  EXPECT_FALSE(Scene().after({fine(monday), bad(tuesday)}));
  EXPECT_FALSE(Scene().after({fine(monday), bad(monday)}));
  EXPECT_FALSE(Scene().after({statement(digest, VexStatus::not_affected, std::nullopt), bad(monday)}));
  EXPECT_FALSE(Scene().after({statement(digest, VexStatus::under_investigation)}));
  EXPECT_EQ(Scene().after({statement(digest, VexStatus::fixed), fine(monday)})->status, "fixed");
}

TEST(VexTest, KnowsAVulnerabilityByEveryName) {
  auto by_alias = statement(digest), by_two = statement(digest), other = statement(digest);
  by_alias.vulnerability = "GHSA-jfh8-c2jp-5v3q";
  by_two.vulnerability = "VENDOR-1";
  by_two.aliases = {"CVE-2021-44228"};
  other.vulnerability = "CVE-2021-45046";
  EXPECT_TRUE(Scene().after({by_alias}));
  EXPECT_TRUE(Scene().after({by_two}));
  EXPECT_FALSE(Scene().after({other}));
}

TEST(VexTest, ARangeBindsTheStatement) {
  auto inside = statement("pkg:maven/org.apache.logging.log4j/log4j-core"), outside = inside, broken = inside;
  inside.range = "vers:maven/<2.15.0";
  outside.range = "vers:maven/>=2.15.0";
  broken.range = "all of them";
  EXPECT_TRUE(Scene().after({inside}));
  EXPECT_FALSE(Scene().after({outside}));
  EXPECT_FALSE(Scene().after({broken}));
}

// One of two places is excused; the other one still counts.
TEST(VexTest, OnePlaceDoesNotExcuseAnother) {
  Scene scene;
  scene.match.findings[0].elsewhere = {1};
  EXPECT_FALSE(scene.after({statement("urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#log4j")}));
  EXPECT_TRUE(scene.after({statement("pkg:maven/org.apache.logging.log4j/log4j-core")}));
}

TEST(IgnoreTest, ARuleFitsByIdPackageAndTime) {
  const auto suppressed_by = [](const IgnoreRule& rule) {
    Scene scene;
    apply_ignores(scene.match, std::span(&rule, 1), monday);
    return scene.match.findings[0].suppressed.has_value();
  };
  const IgnoreRule rule{"CVE-2021-44228", {}, "reason", "ann", tuesday, "f:1"};
  EXPECT_TRUE(suppressed_by(rule));
  auto other = rule;
  other.id = "GHSA-jfh8-c2jp-5v3q";
  EXPECT_TRUE(suppressed_by(other));
  other.id = "CVE-2021-4422";
  EXPECT_FALSE(suppressed_by(other));
  other = rule;
  other.expires = monday;
  EXPECT_FALSE(suppressed_by(other));
  other = rule;
  other.package = parse_purl("pkg:maven/org.apache.logging.log4j/log4j-core").value();
  EXPECT_TRUE(suppressed_by(other));
  other.package = parse_purl("pkg:maven/org.apache.logging.log4j/log4j-api").value();
  EXPECT_FALSE(suppressed_by(other));
}

TEST(IgnoreTest, WhatVexSaysStands) {
  Scene scene;
  const std::vector<IgnoreRule> rules = {{"CVE-2021-44228", {}, "reason", "ann", tuesday, "f:1"}};
  scene.after({statement(digest)});
  apply_ignores(scene.match, rules, monday);
  EXPECT_EQ(scene.match.findings[0].suppressed->by, "vex");
}

}  // namespace
}  // namespace pratique
