#include "app/render/where.h"

#include <functional>

#include "app/render/csv.h"
#include "app/render/inventory_parts.h"
#include "app/render/report_parts.h"
#include "base/text.h"

namespace pratique {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const LocatedArtifact& artifact, const LocatedPackage& place) {
  return Json{{"digest", artifact.digest},
              {"image", artifact.image},
              {"package", {{"name", place.name}, {"version", place.version}, {"purl", place.purl}}},
              {"path", place.path},
              {"workloads", json_of(artifact.running)},
              {"running", {{"workloads", artifact.running.workloads}, {"pods", artifact.running.pods}}},
              {"registry", Json::array()},
              {"since", render_time(artifact.since)}};
}

Json query_of(const WhereReport& report) {
  Json json{{"purl", report.purl}, {"range", report.range}, {"running", report.running}, {"direct", report.direct}};
  if (!report.trait.first.empty()) json[report.trait.first] = report.trait.second;
  json.update(json_of(report.when, report.known));
  return json;
}

const std::vector<std::string> wide_columns = {"IMAGE",     "DIGEST", "PACKAGE",  "PATH", "CLUSTER",
                                               "NAMESPACE", "KIND",   "WORKLOAD", "PODS", "SINCE"};

// Calls `row` with the cells of each line of the wide table.
void for_each_wide_row(const WhereReport& report, const std::function<void(std::vector<std::string>)>& row) {
  for (const auto& artifact : report.answer.artifacts)
    for (const auto& place : artifact.packages) {
      const auto add = [&](const RunningIn& running, const std::string& pods) {
        row({artifact.image, artifact.digest, place.path.back(), join_path(place.path), running.cluster,
             running.name_space, running.kind, running.name, pods, render_time(artifact.since)});
      };
      if (artifact.running.in.empty()) add({}, "");
      for (const auto& running : artifact.running.in) add(running, std::to_string(running.pods));
    }
}

}  // namespace

std::string render_where_table(const WhereReport& report, const Look& look) {
  Table table{{"IMAGE", "PACKAGE", "RUNS IN", "PATH"}, {}};
  for (const auto& artifact : report.answer.artifacts)
    for (const auto& place : artifact.packages)
      table.rows.push_back({Cell(artifact.image), Cell(place.path.back(), Style::bold),
                            Cell(summary_of(artifact.running)), Cell(join_path(place.path), Style::dim)});
  return render_table(table, look);
}

std::string render_where_wide(const WhereReport& report, const Look& look) {
  Table table{wide_columns, {}};
  for_each_wide_row(report, [&](const std::vector<std::string>& cells) {
    table.rows.emplace_back(cells.begin(), cells.end());
    for (auto& cell : table.rows.back())
      if (cell.text.empty()) cell.text = "-";
  });
  return render_table(table, look);
}

std::string render_where_json(const WhereReport& report) {
  Json items = Json::array();
  for (const auto& artifact : report.answer.artifacts)
    for (const auto& place : artifact.packages) items.push_back(json_of(artifact, place));
  Json json{{"apiVersion", "pratique/v1"}, {"kind", "WhereReport"},
            {"query", query_of(report)},   {"ledger", json_of(report.answer.ledger)},
            {"items", std::move(items)},   {"unknown", json_of(report.answer.unknown)}};
  if (!report.scope.empty()) json["scope"] = report.scope;
  if (report.answer.next) json["next"] = std::to_string(*report.answer.next);
  return render_report(json);
}

std::string render_where_jsonl(const WhereReport& report) {
  std::string lines;
  for (const auto& artifact : report.answer.artifacts)
    for (const auto& place : artifact.packages) lines += render_report(json_of(artifact, place), -1);
  return lines;
}

std::string render_where_csv(const WhereReport& report) {
  std::vector<std::string> header;
  for (const auto& column : wide_columns) header.push_back(lower(column));
  std::string lines = render_csv_line(header);
  for_each_wide_row(report, [&](const std::vector<std::string>& cells) { lines += render_csv_line(cells); });
  return lines;
}

InventoryText tell_groups(const WhereReport& report) {
  InventoryText text;
  const GroupBy by = *report.group;
  if (by == GroupBy::image)
    text.table.columns = {"IMAGE", "DIGEST"};
  else
    text.table.columns = {"CLUSTER"};
  if (by == GroupBy::workload || by == GroupBy::name_space) text.table.columns.emplace_back("NAMESPACE");
  if (by == GroupBy::workload) text.table.columns.insert(text.table.columns.end(), {"KIND", "WORKLOAD"});
  text.table.columns.insert(text.table.columns.end(), {"PACKAGES", "ARTIFACTS", "PODS", "PATH"});
  Json items = Json::array();
  for (const PlaceGroup& group : group_places(report.answer, by)) {
    std::vector<std::string> cells =
        by == GroupBy::image ? std::vector{group.image, group.digest} : std::vector{group.cluster};
    if (by == GroupBy::workload || by == GroupBy::name_space) cells.push_back(group.name_space);
    if (by == GroupBy::workload) cells.insert(cells.end(), {group.kind, group.name});
    std::string packages;
    for (const auto& package : group.packages) packages.append(packages.empty() ? "" : ", ").append(package);
    cells.insert(cells.end(), {packages, with_commas(group.artifacts), with_commas(group.pods), join_path(group.path)});
    text.table.rows.emplace_back(cells.begin(), cells.end());
    items.push_back({{"image", group.image},
                     {"digest", group.digest},
                     {"cluster", group.cluster},
                     {"namespace", group.name_space},
                     {"kind", group.kind},
                     {"name", group.name},
                     {"packages", group.packages},
                     {"path", group.path},
                     {"artifacts", group.artifacts},
                     {"pods", group.pods}});
    text.jsonl += render_report(items.back(), -1);
  }
  text.json = render_report(Json{{"apiVersion", "pratique/v1"},
                                 {"kind", "WhereGroups"},
                                 {"query", query_of(report)},
                                 {"ledger", json_of(report.answer.ledger)},
                                 {"items", std::move(items)},
                                 {"unknown", json_of(report.answer.unknown)}},
                            2);
  return text;
}

std::string render_where_name(const WhereReport& report) {
  std::string lines;
  for (const auto& artifact : report.answer.artifacts) lines.append(printable(artifact.digest)).append("\n");
  return lines;
}

std::vector<std::string> tell_where_unknown(const LocateAnswer& answer) {
  constexpr std::size_t most = 10;
  std::vector<std::string> lines;
  for (const auto& image : answer.unknown) {
    if (lines.size() == most) break;
    lines.push_back("unknown: " + image.image + " (" + image.reason + ")");
  }
  if (answer.ledger.unknown > lines.size())
    lines.push_back("unknown: " + with_commas(answer.ledger.unknown - lines.size()) + " more (-o json lists them)");
  return lines;
}

}  // namespace pratique
