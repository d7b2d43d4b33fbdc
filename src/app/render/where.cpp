#include "app/render/where.h"

#include <functional>
#include <nlohmann/json.hpp>

#include "app/render/csv.h"
#include "base/text.h"

namespace pratique {
namespace {

using Json = nlohmann::ordered_json;

std::string dump(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string joined(const std::vector<std::string>& path) {
  std::string text;
  for (const auto& step : path) text.append(text.empty() ? "" : " > ").append(step);
  return text;
}

std::string place_of(const RunningIn& running) {
  return (running.cluster.empty() ? "" : running.cluster + "/") + running.name_space + "/" + running.name;
}

// "harbour/shop/cart (3 pods), harbour/shop/admin (1 pod) and 4 more"
std::string summary_of(const Running& running) {
  constexpr std::size_t most = 2;
  const auto& workloads = running.in;
  std::string text;
  for (std::size_t i = 0; i < workloads.size() && i < most; ++i)
    text.append(i == 0 ? "" : ", ")
        .append(place_of(workloads[i]))
        .append(" (" + with_commas(workloads[i].pods) + (workloads[i].pods == 1 ? " pod)" : " pods)"));
  if (const std::size_t named = std::min(most, workloads.size()); running.workloads > named)
    text.append(" and " + with_commas(running.workloads - named) + " more");
  return text.empty() ? "-" : text;
}

Json json_of(const RunningIn& running) {
  return Json{{"cluster", running.cluster},
              {"namespace", running.name_space},
              {"kind", running.kind},
              {"name", running.name},
              {"pods", running.pods},
              {"containers", running.containers},
              {"since", render_time(running.since)}};
}

Json json_of(const LocatedArtifact& artifact, const LocatedPackage& place) {
  Json workloads = Json::array();
  for (const auto& running : artifact.running.in) workloads.push_back(json_of(running));
  return Json{{"digest", artifact.digest},
              {"image", artifact.image},
              {"package", {{"name", place.name}, {"version", place.version}, {"purl", place.purl}}},
              {"path", place.path},
              {"workloads", std::move(workloads)},
              {"running", {{"workloads", artifact.running.workloads}, {"pods", artifact.running.pods}}},
              {"registry", Json::array()},
              {"since", render_time(artifact.since)}};
}

Json json_of(const Ledger& ledger) {
  return Json{{"examined", ledger.examined()},
              {"clean", ledger.clean},
              {"affected", ledger.affected},
              {"unknown", ledger.unknown},
              {"failed", ledger.failed}};
}

const std::vector<std::string> wide_columns = {"IMAGE",     "DIGEST", "PACKAGE",  "PATH", "CLUSTER",
                                               "NAMESPACE", "KIND",   "WORKLOAD", "PODS", "SINCE"};

// Calls `row` with the cells of each line of the wide table.
void for_each_wide_row(const WhereReport& report, const std::function<void(std::vector<std::string>)>& row) {
  for (const auto& artifact : report.answer.artifacts)
    for (const auto& place : artifact.packages) {
      const auto add = [&](const RunningIn& running, const std::string& pods) {
        row({artifact.image, artifact.digest, place.path.back(), joined(place.path), running.cluster,
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
                            Cell(summary_of(artifact.running)), Cell(joined(place.path), Style::dim)});
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
  Json items = Json::array(), unknown = Json::array();
  for (const auto& artifact : report.answer.artifacts)
    for (const auto& place : artifact.packages) items.push_back(json_of(artifact, place));
  for (const auto& image : report.answer.unknown)
    unknown.push_back({{"image", image.image}, {"digest", image.digest}, {"reason", image.reason}});
  Json json{{"apiVersion", "pratique/v1"},
            {"kind", "WhereReport"},
            {"query",
             {{"purl", report.purl}, {"range", report.range}, {"running", report.running}, {"direct", report.direct}}},
            {"ledger", json_of(report.answer.ledger)},
            {"items", std::move(items)},
            {"unknown", std::move(unknown)}};
  if (!report.scope.empty()) json["scope"] = report.scope;
  if (report.answer.next) json["next"] = std::to_string(*report.answer.next);
  return dump(json, 2);
}

std::string render_where_jsonl(const WhereReport& report) {
  std::string lines;
  for (const auto& artifact : report.answer.artifacts)
    for (const auto& place : artifact.packages) lines += dump(json_of(artifact, place), -1);
  return lines;
}

std::string render_where_csv(const WhereReport& report) {
  std::vector<std::string> header;
  for (const auto& column : wide_columns) header.push_back(lower(column));
  std::string lines = render_csv_line(header);
  for_each_wide_row(report, [&](const std::vector<std::string>& cells) { lines += render_csv_line(cells); });
  return lines;
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
