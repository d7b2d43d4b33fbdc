// Markdown as GitHub and GitLab show it in comments (GitHub Flavored Markdown, "Tables").
#include "app/render/report_parts.h"
#include "app/render/reports.h"
#include "base/text.h"

namespace pratique {
namespace {

std::string link_of(const Finding& finding) {
  std::string url;
  for (const char c : safe_url(finding.url)) url += c == '[' ? "%5B" : c == ']' ? "%5D" : std::string(1, c);
  return url.empty() ? markdown_of(finding.id) : "[" + markdown_of(finding.id) + "](<" + url + ">)";
}

std::string row_of(const Finding& finding) {
  std::string row = "| " + link_of(finding) + " | " + std::string(name_of(finding.severity)) +
                    (finding.kev ? ", known exploited" : "") + " | " + markdown_of(finding.name) + " | " +
                    markdown_of(finding.version) + " | " +
                    (finding.fixed.empty() ? "-" : markdown_of(finding.fixed.front())) + " | " +
                    markdown_of(joined_path(finding.path));
  if (finding.suppressed) row += " (suppressed: " + markdown_of(reason_of(*finding.suppressed)) + ")";
  return row + " |\n";
}

std::string section_of(const Scanned& artifact) {
  std::string text = "### " + markdown_of(artifact.name.empty() ? artifact.target : artifact.name) + ": " +
                     std::string(name_of(artifact.health())) + "\n\n";
  if (!artifact.failed.empty()) return text + markdown_of(artifact.failed) + "\n\n";
  if (!artifact.match.findings.empty()) {
    text += "| Vulnerability | Severity | Package | Installed | Fixed in | Path |\n|---|---|---|---|---|---|\n";
    for (const auto& finding : artifact.match.findings) text += row_of(finding);
    text += "\n";
  }
  if (const auto& unknown = artifact.match.unknown; !unknown.empty())
    text += "Unknown for " + with_commas(unknown.size()) + " of " + with_commas(artifact.match.components) +
            " packages, first " + markdown_of(unknown.front().name) + ": " + markdown_of(unknown.front().reason) +
            ".\n\n";
  else if (artifact.health() == Health::unknown)
    text += "The bill lists no package.\n\n";
  return text;
}

}  // namespace

std::string render_scan_markdown(const ScanReport& report) {
  std::string text = "## Known vulnerabilities\n\n";
  for (const auto& artifact : report.artifacts) text += section_of(artifact);
  return text + render(report.ledger()) + "\n";
}

}  // namespace pratique
