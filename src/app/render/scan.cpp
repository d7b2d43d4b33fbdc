#include "app/render/scan.h"

#include <nlohmann/json.hpp>

#include "model/purl.h"

namespace pratique {
namespace {

using Json = nlohmann::ordered_json;

std::string dump(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json json_of(const Scanned& artifact, const Finding& finding) {
  return Json{
      {"artifact", artifact.digest.empty() ? artifact.name : artifact.digest},
      {"target", artifact.target},
      {"id", finding.id},
      {"aliases", finding.aliases},
      {"severity", name_of(finding.severity)},
      {"score", finding.score},
      {"summary", finding.summary},
      {"url", finding.url},
      {"package", {{"name", finding.name}, {"version", finding.version}, {"purl", finding.purl}}},
      {"range", finding.proof.range},
      {"fixed", finding.fixed},
      {"path", finding.path},
      {"proof",
       {{"advisory", finding.proof.advisory},
        {"revision", finding.proof.revision},
        {"package", finding.proof.package},
        {"stream", finding.proof.stream},
        {"range", finding.proof.range},
        {"comparator", finding.proof.comparator},
        {"installed", finding.proof.installed},
        {"fallback", finding.proof.fallback}}},
      {"suppressed", false},
  };
}

Json json_of(const Ledger& ledger) {
  return Json{{"examined", ledger.examined()},
              {"clean", ledger.clean},
              {"affected", ledger.affected},
              {"unknown", ledger.unknown},
              {"failed", ledger.failed}};
}

Json json_of(const Scanned& artifact) {
  Json rejected = Json::array();
  for (const auto& part : artifact.rejected) rejected.push_back({{"place", part.place}, {"reason", part.reason}});
  Json json{{"target", artifact.target},
            {"name", artifact.name},
            {"digest", artifact.digest},
            {"format", artifact.format},
            {"state", name_of(artifact.health())},
            {"components", artifact.match.components},
            {"findings", artifact.match.findings.size()},
            {"unknown", artifact.match.unknown.size()},
            {"rejected", std::move(rejected)}};
  if (!artifact.failed.empty()) json["reason"] = artifact.failed;
  if (artifact.health() == Health::unknown && artifact.match.components == 0)
    json["reason"] = "the bill lists no package";
  return json;
}

}  // namespace

Ledger ScanReport::ledger() const {
  Ledger ledger;
  for (const auto& artifact : artifacts) ledger.count(artifact.health());
  return ledger;
}

Style style_of(Severity severity) {
  switch (severity) {
    case Severity::critical: return Style::red;
    case Severity::high: return Style::magenta;
    case Severity::medium: return Style::yellow;
    case Severity::low:
    case Severity::none:
    case Severity::unknown: break;
  }
  return Style::plain;
}

std::string joined_path(const std::vector<std::string>& path) {
  std::string text;
  for (const auto& step : path) text.append(text.empty() ? "" : " > ").append(step);
  return text;
}

std::string render_scan_table(const ScanReport& report, bool wide, const Look& look) {
  Table table{{"NAME", "INSTALLED", "FIXED IN", "TYPE", "VULNERABILITY", "SEVERITY"}, {}};
  const bool several = report.artifacts.size() > 1;
  if (several) table.columns.insert(table.columns.begin(), "ARTIFACT");
  if (wide) table.columns.insert(table.columns.end(), {"ADVISORY", "RANGE", "COMPARATOR", "PATH"});
  for (const auto& artifact : report.artifacts) {
    for (const auto& finding : artifact.match.findings) {
      const Style style = style_of(finding.severity);
      std::vector<Cell> row{finding.name,
                            finding.version,
                            finding.fixed.empty() ? "-" : finding.fixed.front(),
                            std::string(type_of(finding.purl)),
                            finding.id,
                            Cell(name_of(finding.severity), style)};
      if (several) row.insert(row.begin(), Cell(artifact.name.empty() ? artifact.target : artifact.name));
      if (wide)
        row.insert(row.end(), {Cell(finding.proof.advisory), Cell(finding.proof.range), Cell(finding.proof.comparator),
                               Cell(joined_path(finding.path), Style::dim)});
      table.rows.push_back(std::move(row));
    }
  }
  return render_table(table, look);
}

std::string render_scan_json(const ScanReport& report) {
  Json items = Json::array(), unknown = Json::array(), artifacts = Json::array();
  for (const auto& artifact : report.artifacts) {
    artifacts.push_back(json_of(artifact));
    for (const auto& finding : artifact.match.findings) items.push_back(json_of(artifact, finding));
    for (const auto& doubt : artifact.match.unknown)
      unknown.push_back({{"target", artifact.target},
                         {"name", doubt.name},
                         {"version", doubt.version},
                         {"purl", doubt.purl},
                         {"reason", doubt.reason}});
  }
  return dump(Json{{"apiVersion", "pratique/v1"},
                   {"kind", "ScanReport"},
                   {"database", report.generation},
                   {"ledger", json_of(report.ledger())},
                   {"artifacts", std::move(artifacts)},
                   {"items", std::move(items)},
                   {"unknown", std::move(unknown)}},
              2);
}

std::string render_scan_jsonl(const ScanReport& report) {
  std::string lines;
  for (const auto& artifact : report.artifacts)
    for (const auto& finding : artifact.match.findings) lines += dump(json_of(artifact, finding), -1);
  return lines;
}

}  // namespace pratique
