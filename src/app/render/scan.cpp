#include "app/render/scan.h"

#include <algorithm>
#include <cstdio>
#include <map>

#include "model/purl.h"

namespace pratique {
namespace {

std::string percent(double share) {
  char text[16];
  std::snprintf(text, sizeof text, "%.1f%%", share * 100);
  return text;
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

std::string reference_of(const Finding& finding) {
  return finding.id + "/" + (finding.purl.empty() ? finding.name + "@" + finding.version : finding.purl);
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

}  // namespace pratique
