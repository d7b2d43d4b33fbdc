#include "app/render/inventory.h"

#include <algorithm>

#include "app/render/csv.h"
#include "app/render/inventory_parts.h"
#include "app/render/report_parts.h"
#include "base/text.h"

namespace pratique {
namespace {

using Json = nlohmann::ordered_json;

Cell cell_of(Severity severity) { return Cell(name_of(severity), style_of(severity)); }

std::string day_of(Time time) { return render_time(time).substr(0, std::string_view("2026-03-01").size()); }

// Takes the document apart so that JSON and JSON lines say the same.
void add_items(Json document, const Json& items, InventoryText& text) {
  document["items"] = items;
  text.json = render_report(document);
  for (const auto& item : items) text.jsonl += render_report(item, -1);
}

Json head_of(const char* kind) { return Json{{"apiVersion", "pratique/v1"}, {"kind", kind}}; }

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

std::string text_of(const std::vector<Span>& spans) {
  std::string text;
  for (const auto& span : spans)
    text.append(text.empty() ? "" : ", ")
        .append(render_time(span.from) + " to " + (span.to ? render_time(*span.to) : "now"));
  return text;
}

// "2026-03-01 opened by GHSA-... (2026-02-28T..), 3 components, first log4j-core 2.14.1"
std::string tell_history(const std::vector<FindingEvent>& events) {
  constexpr std::size_t most = 12;
  std::string text = events.empty() ? "" : "\nHistory\n";
  const std::size_t skipped = events.size() > most ? events.size() - most : 0;
  if (skipped > 0) text += "  " + with_commas(skipped) + " earlier events (-o json lists them)\n";
  for (std::size_t i = skipped; i < events.size(); ++i) {
    const FindingEvent& event = events[i];
    text += "  " + render_time(event.at) + (event.is_opening ? "  opened by " : "  closed by ") + event.advisory;
    if (!event.revision.empty()) text += " of " + event.revision;
    if (!event.why.empty()) text += " (" + event.why + ")";
    text += ": " + event.package;
    if (event.components > 1) text += " and " + with_commas(event.components - 1) + " more";
    text += "\n";
  }
  return text;
}

std::string lines_printable(const std::string& text) {
  std::string lines;
  for (const auto line : split(text, '\n')) lines.append(printable(line)).append("\n");
  if (!lines.empty()) lines.pop_back();
  return lines;
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

std::string joined(const std::vector<std::string>& texts, std::size_t most) {
  std::string text;
  for (std::size_t i = 0; i < texts.size() && i < most; ++i) text.append(i == 0 ? "" : ", ").append(texts[i]);
  if (texts.size() > most) text += " and " + with_commas(texts.size() - most) + " more";
  return text;
}

std::uint64_t of(const Weight& weight, Severity severity) {
  return weight.vulnerabilities[static_cast<std::size_t>(severity)];
}

std::uint64_t rest_of(const Weight& weight) {
  std::uint64_t rest = 0;
  for (const auto count : weight.vulnerabilities) rest += count;
  return rest - of(weight, Severity::critical) - of(weight, Severity::high);
}

Json json_of(const std::vector<StoredArtifact>& artifacts) {
  Json list = Json::array();
  for (const auto& artifact : artifacts) list.push_back({{"digest", artifact.digest}, {"image", artifact.name}});
  return list;
}

std::string names_of(const std::vector<StoredArtifact>& artifacts) {
  std::vector<std::string> names;
  for (const auto& artifact : artifacts) names.push_back(artifact.name);
  std::sort(names.begin(), names.end());
  return joined(names, 5);
}

}  // namespace

InventoryText tell_vulnerability(const VulnerabilityAnswer& answer, const QueryScope& scope) {
  InventoryText text;
  text.table.columns = {"IMAGE", "DIGEST", "PACKAGE", "SEVERITY", "FIXED", "SINCE", "RUNS IN", "PATH"};
  const bool is_window = scope.when.from && scope.when.to && *scope.when.from != *scope.when.to;
  if (is_window) text.table.columns.insert(text.table.columns.begin() + 6, "EXPOSED");
  Json items = Json::array();
  for (const LocatedArtifact& artifact : answer.located.artifacts)
    for (const LocatedPackage& place : artifact.packages) {
      const auto found = answer.findings.find(place.component);
      if (found == answer.findings.end()) continue;
      const auto& [finding, detail, package] = found->second;
      const Time since = std::max(finding.since, artifact.since);
      std::vector<Cell> row = {
          Cell(artifact.image),
          Cell(artifact.digest, Style::dim),
          Cell(place.path.back(), Style::bold),
          place.suppressed ? Cell(place.suppressed->status, Style::dim) : cell_of(finding.reason.severity),
          Cell(finding.reason.fixed.empty() ? "-" : finding.reason.fixed),
          Cell(day_of(since)),
          Cell(summary_of(artifact.running)),
          Cell(join_path(place.path), Style::dim)};
      if (is_window) row.insert(row.begin() + 6, Cell(text_of(artifact.exposed)));
      text.table.rows.push_back(std::move(row));
      Json item{{"digest", artifact.digest},
                {"image", artifact.image},
                {"package", {{"name", place.name}, {"version", place.version}, {"purl", place.purl}}},
                {"severity", name_of(finding.reason.severity)},
                {"fixed", detail.fixed},
                {"state", name_of(detail.fix_state)},
                {"path", place.path},
                {"workloads", json_of(artifact.running)},
                {"running", {{"workloads", artifact.running.workloads}, {"pods", artifact.running.pods}}},
                {"since", render_time(since)},
                {"proof", json_of(detail)}};
      if (is_window) item["exposed"] = json_of(artifact.exposed);
      if (place.suppressed) item["suppressed"] = json_of(*place.suppressed);
      items.push_back(std::move(item));
    }
  text.head = answer.id;
  if (!answer.aliases.empty()) text.head += " (" + joined(answer.aliases, 6) + ")";
  if (!answer.summary.empty()) text.head += "\n" + printable(answer.summary);
  if (answer.note && answer.note->kev) text.head += "\nknown to be exploited since " + answer.note->kev->added;
  text.head = lines_printable(text.head) + "\n\n";
  for (const VexStatement& statement : answer.statements)
    text.tail += "VEX: " + statement.author + " says " + std::string(name_of(statement.status)) + " of " +
                 statement.product + (statement.subcomponent.empty() ? "" : " with " + statement.subcomponent) + " (" +
                 statement.document + ")\n";
  text.tail = lines_printable(text.tail + tell_history(answer.history));
  Json document = head_of("VulnerabilityReport");
  document["query"] = json_of(scope.when, scope.known);
  document["query"]["running"] = scope.running;
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
  document["unknown"] = json_of(answer.located.unknown);
  document["history"] = json_of(answer.history);
  if (answer.located.next) document["next"] = std::to_string(*answer.located.next);
  add_items(std::move(document), items, text);
  return text;
}

InventoryText tell_artifact(const ArtifactReport& report, const QueryScope& scope) {
  InventoryText text;
  text.table.columns = {"VULNERABILITY", "SEVERITY", "PACKAGE", "FIXED", "SINCE", "PATH"};
  Json items = Json::array();
  for (const auto& one : report.findings) {
    const Reason& reason = one.finding.reason;
    text.table.rows.push_back({Cell(reason.vulnerability, Style::bold), cell_of(reason.severity),
                               Cell(one.name + " " + one.version), Cell(reason.fixed.empty() ? "-" : reason.fixed),
                               Cell(day_of(one.since)), Cell(join_path(one.path), Style::dim)});
    items.push_back({{"id", reason.vulnerability},
                     {"severity", name_of(reason.severity)},
                     {"package", {{"name", one.name}, {"version", one.version}, {"purl", one.purl}}},
                     {"fixed", one.detail.fixed},
                     {"state", name_of(one.detail.fix_state)},
                     {"path", one.path},
                     {"since", render_time(one.since)},
                     {"generation", one.finding.opened_by},
                     {"proof", json_of(one.detail)}});
  }
  Json bills = Json::array(), unknown = Json::array();
  text.head = report.artifact.name + "  " + report.artifact.digest + "\n" + std::string(name_of(report.health)) + ": " +
              with_commas(report.findings.size()) + " findings in " + with_commas(report.packages) + " packages, " +
              with_commas(report.unknown.size()) + " packages unknown\n";
  for (const auto& bill : report.bills) {
    text.head += "bill      " + render_time(bill.ingested_at) + "  " + bill.format + " by " +
                 (bill.tool.empty() ? "nobody it names" : bill.tool) + "  " + bill.place + "\n";
    Json one{{"digest", bill.digest},
             {"format", bill.format},
             {"tool", bill.tool},
             {"place", bill.place},
             {"ingested", render_time(bill.ingested_at)},
             {"original", bill.has_original}};
    if (bill.created) one["created"] = render_time(*bill.created);
    bills.push_back(std::move(one));
  }
  if (report.bills.empty()) text.head += "bill      none: nobody knows what is in it\n";
  for (const auto& in : report.ever.in)
    text.head += "runs in   " + (in.cluster.empty() ? "" : in.cluster + "/") + in.name_space + "/" + in.name + "  " +
                 with_commas(in.pods) + (in.pods == 1 ? " pod" : " pods") + " since " + render_time(in.since) +
                 (in.until ? " until " + render_time(*in.until) : "") + "\n";
  text.head = lines_printable(text.head + "\n");
  text.tail = lines_printable(tell_history(report.history));
  for (const auto& one : report.unknown)
    unknown.push_back(
        {{"package", {{"name", one.name}, {"version", one.version}, {"purl", one.purl}}}, {"reason", one.reason}});
  Json document = head_of("ArtifactReport");
  document["query"] = json_of(scope.when, scope.known);
  document["digest"] = report.artifact.digest;
  document["image"] = report.artifact.name;
  document["health"] = name_of(report.health);
  document["packages"] = report.packages;
  Ledger ledger;
  ledger.count(report.health);
  document["ledger"] = json_of(ledger);
  document["bills"] = std::move(bills);
  document["workloads"] = json_of(report.running);
  document["ran"] = json_of(report.ever);
  document["unknown"] = std::move(unknown);
  document["history"] = json_of(report.history);
  add_items(std::move(document), items, text);
  return text;
}

InventoryText tell_survey(const SurveyAnswer& answer, const QueryScope& scope) {
  InventoryText text;
  text.table.columns = {"STATE", "ARTIFACTS", "WHY"};
  Json items = Json::array();
  const auto add = [&](std::string_view state, std::uint64_t artifacts, std::string_view why, Style style) {
    text.table.rows.push_back({Cell(state, style), Cell(with_commas(artifacts)), Cell(why)});
    items.push_back({{"state", state}, {"artifacts", artifacts}, {"why", why}});
  };
  add("clean", answer.ledger.clean, "every package was matched, none is known to be vulnerable", Style::green);
  for (std::size_t i = answer.worst.size(); i-- > 0;)
    if (answer.worst[i] > 0)
      add("affected", answer.worst[i], "at worst " + std::string(name_of(static_cast<Severity>(i))),
          style_of(static_cast<Severity>(i)));
  for (const auto& one : answer.unknown) add("unknown", one.artifacts, one.reason, Style::yellow);
  Json document = head_of("CoverageReport");
  document["query"] = json_of(scope.when, scope.known);
  document["query"]["running"] = scope.running;
  document["ledger"] = json_of(answer.ledger);
  if (answer.generation)
    document["advisories"] = {{"generation", answer.generation->digest},
                              {"since", render_time(answer.generation->since)}};
  document["waiting"] = answer.waiting;
  add_items(std::move(document), items, text);
  return text;
}

InventoryText tell_top(const TopAnswer& answer, const QueryScope& scope) {
  InventoryText text;
  text.table.columns = {"WHAT", "CRITICAL", "HIGH", "OTHER", "ARTIFACTS", "WORKLOADS"};
  Json items = Json::array();
  const auto add = [&](const std::string& what, const Weight& weight) {
    text.table.rows.push_back({Cell(what, Style::bold), Cell(with_commas(of(weight, Severity::critical))),
                               Cell(with_commas(of(weight, Severity::high))), Cell(with_commas(rest_of(weight))),
                               Cell(with_commas(weight.artifacts)), Cell(with_commas(weight.workloads))});
  };
  for (const auto& fix : answer.fixes) {
    add("upgrade " + fix.package + " to " + fix.to, fix.weight);
    items.push_back({{"what", "fix"}, {"package", fix.package}, {"from", fix.from}, {"to", fix.to}});
    items.back().update(json_of(fix.weight));
  }
  for (const auto& package : answer.packages) {
    add(package.package + " " + joined(package.versions, 3), package.weight);
    items.push_back({{"what", "package"}, {"package", package.package}, {"versions", package.versions}});
    items.back().update(json_of(package.weight));
  }
  Json document = head_of("TopReport");
  document["query"] = json_of(scope.when, scope.known);
  document["query"]["running"] = scope.running;
  document["packages"] = answer.all_packages;
  document["fixes"] = answer.all_fixes;
  add_items(std::move(document), items, text);
  return text;
}

InventoryText tell_changes(const ChangesAnswer& answer, Time from, Time to) {
  InventoryText text;
  text.table.columns = {"TIME", "WHAT", "VULNERABILITY", "SEVERITY", "PACKAGE", "ARTIFACTS", "RUNNING", "BECAUSE OF"};
  Json items = Json::array();
  for (const auto& change : answer.findings) {
    std::string because = change.advisory;
    if (!change.revision.empty()) because += " of " + change.revision;
    if (!change.why.empty()) because += " (" + change.why + ")";
    text.table.rows.push_back({Cell(render_time(change.at)), Cell(name_of(change.kind)),
                               Cell(change.vulnerability, Style::bold), cell_of(change.severity), Cell(change.package),
                               Cell(with_commas(change.artifacts)), Cell(with_commas(change.running)), Cell(because)});
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
  const auto tell = [&](const char* what, const std::vector<StoredArtifact>& artifacts) {
    if (!artifacts.empty()) text.tail += what + with_commas(artifacts.size()) + " (" + names_of(artifacts) + ")\n";
  };
  tell("new artifacts: ", answer.added);
  tell("began to run: ", answer.started);
  tell("run no more: ", answer.stopped);
  text.tail = lines_printable(text.tail);
  Json document = head_of("ChangesReport");
  document["from"] = render_time(from);
  document["to"] = render_time(to);
  document["ledger"] = json_of(answer.after);
  document["before"] = json_of(answer.before);
  document["opened"] = answer.opened;
  document["closed"] = answer.closed;
  document["changed"] = answer.changed;
  document["added"] = json_of(answer.added);
  document["started"] = json_of(answer.started);
  document["stopped"] = json_of(answer.stopped);
  add_items(std::move(document), items, text);
  return text;
}

std::string render_inventory(const InventoryText& text, std::string_view format, const Look& look) {
  if (format == "json") return text.json;
  if (format == "jsonl") return text.jsonl;
  if (format != "csv") return text.head + render_table(text.table, look) + text.tail;
  std::vector<std::string> cells;
  for (const auto& column : text.table.columns) cells.push_back(lower(column));
  std::string lines = render_csv_line(cells);
  for (const auto& row : text.table.rows) {
    cells.clear();
    for (const auto& cell : row) cells.push_back(cell.text);
    lines += render_csv_line(cells);
  }
  return lines;
}

}  // namespace pratique
