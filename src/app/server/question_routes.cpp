// The routes that ask the inventory: as the commands of the same names do, and with the same answers (app/question).
#include <algorithm>

#include "app/question/question.h"
#include "app/server/service.h"

namespace pratique {
namespace {

constexpr std::size_t most_on_a_page = 10'000;  // artifacts, workloads of each, and names of what is unknown

// What stands in the path, if anything does, is the subject.
Question question_of(Topic topic, const HttpRequest& request, const Asked& asked) {
  Question question{topic};
  for (const auto& [name, value] : request.query) {
    std::string option = name;
    std::replace(option.begin(), option.end(), '_', '-');
    const bool is_flag = option == "running" || option == "direct";
    if (!is_flag || value == "true") question.options.emplace(std::move(option), value);
  }
  if (topic == Topic::vuln) question.options.emplace("id", asked.names[0]);
  if (topic == Topic::artifact) question.options.emplace("digest", asked.names[0]);
  return question;
}

HttpResponse told(Service& service, Topic topic, const HttpRequest& request, const Asked& asked) {
  auto question = question_of(topic, request, asked);
  const auto database = service.database();
  const auto answer = service.stores.with([&](const Store& store) {
    Inventory inventory{.store = store, .database = database.get(), .most = most_on_a_page};
    if (auto scopes = asked.who->scopes(Permission::read); !is_everything(scopes)) inventory.scopes = std::move(scopes);
    return ask(inventory, question);
  });
  if (!answer) return problem_of(answer.error());
  const bool is_csv = asked.type == "text/csv", is_lines = asked.type == "application/x-ndjson";
  auto body = answer->render(is_csv ? "csv" : is_lines ? "jsonl" : "json", {});
  if (!body) return problem_of(body.error());
  HttpResponse response{200, is_csv ? "text/csv; charset=utf-8" : std::string(asked.type), std::move(*body), {}};
  response.headers.emplace_back("Vary", "Accept, Authorization");
  if (const auto next = answer->next()) {
    question.options.insert_or_assign("cursor", std::to_string(*next));
    response.headers.emplace_back("Link", "<" + path_of(question) + ">; rel=\"next\"");
  }
  return tagged(request, std::move(response));
}

template <Topic topic>
HttpAnswer tell(Service& service, const HttpRequest& request, const Asked& asked) {
  return [&service, &request, &asked] { return told(service, topic, request, asked); };
}

using Kind = RouteParameter::Kind;

const RouteParameter running{.name = "running", .kind = Kind::flag, .help = "only what runs in a cluster"};
const RouteParameter registry{
    .name = "registry",
    .help = "only what a registry holds: '*' for any, its host, or host/repository and what is below it"};
const RouteParameter as_of{.name = "as_of", .kind = Kind::time, .help = "at that time; now where it is left out"};
const RouteParameter known{
    .name = "known", .help = "'then' or 'now': with what was known when", .choices = {"then", "now"}};
const RouteParameter cursor{.name = "cursor", .kind = Kind::number, .help = "'next' of the page before"};

RouteParameter limit(std::string_view help) {
  return {.name = "limit", .kind = Kind::number, .help = help, .least = 1};
}
RouteParameter time(std::string_view name, std::string_view help, std::string_view example = {}) {
  return {.name = name, .kind = Kind::time, .help = help, .example = example, .is_needed = !example.empty()};
}

Route route(std::string_view path, decltype(Route::handle) handle, std::string_view name, std::string_view summary,
            std::vector<RouteParameter> subject, std::vector<RouteParameter> query, std::string_view help,
            std::string_view schema) {
  return {.method = "GET",
          .path = path,
          .permission = Permission::read,
          .handle = handle,
          .name = name,
          .summary = summary,
          .path_parameters = std::move(subject),
          .query = std::move(query),
          .answers = {{200, help, schema, {"application/json", "text/csv", "application/x-ndjson"}},
                      {304, "It is as it was, by If-None-Match", "", {}}},
          .problems = {404, 413}};
}

}  // namespace

std::vector<Route> question_routes() {
  const auto page = limit("at most this many artifacts, and workloads of each");
  return {
      route("/api/v1/where", tell<Topic::where>, "where",
            "Find the artifacts that contain a package, and where they run", {},
            {{.name = "purl",
              .help = "a package URL; with a version it means exactly that one",
              .example = "pkg:maven/org.apache.logging.log4j/log4j-core"},
             {.name = "range",
              .help = "only versions in this range, as VERS or as the ecosystem writes it",
              .example = "vers:maven/<2.17.1"},
             {.name = "license", .help = "components of this licence instead of a package: an SPDX identifier"},
             {.name = "cpe", .help = "of this CPE, or of those that begin so"},
             {.name = "hash", .help = "of this hash, of any algorithm; or its first digits"},
             {.name = "supplier", .help = "of this supplier, manufacturer or publisher"},
             running,
             registry,
             {.name = "direct", .kind = Kind::flag, .help = "only direct dependencies of the artifact"},
             {.name = "group_by",
              .help = "added up by 'workload', 'image', 'namespace' or 'cluster'; the whole answer, without pages",
              .choices = {"workload", "image", "namespace", "cluster"}},
             as_of,
             known,
             page,
             cursor},
            "The places, those that are not known, and a ledger that adds up", "WhereAnswer"),
      route("/api/v1/vulnerabilities/{vulnerability}", tell<Topic::vuln>, "getVulnerability",
            "Find the artifacts that have a vulnerability, where they run, and since when",
            {{.name = "vulnerability",
              .help = "a CVE, a GHSA or what else its advisories call it",
              .example = "CVE-2021-44228"}},
            {running, registry, as_of, time("from", "at any moment from then"), time("to", "until then"), known, page,
             cursor},
            "The places, what happened to them, those that are not known, and a ledger", "VulnerabilityReport"),
      route("/api/v1/artifacts/{artifact}", tell<Topic::artifact>, "getArtifact",
            "Tell of one artifact: its bills, findings, where it runs, and its history",
            {{.name = "artifact",
              .help = "its digest, or the first eight digits or more of it",
              .example = "sha256:0a1b2c3d4e5f"}},
            {as_of}, "The artifact; items are its findings", "ArtifactReport"),
      route("/api/v1/coverage", tell<Topic::coverage>, "getCoverage",
            "Count what is known: clean, affected, unknown and failed artifacts", {}, {running, registry, as_of},
            "Every artifact is exactly one of them", "CoverageReport"),
      route("/api/v1/top", tell<Topic::top>, "getTop",
            "Rank the upgrades that remove most risk, and the packages that bring most", {},
            {running, registry, as_of, limit("at most this many of each; 10 where it is left out")},
            "By critical, then high findings in all artifacts that have them", "TopReport"),
      route("/api/v1/diff", tell<Topic::diff>, "getChanges",
            "Tell what changed between two times: findings, artifacts, and what runs", {},
            {running, time("from", "the first time", "2026-03-01T00:00:00Z"),
             time("to", "the second time", "2026-03-08T00:00:00Z"), limit("at most this many findings"), cursor},
            "Each finding that opened or closed names the advisory that is the reason", "ChangesReport"),
  };
}

}  // namespace pratique
