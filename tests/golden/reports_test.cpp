// tests/golden/reports: one hostile bill, three advisories, an ignore file, and what comes out in every format. Each is
// also held against what its specification demands, as far as that can be said in a few lines.
#include "app/render/reports.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>

#include "../support/files.h"
#include "app/render/template.h"
#include "app/render/yaml.h"
#include "engine/format/format.h"
#include "flow/build.h"
#include "flow/scan.h"
#include "flow/suppress.h"

namespace pratique {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;
const fs::path folder = PRATIQUE_SOURCE_DIR "/tests/golden/reports";

ScanReport report_of_folder() {
  std::string pattern = (fs::temp_directory_path() / "pratique_golden_XXXXXX").string();
  const fs::path scratch = ::mkdtemp(pattern.data());
  EXPECT_TRUE(build_database({folder / "advisories"}, scratch / "db", Time{}, {}));
  ScanReport report{.artifacts = {},
                    .generation = "generation",
                    .time = parse_time("2026-03-01T12:00:00Z").value(),
                    .tool_version = "1.2.3"};
  {
    const auto db = AdvisoryDb::open(scratch / "db").value();
    Bill bill = read_bill(Bytes::copy_of(read_whole(folder / "bill.cdx.json"))).value();
    Scanned scanned{.target = "bills/a b.json",
                    .name = bill.subject.name,
                    .version = bill.subject.version,
                    .purl = bill.subject.purl,
                    .digest = bill.subject.digest ? bill.subject.digest->text() : "",
                    .distro = bill.distro,
                    .format = "cyclonedx-json 1.6",
                    .match = scan(bill, db).value(),
                    .rejected = bill.rejected,
                    .failed = {},
                    .bill = bill,
                    .settled = {}};
    auto rules = load_ignore_rules(folder / "ignore.yaml").value();
    for (auto& rule : rules) rule.place = "ignore.yaml";
    apply_ignores(scanned.match, rules, report.time);
    report.artifacts.push_back(std::move(scanned));
  }
  report.artifacts.push_back(Scanned{.target = "bills/broken\n.json", .failed = "malformed: \x1b[31mno SBOM ]]> <a>"});
  fs::remove_all(scratch);
  return report;
}

const ScanReport& the_report() {
  static const ScanReport report = report_of_folder();
  return report;
}

ScanReport without_failures(ScanReport report) {
  report.artifacts.resize(1);
  return report;
}

const GithubJob job{"0123456789abcdef0123456789abcdef01234567", "refs/heads/main"};

TEST(GoldenReports, AreAsTheyWere) {
  const std::map<std::string, std::function<std::string(const ScanReport&)>> formats = {
      {"json", render_scan_json},
      {"csv", render_scan_csv},
      {"names.txt", render_scan_names},
      {"yaml", [](const ScanReport& report) { return render_yaml(render_scan_json(report)); }},
      {"sarif", render_scan_sarif},
      {"cyclonedx.json", render_scan_cyclonedx},
      {"openvex.json", render_scan_openvex},
      {"junit.xml", render_scan_junit},
      {"gitlab.json", render_scan_gitlab},
      {"github.json", [](const ScanReport& report) { return render_scan_github(report, job).value(); }},
      {"markdown.md", render_scan_markdown},
      {"table.txt", [](const ScanReport& report) { return render_scan_table(report, {}, {}); }},
      {"wide.txt", [](const ScanReport& report) { return render_scan_table(report, {.wide = true}, {}); }},
      {"by-cve.txt", [](const ScanReport& report) { return render_scan_table(report, {.by_cve = true}, {}); }},
      {"template.txt",
       [](const ScanReport& report) {
         return render_template(read_whole(folder / "page.mustache"), render_scan_json(report)).value();
       }},
  };
  for (const auto& [name, make] : formats) {
    SCOPED_TRACE(name);
    const fs::path expected = folder / ("expected." + name);
    const std::string made = make(the_report());
    if (::getenv("PRATIQUE_UPDATE_GOLDEN") != nullptr) std::ofstream(expected, std::ios::binary) << made;
    EXPECT_EQ(made, read_whole(expected));
    EXPECT_EQ(made, make(the_report()));
    for (const char c : made) EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= ' ') << static_cast<int>(c);
  }
}

// What a report says of a finding is all there is to it.
TEST(GoldenReports, OurOwnReportReadsBack) {
  const auto read = read_findings(Bytes::copy_of(render_scan_json(the_report())));
  ASSERT_TRUE(read) << render(read.error());
  EXPECT_EQ(read->generation, "generation");
  const auto& artifact = the_report().artifacts[0];
  ASSERT_EQ(read->items.size(), artifact.match.findings.size());
  for (std::size_t i = 0; i < read->items.size(); ++i) {
    EXPECT_EQ(read->items[i].finding, artifact.match.findings[i]);
    EXPECT_EQ(read->items[i].target, artifact.target);
    EXPECT_EQ(read->items[i].artifact, artifact.digest);
  }
}

TEST(GoldenReports, CycloneDxKeepsToItsSpecification) {
  for (const auto& report : {the_report(), without_failures(the_report())}) {
    const auto judged = judge_bill(Bytes::copy_of(render_scan_cyclonedx(report)));
    ASSERT_TRUE(judged) << render(judged.error());
    EXPECT_EQ(judged->spec_version, "1.6");
    for (const auto& error : judged->errors) ADD_FAILURE() << error.place << ": " << error.reason;
    for (const auto& doubt : judged->doubts) ADD_FAILURE() << doubt.place << ": " << doubt.reason;
  }
}

TEST(GoldenReports, NoFormatLooksCleanWhereABillFailed) {
  const auto sarif = Json::parse(render_scan_sarif(the_report()));
  EXPECT_EQ(sarif["runs"][0]["invocations"][0]["executionSuccessful"], false);
  EXPECT_EQ(Json::parse(render_scan_gitlab(the_report()))["scan"]["status"], "failure");
  EXPECT_THAT(render_scan_junit(the_report()), testing::HasSubstr("<error message="));
  EXPECT_THAT(render_scan_markdown(the_report()), testing::HasSubstr("1 failed"));
}

TEST(GoldenReports, WhatIsSuppressedIsShownAndDoesNotCount) {
  const auto sarif = Json::parse(render_scan_sarif(the_report()));
  std::size_t suppressed = 0;
  for (const auto& result : sarif["runs"][0]["results"]) suppressed += result.contains("suppressions") ? 1 : 0;
  EXPECT_EQ(suppressed, 1u);
  EXPECT_EQ(Json::parse(render_scan_gitlab(the_report()))["vulnerabilities"].size(), 2u);
}

TEST(GoldenReports, ASnapshotIsAboutACommit) {
  for (const GithubJob& wrong :
       {GithubJob{"", "refs/heads/main"}, GithubJob{"HEAD", "refs/heads/main"}, GithubJob{job.sha, "main"}}) {
    const auto made = render_scan_github(the_report(), wrong);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().fault, Fault::usage);
  }
}

TEST(TemplateTest, WhatIsBrokenIsRefusedByLine) {
  for (const auto& [text, reason] : std::map<std::string, std::string>{{"a\n{{#x}}", "line 2"},
                                                                       {"{{#x}}{{/y}}", "ends no section"},
                                                                       {"{{x", "without"},
                                                                       {"{{> part}}", "no name"},
                                                                       {"{{=<% %>=}}", "no name"}}) {
    const auto made = render_template(text, "{}");
    ASSERT_FALSE(made) << text;
    EXPECT_THAT(render(made.error()), testing::HasSubstr(reason)) << text;
  }
  std::string nested;
  for (int i = 0; i < 100; ++i) nested += "{{#x}}";
  EXPECT_EQ(render_template(nested, "{}").error().fault, Fault::limit);
}

TEST(TemplateTest, NamesAreLookedUpOutwards) {
  const std::string json = R"({"a":{"b":[1,2.5,{"c":"<&>"}]},"t":true,"n":null,"s":"","z":0,"outer":"o"})";
  for (const auto& [text, expected] :
       std::map<std::string, std::string>{{"{{#a}}{{outer}}{{/a}}", "o"},
                                          {"{{#a.b}}[{{c}}]{{/a.b}}", "[][][&lt;&amp;&gt;]"},
                                          {"{{#a.b}}{{{c}}}{{&c}}{{/a.b}}", "<&><&>"},
                                          {"{{#t}}yes{{/t}}{{^t}}no{{/t}}", "yes"},
                                          {"{{#n}}x{{/n}}{{#s}}x{{/s}}{{^n}}N{{/n}}{{^s}}S{{/s}}", "NS"},
                                          {"{{#z}}{{z}}{{/z}}", "0"},
                                          {"a\n  {{! gone }}\nb", "a\nb"},
                                          {"x {{! stays }}\n", "x \n"},
                                          {"{{a.nothing.more}}{{nothing}}", ""}}) {
    const auto made = render_template(text, json);
    ASSERT_TRUE(made) << text;
    EXPECT_EQ(*made, expected) << text;
  }
}

}  // namespace
}  // namespace pratique
