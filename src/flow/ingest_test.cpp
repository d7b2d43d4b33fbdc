#include "flow/ingest.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>

#include "flow/inspect.h"
#include "flow/locate.h"
#include "flow/survey.h"

namespace pratique {
namespace {

namespace fs = std::filesystem;

Time at(std::int64_t second) { return Time(std::chrono::seconds(second)); }

std::string bill(const std::string& image, const std::string& more_components = {}) {
  return R"({"bomFormat":"CycloneDX","specVersion":"1.5","metadata":{"component":{"type":"container","name":")" +
         image + R"(","version":")" + sha256_of(image).text() + R"("}},"components":[
         {"type":"library","name":"x","version":"1.0","purl":"pkg:npm/x@1.0"})" +
         more_components + "]}";
}

class IngestTest : public testing::Test {
 protected:
  IngestTest() {
    const fs::path memory = "/dev/shm";  // a sync costs nothing there
    const auto root = ::access(memory.c_str(), W_OK) == 0 ? memory : fs::temp_directory_path();
    std::string pattern = (root / "pratique_ingest_XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    fs::create_directory(path("bills"));
  }
  ~IngestTest() override { fs::remove_all(folder_); }

  std::string path(const std::string& name) const { return folder_ + "/" + name; }
  void write(const std::string& name, const std::string& text) const { std::ofstream(path(name)) << text; }
  Store open(const std::string& name = "store") const { return Store::open(path(name), Store::Mode::create).value(); }
  void write_bills(int count) const {
    for (int i = 0; i < count; ++i)
      write("bills/" + std::to_string(1000 + i) + ".json",
            bill("image " + std::to_string(i),
                 R"(,{"type":"library","name":"own","version":")" + std::to_string(i) + R"("})"));
  }

  std::string folder_;
};

TEST_F(IngestTest, TakesFilesAndFoldersOnce) {
  write_bills(20);
  write("alone.json", bill("alone"));
  Store store = open();
  auto report = ingest_bills(store, {path("bills"), path("alone.json"), path("alone.json")}, at(1), {.threads = 3});
  ASSERT_TRUE(report) << render(report.error());
  EXPECT_EQ(report->files, 22u);
  EXPECT_EQ(report->added, 21u);
  EXPECT_EQ(report->present, 1u);
  EXPECT_EQ(report->components, 41u);
  EXPECT_TRUE(report->failed.empty());
  report = ingest_bills(store, {path("bills")}, at(2));
  ASSERT_TRUE(report);
  EXPECT_EQ(report->present, 20u);
  EXPECT_EQ(report->added, 0u);
  EXPECT_EQ(store.counts()->bills, 21u);
  EXPECT_EQ(store.load_bill(sha256_of("alone")).value().value().view(), bill("alone"));
  EXPECT_EQ(locate(store, {.purl = parse_purl("pkg:npm/x").value()})->ledger.affected, 21u);
}

TEST_F(IngestTest, MakesTheSameStoreWithAnyNumberOfThreads) {
  write_bills(60);
  Store one = open("one"), many = open("many");
  ASSERT_TRUE(ingest_bills(one, {path("bills")}, at(1), {.threads = 1}));
  ASSERT_TRUE(ingest_bills(many, {path("bills")}, at(1), {.threads = 7}));
  std::vector<ArtifactId> ids;
  for (ArtifactId id = 1; id <= 60; ++id) ids.push_back(id);
  const auto in_one = one.load_facts(ids).value(), in_many = many.load_facts(ids).value();
  ASSERT_EQ(in_one.size(), in_many.size());
  for (std::size_t i = 0; i < in_one.size(); ++i) EXPECT_EQ(in_one[i].components, in_many[i].components);
}

TEST_F(IngestTest, TellsWhatIsNoBillAndGoesOn) {
  write("bills/a.json", bill("a", R"(,{"type":"library","name":"y","purl":"pkg:no-name"})"));
  write("bills/b.json", "{\"bomFormat\":");
  write("bills/c.json", "{}");
  write("bills/d.txt", "");
  write("bills/e.json", bill("e"));
  Store store = open();
  const auto report = ingest_bills(store, {path("bills"), path("absent")}, at(1), {.threads = 2});
  ASSERT_TRUE(report) << render(report.error());
  EXPECT_EQ(report->files, 6u);
  EXPECT_EQ(report->added, 2u);
  ASSERT_EQ(report->failed.size(), 4u);
  EXPECT_EQ(report->failed[0].place.find(path("bills/b.json")), 0u);
  EXPECT_EQ(report->failed[3].place, path("absent"));
  for (const auto& file : report->failed) EXPECT_FALSE(file.reason.empty());
  ASSERT_FALSE(report->set_aside.empty());
  EXPECT_EQ(report->set_aside[0].place.find(path("bills/a.json") + ": /components/1"), 0u);
  EXPECT_EQ(ingest_bills(store, {path("bills/nothing")}, at(1))->failed.size(), 1u);
  fs::create_directory(path("hollow"));
  EXPECT_EQ(ingest_bills(store, {path("hollow")}, at(1)).error().fault, Fault::not_found);
}

TEST_F(IngestTest, KeepsWhatFailedUntilAGoodOneComes) {
  write("bills/a.json", bill("a"));
  write("bills/b.json", "{\"bomFormat\":");
  write("bills/c.json", "{}");
  Store store = open();
  for (int again = 0; again < 2; ++again) {
    const auto report = ingest_bills(store, {path("bills")}, at(1), {.threads = 2});
    ASSERT_TRUE(report);
    EXPECT_EQ(report->failed.size(), 2u);
  }
  const auto covered = survey(store, {}).value();
  EXPECT_EQ(covered.ledger.failed, 2u);
  EXPECT_EQ(covered.ledger.examined(), 3u);
  ASSERT_EQ(covered.failed.size(), 2u);
  EXPECT_EQ(covered.failed[0].image, "b.json");
  EXPECT_EQ(covered.failed[0].reason.find(path("bills/b.json") + ": "), 0u) << covered.failed[0].reason;
  EXPECT_EQ(locate(store, {.purl = parse_purl("pkg:npm/x").value()})->ledger, (Ledger{0, 1, 0, 2}));
  const auto failed = inspect_artifact(store, sha256_of("{}").text(), {});
  ASSERT_TRUE(failed) << render(failed.error());
  EXPECT_EQ(failed->health, Health::failed);
  EXPECT_EQ(failed->failures.size(), 1u);
  write("bills/b.json", bill("b"));
  ASSERT_TRUE(ingest_bills(store, {path("bills")}, at(2)));
  EXPECT_EQ(survey(store, {})->ledger.failed, 1u);
  QueryScope then;
  then.when = {at(1), at(1)};
  EXPECT_EQ(survey(store, then)->ledger.failed, 2u);
}

TEST_F(IngestTest, BindsABillThatDoesNotSayWhatItIsAbout) {
  const std::string components =
      R"("components":[{"type":"library","name":"x","version":"1.0","purl":"pkg:npm/x@1.0"}])";
  write("nameless.json", R"({"bomFormat":"CycloneDX","specVersion":"1.5",)" + components + "}");
  Store store = open();
  const Digest image = sha256_of("image");
  const auto report = ingest_bills(store, {path("nameless.json")}, at(1), {.subject = image});
  ASSERT_TRUE(report) << render(report.error());
  EXPECT_EQ(report->added, 1u);
  EXPECT_TRUE(store.load_bill(image).value());
  const auto again = ingest_bills(store, {path("nameless.json")}, at(1), {.subject = sha256_of("another")});
  ASSERT_EQ(again->failed.size(), 1u) << "the store has it as the bill of another artifact";
  EXPECT_NE(again->failed[0].reason.find(image.text()), std::string::npos);
  write_bills(2);
  EXPECT_EQ(ingest_bills(store, {path("bills")}, at(1), {.subject = image}).error().fault, Fault::usage);
}

TEST_F(IngestTest, TellsABillThatLiesAboutItsSubject) {
  write("liar.json", bill("harmless"));
  Store store = open();
  const Digest image = sha256_of("image");
  const auto report = ingest_bills(store, {path("liar.json")}, at(1), {.subject = image});
  ASSERT_EQ(report->failed.size(), 1u);
  EXPECT_NE(report->failed[0].reason.find("says that it is about " + sha256_of("harmless").text()), std::string::npos);
  EXPECT_FALSE(store.load_bill(image).value());
  EXPECT_FALSE(store.load_bill(sha256_of("harmless")).value());
  EXPECT_EQ(inspect_artifact(store, image.text(), {})->health, Health::failed);
}

TEST_F(IngestTest, ListsADigestThatRunsAndThatNobodyHas) {
  Store store = open();
  write("bills/a.json", bill("a"));
  ASSERT_TRUE(ingest_bills(store, {path("bills")}, at(1)));
  const std::string digest = sha256_of("nobody").text();
  write("pods.json", R"({"kind":"List","items":[{"kind":"Pod","metadata":{"name":"p","namespace":"shop"},
    "spec":{"containers":[{"name":"c","image":"r.example/shop/nobody:1@)" +
                         digest + R"("}]}}]})");
  ASSERT_TRUE(ingest_workloads(store, path("pods.json"), "north", at(2)));
  const auto answer = locate(store, {.purl = parse_purl("pkg:npm/x").value()});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->ledger, (Ledger{0, 1, 1, 0}));
  ASSERT_EQ(answer->unknown.size(), 1u);
  EXPECT_EQ(answer->unknown[0].digest, digest);
  EXPECT_EQ(answer->unknown[0].reason, "runs and has no bill");
  EXPECT_EQ(inspect_artifact(store, digest, {})->health, Health::unknown);
}

TEST_F(IngestTest, StopsWhenAskedAndGoesOnFromThere) {
  write_bills(300);
  Store store = open();
  std::atomic<int> asked = 0;
  std::uint64_t done = 0;
  IngestOptions options{.threads = 2};
  options.interrupted = [&] { return ++asked > 100; };
  options.progress = [&](const IngestProgress& progress) { done = progress.done; };
  const auto stopped = ingest_bills(store, {path("bills")}, at(1), options);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().fault, Fault::interrupted);
  EXPECT_EQ(store.counts()->bills, done);
  const auto rest = ingest_bills(store, {path("bills")}, at(2));
  ASSERT_TRUE(rest);
  EXPECT_EQ(rest->present, done);
  EXPECT_EQ(rest->added, 300u - done);
}

TEST_F(IngestTest, TellsWhatIsWrongWithTheStore) {
  write_bills(3);
  { Store store = open(); }
  Store store = Store::open(path("store"), Store::Mode::read).value();  // opened to read only
  const auto report = ingest_bills(store, {path("bills")}, at(1));
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().fault, Fault::refused);
}

TEST_F(IngestTest, TakesWhatRuns) {
  write("bills/a.json", bill("a"));
  Store store = open();
  ASSERT_TRUE(ingest_bills(store, {path("bills")}, at(1)));
  write("pods.json", R"({"kind":"List","items":[
    {"kind":"Pod","metadata":{"name":"p","namespace":"shop"},"spec":{"containers":[{"name":"c","image":"img"},
      {"name":"d","image":"other"}]},"status":{"containerStatuses":[{"name":"c","imageID":"img@)" +
                         sha256_of("a").text() + R"("}]}},
    {"kind":"Pod","metadata":{"name":"q"},"status":{"phase":"Succeeded"}}]})");
  const auto report = ingest_workloads(store, path("pods.json"), "north", at(1));
  ASSERT_TRUE(report) << render(report.error());
  EXPECT_EQ(report->pods, 1u);
  EXPECT_EQ(report->containers, 2u);
  EXPECT_EQ(report->finished, 1u);
  EXPECT_EQ(report->without_digest, 1u);
  LocateQuery query{.purl = parse_purl("pkg:npm/x").value()};
  query.running = true;
  const auto answer = locate(store, query);
  ASSERT_EQ(answer->artifacts.size(), 1u);
  EXPECT_EQ(answer->artifacts[0].running.in.at(0).name, "p");
  EXPECT_EQ(answer->unknown.at(0).image, "docker.io/library/other");

  EXPECT_EQ(ingest_workloads(store, path("absent"), "north", at(2)).error().fault, Fault::not_found);
  EXPECT_EQ(ingest_workloads(store, path("bills/a.json"), "north", at(2)).error().fault, Fault::malformed);
  EXPECT_EQ(store.counts()->pods, 1u);
}

}  // namespace
}  // namespace pratique
