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
  write("osv/1.json", "{\"id\": \"x\", \"affected\": ");
  write("osv/2.json", "{\"title\":\"no advisory\"}");
  write("osv/3.json", lodash);
  write("osv/4.json", "");
  write("osv/5.json", R"({"id":"X","affected":[{"package":{"ecosystem":"Mars","name":"x"},"versions":["1"]}]})");
  write("osv/README.md", "no advisory");
  const auto report = build({"osv"});
  ASSERT_TRUE(report) << render(report.error());
  EXPECT_EQ(report->status.advisories, 2u);
  std::vector<std::string> places;
  for (const auto& part : report->rejected) {
    places.push_back(part.place.substr(path("osv/").size()));
    EXPECT_FALSE(part.reason.empty()) << part.place;
  }
  EXPECT_THAT(places, ElementsAre("1.json", "5.json: /affected/0/package"));
  // What is no advisory is told as well.
  EXPECT_THAT(report->passed_over, ElementsAre(path("osv/2.json"), path("osv/4.json"), path("osv/README.md")));
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

// The records that the project ships.
TEST_F(ScanFlowTest, FactsAreAllReadAndFindWhatTheyAreAbout) {
  const auto report = build_database({PRATIQUE_SOURCE_DIR "/facts"}, path("db"), noon, {});
  ASSERT_TRUE(report) << render(report.error());
  for (const auto& part : report->rejected) ADD_FAILURE() << part.place << ": " << part.reason;
  EXPECT_GE(report->status.advisories, 40u);
  const auto db = AdvisoryDb::open(path("db"));
  const auto found = [&](const std::string& purl) {
    std::vector<std::string> ids;
    const Match match = scan(bill_with(purl), *db).value();
    for (const auto& finding : match.findings) ids.push_back(finding.id);
    return ids;
  };
  EXPECT_THAT(found("pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1"),
              ElementsAre("CVE-2021-44228", "CVE-2021-45046", "CVE-2021-44832", "CVE-2021-45105"));
  EXPECT_THAT(found("pkg:maven/org.apache.logging.log4j/log4j-core@2.17.1"), IsEmpty());
  EXPECT_THAT(found("pkg:maven/org.apache.logging.log4j/log4j-core@2.12.2"),
              ElementsAre("CVE-2021-44832", "CVE-2021-45105"));
  EXPECT_THAT(found("pkg:deb/debian/xz-utils@5.6.1-1?distro=debian-13"), ElementsAre("CVE-2024-3094"));
  EXPECT_THAT(found("pkg:deb/debian/xz-utils@5.6.1%2Breally5.4.5-1?distro=debian-13"), IsEmpty());
  EXPECT_THAT(found("pkg:generic/xz@5.6.0"), ElementsAre("CVE-2024-3094"));
  EXPECT_THAT(found("pkg:rpm/opensuse/xz@5.6.1-1.1?distro=opensuse-tumbleweed-20240328"), ElementsAre("CVE-2024-3094"));
  EXPECT_THAT(found("pkg:rpm/opensuse/xz@5.6.1.revertto5.4-3.2?distro=opensuse-tumbleweed-20240401"), IsEmpty());
  EXPECT_THAT(found("pkg:deb/debian/curl@7.88.1-10%2Bdeb12u1?distro=debian-12.1"), ElementsAre("CVE-2023-38545"));
  EXPECT_THAT(found("pkg:deb/debian/curl@7.88.1-10%2Bdeb12u4?distro=debian-12.2"), IsEmpty());
  EXPECT_THAT(found("pkg:apk/alpine/curl@8.3.0-r2?distro=alpine-3.18.3"), ElementsAre("CVE-2023-38545"));
  EXPECT_THAT(found("pkg:generic/openssl@1.0.1f"), ElementsAre("CVE-2014-0160"));
  EXPECT_THAT(found("pkg:generic/openssl@1.0.1g"), IsEmpty());
  EXPECT_THAT(found("pkg:golang/github.com/opencontainers/runc@v1.1.11"), ElementsAre("CVE-2024-21626"));
  EXPECT_THAT(found("pkg:golang/stdlib@go1.21.2"), ElementsAre("CVE-2024-24790", "CVE-2023-39325"));
  EXPECT_THAT(found("pkg:npm/ua-parser-js@0.7.29"), ElementsAre("PQ-GHSA-pjwm-rvh2-c87w"));
  EXPECT_THAT(found("pkg:npm/ua-parser-js@0.7.30"), IsEmpty());
  EXPECT_THAT(found("pkg:pypi/django@3.2.0"), ElementsAre("CVE-2021-35042", "CVE-2022-34265"));
  EXPECT_THAT(found("pkg:gem/actionview@6.0.0.beta2"), ElementsAre("CVE-2019-5418"));
  EXPECT_THAT(found("pkg:maven/org.springframework/spring-beans@5.2.19.RELEASE"), ElementsAre("CVE-2022-22965"));
  EXPECT_THAT(found("pkg:maven/io.netty/netty-codec-http2@4.1.100.Final"), IsEmpty());
  EXPECT_THAT(found("pkg:cargo/openssl-src@300.0.10%2B3.0.6"), ElementsAre("CVE-2022-3602", "CVE-2022-3786"));
}

}  // namespace
}  // namespace pratique
