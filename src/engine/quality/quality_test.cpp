#include "engine/quality/quality.h"

#include <gtest/gtest.h>

namespace pratique {
namespace {

// A bill in which nothing is missing for the profile "pratique", and little for the others.
Bill good_bill() {
  Bill bill;
  bill.format = BillFormat::cyclonedx_json;
  bill.spec_version = "1.6";
  bill.tool = "harbour 1.0";
  bill.created = Time{};
  bill.distro = "debian-12";
  bill.subject.name = "shop";
  bill.subject.digest = *parse_digest("sha256:" + std::string(64, 'a'));
  Component ssl;
  ssl.ref = "ssl";
  ssl.name = "openssl";
  ssl.version = "3.0.11-1";
  ssl.purl = "pkg:deb/debian/openssl@3.0.11-1?distro=debian-12";
  ssl.license = "Apache-2.0";
  ssl.supplier = "Debian";
  bill.components = {ssl};
  bill.edges = {{Bill::subject_index, 0, EdgeKind::depends_on}};
  bill.details = {{0, DetailKind::hash, "SHA-256", "aa"}};
  return bill;
}

const QualityCheck& check_of(const Quality& quality, std::string_view profile, std::string_view id) {
  for (const QualityCheck& check : quality.find(profile)->checks)
    if (check.id == id) return check;
  ADD_FAILURE() << profile << " has no check " << id;
  static const QualityCheck none{};
  return none;
}

TEST(Quality, IsFullWhereNothingIsMissing) {
  const Quality quality = quality_of(good_bill());
  EXPECT_EQ(quality.score, 100U);
  for (const QualityCheck& check : quality.find("pratique")->checks) EXPECT_TRUE(check.ok()) << check.id;
  EXPECT_LT(quality.find("bsi-tr-03183-2")->score, 100U);
}

TEST(Quality, EveryFaultCostsItsCheckAlone) {
  struct Case {
    std::string_view profile, check;
    void (*spoil)(Bill&);
  };
  for (const Case& c : std::initializer_list<Case>{
           {"pratique", "identity", [](Bill& b) { b.components[0].purl = {}; }},
           {"pratique", "version-told", [](Bill& b) { b.components[0].version = "unknown"; }},
           {"pratique", "version-comparable", [](Bill& b) { b.components[0].version = "1.0 beta"; }},
           {"pratique", "purl-clean", [](Bill& b) { b.components[0].purl = "pkg:made-up/openssl@3"; }},
           {"pratique", "connected", [](Bill& b) { b.edges.clear(); }},
           {"pratique", "subject", [](Bill& b) { b.subject.digest.reset(); }},
           {"pratique", "subject-name", [](Bill& b) { b.subject.name.clear(); }},
           {"pratique", "distribution",
            [](Bill& b) {
              b.distro.clear();
              b.components[0].purl = "pkg:deb/debian/openssl@3.0.11-1";
            }},
           {"pratique", "whole",
            [](Bill& b) {
              b.rejected.push_back({"/components/1", "not an object"});
            }},
           {"pratique", "license", [](Bill& b) { b.components[0].license = "GPL v2"; }},
           {"pratique", "hash", [](Bill& b) { b.details.clear(); }},
           {"pratique", "made", [](Bill& b) { b.created.reset(); }},
           {"pratique", "tool", [](Bill& b) { b.tool.clear(); }},
           {"ntia", "supplier", [](Bill& b) { b.components[0].supplier = "NOASSERTION"; }},
           {"ntia", "relationship", [](Bill& b) { b.edges.clear(); }},
           {"cisa-2025", "license", [](Bill& b) { b.components[0].license = {}; }},
           {"bsi-tr-03183-2", "format", [](Bill& b) { b.spec_version = "1.5"; }},
       }) {
    SCOPED_TRACE(std::string(c.profile) + " " + std::string(c.check));
    Bill bill = good_bill();
    EXPECT_TRUE(check_of(quality_of(bill), c.profile, c.check).ok());
    c.spoil(bill);
    const Quality quality = quality_of(bill);
    EXPECT_FALSE(check_of(quality, c.profile, c.check).ok());
    EXPECT_LT(quality.find(c.profile)->score, 100U);
  }
}

TEST(Quality, OfAnEmptyBillIsBadAndNotPerfect) {
  const Quality quality = quality_of(Bill{});
  EXPECT_EQ(quality.components, 0U);
  EXPECT_LT(quality.score, 30U);
  EXPECT_EQ(check_of(quality, "ntia", "name").examined, 0U);
  EXPECT_FALSE(check_of(quality, "ntia", "name").ok());
}

TEST(Quality, LeavesOutFilesAndTheSubjectsOwnEntryAndGivesExamples) {
  Bill bill = good_bill();
  for (int i = 0; i < 8; ++i) {
    Component nameless = bill.components[0];
    nameless.purl = {};
    bill.components.push_back(nameless);
  }
  Component file;
  file.type = ComponentType::file;
  bill.components.push_back(file);
  bill.subject.listed = 1;
  const Quality quality = quality_of(bill);
  EXPECT_EQ(quality.components, 8U);
  const QualityCheck& identity = check_of(quality, "pratique", "identity");
  EXPECT_EQ(identity.passed, 1U);
  EXPECT_EQ(identity.examples.size(), 5U);
  EXPECT_EQ(identity.examples[0], "openssl 3.0.11-1");
}

}  // namespace
}  // namespace pratique
