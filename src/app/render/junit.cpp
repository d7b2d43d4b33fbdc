// JUnit XML as CI systems read it (the Ant schema and what Jenkins and GitLab made of it): a suite an artifact.
#include "app/render/report_parts.h"
#include "app/render/reports.h"
#include "base/text.h"

namespace pratique {
namespace {

// XML 1.0 has no way to write most control characters, so the text is made printable first.
std::string escaped(std::string_view text) {
  std::string safe;
  for (const char c : printable(text)) {
    switch (c) {
      case '&': safe += "&amp;"; break;
      case '<': safe += "&lt;"; break;
      case '>': safe += "&gt;"; break;
      case '"': safe += "&quot;"; break;
      case '\'': safe += "&apos;"; break;
      default: safe += c;
    }
  }
  return safe;
}

struct Case {
  std::string class_name, name;
  std::string outcome;  // "failure", "skipped", "error"; empty for one that passes
  std::string message, text;
};

std::vector<Case> cases_of(const Scanned& artifact) {
  std::vector<Case> cases;
  if (!artifact.failed.empty()) return {{artifact.target, "bill", "error", artifact.failed, ""}};
  for (const auto& finding : artifact.match.findings) {
    const std::string proof = finding.proof.advisory + ": " + finding.proof.installed + " in " + finding.proof.range +
                              " (" + finding.proof.comparator + ")";
    Case one{purl_of(finding), finding.id, "failure", sentence_of(finding), proof};
    if (finding.suppressed) one = {purl_of(finding), finding.id, "skipped", reason_of(*finding.suppressed), ""};
    cases.push_back(std::move(one));
  }
  for (const auto& doubt : artifact.match.unknown)
    cases.push_back(
        {doubt.purl.empty() ? doubt.name : doubt.purl, "known advisories", "skipped", "unknown: " + doubt.reason, ""});
  if (artifact.health() == Health::unknown && artifact.match.components == 0)
    cases.push_back({artifact.target, "bill", "skipped", "unknown: the bill lists no package", ""});
  if (artifact.health() == Health::clean && cases.empty())
    cases.push_back({artifact.target, "known advisories", "", "", ""});
  return cases;
}

struct Counts {
  std::size_t tests = 0, failures = 0, errors = 0, skipped = 0;
  void add(const Case& one) {
    ++tests;
    failures += one.outcome == "failure" ? 1 : 0;
    errors += one.outcome == "error" ? 1 : 0;
    skipped += one.outcome == "skipped" ? 1 : 0;
  }
  std::string text() const {
    return " tests=\"" + std::to_string(tests) + "\" failures=\"" + std::to_string(failures) + "\" errors=\"" +
           std::to_string(errors) + "\" skipped=\"" + std::to_string(skipped) + "\"";
  }
};

std::string render_case(const Case& one) {
  std::string xml = "    <testcase classname=\"" + escaped(one.class_name) + "\" name=\"" + escaped(one.name) + "\"";
  if (one.outcome.empty()) return xml + "/>\n";
  xml += ">\n      <" + one.outcome + " message=\"" + escaped(one.message) + "\"";
  xml += one.text.empty() ? "/>\n" : ">" + escaped(one.text) + "</" + one.outcome + ">\n";
  return xml + "    </testcase>\n";
}

}  // namespace

std::string render_scan_junit(const ScanReport& report) {
  Counts all;
  std::string suites;
  for (const auto& artifact : report.artifacts) {
    Counts counts;
    std::string cases;
    for (const auto& one : cases_of(artifact)) {
      counts.add(one);
      all.add(one);
      cases += render_case(one);
    }
    const std::string& name = artifact.name.empty() ? artifact.target : artifact.name;
    suites += "  <testsuite name=\"" + escaped(name) + "\"" + counts.text() + ">\n" + cases + "  </testsuite>\n";
  }
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"pratique\"" + all.text() + ">\n" + suites +
         "</testsuites>\n";
}

}  // namespace pratique
