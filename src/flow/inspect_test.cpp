#include "flow/inspect.h"

#include <gmock/gmock.h>

#include "flow/test_inventory.h"

namespace pratique {
namespace {

using testing::ElementsAre;

class InspectTest : public InventoryTest {
 protected:
  ArtifactReport ask(const std::string& image, const QueryScope& scope = {}) const {
    auto report = inspect_artifact(*store_, sha256_of(image).text(), scope);
    EXPECT_TRUE(report) << render(report.error());
    return report ? std::move(*report) : ArtifactReport();
  }
};

TEST_F(InspectTest, TellsAllThereIsOfAnArtifact) {
  write("osv/a.json", osv("CVE-1", "x", "2.0.0", severity("LOW")));
  write("osv/b.json", osv("CVE-2", "top", "2.0.0", severity("HIGH")));
  write("bills/1.json", bill("one", npm("top", "1.0.0", R"(,"components":[)" + npm("x", "1.0.0") + "]")));
  ingest(at(1));
  match(build(), at(10));
  look({"one"}, at(11));
  look({}, at(12));
  write("bills/2.json", bill("one", npm("x", "1.0.0") + R"(,{"type":"library","name":"w","version":"1"})"));
  ingest(at(20));
  match(build(), at(21));
  const auto report = ask("one");
  EXPECT_EQ(report.artifact.name, "one");
  EXPECT_EQ(report.bills.size(), 2u);
  EXPECT_EQ(report.bills[0].format, "cyclonedx-json 1.5");
  EXPECT_TRUE(report.bills[0].has_original);
  EXPECT_EQ(report.health, Health::affected);
  EXPECT_EQ(report.packages, 3u);
  ASSERT_EQ(report.findings.size(), 2u);
  EXPECT_EQ(report.findings[0].finding.reason.vulnerability, "CVE-2");
  EXPECT_EQ(report.findings[1].finding.reason.vulnerability, "CVE-1");
  EXPECT_THAT(report.findings[1].path, ElementsAre("x 1.0.0")) << "where the newest bill has it";
  EXPECT_EQ(report.findings[1].since, at(10));
  ASSERT_EQ(report.unknown.size(), 1u);
  EXPECT_EQ(report.unknown[0].name, "w");
  EXPECT_TRUE(report.running.in.empty());
  ASSERT_EQ(report.ever.in.size(), 1u);
  EXPECT_EQ(report.ever.in[0].until, at(12));
  EXPECT_EQ(report.history.size(), 2u);
  const auto before = ask("one", {.when = as_of(11)});
  EXPECT_THAT(before.findings.at(1).path, ElementsAre("top 1.0.0", "x 1.0.0"));
  EXPECT_EQ(before.running.in.size(), 1u);
  EXPECT_TRUE(before.unknown.empty());
}

TEST_F(InspectTest, TakesTheBeginningOfADigest) {
  write("bills/1.json", bill("one", npm("x", "1.0.0")));
  ingest();
  const std::string hex(sha256_of("one").hex());
  EXPECT_EQ(inspect_artifact(*store_, hex.substr(0, 8), {})->artifact.name, "one");
  EXPECT_EQ(inspect_artifact(*store_, hex.substr(0, 7), {}).error().fault, Fault::usage);
  EXPECT_EQ(inspect_artifact(*store_, "sha256:00000000", {}).error().fault, Fault::not_found);
  EXPECT_EQ(ask("one").health, Health::unknown) << "it was not matched yet";
}

}  // namespace
}  // namespace pratique
