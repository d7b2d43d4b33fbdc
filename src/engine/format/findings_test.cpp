// Our own report of a scan, read back. That it reads what is written: tests/golden/reports_test.cpp.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/format/format.h"

namespace pratique {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::string report = R"({"apiVersion": "pratique/v1", "kind": "ScanReport", "database": "cafe", "items": [
  {"artifact": "sha256:ab", "target": "bill.json", "id": "CVE-1", "aliases": ["GHSA-1"], "severity": "critical",
   "score": 9.8, "severity_source": "nvd",
   "ratings": [{"source": "nvd", "vector": "CVSS:3.1/AV:N", "score": 9.8, "severity": "critical"}],
   "kev": {"added": "2021-12-10", "due": "2021-12-24", "ransomware": true},
   "epss": {"score": 0.94, "percentile": 0.99},
   "ssvc": {"exploitation": "active", "automatable": "yes", "technical_impact": "total"},
   "summary": "bad", "url": "https://example.com", "published": "2021-12-10T00:00:00Z",
   "package": {"name": "a", "version": "1", "purl": "pkg:npm/a@1"}, "fixed": ["2", "3"], "fix_state": "wont-fix",
   "component": 4, "elsewhere": [5, 6], "path": ["b 1", "a 1"], "of a newer version": {"x": [1]},
   "proof": {"advisory": "GHSA-1", "source": "ghsa", "revision": "2024-01-01T00:00:00Z", "package": "pkg:npm/a",
             "stream": "debian:12", "module": "m:1", "range": "vers:npm/<2", "comparator": "npm", "installed": "1",
             "fallback": true, "doubt": "who knows"},
   "other_proofs": [{"advisory": "CVE-1", "range": "vers:npm/<2", "comparator": "npm", "installed": "1"}],
   "suppressed": {"by": "vex", "status": "fixed", "justification": "j", "detail": "d", "author": "a", "time": "t",
                  "document": "doc"}}]})";

Result<FindingReport> read(std::string_view text, const Limits& limits = {}) {
  return read_findings(Bytes::copy_of(text), limits);
}

TEST(FindingsTest, EveryMemberIsRead) {
  const auto all = read(report);
  ASSERT_TRUE(all) << render(all.error());
  EXPECT_EQ(all->generation, "cafe");
  ASSERT_EQ(all->items.size(), 1u);
  EXPECT_EQ(all->items[0].artifact, "sha256:ab");
  EXPECT_EQ(all->items[0].target, "bill.json");
  const Finding expected{
      .id = "CVE-1",
      .aliases = {"GHSA-1"},
      .severity = Severity::critical,
      .score = 9.8,
      .severity_source = "nvd",
      .ratings = {{"nvd", "CVSS:3.1/AV:N", 9.8, Severity::critical}},
      .kev = Kev{"2021-12-10", "2021-12-24", true},
      .epss = Epss{0.94, 0.99},
      .ssvc = Ssvc{"active", "yes", "total"},
      .fix_state = FixState::wont_fix,
      .summary = "bad",
      .url = "https://example.com",
      .published = parse_time("2021-12-10T00:00:00Z").value(),
      .component = 4,
      .elsewhere = {5, 6},
      .name = "a",
      .version = "1",
      .purl = "pkg:npm/a@1",
      .fixed = {"2", "3"},
      .path = {"b 1", "a 1"},
      .proof = {"GHSA-1", "ghsa", "2024-01-01T00:00:00Z", "pkg:npm/a", "debian:12", "m:1", "vers:npm/<2", "npm", "1",
                true, "who knows"},
      .other_proofs = {{.advisory = "CVE-1", .range = "vers:npm/<2", .comparator = "npm", .installed = "1"}},
      .suppressed = Suppression{"vex", "fixed", "j", "d", "a", "t", "doc"}};
  EXPECT_EQ(all->items[0].finding, expected);
}

TEST(FindingsTest, WhatIsNotAReportIsRefused) {
  for (const auto* text : {"{}", "[]", "null", "1", R"({"kind": "WhereReport", "items": [{}]})", "{", ""}) {
    const auto all = read(text);
    ASSERT_FALSE(all) << text;
    EXPECT_EQ(all.error().fault, Fault::malformed) << text;
  }
}

TEST(FindingsTest, ABrokenProofIsNoProof) {
  const auto refused = [](std::string_view from, std::string_view to, std::string_view place) {
    std::string text = report;
    const auto at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
    const auto all = read(text);
    ASSERT_FALSE(all) << to;
    EXPECT_EQ(all.error().fault, Fault::malformed);
    EXPECT_THAT(render(all.error()), HasSubstr(std::string(place)));
  };
  refused(R"("id": "CVE-1")", R"("id": 1)", "/items/0/id");
  refused(R"("id": "CVE-1")", R"("id": "CVE-1", "id": "CVE-2")", "id");
  refused(R"("severity": "critical")", R"("severity": "dreadful")", "/items/0/severity");
  refused(R"("score": 9.8)", R"("score": "9.8")", "/items/0/score");
  refused(R"("component": 4)", R"("component": -4)", "/items/0/component");
  refused(R"("fix_state": "wont-fix")", R"("fix_state": "never")", "/items/0/fix_state");
  refused(R"("published": "2021-12-10T00:00:00Z")", R"("published": "lately")", "/items/0/published");
  refused(R"("range": "vers:npm/<2")", R"("range": "")", "/items/0/proof");
  refused(R"("fallback": true)", R"("fallback": "no")", "/items/0/proof/fallback");
  refused(R"("proof": {)", R"("prof": {)", "/items/0");
  refused(R"({"advisory": "CVE-1", )", R"({)", "/items/0/other_proofs/0");
}

TEST(FindingsTest, ItsLimitsHold) {
  Limits limits;
  limits.entries = 0;
  EXPECT_EQ(read(report, limits).error().fault, Fault::limit);
  limits = {};
  limits.bytes = 100;
  EXPECT_EQ(read(report, limits).error().fault, Fault::limit);
  std::string many = R"("aliases": [)";
  for (int i = 0; i < 10'001; ++i) many += "\"x\",";
  std::string text = report;
  text.replace(text.find(R"("aliases": [)"), 12, many);
  EXPECT_THAT(render(read(text).error()), HasSubstr("more than 10000"));
}

}  // namespace
}  // namespace pratique
