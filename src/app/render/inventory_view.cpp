// The documents of inventory.cpp as people read them.
#include <algorithm>

#include "app/render/csv.h"
#include "app/render/inventory.h"
#include "app/render/inventory_parts.h"
#include "app/render/members.h"
#include "app/render/report_parts.h"
#include "base/text.h"

namespace pratique {
namespace {

using Json = nlohmann::ordered_json;

struct View {
  std::string head;  // in front of the table
  Table table;
  std::string tail;                // behind it
  std::vector<std::string> notes;  // beside it
};

Cell cell_of(const std::string& severity) {
  const auto known = severity_named(severity);
  return Cell(severity, known ? style_of(*known) : Style::plain);
}

std::string day_of(const std::string& time) { return time.substr(0, std::string_view("2026-03-01").size()); }

std::string joined(const std::vector<std::string>& texts, std::size_t most, std::uint64_t all) {
  std::string text;
  for (std::size_t i = 0; i < texts.size() && i < most; ++i) text.append(i == 0 ? "" : ", ").append(texts[i]);
  const std::uint64_t named = std::min(most, texts.size());
  if (all > named) text += " and " + with_commas(all - named) + " more";
  return text;
}
std::string joined(const std::vector<std::string>& texts, std::size_t most) {
  return joined(texts, most, texts.size());
}

std::string lines_printable(const std::string& text) {
  std::string lines;
  for (const auto line : split(text, '\n')) lines.append(printable(line)).append("\n");
  if (!lines.empty()) lines.pop_back();
  return lines;
}

std::string label_of(Members& read, const Json& item) {
  const Json& package = read.object(item, "package");
  return read.text(package, "name") + " " + read.text(package, "version");
}

std::string first_fixed(Members& read, const Json& item) {
  const auto fixed = read.texts(item, "fixed");
  return fixed.empty() ? "-" : fixed.front();
}

std::string last_of(const std::vector<std::string>& path) { return path.empty() ? "" : path.back(); }

Running running_of(Members& read, const Json& item, const char* list) {
  Running running;
  for (const Json& one : read.list(item, list)) {
    RunningIn in;
    in.cluster = read.text(one, "cluster");
    in.name_space = read.text(one, "namespace");
    in.name = read.text(one, "name");
    in.pods = read.number(one, "pods");
    in.since = read.time(one, "since");
    if (one.is_object() && one.contains("until")) in.until = read.time(one, "until");
    running.in.push_back(std::move(in));
  }
  running.workloads = running.in.size();
  return running;
}

std::string exposed_of(Members& read, const Json& item) {
  std::string text;
  for (const Json& span : read.list(item, "exposed"))
    text.append(text.empty() ? "" : ", ")
        .append(read.text(span, "from") + " to " +
                (span.is_object() && span.contains("to") ? read.text(span, "to") : "now"));
  return text;
}

// "2026-03-01 opened by GHSA-... of 2026-02-28T...: log4j-core 2.14.1 and 2 more"
std::string tell_history(Members& read, const Json& document) {
  constexpr std::size_t most = 12;
  const Json& events = read.list(document, "history");
  std::string text = events.empty() ? "" : "\nHistory\n";
  const std::size_t skipped = events.size() > most ? events.size() - most : 0;
  if (skipped > 0) text += "  " + with_commas(skipped) + " earlier events (-o json lists them)\n";
  for (std::size_t i = skipped; i < events.size(); ++i) {
    const Json& event = events[i];
    text += "  " + read.text(event, "time") + "  " + read.text(event, "what") + " by " + read.text(event, "advisory");
    if (const auto revision = read.text(event, "revision"); !revision.empty()) text += " of " + revision;
    if (event.is_object() && event.contains("why"))
      if (const auto why = read.text(event, "why"); !why.empty()) text += " (" + why + ")";
    text += ": " + read.text(event, "package");
    if (const auto components = read.number(event, "components"); components > 1)
      text += " and " + with_commas(components - 1) + " more";
    text += "\n";
  }
  return text;
}

Ledger ledger_of(Members& read, const Json& document, const char* name = "ledger") {
  const Json& json = read.object(document, name);
  Ledger ledger;
  ledger.clean = read.number(json, "clean");
  ledger.affected = read.number(json, "affected");
  ledger.unknown = read.number(json, "unknown");
  ledger.failed = read.number(json, "failed");
  return ledger;
}

void note_failed(Members& read, const Json& document, View& view) {
  std::vector<LocateUnknown> failed;
  if (document.contains("failed"))
    for (const Json& one : read.list(document, "failed"))
      failed.push_back({read.text(one, "image"), read.text(one, "digest"), read.text(one, "reason")});
  for (auto& line : tell_failed(failed, ledger_of(read, document).failed)) view.notes.push_back(std::move(line));
}

void note_unknown(Members& read, const Json& document, View& view) {
  std::vector<LocateUnknown> unknown;
  for (const Json& one : read.list(document, "unknown"))
    unknown.push_back({read.text(one, "image"), read.text(one, "digest"), read.text(one, "reason")});
  for (auto& line : tell_unknown(unknown, ledger_of(read, document).unknown)) view.notes.push_back(std::move(line));
  note_failed(read, document, view);
}

View view_of_vulnerability(Members& read, const Json& document) {
  View view;
  const Json& query = read.object(document, "query");
  const bool is_window = query.is_object() && query.contains("from") && query.contains("to") &&
                         read.text(query, "from") != read.text(query, "to");
  view.table.columns = {"IMAGE", "DIGEST", "PACKAGE", "SEVERITY", "FIXED", "SINCE", "RUNS IN", "PATH"};
  if (is_window) view.table.columns.insert(view.table.columns.begin() + 6, "EXPOSED");
  std::string last;
  std::uint64_t artifacts = 0;
  for (const Json& item : read.list(document, "items")) {
    const auto digest = read.text(item, "digest");
    if (artifacts == 0 || digest != last) ++artifacts;
    last = digest;
    const auto path = read.texts(item, "path");
    Running running = running_of(read, item, "workloads");
    running.workloads = read.number(read.object(item, "running"), "workloads");
    const bool is_suppressed = item.is_object() && item.contains("suppressed");
    std::vector<Cell> row = {Cell(read.text(item, "image")),
                             Cell(digest, Style::dim),
                             Cell(last_of(path), Style::bold),
                             is_suppressed ? Cell(read.text(read.object(item, "suppressed"), "status"), Style::dim)
                                           : cell_of(read.text(item, "severity")),
                             Cell(first_fixed(read, item)),
                             Cell(day_of(read.text(item, "since"))),
                             Cell(summary_of(running)),
                             Cell(join_path(path), Style::dim)};
    if (is_window) row.insert(row.begin() + 6, Cell(exposed_of(read, item)));
    view.table.rows.push_back(std::move(row));
  }
  view.head = read.text(document, "id");
  if (const auto aliases = read.texts(document, "aliases"); !aliases.empty())
    view.head += " (" + joined(aliases, 6) + ")";
  if (const auto summary = read.text(document, "summary"); !summary.empty()) view.head += "\n" + printable(summary);
  if (document.contains("kev"))
    view.head += "\nknown to be exploited since " + read.text(read.object(document, "kev"), "added");
  view.head += "\n\n";
  for (const Json& statement : read.list(document, "statements")) {
    const auto subcomponent = read.text(statement, "subcomponent");
    view.tail += "VEX: " + read.text(statement, "author") + " says " + read.text(statement, "status") + " of " +
                 read.text(statement, "product") + (subcomponent.empty() ? "" : " with " + subcomponent) + " (" +
                 read.text(statement, "document") + ")\n";
  }
  view.tail += tell_history(read, document);
  const Ledger ledger = ledger_of(read, document);
  note_unknown(read, document, view);
  if (const auto suppressed = read.number(document, "suppressed"); suppressed > 0)
    view.notes.push_back(with_commas(suppressed) + " artifacts suppressed by VEX");
  if (document.contains("next"))
    view.notes.push_back(tell_page(artifacts, ledger.affected, read.text(document, "next")));
  view.notes.push_back(render(ledger));
  return view;
}

View view_of_artifact(Members& read, const Json& document) {
  View view;
  view.table.columns = {"VULNERABILITY", "SEVERITY", "PACKAGE", "FIXED", "SINCE", "PATH"};
  const Json& items = read.list(document, "items");
  for (const Json& item : items)
    view.table.rows.push_back({Cell(read.text(item, "id"), Style::bold), cell_of(read.text(item, "severity")),
                               Cell(label_of(read, item)), Cell(first_fixed(read, item)),
                               Cell(day_of(read.text(item, "since"))),
                               Cell(join_path(read.texts(item, "path")), Style::dim)});
  const Json& unknown = read.list(document, "unknown");
  view.head = read.text(document, "image") + "  " + read.text(document, "digest") + "\n" +
              read.text(document, "health") + ": " + with_commas(items.size()) + " findings in " +
              with_commas(read.number(document, "packages")) + " packages, " + with_commas(unknown.size()) +
              " packages unknown\n";
  const Json& bills = read.list(document, "bills");
  for (const Json& bill : bills) {
    const auto tool = read.text(bill, "tool");
    view.head += "bill      " + read.text(bill, "ingested") + "  " + read.text(bill, "format") + " by " +
                 (tool.empty() ? "nobody it names" : tool) + "  " + read.text(bill, "place") + "\n";
  }
  if (bills.empty()) view.head += "bill      none: nobody knows what is in it\n";
  if (document.contains("failed"))
    for (const Json& one : read.list(document, "failed"))
      view.head += "failed    " + read.text(one, "since") + "  " + read.text(one, "place") + ": " +
                   read.text(one, "reason") + "\n";
  for (const auto& held : read.texts(document, "registry")) view.head += "held as   " + held + "\n";
  for (const auto& in : running_of(read, document, "ran").in)
    view.head += "runs in   " + (in.cluster.empty() ? "" : in.cluster + "/") + in.name_space + "/" + in.name + "  " +
                 with_commas(in.pods) + (in.pods == 1 ? " pod" : " pods") + " since " + render_time(in.since) +
                 (in.until ? " until " + render_time(*in.until) : "") + "\n";
  view.head += "\n";
  view.tail = tell_history(read, document);
  if (!unknown.empty())
    view.notes.push_back("unknown for " + with_commas(unknown.size()) + " packages, first " +
                         read.text(read.object(unknown.front(), "package"), "name") + ": " +
                         read.text(unknown.front(), "reason"));
  return view;
}

View view_of_coverage(Members& read, const Json& document) {
  View view;
  view.table.columns = {"STATE", "ARTIFACTS", "WHY"};
  for (const Json& item : read.list(document, "items")) {
    const auto state = read.text(item, "state");
    const auto worst = severity_named(state == "affected" ? read.text(item, "severity") : "");
    const Style style = state == "clean"    ? Style::green
                        : state == "failed" ? Style::red
                        : worst             ? style_of(*worst)
                                            : Style::yellow;
    view.table.rows.push_back(
        {Cell(state, style), Cell(with_commas(read.number(item, "artifacts"))), Cell(read.text(item, "why"))});
  }
  if (!document.contains("advisories"))
    view.notes.emplace_back("never matched with advisories: 'pratique ingest --rematch' does");
  if (const auto waiting = read.number(document, "waiting"); waiting > 0)
    view.notes.push_back(with_commas(waiting) + " components wait to be matched: 'pratique ingest --rematch' goes on");
  note_failed(read, document, view);
  view.notes.push_back(render(ledger_of(read, document)));
  return view;
}

View view_of_top(Members& read, const Json& document) {
  View view;
  view.table.columns = {"WHAT", "CRITICAL", "HIGH", "OTHER", "ARTIFACTS", "WORKLOADS"};
  std::uint64_t fixes = 0, packages = 0;
  for (const Json& item : read.list(document, "items")) {
    const bool is_fix = read.text(item, "what") == "fix";
    ++(is_fix ? fixes : packages);
    const auto package = read.text(item, "package");
    std::uint64_t rest = 0;
    const Json& by = read.object(item, "vulnerabilities");
    for (const auto* severity : {"medium", "low", "none", "unknown"}) rest += read.number(by, severity);
    view.table.rows.push_back({Cell(is_fix ? "upgrade " + package + " to " + read.text(item, "to")
                                           : package + " " + joined(read.texts(item, "versions"), 3),
                                    Style::bold),
                               Cell(with_commas(read.number(by, "critical"))),
                               Cell(with_commas(read.number(by, "high"))), Cell(with_commas(rest)),
                               Cell(with_commas(read.number(item, "artifacts"))),
                               Cell(with_commas(read.number(item, "workloads")))});
  }
  view.notes.push_back(with_commas(fixes) + " of " + with_commas(read.number(document, "fixes")) + " upgrades, " +
                       with_commas(packages) + " of " + with_commas(read.number(document, "packages")) +
                       " vulnerable packages shown (--limit)");
  return view;
}

std::string names_of(Members& read, const Json& document, const char* list, std::uint64_t all) {
  std::vector<std::string> names;
  for (const Json& artifact : read.list(document, list)) names.push_back(read.text(artifact, "image"));
  std::sort(names.begin(), names.end());
  return joined(names, 5, all);
}

View view_of_changes(Members& read, const Json& document) {
  View view;
  view.table.columns = {"TIME", "WHAT", "VULNERABILITY", "SEVERITY", "PACKAGE", "ARTIFACTS", "RUNNING", "BECAUSE OF"};
  const Json& items = read.list(document, "items");
  for (const Json& item : items) {
    std::string because = read.text(item, "advisory");
    if (const auto revision = read.text(item, "revision"); !revision.empty()) because += " of " + revision;
    if (item.is_object() && item.contains("why"))
      if (const auto why = read.text(item, "why"); !why.empty()) because += " (" + why + ")";
    view.table.rows.push_back({Cell(read.text(item, "time")), Cell(read.text(item, "what")),
                               Cell(read.text(item, "id"), Style::bold), cell_of(read.text(item, "severity")),
                               Cell(read.text(item, "package")), Cell(with_commas(read.number(item, "artifacts"))),
                               Cell(with_commas(read.number(item, "running"))), Cell(because)});
  }
  const Json& counts = read.object(document, "artifacts");
  const auto tell = [&](const char* what, const char* list) {
    const auto all = read.number(counts, list);
    if (all > 0) view.tail += what + with_commas(all) + " (" + names_of(read, document, list, all) + ")\n";
  };
  tell("new artifacts: ", "added");
  tell("began to run: ", "started");
  tell("run no more: ", "stopped");
  const auto opened = read.number(document, "opened"), closed = read.number(document, "closed"),
             changed = read.number(document, "changed");
  if (document.contains("next"))
    view.notes.push_back(with_commas(items.size()) + " of " + with_commas(opened + closed + changed) +
                         " changes shown (--cursor " + read.text(document, "next") + " goes on)");
  view.notes.push_back(with_commas(opened) + " findings opened, " + with_commas(closed) + " closed, " +
                       with_commas(changed) + " changed");
  view.notes.push_back("before: " + render(ledger_of(read, document, "before")));
  view.notes.push_back("after:  " + render(ledger_of(read, document)));
  return view;
}

View view_of_groups(Members& read, const Json& document) {
  View view;
  const auto by = read.text(document, "by");
  auto& columns = view.table.columns;
  columns = by == "image" ? std::vector<std::string>{"IMAGE", "DIGEST"} : std::vector<std::string>{"CLUSTER"};
  if (by == "workload" || by == "namespace") columns.emplace_back("NAMESPACE");
  if (by == "workload") columns.insert(columns.end(), {"KIND", "WORKLOAD"});
  columns.insert(columns.end(), {"PACKAGES", "ARTIFACTS", "PODS", "PATH"});
  for (const Json& item : read.list(document, "items")) {
    std::vector<std::string> cells = by == "image" ? std::vector{read.text(item, "image"), read.text(item, "digest")}
                                                   : std::vector{read.text(item, "cluster")};
    if (by == "workload" || by == "namespace") cells.push_back(read.text(item, "namespace"));
    if (by == "workload") cells.insert(cells.end(), {read.text(item, "kind"), read.text(item, "name")});
    const auto packages = read.texts(item, "packages");
    cells.insert(cells.end(), {joined(packages, packages.size()), with_commas(read.number(item, "artifacts")),
                               with_commas(read.number(item, "pods")), join_path(read.texts(item, "path"))});
    view.table.rows.emplace_back(cells.begin(), cells.end());
  }
  note_unknown(read, document, view);
  view.notes.push_back(render(ledger_of(read, document)));
  return view;
}

Result<View> view_of(const Json& document) {
  Members read;
  const auto kind = read.text(document, "kind");
  View view;
  if (kind == "VulnerabilityReport")
    view = view_of_vulnerability(read, document);
  else if (kind == "ArtifactReport")
    view = view_of_artifact(read, document);
  else if (kind == "CoverageReport")
    view = view_of_coverage(read, document);
  else if (kind == "TopReport")
    view = view_of_top(read, document);
  else if (kind == "ChangesReport")
    view = view_of_changes(read, document);
  else if (kind == "WhereGroups")
    view = view_of_groups(read, document);
  else
    return Error{Fault::malformed, "no answer of the inventory", {}, "name a server of pratique"};
  if (document.contains("scope")) {
    std::vector<std::string> limits;
    for (const auto& scope : read.texts(document, "scope")) limits.push_back("limited to " + scope);
    view.notes.insert(view.notes.begin(), limits.begin(), limits.end());
  }
  PRATIQUE_DO(read.complaint());
  view.head = lines_printable(view.head);
  view.tail = lines_printable(view.tail);
  return view;
}

std::string render_csv(const Table& table) {
  std::vector<std::string> cells;
  for (const auto& column : table.columns) cells.push_back(lower(column));
  std::string lines = render_csv_line(cells);
  for (const auto& row : table.rows) {
    cells.clear();
    for (const auto& cell : row) cells.push_back(cell.text);
    lines += render_csv_line(cells);
  }
  return lines;
}

}  // namespace

Result<Json> parse_document(std::string_view json) {
  PRATIQUE_TRY(auto document, parse_answer_json(json));
  PRATIQUE_DO(view_of(document));
  return document;
}

Result<std::string> render_document(const Json& document, std::string_view format, const Look& look) {
  if (format == "json") return render_report(document);
  if (format == "jsonl") {
    std::string lines;
    for (const auto& item : document.at("items")) lines += render_report(item, -1);
    return lines;
  }
  PRATIQUE_TRY(const View view, view_of(document));
  return format == "csv" ? render_csv(view.table) : view.head + render_table(view.table, look) + view.tail;
}

Result<std::vector<std::string>> notes_on(const Json& document) {
  PRATIQUE_TRY(View view, view_of(document));
  return std::move(view.notes);
}

}  // namespace pratique
