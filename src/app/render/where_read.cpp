// Reads back what render_where_json wrote, as a server answers it. A member that is missing is a mistake; members that
// nobody here knows are of a newer version and do no harm.
#include <nlohmann/json.hpp>

#include "app/render/where.h"
#include "base/text.h"

namespace pratique {
namespace {

using Json = nlohmann::json;

constexpr int deepest = 12;

// A member that is wanted, and the first that was not there.
class Members {
 public:
  const Json& of(const Json& object, const char* name, Json::value_t kind) {
    static const Json nothing;
    const auto found = object.is_object() ? object.find(name) : object.end();
    const bool fits =
        object.is_object() && found != object.end() &&
        (found->type() == kind || (kind == Json::value_t::number_unsigned && found->is_number_unsigned()));
    if (fits) return *found;
    if (missing_.empty()) missing_ = name;
    return nothing;
  }
  std::string text(const Json& object, const char* name) {
    const Json& value = of(object, name, Json::value_t::string);
    return value.is_string() ? value.get<std::string>() : std::string();
  }
  std::uint64_t number(const Json& object, const char* name) {
    const Json& value = of(object, name, Json::value_t::number_unsigned);
    return value.is_number_unsigned() ? value.get<std::uint64_t>() : 0;
  }
  bool flag(const Json& object, const char* name) {
    const Json& value = of(object, name, Json::value_t::boolean);
    return value.is_boolean() && value.get<bool>();
  }
  Time time(const Json& object, const char* name) {
    const auto time = parse_time(text(object, name));
    if (!time && missing_.empty()) missing_ = name;
    return time ? *time : Time();
  }
  std::vector<std::string> texts(const Json& object, const char* name) {
    std::vector<std::string> all;
    for (const Json& one : of(object, name, Json::value_t::array)) {
      if (one.is_string())
        all.push_back(one.get<std::string>());
      else if (missing_.empty())
        missing_ = name;
    }
    return all;
  }
  const std::string& missing() const { return missing_; }

 private:
  std::string missing_;
};

RunningIn read_workload(Members& read, const Json& json) {
  RunningIn in;
  in.cluster = read.text(json, "cluster");
  in.name_space = read.text(json, "namespace");
  in.kind = read.text(json, "kind");
  in.name = read.text(json, "name");
  in.containers = read.texts(json, "containers");
  in.pods = read.number(json, "pods");
  in.since = read.time(json, "since");
  in.service_account = read.text(json, "serviceAccount");
  in.exposure = read.texts(json, "exposure");
  in.owner_labels = read.texts(json, "owner");
  if (json.contains("until")) in.until = read.time(json, "until");
  return in;
}

// An item is a place in an artifact; those of one artifact follow each other.
void read_item(Members& read, const Json& json, std::vector<LocatedArtifact>& artifacts) {
  const auto digest = read.text(json, "digest");
  if (artifacts.empty() || artifacts.back().digest != digest) {
    LocatedArtifact artifact{digest, read.text(json, "image"), read.time(json, "since"), {}, {}};
    for (const Json& one : read.of(json, "workloads", Json::value_t::array))
      artifact.running.in.push_back(read_workload(read, one));
    const Json& running = read.of(json, "running", Json::value_t::object);
    artifact.running.workloads = read.number(running, "workloads");
    artifact.running.pods = read.number(running, "pods");
    artifacts.push_back(std::move(artifact));
  }
  const Json& package = read.of(json, "package", Json::value_t::object);
  LocatedPackage place{read.text(package, "name"), read.text(package, "version"), read.text(package, "purl"),
                       read.texts(json, "path")};
  if (place.path.empty()) place.path.push_back(place.name);
  artifacts.back().packages.push_back(std::move(place));
}

}  // namespace

Result<WhereReport> parse_where_json(std::string_view text) {
  bool is_deep = false;
  const auto shallow = [&](int depth, Json::parse_event_t, Json&) {
    is_deep |= depth > deepest;
    return !is_deep;
  };
  const Json json = Json::parse(text, shallow, false);
  if (is_deep || !json.is_object() || json.value("kind", Json()) != "WhereReport")
    return Error{Fault::malformed, "no answer to 'where'", {}, "name a server of pratique"};
  Members read;
  WhereReport report;
  const Json& query = read.of(json, "query", Json::value_t::object);
  report.purl = read.text(query, "purl");
  report.range = read.text(query, "range");
  report.running = read.flag(query, "running");
  report.direct = read.flag(query, "direct");
  const Json& ledger = read.of(json, "ledger", Json::value_t::object);
  report.answer.ledger.clean = read.number(ledger, "clean");
  report.answer.ledger.affected = read.number(ledger, "affected");
  report.answer.ledger.unknown = read.number(ledger, "unknown");
  report.answer.ledger.failed = read.number(ledger, "failed");
  for (const Json& item : read.of(json, "items", Json::value_t::array)) read_item(read, item, report.answer.artifacts);
  for (const Json& image : read.of(json, "unknown", Json::value_t::array))
    report.answer.unknown.push_back(
        {read.text(image, "image"), read.text(image, "digest"), read.text(image, "reason")});
  if (json.contains("scope")) report.scope = read.texts(json, "scope");
  if (json.contains("next")) {
    report.answer.next = parse_unsigned(read.text(json, "next"));
    if (!report.answer.next) return Error{Fault::malformed, "'next' is no number", {}, ""};
  }
  if (!read.missing().empty())
    return Error{Fault::malformed,
                 "'" + read.missing() + "' is missing, or of another kind",
                 {},
                 "use the pratique of the server's version"};
  return report;
}

}  // namespace pratique
