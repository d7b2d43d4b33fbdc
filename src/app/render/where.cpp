#include "app/render/where.h"

#include <array>
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
              {"registry", artifact.registry},
              {"since", render_time(artifact.since)}};
}

Json query_of(const WhereReport& report) {
  Json json{{"purl", report.purl}, {"range", report.range}, {"running", report.running}, {"direct", report.direct}};
  if (!report.trait.first.empty()) json[report.trait.first] = report.trait.second;
  if (report.registry) json["registry"] = *report.registry;
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
  if (!report.answer.failed.empty()) json["failed"] = json_of(report.answer.failed);
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

Json document_of_groups(const WhereReport& report, GroupBy by) {
  Json items = Json::array();
  for (const PlaceGroup& group : group_places(report.answer, by))
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
  constexpr std::array<const char*, 4> names = {"workload", "image", "namespace", "cluster"};  // as GroupBy
  Json document{{"apiVersion", "pratique/v1"},
                {"kind", "WhereGroups"},
                {"by", names[static_cast<std::size_t>(by)]},
                {"query", query_of(report)},
                {"ledger", json_of(report.answer.ledger)},
                {"items", std::move(items)},
                {"unknown", json_of(report.answer.unknown)}};
  if (!report.answer.failed.empty()) document["failed"] = json_of(report.answer.failed);
  if (!report.scope.empty()) document["scope"] = report.scope;
  return document;
}

std::string render_where_name(const WhereReport& report) {
  std::string lines;
  for (const auto& artifact : report.answer.artifacts) lines.append(printable(artifact.digest)).append("\n");
  return lines;
}

std::vector<std::string> notes_on(const WhereReport& report) {
  std::vector<std::string> lines;
  for (const auto& scope : report.scope) lines.push_back("limited to " + scope);
  const LocateAnswer& answer = report.answer;
  for (auto& line : tell_unknown(answer.unknown, answer.ledger.unknown)) lines.push_back(std::move(line));
  for (auto& line : tell_failed(answer.failed, answer.ledger.failed)) lines.push_back(std::move(line));
  if (answer.next)
    lines.push_back(tell_page(answer.artifacts.size(), answer.ledger.affected, std::to_string(*answer.next)));
  lines.push_back(render(answer.ledger));
  return lines;
}

}  // namespace pratique
