// Pratique's own JSON for `scan` (docs/cli.md).
#include <nlohmann/json.hpp>

#include "app/render/report_parts.h"
#include "app/render/scan.h"

namespace pratique {
namespace {

using Json = nlohmann::ordered_json;

Json ratings_of(const Finding& finding) {
  Json ratings = Json::array();
  for (const auto& rating : finding.ratings)
    ratings.push_back({{"source", rating.source},
                       {"vector", rating.vector},
                       {"score", rating.score},
                       {"severity", name_of(rating.severity)}});
  return ratings;
}

// What is known of exploitation; null where nobody says.
void add_exploitation(Json& json, const Finding& finding) {
  json["kev"] = nullptr;
  json["epss"] = nullptr;
  json["ssvc"] = nullptr;
  if (const auto& kev = finding.kev)
    json["kev"] = {{"added", kev->added}, {"due", kev->due}, {"ransomware", kev->ransomware}};
  if (const auto& epss = finding.epss) json["epss"] = {{"score", epss->score}, {"percentile", epss->percentile}};
  if (const auto& ssvc = finding.ssvc)
    json["ssvc"] = {{"exploitation", ssvc->exploitation},
                    {"automatable", ssvc->automatable},
                    {"technical_impact", ssvc->technical_impact}};
}

Json json_of(const Scanned& artifact, const Finding& finding) {
  Json json{{"artifact", artifact.digest.empty() ? artifact.name : artifact.digest}, {"target", artifact.target}};
  json.update(json_of(finding));
  return json;
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

Json json_of(const Ledger& ledger) {
  return Json{{"examined", ledger.examined()},
              {"clean", ledger.clean},
              {"affected", ledger.affected},
              {"unknown", ledger.unknown},
              {"failed", ledger.failed}};
}

Json json_of(const Suppression& one) {
  return Json{{"by", one.by},
              {"status", one.status},
              {"justification", one.justification},
              {"detail", one.detail},
              {"author", one.author},
              {"time", one.time},
              {"document", one.document}};
}

Json json_of(const Proof& proof) {
  Json json;
  json["advisory"] = proof.advisory;
  json["source"] = proof.source;
  json["revision"] = proof.revision;
  json["package"] = proof.package;
  json["stream"] = proof.stream;
  json["module"] = proof.module;
  json["range"] = proof.range;
  json["comparator"] = proof.comparator;
  json["installed"] = proof.installed;
  json["fallback"] = proof.fallback;
  json["doubt"] = proof.doubt;
  return json;
}

Json json_of(const Finding& finding) {
  Json json;
  json["reference"] = reference_of(finding);
  json["id"] = finding.id;
  json["aliases"] = finding.aliases;
  json["severity"] = name_of(finding.severity);
  json["score"] = finding.score;
  json["severity_source"] = finding.severity_source;
  json["ratings"] = ratings_of(finding);
  add_exploitation(json, finding);
  json["summary"] = finding.summary;
  json["url"] = finding.url;
  json["published"] = nullptr;
  if (finding.published) json["published"] = render_time(*finding.published);
  json["package"] = {{"name", finding.name}, {"version", finding.version}, {"purl", finding.purl}};
  json["range"] = finding.proof.range;
  json["fixed"] = finding.fixed;
  json["fix_state"] = name_of(finding.fix_state);
  json["component"] = finding.component;
  json["elsewhere"] = finding.elsewhere;
  json["path"] = finding.path;
  json["doubtful"] = finding.is_doubtful();
  json["proof"] = json_of(finding.proof);
  json["other_proofs"] = Json::array();
  for (const auto& proof : finding.other_proofs) json["other_proofs"].push_back(json_of(proof));
  json["suppressed"] = finding.suppressed ? json_of(*finding.suppressed) : Json(false);
  return json;
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
  return render_report(Json{{"apiVersion", "pratique/v1"},
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
    for (const auto& finding : artifact.match.findings) lines += render_report(json_of(artifact, finding), -1);
  return lines;
}

}  // namespace pratique
