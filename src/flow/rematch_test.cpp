#include "flow/rematch.h"

#include <gmock/gmock.h>

#include "engine/format/format.h"
#include "flow/reason.h"
#include "flow/scan.h"
#include "flow/test_inventory.h"

namespace pratique {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class RematchTest : public InventoryTest {
 protected:
  // "x 1.0: CVE-1"; what nobody can judge as "y: ? reason".
  std::vector<std::string> open(const Period& when = {}) const {
    std::vector<std::string> lines;
    for (ComponentId id = 1; id <= store_->counts()->components; ++id) {
      const auto found = store_->find_findings(std::vector{id}, when).value();
      for (const auto& finding : found)
        lines.push_back(
            store_->load_components(std::vector{id})->at(0).label() + ": " +
            (finding.reason.vulnerability.empty() ? "? " + finding.reason.proof : finding.reason.vulnerability));
    }
    std::sort(lines.begin(), lines.end());
    return lines;
  }
};

TEST_F(RematchTest, JudgesWhatIsNewOnce) {
  write("osv/a.json", osv("CVE-1", "x", "2.0.0"));
  write("bills/1.json", bill("one", npm("x", "1.0.0") + "," + npm("y", "1.0.0")));
  write("bills/2.json", bill("two", npm("x", "1.0.0") + "," + npm("x", "2.0.0")));
  ingest();
  const AdvisoryDb db = build();
  auto report = match(db, at(5));
  EXPECT_EQ(report.extent, RematchReport::Extent::everything);
  EXPECT_EQ(report.counts.components, 3u);
  EXPECT_EQ(report.counts.opened, 1u);
  EXPECT_THAT(open(), ElementsAre("x 1.0.0: CVE-1"));
  write("bills/3.json", bill("three", npm("x", "1.0.0") + "," + npm("x", "1.5.0")));
  ingest(at(6));
  report = match(db, at(7));
  EXPECT_EQ(report.extent, RematchReport::Extent::none);
  EXPECT_EQ(report.counts.components, 1u);
  EXPECT_THAT(open(), ElementsAre("x 1.0.0: CVE-1", "x 1.5.0: CVE-1"));
  EXPECT_THAT(open({at(5), at(5)}), ElementsAre("x 1.0.0: CVE-1"));
}

TEST_F(RematchTest, ADeltaTouchesWhatItNamesAndKeepsHistory) {
  write("osv/a.json", osv("CVE-1", "x", "2.0.0"));
  write("osv/b.json", osv("CVE-2", "y", "2.0.0"));
  write("osv/c.json", osv("CVE-3", "z", "2.0.0"));
  write("bills/1.json", bill("one", npm("x", "1.0.0") + "," + npm("y", "1.0.0") + "," + npm("z", "1.0.0") + "," +
                                        npm("w", "1.0.0") + "," + npm("w", "9.0.0")));
  ingest();
  match(build(), at(10));
  write("osv/a.json", osv("CVE-1", "x", "2.0.0", R"("withdrawn":"2024-02-01T00:00:00Z",)"));
  write("osv/b.json", osv("CVE-2", "y", "0.5.0"));
  write("osv/d.json", osv("CVE-4", "w", "2.0.0"));
  const auto report = match(build(at(20)), at(20));
  EXPECT_EQ(report.extent, RematchReport::Extent::delta);
  EXPECT_EQ(report.touched, 3u) << "z, and w 9.0.0, which no version range names, are not touched";
  EXPECT_EQ(report.counts.closed, 2u);
  EXPECT_EQ(report.counts.opened, 1u);
  EXPECT_THAT(open(), ElementsAre("w 1.0.0: CVE-4", "z 1.0.0: CVE-3"));
  EXPECT_THAT(open({at(19), at(19)}), ElementsAre("x 1.0.0: CVE-1", "y 1.0.0: CVE-2", "z 1.0.0: CVE-3"));
  const auto first = store_->find_findings("CVE-1", {at(10), at(10)}).value().at(0);
  EXPECT_EQ(first.closing.why, "withdrawn");
  EXPECT_EQ(first.closing.advisory, "CVE-1");
  EXPECT_EQ(first.closing.revision, "2024-01-01T00:00:00Z");
  EXPECT_EQ(first.closed_by, report.after);
  EXPECT_EQ(store_->find_findings("CVE-2", {at(10), at(10)})->at(0).closing.why, "says something else");
}

TEST_F(RematchTest, AGenerationThatNoDeltaLeadsToJudgesEverything) {
  write("osv/a.json", osv("CVE-1", "x", "2.0.0"));
  write("bills/1.json", bill("one", npm("x", "1.0.0")));
  ingest();
  match(build(), at(10));
  write("osv/b.json", osv("CVE-2", "x", "2.0.0"));
  build(at(20));
  write("osv/c.json", osv("CVE-3", "x", "2.0.0"));
  const auto report = match(build(at(30)), at(30));
  EXPECT_EQ(report.extent, RematchReport::Extent::everything);
  EXPECT_EQ(report.counts.kept, 1u);
  EXPECT_THAT(open(), ElementsAre("x 1.0.0: CVE-1", "x 1.0.0: CVE-2", "x 1.0.0: CVE-3"));
}

TEST_F(RematchTest, ToldOfAnEcosystemForTheFirstTimeItJudgesWhatNobodyCould) {
  write("osv/a.json", osv("CVE-1", "x", "2.0.0"));
  write("bills/1.json", bill("one", R"({"type":"library","name":"g","version":"1","purl":"pkg:gem/g@1"})"));
  ingest();
  match(build(), at(10));
  EXPECT_THAT(open(), ElementsAre("g 1: ? no advisories for pkg:gem in the database"));
  write("osv/b.json", R"({"id":"CVE-9","modified":"2024-01-01T00:00:00Z","affected":[{"package":
    {"ecosystem":"RubyGems","name":"other"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"}]}]}]})");
  const auto report = match(build(at(20)), at(20));
  EXPECT_EQ(report.extent, RematchReport::Extent::delta);
  EXPECT_THAT(open(), IsEmpty());
}

TEST_F(RematchTest, RefusesAnOlderDatabase) {
  write("osv/a.json", osv("CVE-1", "x", "2.0.0"));
  const AdvisoryDb old = build();
  write("osv/b.json", R"({"id":"CVE-2","modified":"2025-01-01T00:00:00Z","affected":[{"package":
    {"ecosystem":"npm","name":"x"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"}]}]}]})");
  ASSERT_TRUE(build_database({path("osv")}, path("newer"), at(1), {}));
  match(AdvisoryDb::open(path("newer")).value(), at(10));
  const auto refused = rematch(*store_, old, at(20));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fault, Fault::refused);
}

TEST_F(RematchTest, GoesOnWhereItWasInterrupted) {
  write("osv/a.json", osv("CVE-1", "x", "2.0.0"));
  write("bills/1.json", bill("one", npm("x", "1.0.0")));
  ingest();
  const AdvisoryDb db = build();
  RematchOptions options;
  options.interrupted = [] { return true; };
  EXPECT_EQ(rematch(*store_, db, at(5), options).error().fault, Fault::interrupted);
  EXPECT_EQ(store_->find_unjudged()->size(), 1u);
  EXPECT_EQ(match(db, at(6)).counts.opened, 1u);
  EXPECT_THAT(open(), ElementsAre("x 1.0.0: CVE-1"));
}

// What components come to alone is what `scan` finds in the whole bill: owned packages, sources, the bill's release.
TEST_F(RematchTest, SaysWhatAScanOfTheWholeBillSays) {
  write("osv/a.json", R"({"id":"CVE-1","modified":"2024-01-01T00:00:00Z","affected":[{"package":
    {"ecosystem":"Debian:12","name":"openssl"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"3.0.12-1"}]}]}]})");
  write("osv/b.json", R"({"id":"CVE-2","modified":"2024-01-01T00:00:00Z","affected":[{"package":
    {"ecosystem":"PyPI","name":"six"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"}]}]}]})");
  const std::string text = bill("one", R"({"type":"operating-system","name":"debian","version":"12"},
    {"bom-ref":"s","type":"library","name":"libssl3","version":"3.0.11-1","purl":"pkg:deb/debian/libssl3@3.0.11-1?upstream=openssl"},
    {"bom-ref":"p","type":"library","name":"python3-six","version":"1.16","purl":"pkg:deb/debian/python3-six@1.16?distro=debian-12",
     "components":[{"type":"library","name":"six","version":"1.16.0","purl":"pkg:pypi/six@1.16.0"}]},
    {"type":"file","name":"/etc/motd"},{"type":"library","name":"nobody","version":"1"})");
  write("bills/1.json", text);
  const AdvisoryDb db = build();
  ingest();
  match(db, at(5));
  const Bill whole = read_bill(Bytes::copy_of(text)).value();
  const Match found = scan(whole, db).value();
  std::vector<std::string> expected;
  for (const auto& finding : found.findings)
    expected.push_back(finding.name + " " + finding.version + ": " + finding.id);
  for (const auto& unknown : found.unknown)
    expected.push_back(unknown.name + " " + unknown.version + ": ? " + unknown.reason);
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(expected.size(), 2u);
  EXPECT_EQ(open(), expected);
  const auto stored = store_->find_findings("CVE-1", {}).value().at(0);
  const auto detail = parse_reason(stored.reason.proof, "3.0.11-1").value();
  EXPECT_EQ(detail.proofs.at(0), found.findings.at(0).proof);
  EXPECT_EQ(detail.fixed, found.findings.at(0).fixed);
}

}  // namespace
}  // namespace pratique
