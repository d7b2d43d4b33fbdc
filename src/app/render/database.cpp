#include "app/render/database.h"

#include <array>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "engine/version/version.h"
#include "model/source.h"

namespace pratique {
namespace {

using Json = nlohmann::ordered_json;

std::string text_of(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

Json document(std::string_view kind, Json items) {
  return {{"apiVersion", "pratique/v1"}, {"kind", kind}, {"items", std::move(items)}};
}

std::string joined(const std::vector<std::string>& texts) {
  std::string out;
  for (const auto& text : texts) out += (out.empty() ? "" : ", ") + text;
  return out;
}

std::string ranges_of(const Affected& affected) {
  std::string out;
  for (const auto& range : affected.ranges) out += (out.empty() ? "" : " ") + render_vers(range);
  if (!affected.versions.empty())
    out += (out.empty() ? "" : " ") + std::string("versions: ") + joined(affected.versions);
  return out;
}

Json json_of(const Rating& rating) {
  Json json{{"source", rating.source}, {"severity", name_of(rating.severity)}};
  if (!rating.vector.empty()) {
    json["vector"] = rating.vector;
    json["score"] = rating.score;
  }
  return json;
}

Json json_of(const Affected& affected) {
  Json json{{"package", affected.package}};
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) json[name] = value;
  };
  add("stream", affected.stream);
  add("module", affected.module);
  add("cpe", affected.cpe);
  json["state"] = name_of(affected.state);
  Json ranges = Json::array();
  for (const auto& range : affected.ranges) ranges.push_back(render_vers(range));
  json["ranges"] = std::move(ranges);
  if (!affected.versions.empty()) json["versions"] = affected.versions;
  json["fixed"] = affected.fixed;
  if (!affected.symbols.empty()) json["symbols"] = affected.symbols;
  if (affected.severity != Severity::unknown) json["severity"] = name_of(affected.severity);
  add("note", affected.note);
  return json;
}

Json json_of(const Advisory& advisory) {
  Json json{{"id", advisory.id},           {"source", advisory.source},
            {"aliases", advisory.aliases}, {"upstream", advisory.upstream},
            {"related", advisory.related}, {"summary", advisory.summary}};
  const auto add = [&](const char* name, const std::optional<Time>& time) {
    if (time) json[name] = render_time(*time);
  };
  add("published", advisory.published);
  add("modified", advisory.modified);
  add("withdrawn", advisory.withdrawn);
  json["url"] = advisory.url;
  for (const char* name : {"ratings", "affected"}) json[name] = Json::array();
  for (const auto& rating : advisory.ratings) json["ratings"].push_back(json_of(rating));
  for (const auto& affected : advisory.affected) json["affected"].push_back(json_of(affected));
  return json;
}

std::string_view name_of_state(UpdatedFile::State state) {
  constexpr std::array<std::string_view, 4> names = {"new", "unchanged", "kept", "missing"};
  return names[static_cast<std::size_t>(state)];
}

}  // namespace

std::string render_database_status_table(const AdvisoryDbStatus& status, const Look& look) {
  Table table{{"FIELD", "VALUE"},
              {{"path", status.path},
               {"generation", std::to_string(status.number) + " " + status.generation},
               {"schema", std::to_string(status.schema)},
               {"built", render_time(status.built)},
               {"newest", status.newest ? render_time(*status.newest) : "unknown"},
               {"advisories", with_commas(status.advisories)},
               {"withdrawn", with_commas(status.withdrawn)},
               {"packages", with_commas(status.packages)},
               {"vulnerabilities", with_commas(status.vulnerabilities)},
               {"size", human_bytes(status.bytes)}}};
  for (const auto& [name, source] : status.sources)
    table.rows.push_back({"source " + name, with_commas(source.advisories) + " advisories, " +
                                                with_commas(source.notes) + " notes" +
                                                (source.revision.empty() ? "" : ", " + source.revision)});
  for (const auto& [name, entries] : status.ecosystems) table.rows.push_back({"entries " + name, with_commas(entries)});
  return render_table(table, look);
}

std::string render_database_status_json(const AdvisoryDbStatus& status) {
  Json ecosystems = Json::object(), sources = Json::object();
  for (const auto& [name, entries] : status.ecosystems) ecosystems[name] = entries;
  for (const auto& [name, source] : status.sources)
    sources[name] = {{"revision", source.revision}, {"advisories", source.advisories}, {"notes", source.notes}};
  Json json{{"apiVersion", "pratique/v1"},       {"kind", "DatabaseStatus"}, {"path", status.path},
            {"schema", status.schema},           {"number", status.number},  {"generation", status.generation},
            {"built", render_time(status.built)}};
  if (status.newest) json["newest"] = render_time(*status.newest);
  json["advisories"] = status.advisories;
  json["withdrawn"] = status.withdrawn;
  json["packages"] = status.packages;
  json["vulnerabilities"] = status.vulnerabilities;
  json["bytes"] = status.bytes;
  json["sources"] = std::move(sources);
  json["ecosystems"] = std::move(ecosystems);
  return text_of(json);
}

std::string render_sources_table(const Look& look) {
  Table table{{"NAME", "DEFAULT", "EVERY", "INTEGRITY", "LICENCE", "TITLE", "URL"}, {}};
  for (const auto& source : sources()) {
    const bool has_file = !source.url.empty();
    table.rows.push_back({source.name,
                          has_file && source.standard ? "yes"
                          : has_file                  ? "no"
                                                      : "-",
                          std::to_string(source.cadence.count()) + " h", name_of(source.integrity), source.licence,
                          source.title, has_file ? source.url : std::string_view("with those of others")});
  }
  return render_table(table, look);
}

std::string render_sources_json() {
  Json items = Json::array();
  for (const auto& source : sources()) {
    Json files = Json::array();
    for (const auto& file : files_of(source)) {
      files.push_back({{"name", file.name}, {"url", file.url}});
      if (!file.check.empty()) files.back()["check"] = file.check;
    }
    items.push_back({{"name", source.name},
                     {"title", source.title},
                     {"licence", source.licence},
                     {"hours", source.cadence.count()},
                     {"integrity", name_of(source.integrity)},
                     {"default", source.standard && !source.url.empty()},
                     {"files", std::move(files)}});
  }
  return text_of(document("Sources", std::move(items)));
}

std::string render_advisories_table(const std::vector<Advisory>& advisories, const Look& look) {
  Table table{{"ADVISORY", "SOURCE", "SEVERITY", "PACKAGE", "STREAM", "STATE", "RANGE", "FIXED"}, {}};
  for (const auto& advisory : advisories) {
    const Rating* const picked = pick_rating(advisory.ratings);
    const std::string severity = advisory.withdrawn
                                     ? "withdrawn"
                                     : std::string(name_of(picked != nullptr ? picked->severity : Severity::unknown));
    if (advisory.affected.empty()) table.rows.push_back({advisory.id, advisory.source, severity, "", "", "", "", ""});
    for (const auto& affected : advisory.affected)
      table.rows.push_back({advisory.id, advisory.source, severity,
                            affected.cpe.empty() ? affected.package : affected.cpe,
                            affected.stream + (affected.module.empty() ? "" : " " + affected.module),
                            name_of(affected.state), ranges_of(affected), joined(affected.fixed)});
  }
  return render_table(table, look);
}

std::string render_advisories_json(const std::vector<Advisory>& advisories) {
  Json items = Json::array();
  for (const auto& advisory : advisories) items.push_back(json_of(advisory));
  return text_of(document("Advisories", std::move(items)));
}

std::string render_delta_table(const Delta& delta, const Look& look) {
  Table table{{"PACKAGE", "STREAM", "TOUCHED"}, {}};
  for (const auto& [package, stream, range] : delta.touched)
    table.rows.push_back({package, stream, render_vers(range)});
  return render_table(table, look);
}

std::string render_delta_json(const Delta& delta) {
  Json items = Json::array();
  for (const auto& [package, stream, range] : delta.touched)
    items.push_back({{"package", package}, {"stream", stream}, {"range", render_vers(range)}});
  Json json = document("DatabaseDelta", {});
  json["before"] = delta.before;
  json["after"] = delta.after;
  json["packages"] = {{"added", delta.added}, {"removed", delta.removed}, {"changed", delta.changed}};
  json["items"] = std::move(items);
  return text_of(json);
}

std::string render_update_table(const UpdateReport& report, const Look& look) {
  Table table{{"SOURCE", "FILE", "STATE", "REASON"}, {}};
  for (const auto& file : report.files)
    table.rows.push_back({file.source, file.name, name_of_state(file.state), file.reason});
  return render_table(table, look);
}

}  // namespace pratique
