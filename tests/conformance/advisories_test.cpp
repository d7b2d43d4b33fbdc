// Every file under ../shared/data/advisories, as its source published it: read whole, and what is known of a few of its
// records asked back from the database.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "engine/version/version.h"
#include "flow/build.h"

namespace pratique {
namespace {

namespace fs = std::filesystem;
const std::string data = PRATIQUE_SOURCE_DIR "/../shared/data/advisories";
const Time noon = parse_time("2026-03-01T12:00:00Z").value();

class AdvisoryFiles : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(data)) GTEST_SKIP() << data << " is absent: the published advisories are not read";
    std::string pattern = (fs::temp_directory_path() / "pratique_advisories_XXXXXX").string();
    root_ = ::mkdtemp(pattern.data());
  }
  void TearDown() override {
    if (!root_.empty()) fs::remove_all(root_);
  }

  std::string root_;
};

const Affected* entry_of(const Advisory& advisory, std::string_view package, std::string_view stream) {
  for (const auto& affected : advisory.affected)
    if (affected.package == package && affected.stream == stream) return &affected;
  return nullptr;
}

TEST_F(AdvisoryFiles, AreReadWholeAndTheSameEachTime) {
  const auto report = build_database({data}, root_ + "/db", noon, {});
  ASSERT_TRUE(report) << render(report.error());
  // One of each kind, and nothing passed over but the catalog's schema.
  for (const std::string format : {"osv", "osv-yaml", "rustsec", "wolfi", "secdb-yaml", "debian-notices", "debian-cpes",
                                   "kev", "linux-cves", "linux-stream-fixes"})
    EXPECT_GT(report->documents.count(format), 0u) << format;
  for (const auto& file : report->passed_over) EXPECT_THAT(file, testing::HasSubstr("schema"));
  // What is set aside says so and is little: remarks in place of versions in the kernel's list, mostly.
  EXPECT_LT(report->rejected.size(), 300u);
  for (const auto& part : report->rejected) EXPECT_FALSE(part.reason.empty()) << part.place;
  EXPECT_EQ(report->status.sources.at("go").advisories, 4291u);
  const auto again = build_database({data}, root_ + "/again", noon, {});
  ASSERT_TRUE(again);
  EXPECT_EQ(again->status.generation, report->status.generation);

  const auto db = AdvisoryDb::verify(root_ + "/db");
  ASSERT_TRUE(db) << render(db.error());
  const auto reader = db->reader();
  const auto notice = reader->find("DSA-5380-1").value();
  ASSERT_EQ(notice.size(), 1u);
  const Affected* const server = entry_of(notice[0], "pkg:deb/debian/xorg-server", "debian:11");
  ASSERT_NE(server, nullptr);
  EXPECT_EQ(server->fixed, std::vector<std::string>{"2:1.20.11-1+deb11u6"});
  const auto log4j = reader->vulnerability("CVE-2021-44228").value();
  ASSERT_TRUE(log4j);
  EXPECT_EQ(log4j->kev->added, "2021-12-10");
}

}  // namespace
}  // namespace pratique
