#include <gtest/gtest.h>

#include "engine/format/format.h"
#include "engine/version/version.h"

namespace pratique {
namespace {

struct OsvRecord {
  Advisory advisory;
  std::vector<Rejected> rejected;
  std::uint64_t git_ranges = 0;
};

Result<OsvRecord> try_to_read(std::string_view json, const Limits& limits = {}) {
  OsvRecord record;
  AdvisorySink sink;
  sink.advisory = [&](Advisory&& advisory) { record.advisory = std::move(advisory); };
  AdvisoryReader reader(std::move(sink), limits);
  PRATIQUE_TRY(auto document, reader.read(Bytes::copy_of(json), "record.json"));
  if (document.format != "osv") return Error{Fault::usage, "is not taken for a record", {}, {}};
  record.rejected = std::move(document.rejected);
  record.git_ranges = document.git_ranges;
  return record;
}

// A record without a date of its own gets one, so that it is taken for a record.
OsvRecord read(std::string_view json) {
  std::string dated(json);
  if (dated.find("\"modified\"") == std::string::npos)
    dated.insert(dated.find('{') + 1, "\"modified\":\"2024-01-01T00:00:00Z\",");
  auto record = try_to_read(dated);
  EXPECT_TRUE(record) << render(record.error());
  return record ? std::move(*record) : OsvRecord{};
}

Severity severity_of(const Advisory& advisory) {
  const Rating* const picked = pick_rating(advisory.ratings);
  return picked == nullptr ? Severity::unknown : picked->severity;
}

// A record about one package, with this text for its ranges and versions.
OsvRecord read_affected(std::string_view ecosystem, std::string_view name, std::string_view members) {
  return read(R"({"id":"X-1","affected":[{"package":{"ecosystem":")" + std::string(ecosystem) + R"(","name":")" +
              std::string(name) + "\"}," + std::string(members) + "}]}");
}

std::string ranges_of(const Affected& affected) {
  std::string text;
  for (const auto& range : affected.ranges) text += (text.empty() ? "" : " ") + render_vers(range);
  return text;
}

std::string range_of_events(std::string_view events) {
  const auto record =
      read_affected("npm", "p", R"("ranges":[{"type":"SEMVER","events":[)" + std::string(events) + "]}]");
  if (!record.rejected.empty()) return "! " + record.rejected.front().reason;
  return ranges_of(record.advisory.affected.at(0));
}

constexpr std::string_view whole = R"({
  "schema_version": "1.7.0", "id": "GHSA-jfh8-c2jp-5v3q",
  "modified": "2024-02-03T04:05:06Z", "published": "2021-12-10T00:40:56Z",
  "aliases": ["CVE-2021-44228"], "related": ["CVE-2021-45046"], "upstream": ["CVE-1"],
  "summary": "Remote code injection in Log4j", "details": "long",
  "severity": [{"type": "CVSS_V2", "score": "AV:N/AC:M/Au:N/C:C/I:C/A:C"},
               {"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H"}],
  "affected": [{
    "package": {"ecosystem": "Maven", "name": "org.apache.logging.log4j:log4j-core",
                "purl": "pkg:maven/org.apache.logging.log4j/log4j-core"},
    "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "2.13.0"}, {"fixed": "2.15.0"}]},
               {"type": "GIT", "repo": "https://example.com", "events": [{"introduced": "0"}]}],
    "versions": ["2.13.0", "2.14.1"],
    "database_specific": {"source": "x", "severity": 7}
  }],
  "references": [{"type": "WEB", "url": "https://example.com/web"}, {"type": "ADVISORY", "url": "https://example.com/advisory"}],
  "database_specific": {"severity": "MODERATE", "cwe_ids": ["CWE-502"]},
  "credits": [{"name": "someone", "type": "FINDER"}]
})";

TEST(OsvTest, ReadsAWholeRecord) {
  const auto record = read(whole);
  const Advisory& advisory = record.advisory;
  EXPECT_TRUE(record.rejected.empty());
  EXPECT_EQ(record.git_ranges, 1u);
  EXPECT_EQ(advisory.id, "GHSA-jfh8-c2jp-5v3q");
  EXPECT_EQ(advisory.aliases, std::vector<std::string>{"CVE-2021-44228"});
  EXPECT_EQ(advisory.related, std::vector<std::string>{"CVE-2021-45046"});
  EXPECT_EQ(advisory.upstream, std::vector<std::string>{"CVE-1"});
  EXPECT_EQ(advisory.summary, "Remote code injection in Log4j");
  EXPECT_EQ(render_time(*advisory.modified), "2024-02-03T04:05:06Z");
  EXPECT_FALSE(advisory.withdrawn);
  ASSERT_EQ(advisory.ratings.size(), 3u);  // each is kept
  const Rating newest{"ghsa", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 10.0, Severity::critical};
  EXPECT_EQ(*pick_rating(advisory.ratings), newest);  // the newest vector before the older one and before the word
  EXPECT_EQ(advisory.url, "https://example.com/advisory");
  ASSERT_EQ(advisory.affected.size(), 1u);
  const Affected& affected = advisory.affected[0];
  EXPECT_EQ(affected.package, "pkg:maven/org.apache.logging.log4j/log4j-core");
  EXPECT_EQ(affected.stream, "");
  EXPECT_EQ(ranges_of(affected), "vers:maven/>=2.13.0|<2.15.0");
  EXPECT_EQ(affected.fixed, std::vector<std::string>{"2.15.0"});
  EXPECT_TRUE(affected.versions.empty());  // the range holds them
  EXPECT_EQ(affected.severity, Severity::unknown);
}

TEST(OsvTest, EventsBecomeRanges) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {R"({"introduced":"0"})", "vers:npm/*"},
      {R"({"introduced":"0"},{"fixed":"1.2.0"})", "vers:npm/<1.2.0"},
      {R"({"introduced":"1.0.0"})", "vers:npm/>=1.0.0"},
      {R"({"introduced":"1.0.0"},{"last_affected":"1.2.0"})", "vers:npm/>=1.0.0|<=1.2.0"},
      {R"({"introduced":"1.0.0"},{"last_affected":"1.0.0"})", "vers:npm/1.0.0"},
      // windows, also out of order and with several events in one object
      {R"({"introduced":"2.0.0"},{"fixed":"2.3.0"},{"introduced":"0"},{"fixed":"1.2.0"})",
       "vers:npm/<1.2.0|>=2.0.0|<2.3.0"},
      {R"({"introduced":"0","fixed":"1.2.0"})", "vers:npm/<1.2.0"},
      // two that touch are one
      {R"({"introduced":"0"},{"fixed":"1.2.0"},{"introduced":"1.2.0"},{"fixed":"1.3.0"})", "vers:npm/<1.3.0"},
      {R"({"introduced":"1.0.0"},{"last_affected":"1.2.0"},{"introduced":"1.2.0"},{"fixed":"1.3.0"})",
       "vers:npm/>=1.0.0|<1.3.0"},
      {R"({"introduced":"1.0.0"},{"fixed":"1.0.0"})", "vers:none/*"},
      // introduced twice: the first counts
      {R"({"introduced":"0"},{"introduced":"1.1.0"},{"fixed":"1.2.0"})", "vers:npm/<1.2.0"},
      // no introduction: from the beginning
      {R"({"fixed":"1.2.0"})", "vers:npm/<1.2.0"},
      // limits
      {R"({"introduced":"1.0.0"},{"limit":"2.0.0"})", "vers:npm/>=1.0.0|<2.0.0"},
      {R"({"introduced":"0"},{"fixed":"1.0.0"},{"introduced":"3.0.0"},{"limit":"2.0.0"})", "vers:npm/<1.0.0"},
      {R"({"introduced":"1.0.0"},{"limit":"*"})", "vers:npm/>=1.0.0"},
      {R"({"introduced":"1.0.0"},{"limit":"1.5.0"},{"limit":"2.0.0"})", "vers:npm/>=1.0.0|<2.0.0"},
      // inverted: CVE-2024-2313 had its ends swapped
      {R"({"introduced":"2.0.0"},{"fixed":"1.0.0"})", "! ends at 1.0.0, before it begins"},
      {"", "! a range without events"},
  };
  for (const auto& [events, range] : cases) {
    SCOPED_TRACE(events);
    EXPECT_EQ(range_of_events(events), range);
  }
}

// The schema: affected if in the list or in a range. Lists that spell less than the ranges do not take away from them,
// and what they spell beyond them stays.
TEST(OsvTest, KeepsListedVersionsThatNoRangeHolds) {
  const auto record =
      read_affected("PyPI", "django",
                    R"("ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"1.11"},{"fixed":"1.11.28"}]}],
                                       "versions":["1.11","1.11.1","3.0a1","3.0a1"])");
  ASSERT_EQ(record.advisory.affected.size(), 1u);
  EXPECT_EQ(ranges_of(record.advisory.affected[0]), "vers:pypi/>=1.11|<1.11.28");
  EXPECT_EQ(record.advisory.affected[0].versions, std::vector<std::string>{"3.0a1"});
}

// Regression: osv-scanner dropped every record with a field it did not know, and said "No issues found".
TEST(OsvTest, UnknownFieldsNeverDropARecord) {
  std::string json(whole);
  json.insert(1, R"("new_in_1_9":{"a":[1,2,{"b":null}]},)");
  json.insert(json.find("\"package\""), R"("also_new":[[]],)");
  json.insert(json.find("\"introduced\""), R"("really":true,)");
  EXPECT_EQ(read(json).advisory, read(whole).advisory);
}

TEST(OsvTest, SetsAsideWhatItCannotReadAndKeepsTheRest) {
  const auto record =
      read(R"({"id":"X-1","modified":"yesterday","severity":[{"type":"CVSS_V3","score":"9.8"}],"affected":[
    {"package":{"ecosystem":"npm","name":"good"},"versions":["1.0.0"]},
    {"package":{"ecosystem":"Martian","name":"x"},"versions":["1"]},
    {"package":{"ecosystem":"Debian","name":"no-release"},"versions":["1"]},
    {"versions":["1"]},
    {"package":{"ecosystem":"npm","name":"empty"}},
    {"package":{"ecosystem":"npm","name":"half"},"ranges":[{"type":"SEMVER","events":[]},
      {"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"2.0.0"}]}]},
    "no object"]})");
  ASSERT_EQ(record.advisory.affected.size(), 2u);
  EXPECT_EQ(record.advisory.affected[0].package, "pkg:npm/good");
  EXPECT_EQ(ranges_of(record.advisory.affected[1]), "vers:npm/<2.0.0");
  std::vector<std::string> places;
  for (const auto& part : record.rejected) {
    places.push_back(part.place);
    EXPECT_FALSE(part.reason.empty());
  }
  std::sort(places.begin(), places.end());
  EXPECT_EQ(places,
            (std::vector<std::string>{"/affected/1/package", "/affected/2/package", "/affected/3", "/affected/4",
                                      "/affected/5/ranges/0", "/affected/6", "/modified", "/severity/0"}));
}

TEST(OsvTest, TakesTheDistributionStreamFromTheEcosystem) {
  const auto record = read(R"({"id":"DSA-1","affected":[
    {"package":{"ecosystem":"Debian:12","name":"openssl","purl":"pkg:deb/debian/openssl?arch=source"},
     "ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"3.0.11-1~deb12u2"}]}]},
    {"package":{"ecosystem":"Ubuntu:22.04:LTS","name":"openssl"},"versions":["3.0.2-0ubuntu1"]},
    {"package":{"ecosystem":"Rocky Linux:9","name":"openssl","purl":"pkg:rpm/rocky-linux/openssl?distro=rocky-linux-9"},
     "ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"1:3.0.7-27.el9"}]}]}]})");
  ASSERT_EQ(record.advisory.affected.size(), 3u);
  EXPECT_EQ(record.advisory.affected[0].package, "pkg:deb/debian/openssl");
  EXPECT_EQ(record.advisory.affected[0].stream, "debian:12");
  EXPECT_EQ(ranges_of(record.advisory.affected[0]), "vers:deb/<3.0.11-1~deb12u2");
  EXPECT_EQ(record.advisory.affected[1].stream, "ubuntu:22.04");
  EXPECT_EQ(record.advisory.affected[2].package, "pkg:rpm/rocky/openssl");
  EXPECT_EQ(record.advisory.affected[2].stream, "rocky:9");
}

TEST(OsvTest, TakesSeverityWhereverASourceWritesIt) {
  const std::pair<std::string_view, Severity> cases[] = {
      {R"("database_specific":{"severity":"MODERATE"})", Severity::medium},
      {R"("database_specific":{"severity":{"a":1}})", Severity::unknown},
      {R"("severity":[{"type":"Ubuntu","score":"low"}])", Severity::low},
      {R"("severity":[{"type":"CVSS_V4","score":"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"},
                      {"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N"}])",
       Severity::critical},
      {R"("database_specific":{"severity":"LOW"},"severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N"}])",
       Severity::high},
  };
  for (const auto& [members, severity] : cases) {
    SCOPED_TRACE(members);
    EXPECT_EQ(severity_of(read("{\"id\":\"X\"," + std::string(members) + "}").advisory), severity);
  }
  const auto record =
      read_affected("crates.io", "tokio",
                    R"("versions":["1.0.0"],"database_specific":{"cvss":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"},
                                       "ecosystem_specific":{"affects":{"functions":["tokio::a::b"]}})");
  EXPECT_EQ(record.advisory.affected.at(0).severity, Severity::critical);
  EXPECT_EQ(record.advisory.affected.at(0).symbols, std::vector<std::string>{"tokio::a::b"});
}

TEST(OsvTest, NamesSymbolsAndFallsBackToTheFirstSentence) {
  const auto record = read(
      R"({"id":"GO-1","details":"# Impact\n\nA bug. And more.","database_specific":{"url":"https://pkg.go.dev/vuln/GO-1"},
    "affected":[{"package":{"ecosystem":"Go","name":"golang.org/x/net"},"versions":["0.1.0"],
    "ecosystem_specific":{"imports":[{"path":"golang.org/x/net/http2","symbols":["Server.ServeConn","x"]},{"path":"golang.org/x/net/html"}]}}]})");
  EXPECT_EQ(record.advisory.affected.at(0).symbols,
            (std::vector<std::string>{"golang.org/x/net/http2.Server.ServeConn", "golang.org/x/net/http2.x",
                                      "golang.org/x/net/html"}));
  EXPECT_EQ(record.advisory.summary, "A bug.");
  EXPECT_EQ(record.advisory.url, "https://pkg.go.dev/vuln/GO-1");
  const auto wordy = read("{\"id\":\"X\",\"details\":\"" + std::string(40, 'a') + " " + std::string(300, 'b') + "\"}");
  EXPECT_EQ(wordy.advisory.summary, std::string(40, 'a') + " ...");
}

TEST(OsvTest, TakesGosZeroTimeForNoDate) {
  const auto record = read(R"({"id":"GO-1","modified":"0001-01-01T00:00:00Z","published":"2021-04-14T20:04:52Z"})");
  EXPECT_FALSE(record.advisory.modified);
  EXPECT_TRUE(record.advisory.published);
  EXPECT_TRUE(record.rejected.empty());
}

TEST(OsvTest, RefusesWhatIsNoRecord) {
  const auto fault_of = [](std::string_view json) {
    const auto record = try_to_read(json);
    EXPECT_FALSE(record) << json;
    return record ? Fault::internal : record.error().fault;
  };
  for (const std::string_view json : {R"({"affected":[],"id":null})", R"({"affected":[],"id":7})",
                                      R"({"affected":[],"id":"x)", "{\"id\":\"x\",\"affected\":\xff}"}) {
    SCOPED_TRACE(json);
    EXPECT_EQ(fault_of(json), Fault::malformed);
  }
  // What is no record at all is none, and no failure.
  for (const std::string_view json : {"", "{", "[]", "{}", "null", R"({"ID":"x"})", R"({"id":"x"})", "\xff"}) {
    SCOPED_TRACE(json);
    EXPECT_EQ(fault_of(json), Fault::usage);
  }
  EXPECT_EQ(fault_of(R"({"schema_version":"2.0.0","id":"X","affected":[]})"), Fault::unsupported);
  Limits limits;
  limits.depth = 3;
  EXPECT_FALSE(try_to_read(R"({"id":"X","affected":[{"package":{"name":{"a":{"b":1}}}}]})", limits));
}

TEST(OsvTest, SetsAsideWhatWasMadeToKeepItsReaderBusy) {
  std::string events = R"({"introduced":"0"})", versions = R"("1.0.0")";
  for (int i = 0; i < 2000; ++i) events += R"(,{"limit":")" + std::to_string(i) + ".0.0\"}";
  for (int i = 0; i < 100'000; ++i) versions += ",\"2.0." + std::to_string(i) + "\"";
  for (const auto& members :
       {R"("ranges":[{"type":"SEMVER","events":[)" + events + "]}]", "\"versions\":[" + versions + "]"}) {
    const auto record = read_affected("npm", "p", members);
    EXPECT_TRUE(record.advisory.affected.empty());
    ASSERT_EQ(record.rejected.size(), 1u);
    EXPECT_EQ(record.rejected[0].place, "/affected/0");
  }
}

// Class "absent": every node deleted, and made null.
TEST(OsvTest, SurvivesEveryMemberMissingOrNull) {
  for (std::size_t at = whole.find('"'); at != std::string_view::npos; at = whole.find('"', at + 1)) {
    const std::size_t end = whole.find('"', at + 1);
    const std::size_t colon = end + 1;
    if (colon < whole.size() && whole[colon] == ':') {
      std::string renamed(whole);
      renamed.replace(at + 1, end - at - 1, "gone");
      (void)try_to_read(renamed);
      std::string null(whole);
      null.insert(colon + 1, "null,\"was" + std::to_string(at) + "\":");
      (void)try_to_read(null);
    }
    at = end;
  }
}

}  // namespace
}  // namespace pratique
