// Reads back what render_where_json wrote, as a server answers it. A member that is missing is a mistake; members that
// nobody here knows are of a newer version and do no harm.
#include "app/render/members.h"
#include "app/render/where.h"
#include "base/text.h"

namespace pratique {
namespace {

using Json = nlohmann::ordered_json;

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
    for (const Json& one : read.list(json, "workloads")) artifact.running.in.push_back(read_workload(read, one));
    const Json& running = read.object(json, "running");
    artifact.running.workloads = read.number(running, "workloads");
    artifact.running.pods = read.number(running, "pods");
    artifact.registry = read.texts(json, "registry");
    artifacts.push_back(std::move(artifact));
  }
  const Json& package = read.object(json, "package");
  LocatedPackage place{read.text(package, "name"), read.text(package, "version"), read.text(package, "purl"),
                       read.texts(json, "path")};
  if (place.path.empty()) place.path.push_back(place.name);
  artifacts.back().packages.push_back(std::move(place));
}

// What a question about another time, or about something else than a package, says of itself.
void read_query(Members& read, const Json& query, WhereReport& report) {
  if (query.is_null()) return;
  if (query.contains("from")) report.when.from = read.time(query, "from");
  if (query.contains("to")) report.when.to = read.time(query, "to");
  if (query.contains("known") && read.text(query, "known") == "now") report.known = KnownWhen::now;
  if (query.contains("registry")) report.registry = read.text(query, "registry");
  for (const auto* trait : {"license", "cpe", "hash", "supplier"})
    if (query.contains(trait)) report.trait = {trait, read.text(query, trait)};
}

}  // namespace

Result<WhereReport> parse_where_json(std::string_view text) {
  PRATIQUE_TRY(const Json json, parse_answer_json(text));
  if (json.value("kind", Json()) != "WhereReport")
    return Error{Fault::malformed, "no answer to 'where'", {}, "name a server of pratique"};
  Members read;
  WhereReport report;
  const Json& query = read.object(json, "query");
  report.purl = read.text(query, "purl");
  report.range = read.text(query, "range");
  report.running = read.flag(query, "running");
  report.direct = read.flag(query, "direct");
  read_query(read, query, report);
  const Json& ledger = read.object(json, "ledger");
  report.answer.ledger.clean = read.number(ledger, "clean");
  report.answer.ledger.affected = read.number(ledger, "affected");
  report.answer.ledger.unknown = read.number(ledger, "unknown");
  report.answer.ledger.failed = read.number(ledger, "failed");
  for (const Json& item : read.list(json, "items")) read_item(read, item, report.answer.artifacts);
  for (const Json& image : read.list(json, "unknown"))
    report.answer.unknown.push_back(
        {read.text(image, "image"), read.text(image, "digest"), read.text(image, "reason")});
  if (json.contains("failed"))
    for (const Json& one : read.list(json, "failed"))
      report.answer.failed.push_back({read.text(one, "image"), read.text(one, "digest"), read.text(one, "reason")});
  if (json.contains("scope")) report.scope = read.texts(json, "scope");
  if (json.contains("next")) {
    report.answer.next = parse_unsigned(read.text(json, "next"));
    if (!report.answer.next) return Error{Fault::malformed, "'next' is no number", {}, ""};
  }
  PRATIQUE_DO(read.complaint());
  return report;
}

}  // namespace pratique
