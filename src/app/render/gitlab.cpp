// GitLab's container scanning report, schema 15.2.1 (gitlab-org/security-products/security-report-schemas). Texts there
// are GitLab Flavored Markdown.
#include "app/render/report_parts.h"
#include "app/render/reports.h"
#include "base/text.h"

namespace pratique {
namespace {

using Json = nlohmann::ordered_json;

std::string_view severity_of(Severity severity) {
  switch (severity) {
    case Severity::critical: return "Critical";
    case Severity::high: return "High";
    case Severity::medium: return "Medium";
    case Severity::low: return "Low";
    case Severity::none: return "Info";
    case Severity::unknown: break;
  }
  return "Unknown";
}

std::string_view kind_of(std::string_view id) {
  if (id.starts_with("CVE-")) return "cve";
  if (id.starts_with("GHSA-")) return "ghsa";
  if (id.starts_with("USN-")) return "usn";
  return "osv";
}

Json identifiers_of(const Finding& finding) {
  constexpr std::size_t most = 20;  // what GitLab keeps
  const auto identifier = [](std::string_view id) {
    return Json{{"type", kind_of(id)}, {"name", printable(id)}, {"value", printable(id)}};
  };
  Json all = Json::array({identifier(finding.id)});
  if (const auto url = safe_url(finding.url); !url.empty()) all[0]["url"] = url;
  for (const auto& alias : finding.aliases)
    if (all.size() < most) all.push_back(identifier(alias));
  return all;
}

// The schema wants a name and what stands behind a colon: a tag or the digest's hex digits.
std::string image_of(const Scanned& artifact) {
  std::string name;
  for (const char c : printable(artifact.name.empty() ? artifact.target : artifact.name)) name += c == ':' ? '_' : c;
  if (name.empty()) name = "unnamed";
  if (!artifact.digest.empty()) return name + "@" + artifact.digest;
  std::string tag;
  for (const char c : printable(artifact.version)) tag += c == ':' ? '_' : c;
  return name + ":" + (tag.empty() ? "unknown" : tag);
}

Json vulnerability_of(const Scanned& artifact, const Finding& finding) {
  std::string solution = "No version mends it.";
  if (!finding.fixed.empty())
    solution = "Upgrade " + markdown_of(finding.name) + " to " + markdown_of(finding.fixed.front()) + " or later.";
  Json links = Json::array();
  if (const auto url = safe_url(finding.url); !url.empty()) links.push_back({{"url", url}});
  Json json{
      {"id", uuid_of(image_of(artifact) + "\n" + reference_of(finding))},
      {"name", printable(finding.id)},
      {"description", markdown_of(finding.summary) + "\n\n" + markdown_of(sentence_of(finding))},
      {"severity", severity_of(finding.severity)},
      {"solution", solution},
      {"identifiers", identifiers_of(finding)},
      {"links", std::move(links)},
      {"location",
       {{"dependency", {{"package", {{"name", printable(finding.name)}}}, {"version", printable(finding.version)}}},
        {"operating_system", artifact.distro.empty() ? "unknown" : printable(artifact.distro)},
        {"image", image_of(artifact)}}}};
  return json;
}

Json messages_of(const ScanReport& report) {
  Json messages = Json::array();
  const auto tell = [&](std::string_view level, const std::string& text) {
    messages.push_back({{"level", level}, {"value", printable(text)}});
  };
  for (const auto& artifact : report.artifacts) {
    if (!artifact.failed.empty()) tell("fatal", artifact.failed);
    for (const auto& part : artifact.rejected)
      tell("warn", artifact.target + ": set aside: " + part.place + ": " + part.reason);
    for (const auto& doubt : artifact.match.unknown)
      tell("warn", artifact.target + ": unknown: " + doubt.name + " " + doubt.version + ": " + doubt.reason);
    if (artifact.health() == Health::unknown && artifact.match.components == 0)
      tell("warn", artifact.target + ": unknown: the bill lists no package");
    for (const auto& finding : artifact.match.findings)
      if (finding.suppressed)
        tell("info", "suppressed: " + reference_of(finding) + ": " + reason_of(*finding.suppressed));
  }
  return messages;
}

}  // namespace

std::string render_scan_gitlab(const ScanReport& report) {
  Json vulnerabilities = Json::array();
  for (const auto& artifact : report.artifacts)
    for (const auto& finding : artifact.match.findings)
      if (!finding.suppressed) vulnerabilities.push_back(vulnerability_of(artifact, finding));
  const std::string time = render_time(report.time).substr(0, 19);
  const Json tool{
      {"id", "pratique"}, {"name", "Pratique"}, {"version", report.tool_version}, {"vendor", {{"name", "Pratique"}}}};
  return render_report(Json{{"version", "15.2.1"},
                            {"scan",
                             {{"analyzer", tool},
                              {"scanner", tool},
                              {"type", "container_scanning"},
                              {"start_time", time},
                              {"end_time", time},
                              {"status", report.ledger().failed == 0 ? "success" : "failure"},
                              {"messages", messages_of(report)}}},
                            {"vulnerabilities", std::move(vulnerabilities)}});
}

}  // namespace pratique
