// The inventory over real bills and real pods: what the index answers is what a scan of every bill answers.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

#include "engine/format/format.h"
#include "flow/build.h"
#include "flow/ingest.h"
#include "flow/inspect.h"
#include "flow/locate.h"
#include "flow/rematch.h"
#include "flow/scan.h"
#include "flow/vulnerability.h"
#include "world/file/file.h"

namespace pratique {
namespace {

namespace fs = std::filesystem;
const std::string bills = PRATIQUE_SOURCE_DIR "/../shared/data/sboms";
const std::string advisories = PRATIQUE_SOURCE_DIR "/../shared/data/advisories";
const std::string reviews = PRATIQUE_SOURCE_DIR "/../shared/data-kube";

class InventoryConformance : public testing::Test {
 protected:
  InventoryConformance() {
    std::string pattern = (fs::temp_directory_path() / "pratique_conformance_XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~InventoryConformance() override { fs::remove_all(folder_); }
  std::string folder_;
};

TEST_F(InventoryConformance, AnswersFromRealBillsAsAScanOfThemWould) {
  if (!fs::exists(bills)) GTEST_SKIP() << bills << " is absent";
  Store store = Store::open(folder_ + "/store", Store::Mode::create).value();
  const auto report = ingest_bills(store, {bills}, Time(), {.threads = 2});
  ASSERT_TRUE(report) << render(report.error());
  EXPECT_EQ(report->added + report->present + report->failed.size(), report->files);
  EXPECT_GT(report->added, 200u);

  std::map<std::string, std::set<std::string>> artifacts_of;  // by package key
  std::set<Digest> failed;                                    // some failed twice, under two names
  std::map<std::string, std::set<std::string>> versions_of;
  const auto files = list_files(bills);
  ASSERT_TRUE(files);
  for (const auto& file : *files) {
    auto bytes = read_file(file, Limits().bytes).value();
    const Digest digest = sha256_of(bytes.view());
    const auto bill = read_bill(std::move(bytes));
    if (!bill) {
      failed.insert(digest);
      continue;
    }
    const std::string artifact = (bill->subject.digest ? *bill->subject.digest : digest).text();
    std::string scratch;
    for (const Component& component : bill->components) {
      if (component.purl.empty()) continue;
      const std::string key(package_of(component.purl, scratch));
      artifacts_of[key].insert(artifact);
      std::string version(component.version.empty() ? version_of(component.purl, scratch) : component.version);
      if (!version.empty()) versions_of[key].insert(std::move(version));
    }
  }
  ASSERT_GT(artifacts_of.size(), 5000u);
  std::size_t number = 0;
  for (const auto& [key, artifacts] : artifacts_of) {
    if (number++ % 19 != 0 && artifacts.size() < 20) continue;
    SCOPED_TRACE(key);
    const auto answer = locate(store, {.purl = parse_purl(key).value()});
    ASSERT_TRUE(answer) << render(answer.error());
    std::set<std::string> found;
    std::set<std::string> versions;
    for (const auto& artifact : answer->artifacts) {
      found.insert(artifact.digest);
      for (const auto& place : artifact.packages) {
        ASSERT_FALSE(place.path.empty());
        if (!place.version.empty()) versions.insert(place.version);
      }
    }
    EXPECT_EQ(found, artifacts);
    EXPECT_EQ(versions, versions_of[key]);
    EXPECT_EQ(answer->ledger.examined(), store.counts()->artifacts + answer->ledger.failed);
    EXPECT_EQ(answer->ledger.failed, failed.size());
  }
}

// A finding by what all answers call it the same.
using Found = std::tuple<std::string, std::string, std::string, std::string>;  // vulnerability, name, version, purl

// What the store says of an artifact is what scans of its bills say, taken together; and what it says of a
// vulnerability names the artifacts of those scans and no other.
TEST_F(InventoryConformance, FindsInRealBillsWhatAScanOfThemFinds) {
  if (!fs::exists(bills) || !fs::exists(advisories)) GTEST_SKIP() << bills << " is absent";
  const std::vector<std::string> sources{advisories + "/osv/Go.zip", advisories + "/pypa-yaml.zip",
                                         advisories + "/wolfi-yaml.zip", advisories + "/alpine-secdb"};
  const auto built = build_database(sources, folder_ + "/db", Time(), {});
  ASSERT_TRUE(built) << render(built.error());
  const AdvisoryDb db = AdvisoryDb::open(folder_ + "/db").value();
  Store store = Store::open(folder_ + "/store", Store::Mode::create).value();
  ASSERT_TRUE(ingest_bills(store, {bills}, Time(), {.threads = 2}));
  const auto judged = rematch(store, db, Time());
  ASSERT_TRUE(judged) << render(judged.error());

  std::map<std::string, std::set<Found>> of_artifact;
  std::map<std::string, std::set<std::string>> of_vulnerability;
  const auto files = list_files(bills);
  ASSERT_TRUE(files);
  for (const auto& file : *files) {
    auto bytes = read_file(file, Limits().bytes).value();
    const Digest digest = sha256_of(bytes.view());
    const auto bill = read_bill(std::move(bytes));
    if (!bill) continue;
    const std::string artifact = (bill->subject.digest ? *bill->subject.digest : digest).text();
    const auto match = scan(*bill, db);
    ASSERT_TRUE(match) << render(match.error());
    auto& findings = of_artifact[artifact];
    for (const Finding& finding : match->findings) {
      findings.emplace(finding.id, finding.name, finding.version, finding.purl);
      // A scan tells once what one package's several components have; the store tells it of each.
      for (const std::uint32_t other : finding.elsewhere) {
        const Component& component = bill->components[other];
        findings.emplace(finding.id, component.name, finding.version, component.purl);
      }
      of_vulnerability[finding.id].insert(artifact);
    }
  }
  ASSERT_GT(of_vulnerability.size(), 100u);
  for (const auto& [artifact, expected] : of_artifact) {
    SCOPED_TRACE(artifact);
    const auto report = inspect_artifact(store, artifact, {});
    ASSERT_TRUE(report) << render(report.error());
    std::set<Found> found;
    for (const auto& one : report->findings)
      found.emplace(one.finding.reason.vulnerability, one.name, one.version, one.purl);
    EXPECT_EQ(found, expected);
    EXPECT_EQ(report->health == Health::affected, !expected.empty());
  }
  for (const auto& [id, expected] : of_vulnerability) {
    SCOPED_TRACE(id);
    const auto answer = find_vulnerability(store, &db, {id, {}});
    ASSERT_TRUE(answer) << render(answer.error());
    std::set<std::string> found;
    for (const auto& artifact : answer->located.artifacts) found.insert(artifact.digest);
    EXPECT_EQ(found, expected);
  }
}

TEST_F(InventoryConformance, ReadsThePodsOfRealAdmissionReviews) {
  if (!fs::exists(reviews)) GTEST_SKIP() << reviews << " is absent";
  std::size_t pods = 0, pinned = 0;
  const auto files = list_files(reviews);
  ASSERT_TRUE(files);
  for (const auto& file : *files) {
    if (!file.ends_with(".json")) continue;
    SCOPED_TRACE(file);
    const auto review = nlohmann::json::parse(read_file(file, 1 << 20).value().view());
    for (const char* side : {"object", "oldObject"}) {
      const auto& object = review["request"][side];
      if (!object.is_object() || object.value("kind", "") != "Pod") continue;
      const auto list = read_workloads(Bytes::copy_of(object.dump()), "north");
      ASSERT_TRUE(list) << render(list.error());
      EXPECT_TRUE(list->rejected.empty());
      ASSERT_EQ(list->workloads.size(), 1u);
      const auto& spec = object["spec"];
      const auto size_of = [&](const char* name) { return spec.contains(name) ? spec[name].size() : 0; };
      std::size_t volumes = 0;
      if (spec.contains("volumes"))
        for (const auto& volume : spec["volumes"]) volumes += volume.contains("image");
      EXPECT_EQ(list->workloads[0].containers.size(),
                size_of("containers") + size_of("initContainers") + size_of("ephemeralContainers") + volumes);
      ++pods;
      for (const auto& container : list->workloads[0].containers) pinned += container.image.digest.has_value();
    }
  }
  EXPECT_GT(pods, 10u);
  EXPECT_GT(pinned, 2u);
}

}  // namespace
}  // namespace pratique
