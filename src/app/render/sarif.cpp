// SARIF 2.1.0 (OASIS Standard), sections 3.14 (run), 3.20 (invocation), 3.27 (result), 3.35 (suppression), 3.49 (rule).
// `security-severity` is GitHub's property: a number as text, by which its alerts are sorted.
#include <cstdio>
#include <map>

#include "app/render/report_parts.h"
#include "app/render/reports.h"
#include "base/digest.h"
#include "base/text.h"

namespace pratique {
namespace {

using Json = nlohmann::ordered_json;

std::string_view level_of(Severity severity) {
  switch (severity) {
    case Severity::critical:
    case Severity::high: return "error";
    case Severity::low:
    case Severity::none: return "note";
    case Severity::medium:
    case Severity::unknown: break;
  }
  return "warning";
}

// A word without a vector gets the middle of its band.
double score_of(const Finding& finding) {
  if (finding.score > 0) return finding.score;
  switch (finding.severity) {
    case Severity::critical: return 9.5;
    case Severity::high: return 8.0;
    case Severity::medium: return 5.5;
    case Severity::low: return 2.0;
    case Severity::none:
    case Severity::unknown: break;
  }
  return 0;
}

Json rule_of(const Finding& finding) {
  const std::string summary = printable(finding.summary.empty() ? finding.id : finding.summary);
  Json properties{{"tags", {"security", "vulnerability"}}};
  if (const double score = score_of(finding); score > 0) {
    char text[16];
    std::snprintf(text, sizeof text, "%.1f", score);
    properties["security-severity"] = text;
  }
  Json rule{{"id", finding.id},
            {"shortDescription", {{"text", summary}}},
            {"fullDescription", {{"text", summary}}},
            {"defaultConfiguration", {{"level", level_of(finding.severity)}}}};
  if (const auto url = safe_url(finding.url); !url.empty()) rule["helpUri"] = url;
  rule["properties"] = std::move(properties);
  return rule;
}

Json result_of(const Scanned& artifact, const Finding& finding, std::size_t rule) {
  Json place{{"physicalLocation", {{"artifactLocation", {{"uri", uri_of_path(artifact.target)}}}}},
             {"logicalLocations",
              Json::array({{{"fullyQualifiedName", printable(joined_path(finding.path))}, {"kind", "package"}}})}};
  // Not the target: the same finding keeps its alert when a file is moved.
  const Digest print = sha256_of(artifact.name + "\n" + reference_of(finding));
  Json result{{"ruleId", finding.id},
              {"ruleIndex", rule},
              {"level", level_of(finding.severity)},
              {"message", {{"text", sentence_of(finding)}}},
              {"locations", Json::array({std::move(place)})},
              {"partialFingerprints", {{"pratiqueFinding/v1", print.hex()}}}};
  if (const auto& suppressed = finding.suppressed)
    result["suppressions"] = Json::array(
        {{{"kind", "external"}, {"status", "accepted"}, {"justification", printable(reason_of(*suppressed))}}});
  result["properties"] = {{"purl", finding.purl},
                          {"fixed", finding.fixed},
                          {"advisory", finding.proof.advisory},
                          {"range", finding.proof.range},
                          {"comparator", finding.proof.comparator}};
  return result;
}

void add_notification(Json& notifications, std::string_view level, const Scanned& artifact, const std::string& text) {
  notifications.push_back(
      {{"level", level},
       {"message", {{"text", printable(text)}}},
       {"locations",
        Json::array({{{"physicalLocation", {{"artifactLocation", {{"uri", uri_of_path(artifact.target)}}}}}}})}});
}

Json invocation_of(const ScanReport& report) {
  Json notifications = Json::array();
  bool successful = true;
  for (const auto& artifact : report.artifacts) {
    if (!artifact.failed.empty()) {
      successful = false;
      add_notification(notifications, "error", artifact, artifact.failed);
    }
    for (const auto& part : artifact.rejected)
      add_notification(notifications, "warning", artifact, "set aside: " + part.place + ": " + part.reason);
    for (const auto& doubt : artifact.match.unknown)
      add_notification(notifications, "warning", artifact,
                       "unknown: " + doubt.name + " " + doubt.version + ": " + doubt.reason);
    if (artifact.health() == Health::unknown && artifact.match.components == 0)
      add_notification(notifications, "warning", artifact, "unknown: the bill lists no package");
  }
  return {{"executionSuccessful", successful}, {"toolExecutionNotifications", std::move(notifications)}};
}

}  // namespace

std::string render_scan_sarif(const ScanReport& report) {
  Json rules = Json::array(), results = Json::array();
  std::map<std::string_view, std::size_t> known;
  for (const auto& artifact : report.artifacts)
    for (const auto& finding : artifact.match.findings) {
      const auto [rule, is_new] = known.emplace(finding.id, rules.size());
      if (is_new) rules.push_back(rule_of(finding));
      results.push_back(result_of(artifact, finding, rule->second));
    }
  Json driver{{"name", "pratique"}, {"version", report.tool_version}, {"rules", std::move(rules)}};
  return render_report(
      Json{{"$schema", "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"},
           {"version", "2.1.0"},
           {"runs", Json::array({{{"tool", {{"driver", std::move(driver)}}},
                                  {"invocations", Json::array({invocation_of(report)})},
                                  {"columnKind", "utf16CodeUnits"},
                                  {"results", std::move(results)},
                                  {"properties", {{"database", report.generation}}}}})}});
}

}  // namespace pratique
