// A vulnerability disclosure report: CycloneDX 1.6 JSON, "vulnerabilities", with the affected packages as components.
#include <map>

#include "app/render/report_parts.h"
#include "app/render/reports.h"

namespace pratique {
namespace {

using Json = nlohmann::ordered_json;

std::string_view severity_of(Severity severity) { return name_of(severity); }  // the same words

std::string_view method_of(std::string_view vector) {
  if (vector.starts_with("CVSS:4")) return "CVSSv4";
  if (vector.starts_with("CVSS:3.1")) return "CVSSv31";
  if (vector.starts_with("CVSS:3.0")) return "CVSSv3";
  return vector.starts_with("AV:") ? "CVSSv2" : "other";
}

// CycloneDX has other words than OpenVEX; where none fits, the detail says it.
std::string_view justification_of(std::string_view word) {
  if (word == "component_not_present" || word == "vulnerable_code_not_present") return "code_not_present";
  if (word == "vulnerable_code_not_in_execute_path") return "code_not_reachable";
  if (word == "inline_mitigations_already_exist") return "protected_by_mitigating_control";
  return {};
}

Json analysis_of(const Suppression& suppressed) {
  Json json{{"state", "exploitable"}};
  if (suppressed.status == "not_affected") json["state"] = "not_affected";
  if (suppressed.status == "fixed") json["state"] = "resolved";
  if (const auto word = justification_of(suppressed.justification);
      !word.empty() && suppressed.status == "not_affected")
    json["justification"] = word;
  if (suppressed.by == "ignore") json["response"] = {"will_not_fix"};
  json["detail"] = reason_of(suppressed) + (suppressed.detail.empty() ? "" : ": " + suppressed.detail);
  return json;
}

Json ratings_of(const Finding& finding) {
  Json ratings = Json::array();
  for (const auto& rating : finding.ratings) {
    Json one{{"source", {{"name", rating.source}}}};
    if (!rating.vector.empty()) one["score"] = rating.score;
    one["severity"] = severity_of(rating.severity);
    if (!rating.vector.empty()) {
      one["method"] = method_of(rating.vector);
      one["vector"] = rating.vector;
    }
    ratings.push_back(std::move(one));
  }
  if (ratings.empty()) ratings.push_back({{"severity", severity_of(finding.severity)}});
  return ratings;
}

// Unique in the report, and readable: the package, and where there are several artifacts whose it is.
std::string ref_of(std::size_t artifact, const Finding& finding) {
  return std::to_string(artifact) + "/" + std::to_string(finding.component) + "/" + purl_of(finding);
}

Json affects_of(std::size_t artifact, const Finding& finding) {
  return {{"ref", ref_of(artifact, finding)},
          {"versions",
           Json::array(
               {{{"version", finding.version.empty() ? "unknown" : finding.version},
                 {"status", finding.suppressed && !finding.suppressed->status.empty() ? "unaffected" : "affected"}}})}};
}

Json vulnerability_of(const Finding& finding) {
  Json json{{"id", finding.id}};
  Json source{{"name", finding.proof.source.empty() ? finding.proof.advisory : finding.proof.source}};
  if (const auto url = safe_url(finding.url); !url.empty()) source["url"] = url;
  json["source"] = source;
  Json references = Json::array();
  for (const auto& alias : finding.aliases)
    references.push_back({{"id", alias}, {"source", {{"name", alias.substr(0, alias.find('-'))}}}});
  if (!references.empty()) json["references"] = std::move(references);
  json["ratings"] = ratings_of(finding);
  if (!finding.summary.empty()) json["description"] = finding.summary;
  if (!finding.fixed.empty()) json["recommendation"] = "Upgrade to " + finding.fixed.front() + " or later.";
  if (finding.published) json["published"] = render_time(*finding.published);
  if (finding.suppressed) json["analysis"] = analysis_of(*finding.suppressed);
  json["affects"] = Json::array();
  Json properties = Json::array();
  const auto add = [&](const std::string& name, std::string value) {
    properties.push_back({{"name", "pratique:" + name}, {"value", std::move(value)}});
  };
  add("range", finding.proof.range);
  add("comparator", finding.proof.comparator);
  if (finding.kev) add("kev", finding.kev->added);
  if (finding.epss) add("epss", Json(finding.epss->score).dump());
  json["properties"] = std::move(properties);
  return json;
}

Json packages_of(std::size_t index, const Scanned& artifact) {
  Json packages = Json::array();
  std::map<std::uint32_t, const Finding*> affected;
  for (const auto& finding : artifact.match.findings) affected.emplace(finding.component, &finding);
  for (const auto& [component, finding] : affected) {
    Json one{{"type", "library"}, {"bom-ref", ref_of(index, *finding)}, {"name", finding->name}};
    if (!finding->version.empty()) one["version"] = finding->version;
    if (!finding->purl.empty()) one["purl"] = finding->purl;
    packages.push_back(std::move(one));
  }
  return packages;
}

Json artifact_of(std::size_t index, const Scanned& artifact) {
  Json json{{"type", artifact.digest.empty() ? "application" : "container"},
            {"bom-ref", std::to_string(index)},
            {"name", artifact.name.empty() ? artifact.target : artifact.name}};
  if (!artifact.version.empty()) json["version"] = artifact.version;
  if (!artifact.purl.empty()) json["purl"] = artifact.purl;
  return json;
}

// What nobody could judge, as properties of the report.
Json doubts_of(const ScanReport& report) {
  Json properties = Json::array();
  properties.push_back({{"name", "pratique:database"}, {"value", report.generation}});
  properties.push_back({{"name", "pratique:ledger"}, {"value", render(report.ledger())}});
  for (const auto& artifact : report.artifacts) {
    if (!artifact.failed.empty()) properties.push_back({{"name", "pratique:failed"}, {"value", artifact.failed}});
    for (const auto& doubt : artifact.match.unknown)
      properties.push_back({{"name", "pratique:unknown"},
                            {"value", (doubt.purl.empty() ? doubt.name : doubt.purl) + ": " + doubt.reason}});
  }
  return properties;
}

// One entry for a vulnerability; those that are suppressed for another reason stand apart, since `analysis` is the
// entry's.
Json vulnerabilities_of(const ScanReport& report) {
  Json all = Json::array();
  std::map<std::pair<std::string_view, std::string>, std::size_t> known;
  for (std::size_t index = 0; index < report.artifacts.size(); ++index)
    for (const auto& finding : report.artifacts[index].match.findings) {
      const std::string reason = finding.suppressed ? reason_of(*finding.suppressed) : "";
      const auto [place, is_new] = known.emplace(std::pair(std::string_view(finding.id), reason), all.size());
      if (is_new) all.push_back(vulnerability_of(finding));
      all[place->second]["affects"].push_back(affects_of(index, finding));
    }
  return all;
}

}  // namespace

std::string render_scan_cyclonedx(const ScanReport& report) {
  Json metadata{{"timestamp", render_time(report.time)},
                {"tools",
                 {{"components",
                   Json::array({{{"type", "application"}, {"name", "pratique"}, {"version", report.tool_version}}})}}}};
  Json components = Json::array();
  if (report.artifacts.size() == 1) {
    metadata["component"] = artifact_of(0, report.artifacts[0]);
    components = packages_of(0, report.artifacts[0]);
  } else {
    for (std::size_t index = 0; index < report.artifacts.size(); ++index) {
      Json one = artifact_of(index, report.artifacts[index]);
      if (Json packages = packages_of(index, report.artifacts[index]); !packages.empty())
        one["components"] = std::move(packages);
      components.push_back(std::move(one));
    }
  }
  metadata["properties"] = doubts_of(report);
  return render_report(Json{{"$schema", "http://cyclonedx.org/schema/bom-1.6.schema.json"},
                            {"bomFormat", "CycloneDX"},
                            {"specVersion", "1.6"},
                            {"version", 1},
                            {"metadata", std::move(metadata)},
                            {"components", std::move(components)},
                            {"vulnerabilities", vulnerabilities_of(report)}});
}

}  // namespace pratique
