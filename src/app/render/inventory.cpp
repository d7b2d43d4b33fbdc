// The answers as documents; inventory_view.cpp shows them.
#include "app/render/inventory.h"

#include <algorithm>

#include "app/render/inventory_parts.h"
#include "app/render/report_parts.h"

namespace pratique {
namespace {

using Json = nlohmann::ordered_json;

Json head_of(const char* kind, const QueryScope& scope) {
  Json json{{"apiVersion", "pratique/v1"}, {"kind", kind}, {"query", json_of(scope.when, scope.known)}};
  json["query"]["running"] = scope.running;
  if (scope.registry) json["query"]["registry"] = *scope.registry;
  if (scope.scopes) json["scope"] = texts_of(*scope.scopes);
  return json;
}

Json json_of(const ReasonDetail& detail) {
  Json proofs = Json::array();
  for (const auto& proof : detail.proofs) proofs.push_back(json_of(proof));
  return proofs;
}

Json json_of(const FindingEvent& event) {
  Json json{{"time", render_time(event.at)},  {"what", event.is_opening ? "opened" : "closed"},
            {"advisory", event.advisory},     {"revision", event.revision},
            {"generation", event.generation}, {"components", event.components},
            {"package", event.package}};
  if (!event.is_opening) json["why"] = event.why;
  return json;
}

Json json_of(const std::vector<FindingEvent>& events) {
  Json list = Json::array();
  for (const auto& event : events) list.push_back(json_of(event));
  return list;
}

Json json_of(const std::vector<Span>& spans) {
  Json list = Json::array();
  for (const auto& span : spans) {
    Json one{{"from", render_time(span.from)}};
    if (span.to) one["to"] = render_time(*span.to);
    list.push_back(std::move(one));
  }
  return list;
}

Json json_of(const Weight& weight) {
  Json by = Json::object();
  for (std::size_t i = weight.vulnerabilities.size(); i-- > 0;)
    by[std::string(name_of(static_cast<Severity>(i)))] = weight.vulnerabilities[i];
  return Json{{"vulnerabilities", std::move(by)},
              {"artifacts", weight.artifacts},
              {"workloads", weight.workloads},
              {"pods", weight.pods}};
}

Json json_of(const std::vector<StoredArtifact>& artifacts) {
  Json list = Json::array();
  for (const auto& artifact : artifacts) list.push_back({{"digest", artifact.digest}, {"image", artifact.name}});
  return list;
}

Json json_of(const VexStatement& statement) {
  return {{"author", statement.author},
          {"status", name_of(statement.status)},
          {"product", statement.product},
          {"subcomponent", statement.subcomponent},
          {"document", statement.document}};
}

}  // namespace

Json document_of(const VulnerabilityAnswer& answer, const QueryScope& scope) {
  const bool is_window = scope.when.from && scope.when.to && *scope.when.from != *scope.when.to;
  Json items = Json::array(), statements = Json::array();
  for (const LocatedArtifact& artifact : answer.located.artifacts)
    for (const LocatedPackage& place : artifact.packages) {
      const auto found = answer.findings.find(place.component);
      if (found == answer.findings.end()) continue;
      const auto& [finding, detail, package] = found->second;
      Json item{{"digest", artifact.digest},
                {"image", artifact.image},
                {"package", {{"name", place.name}, {"version", place.version}, {"purl", place.purl}}},
                {"severity", name_of(finding.reason.severity)},
                {"fixed", detail.fixed},
                {"state", name_of(detail.fix_state)},
                {"path", place.path},
                {"workloads", json_of(artifact.running)},
                {"running", {{"workloads", artifact.running.workloads}, {"pods", artifact.running.pods}}},
                {"registry", artifact.registry},
                {"since", render_time(std::max(finding.since, artifact.since))},
                {"proof", json_of(detail)}};
      if (is_window) item["exposed"] = json_of(artifact.exposed);
      if (place.suppressed) item["suppressed"] = json_of(*place.suppressed);
      items.push_back(std::move(item));
    }
  for (const VexStatement& statement : answer.statements) statements.push_back(json_of(statement));
  Json document = head_of("VulnerabilityReport", scope);
  document["id"] = answer.id;
  document["aliases"] = answer.aliases;
  document["summary"] = answer.summary;
  document["url"] = answer.url;
  if (answer.published) document["published"] = render_time(*answer.published);
  if (answer.note && answer.note->kev)
    document["kev"] = {{"added", answer.note->kev->added}, {"due", answer.note->kev->due}};
  if (answer.note && answer.note->epss) document["epss"] = {{"score", answer.note->epss->score}};
  document["ledger"] = json_of(answer.located.ledger);
  document["suppressed"] = answer.suppressed;
  document["statements"] = std::move(statements);
  document["unknown"] = json_of(answer.located.unknown);
  if (!answer.located.failed.empty()) document["failed"] = json_of(answer.located.failed);
  document["history"] = json_of(answer.history);
  if (answer.located.next) document["next"] = std::to_string(*answer.located.next);
  document["items"] = std::move(items);
  return document;
}

Json document_of(const ArtifactReport& report, const QueryScope& scope) {
  Json items = Json::array(), bills = Json::array(), unknown = Json::array();
  for (const auto& one : report.findings)
    items.push_back({{"id", one.finding.reason.vulnerability},
                     {"severity", name_of(one.finding.reason.severity)},
                     {"package", {{"name", one.name}, {"version", one.version}, {"purl", one.purl}}},
                     {"fixed", one.detail.fixed},
                     {"state", name_of(one.detail.fix_state)},
                     {"path", one.path},
                     {"since", render_time(one.since)},
                     {"generation", one.finding.opened_by},
                     {"proof", json_of(one.detail)}});
  for (const auto& bill : report.bills) {
    Json one{{"digest", bill.digest},
             {"format", bill.format},
             {"tool", bill.tool},
             {"place", bill.place},
             {"ingested", render_time(bill.ingested_at)},
             {"original", bill.has_original}};
    if (bill.created) one["created"] = render_time(*bill.created);
    bills.push_back(std::move(one));
  }
  for (const auto& one : report.unknown)
    unknown.push_back(
        {{"package", {{"name", one.name}, {"version", one.version}, {"purl", one.purl}}}, {"reason", one.reason}});
  Json failed = Json::array(), registry = Json::array();
  for (const auto& one : report.failures)
    failed.push_back(
        {{"digest", one.digest}, {"place", one.place}, {"reason", one.reason}, {"since", render_time(one.since)}});
  for (const auto& one : report.held)
    if (registry.empty() || registry.back() != one.text()) registry.push_back(one.text());
  Json document = head_of("ArtifactReport", scope);
  document["digest"] = report.artifact.digest;
  document["image"] = report.artifact.name;
  document["health"] = name_of(report.health);
  document["packages"] = report.packages;
  Ledger ledger;
  ledger.count(report.health);
  document["ledger"] = json_of(ledger);
  document["bills"] = std::move(bills);
  document["registry"] = std::move(registry);
  if (!failed.empty()) document["failed"] = std::move(failed);
  document["workloads"] = json_of(report.running);
  document["ran"] = json_of(report.ever);
  document["unknown"] = std::move(unknown);
  document["history"] = json_of(report.history);
  document["items"] = std::move(items);
  return document;
}

Json document_of(const SurveyAnswer& answer, const QueryScope& scope) {
  Json items = Json::array();
  items.push_back({{"state", "clean"},
                   {"artifacts", answer.ledger.clean},
                   {"why", "every package was matched, none is known to be vulnerable"}});
  for (std::size_t i = answer.worst.size(); i-- > 0;)
    if (answer.worst[i] > 0) {
      const auto severity = name_of(static_cast<Severity>(i));
      items.push_back({{"state", "affected"},
                       {"artifacts", answer.worst[i]},
                       {"why", "at worst " + std::string(severity)},
                       {"severity", severity}});
    }
  for (const auto& one : answer.unknown)
    items.push_back({{"state", "unknown"}, {"artifacts", one.artifacts}, {"why", one.reason}});
  if (answer.ledger.failed > 0)
    items.push_back(
        {{"state", "failed"}, {"artifacts", answer.ledger.failed}, {"why", "no document of it could be read"}});
  Json document = head_of("CoverageReport", scope);
  document["ledger"] = json_of(answer.ledger);
  if (!answer.failed.empty()) document["failed"] = json_of(answer.failed);
  if (answer.generation)
    document["advisories"] = {{"generation", answer.generation->digest},
                              {"since", render_time(answer.generation->since)}};
  document["waiting"] = answer.waiting;
  document["items"] = std::move(items);
  return document;
}

Json document_of(const TopAnswer& answer, const QueryScope& scope) {
  Json items = Json::array();
  for (const auto& fix : answer.fixes) {
    items.push_back({{"what", "fix"}, {"package", fix.package}, {"from", fix.from}, {"to", fix.to}});
    items.back().update(json_of(fix.weight));
  }
  for (const auto& package : answer.packages) {
    items.push_back({{"what", "package"}, {"package", package.package}, {"versions", package.versions}});
    items.back().update(json_of(package.weight));
  }
  Json document = head_of("TopReport", scope);
  document["packages"] = answer.all_packages;
  document["fixes"] = answer.all_fixes;
  document["items"] = std::move(items);
  return document;
}

Json document_of(const ChangesAnswer& answer, Time from, Time to, const QueryScope& scope) {
  Json items = Json::array();
  for (const auto& change : answer.findings) {
    Json item{{"time", render_time(change.at)}, {"what", name_of(change.kind)},
              {"id", change.vulnerability},     {"severity", name_of(change.severity)},
              {"package", change.package},      {"purl", change.purl},
              {"fixed", change.fixed},          {"artifacts", change.artifacts},
              {"running", change.running},      {"advisory", change.advisory},
              {"revision", change.revision},    {"generation", change.generation}};
    if (change.kind == FindingChange::Kind::changed) item["before"] = name_of(change.before);
    if (change.kind == FindingChange::Kind::closed) item["why"] = change.why;
    items.push_back(std::move(item));
  }
  Json document = head_of("ChangesReport", scope);
  document["from"] = render_time(from);
  document["to"] = render_time(to);
  document["ledger"] = json_of(answer.after);
  document["before"] = json_of(answer.before);
  document["opened"] = answer.opened;
  document["closed"] = answer.closed;
  document["changed"] = answer.changed;
  document["artifacts"] = {
      {"added", answer.added.all}, {"started", answer.started.all}, {"stopped", answer.stopped.all}};
  document["added"] = json_of(answer.added.named);
  document["started"] = json_of(answer.started.named);
  document["stopped"] = json_of(answer.stopped.named);
  if (answer.next) document["next"] = std::to_string(*answer.next);
  document["items"] = std::move(items);
  return document;
}

}  // namespace pratique
