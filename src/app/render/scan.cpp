#include "app/render/scan.h"

#include <algorithm>
#include <charconv>
#include <map>

#include "app/render/csv.h"
#include "app/render/report_parts.h"
#include "base/text.h"
#include "model/purl.h"

namespace pratique {
namespace {

std::string number_of(double number) {
  char text[32];
  const auto [end, fault] = std::to_chars(text, text + sizeof text, number);
  return fault == std::errc() ? std::string(text, end) : std::string();
}

std::string joined_by(const std::vector<std::string>& texts, std::string_view separator) {
  std::string all;
  for (const auto& text : texts) all.append(&text == texts.data() ? "" : separator).append(text);
  return all;
}

bool any_suppressed(const ScanReport& report) {
  return std::any_of(report.artifacts.begin(), report.artifacts.end(), [](const Scanned& artifact) {
    return std::any_of(artifact.match.findings.begin(), artifact.match.findings.end(),
                       [](const Finding& finding) { return finding.suppressed.has_value(); });
  });
}

std::string fix_of(const Finding& finding) {
  if (!finding.fixed.empty()) return finding.fixed.front();
  const bool told = finding.fix_state == FixState::wont_fix || finding.fix_state == FixState::deferred;
  return told ? "(" + std::string(name_of(finding.fix_state)) + ")" : "-";
}

std::string exploitation_of(const Finding& finding) {
  std::string text = finding.kev ? "kev" : "";
  if (finding.epss) text.append(text.empty() ? "" : " ").append(percent(finding.epss->score));
  return text.empty() ? "-" : text;
}

const std::string& label_of(const Scanned& artifact) { return artifact.name.empty() ? artifact.target : artifact.name; }

std::string render_by_cve(const ScanReport& report, const Look& look) {
  Table table{{"VULNERABILITY", "SEVERITY", "EXPLOITED", "PACKAGES", "FIXED IN"}, {}};
  const bool several = report.artifacts.size() > 1;
  if (several) table.columns.insert(table.columns.begin(), "ARTIFACT");
  for (const auto& artifact : report.artifacts)
    for (const auto& one : by_vulnerability(artifact.match)) {
      std::string packages, fixes;
      for (const Finding* const finding : one.findings) {
        packages.append(packages.empty() ? "" : ", ").append(finding->name + " " + finding->version);
        fixes.append(fixes.empty() ? "" : ", ").append(fix_of(*finding));
      }
      const Severity severity = one.first->severity;
      std::vector<Cell> row{one.first->id, Cell(name_of(severity), style_of(severity)), exploitation_of(*one.first),
                            packages, fixes};
      if (several) row.insert(row.begin(), Cell(label_of(artifact)));
      table.rows.push_back(std::move(row));
    }
  return render_table(table, look);
}

std::vector<Cell> row_of(const Finding& finding) {
  return {finding.name,    finding.version,
          fix_of(finding), std::string(type_of(finding.purl)),
          finding.id,      Cell(name_of(finding.severity), style_of(finding.severity))};
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

std::string joined_path(const std::vector<std::string>& path) { return joined_by(path, " > "); }

std::string reason_of(const Suppression& suppression) {
  std::string text = suppression.by + ":";
  if (!suppression.status.empty()) text += " " + suppression.status;
  if (!suppression.justification.empty())
    text += (text.ends_with(':') ? " " : ", ") + suppression.justification;
  else if (!suppression.detail.empty())
    text += (text.ends_with(':') ? " " : ", ") + suppression.detail;
  if (!suppression.author.empty()) text += " (" + suppression.author + ")";
  return text;
}

std::vector<ByVulnerability> by_vulnerability(const Match& match) {
  std::map<std::string_view, std::size_t> places;
  std::vector<ByVulnerability> all;
  for (const auto& finding : match.findings) {
    const auto [place, is_new] = places.emplace(finding.id, all.size());
    if (is_new) all.push_back({&finding, {}});
    all[place->second].findings.push_back(&finding);
  }
  return all;
}

std::string render_scan_table(const ScanReport& report, const ScanColumns& columns, const Look& look) {
  if (columns.by_cve) return render_by_cve(report, look);
  Table table{{"NAME", "INSTALLED", "FIXED IN", "TYPE", "VULNERABILITY", "SEVERITY"}, {}};
  const bool several = report.artifacts.size() > 1, suppressed = any_suppressed(report);
  if (several) table.columns.insert(table.columns.begin(), "ARTIFACT");
  if (columns.wide)
    table.columns.insert(table.columns.end(), {"EXPLOITED", "ADVISORY", "RANGE", "COMPARATOR", "PATH", "REFERENCE"});
  if (suppressed) table.columns.emplace_back("SUPPRESSED");
  for (const auto& artifact : report.artifacts) {
    for (const auto& finding : artifact.match.findings) {
      std::vector<Cell> row = row_of(finding);
      if (several) row.insert(row.begin(), Cell(label_of(artifact)));
      if (columns.wide)
        row.insert(row.end(), {Cell(exploitation_of(finding)), Cell(finding.proof.advisory), Cell(finding.proof.range),
                               Cell(finding.proof.comparator), Cell(joined_path(finding.path), Style::dim),
                               reference_of(finding)});
      if (suppressed) row.emplace_back(finding.suppressed ? reason_of(*finding.suppressed) : "-");
      table.rows.push_back(std::move(row));
    }
  }
  return render_table(table, look);
}

std::string render_scan_csv(const ScanReport& report) {
  static const std::vector<std::string> columns = {
      "artifact", "id",         "aliases",   "severity",  "score",    "severity_source", "kev",      "epss",   "name",
      "version",  "purl",       "fixed",     "fix_state", "advisory", "source",          "revision", "stream", "module",
      "range",    "comparator", "installed", "path",      "doubt",    "suppressed",      "reference"};
  std::string lines = render_csv_line(columns);
  for (const auto& artifact : report.artifacts)
    for (const auto& finding : artifact.match.findings) {
      const Proof& proof = finding.proof;
      std::vector<std::string> cells = {label_of(artifact),
                                        finding.id,
                                        joined_by(finding.aliases, " "),
                                        std::string(name_of(finding.severity)),
                                        number_of(finding.score),
                                        finding.severity_source,
                                        finding.kev ? finding.kev->added : "",
                                        finding.epss ? number_of(finding.epss->score) : "",
                                        finding.name,
                                        finding.version,
                                        finding.purl,
                                        joined_by(finding.fixed, " "),
                                        std::string(name_of(finding.fix_state)),
                                        proof.advisory,
                                        proof.source,
                                        proof.revision,
                                        proof.stream,
                                        proof.module,
                                        proof.range,
                                        proof.comparator,
                                        proof.installed,
                                        joined_path(finding.path),
                                        proof.doubt,
                                        finding.suppressed ? reason_of(*finding.suppressed) : "",
                                        reference_of(finding)};
      for (auto& cell : cells) cell = printable(cell);
      lines += render_csv_line(cells);
    }
  return lines;
}

std::string render_scan_names(const ScanReport& report) {
  std::string lines;
  for (const auto& artifact : report.artifacts)
    for (const auto& finding : artifact.match.findings) lines.append(printable(reference_of(finding))).append("\n");
  return lines;
}

}  // namespace pratique
