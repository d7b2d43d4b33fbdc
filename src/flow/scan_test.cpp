#include "flow/scan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "flow/build.h"

namespace pratique {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

const Time noon = parse_time("2026-03-01T12:00:00Z").value();

class ScanFlowTest : public testing::Test {
 protected:
  ScanFlowTest() {
    std::string pattern = (fs::temp_directory_path() / "pratique_scan_XXXXXX").string();
    root_ = ::mkdtemp(pattern.data());
  }
  ~ScanFlowTest() override { fs::remove_all(root_); }

  std::string path(const std::string& name) const { return root_ + "/" + name; }
  void write(const std::string& name, const std::string& text) const {
    fs::create_directories(fs::path(path(name)).parent_path());
    std::ofstream(path(name)) << text;
  }
  Result<BuildReport> build(const std::vector<std::string>& names, const std::string& db = "db") const {
    std::vector<std::string> from;
    for (const auto& name : names) from.push_back(path(name));
    return build_database(from, path(db), noon, {});
  }
  std::string bytes_of(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(path(name), std::ios::binary).rdbuf();
    return text.str();
  }

  std::string root_;
};

const std::string lodash =
    R"({"id":"GHSA-35jh-r3h4-6jhm","aliases":["CVE-2021-23337"],"modified":"2024-01-01T00:00:00Z",
  "severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:H/UI:N/S:U/C:H/I:H/A:H"}],
  "affected":[{"package":{"ecosystem":"npm","name":"lodash"},
               "ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"4.17.21"}]}]}]})";
const std::string withdrawn = R"({"id":"GHSA-old","withdrawn":"2023-01-01T00:00:00Z",
  "affected":[{"package":{"ecosystem":"npm","name":"lodash"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"}]}]}]})";

Bill bill_with(std::string_view purl) {
  Bill bill;
  bill.components.resize(1);
  bill.components[0].name = "lodash";
  bill.components[0].purl = purl;
  return bill;
}

TEST_F(ScanFlowTest, FindsWhatTheRecordsSay) {
  write("osv/a.json", lodash);
  write("osv/deep/b.json", withdrawn);
  const auto report = build({"osv"});
  ASSERT_TRUE(report) << render(report.error());
  EXPECT_EQ(report->records, 2u);
  EXPECT_EQ(report->status.advisories, 2u);
  EXPECT_EQ(report->status.withdrawn, 1u);
  EXPECT_EQ(report->status.built, noon);
  EXPECT_THAT(report->rejected, IsEmpty());

  const auto db = AdvisoryDb::open(path("db"));
  ASSERT_TRUE(db);
  const auto match = scan(bill_with("pkg:npm/lodash@4.17.20"), *db);
  ASSERT_TRUE(match);
  ASSERT_EQ(match->findings.size(), 1u);  // the withdrawn one is none
  EXPECT_EQ(match->findings[0].id, "CVE-2021-23337");
  EXPECT_EQ(match->findings[0].severity, Severity::high);
  EXPECT_EQ(match->findings[0].score, 7.2);
  EXPECT_THAT(match->findings[0].fixed, ElementsAre("4.17.21"));
  EXPECT_EQ(match->findings[0].proof.range, "vers:npm/<4.17.21");
  EXPECT_EQ(scan(bill_with("pkg:npm/lodash@4.17.21"), *db)->health(), Health::clean);
  EXPECT_EQ(scan(bill_with("pkg:pypi/lodash@4.17.20"), *db)->health(), Health::unknown);
}

TEST_F(ScanFlowTest, SetsBadRecordsAsideByNameAndGoesOn) {
  write("osv/1.json", "{\"id\": ");
  write("osv/2.json", "{\"title\":\"no advisory\"}");
  write("osv/3.json", lodash);
  write("osv/4.json", "");
  write("osv/5.json", R"({"id":"X","affected":[{"package":{"ecosystem":"Mars","name":"x"},"versions":["1"]}]})");
  write("osv/README.md", "not looked at");
  const auto report = build({"osv"});
  ASSERT_TRUE(report) << render(report.error());
  EXPECT_EQ(report->status.advisories, 2u);
  std::vector<std::string> places;
  for (const auto& part : report->rejected) {
    places.push_back(part.place.substr(path("osv/").size()));
    EXPECT_FALSE(part.reason.empty()) << part.place;
  }
  EXPECT_THAT(places, ElementsAre("1.json", "2.json", "4.json", "5.json: /affected/0/package"));
}

TEST_F(ScanFlowTest, TheSameRecordsFromAnywhereGiveTheSameFile) {
  write("one/a.json", lodash);
  write("one/b.json", withdrawn);
  write("two/x/z.json", withdrawn);
  write("two/y.json", lodash);
  ASSERT_TRUE(build({"one"}, "first"));
  ASSERT_TRUE(build({"two/x/z.json", "two/y.json"}, "second"));
  EXPECT_EQ(bytes_of("first"), bytes_of("second"));
}

TEST_F(ScanFlowTest, NothingUsableLeavesTheOldDatabase) {
  write("a.json", lodash);
  ASSERT_TRUE(build({"a.json"}));
  const auto before = bytes_of("db");
  write("bad/b.json", "[]");
  EXPECT_EQ(build({"bad"}).error().fault, Fault::malformed);
  EXPECT_THAT(build({"bad"}).error().text, testing::HasSubstr("b.json"));
  EXPECT_EQ(build({"absent"}).error().fault, Fault::not_found);
  EXPECT_EQ(build({"a.json", "absent"}).error().fault, Fault::not_found);
  EXPECT_EQ(build({}).error().fault, Fault::usage);
  fs::create_directory(path("empty"));
  EXPECT_EQ(build({"empty"}).error().fault, Fault::malformed);
  EXPECT_EQ(bytes_of("db"), before);
}

TEST_F(ScanFlowTest, ReportsProgress) {
  write("osv/a.json", lodash);
  write("osv/b.json", withdrawn);
  std::vector<std::uint64_t> seen;
  ASSERT_TRUE(build_database({path("osv")}, path("db"), noon, [&](std::uint64_t records) { seen.push_back(records); }));
  EXPECT_THAT(seen, ElementsAre(1, 2));
}

TEST_F(ScanFlowTest, RecordsAreBounded) {
  write("osv/a.json", lodash);
  write("osv/b.json", withdrawn);
  Limits limits;
  limits.bytes = withdrawn.size();
  const auto report = build_database({path("osv")}, path("db"), noon, {}, limits);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->status.advisories, 1u);
  ASSERT_EQ(report->rejected.size(), 1u);
  EXPECT_THAT(report->rejected[0].reason, testing::HasSubstr("larger than the limit"));
}

}  // namespace
}  // namespace pratique
