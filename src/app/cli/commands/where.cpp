#include "app/render/where.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include "app/cli/commands/commands.h"
#include "app/cli/output.h"
#include "app/cli/remote.h"
#include "base/text.h"
#include "engine/version/version.h"
#include "flow/locate.h"

namespace pratique {
namespace {

// VERS, or what the package's ecosystem itself writes: "[1.0,2.0)".
Result<Vers> range_of(const std::string& text, const Purl& purl) {
  auto range = text.starts_with("vers:") ? parse_vers(text) : vers_from_native(scheme_of_purl_type(purl.type), text);
  if (range) return range;
  Error error = std::move(range).error();
  error.fault = Fault::usage;
  return std::move(error).in("--range");
}

// A name alone is not enough to ask for, but enough to find what was meant.
Error not_a_purl(const Store& store, const std::string& text, Error error) {
  constexpr std::size_t most = 3;
  error.fault = Fault::usage;
  std::string remedy;
  if (const auto named = store.find_packages(text, most); named && !text.starts_with("pkg:"))
    for (const auto& key : *named) remedy.append(remedy.empty() ? "did you mean " : " or ").append(key);
  return std::move(error).remedied(remedy.empty() ? "write it as pkg:TYPE/NAMESPACE/NAME[@VERSION]" : remedy + "?");
}

Result<LocateQuery> query_of(const Invocation& invocation, const Store& store) {
  LocateQuery query;
  auto purl = parse_purl(invocation.arguments.front());
  if (!purl) return not_a_purl(store, invocation.arguments.front(), std::move(purl).error());
  query.purl = std::move(*purl);
  if (invocation.given("range")) {
    PRATIQUE_TRY(query.range, range_of(invocation.text("range"), query.purl));
  }
  query.running = invocation.flag("running");
  query.direct = invocation.flag("direct");
  if (invocation.given("limit")) {
    const auto limit = parse_unsigned(invocation.text("limit"));
    if (!limit || *limit == 0)
      return Error{Fault::usage, "--limit is a number from 1, not '" + invocation.text("limit") + "'", {}, {}};
    query.limit = static_cast<std::size_t>(*limit);
  }
  return query;
}

std::string render(const WhereReport& report, const std::string& format, const Look& look) {
  if (format == "json") return render_where_json(report);
  if (format == "jsonl") return render_where_jsonl(report);
  if (format == "csv") return render_where_csv(report);
  if (format == "name") return render_where_name(report);
  return format == "wide" ? render_where_wide(report, look) : render_where_table(report, look);
}

Result<WhereReport> ask_store(const Invocation& invocation) {
  PRATIQUE_TRY(const Store store, Store::open(invocation.text("store"), Store::Mode::read));
  PRATIQUE_TRY(const LocateQuery query, query_of(invocation, store));
  PRATIQUE_TRY(LocateAnswer answer, locate(store, query));
  return WhereReport{invocation.arguments.front(), query.range ? render_vers(*query.range) : "", query.running,
                     query.direct, std::move(answer)};
}

// All pages, where no limit was asked for.
Result<WhereReport> ask_server(const Invocation& invocation, const Console& console) {
  PRATIQUE_TRY(const auto server, RemoteServer::of(invocation));
  std::string path = "/api/v1/where?purl=" + percent_encoded(invocation.arguments.front(), url_unreserved);
  for (const auto* name : {"range", "limit"})
    if (invocation.given(name))
      path += "&" + std::string(name) + "=" + percent_encoded(invocation.text(name), url_unreserved);
  for (const auto* name : {"running", "direct"})
    if (invocation.flag(name)) path += "&" + std::string(name) + "=true";
  std::optional<WhereReport> report;
  for (std::string page;; page = "&first=" + std::to_string(*report->answer.next)) {
    PRATIQUE_TRY(const auto body, server.ask({.path = path + page}, console));
    auto more = parse_where_json(body);
    if (!more) return std::move(more).error().in(invocation.text("server"));
    if (!report) {
      report = std::move(*more);
    } else {
      auto& artifacts = report->answer.artifacts;
      std::move(more->answer.artifacts.begin(), more->answer.artifacts.end(), std::back_inserter(artifacts));
      report->answer.next = more->answer.next;
    }
    if (!report->answer.next || invocation.given("limit")) return std::move(*report);
  }
}

Result<int> run_where(const Invocation& invocation, Console& console) {
  PRATIQUE_TRY(const WhereReport report,
               RemoteServer::is_wanted(invocation) ? ask_server(invocation, console) : ask_store(invocation));
  PRATIQUE_DO(write_outputs(invocation, console, [&](const std::string& format) -> Result<std::string> {
    return render(report, format, look_of(invocation, console));
  }));
  for (const auto& scope : report.scope) note(console, "limited to " + scope);
  for (const auto& line : tell_where_unknown(report.answer)) note(console, line);
  if (report.answer.next)
    note(console, with_commas(report.answer.artifacts.size()) + " of " + with_commas(report.answer.ledger.affected) +
                      " artifacts shown (--limit)");
  note(console, render(report.answer.ledger));
  return exit_code::ok;
}

}  // namespace

Commands where_commands() {
  return {{.name = "where",
           .summary = "Find the artifacts that contain a package, and where they run",
           .detail = "Answers from the store, or from a server (--server), from every depth of the dependency graph, "
                     "with the path to the package. What "
                     "runs and has no bill is listed as unknown.",
           .arguments = {{.name = "PURL", .help = "a package URL; with a version it means exactly that one"}},
           .options = {output_option({"table", "wide", "json", "jsonl", "csv", "name"}),
                       {.name = "range",
                        .value = "VERS",
                        .help = "only versions in this range: 'vers:maven/<2.17.1', or as the ecosystem writes it"},
                       {.name = "running", .help = "only what runs in a cluster"},
                       {.name = "direct", .help = "only direct dependencies of the artifact"},
                       {.name = "limit", .value = "N", .help = "at most this many artifacts, and workloads of each"}},
           .examples =
               {"pratique where pkg:maven/org.apache.logging.log4j/log4j-core --range 'vers:maven/<2.17.1' --running",
                "pratique where pkg:npm/lodash@4.17.20 -o json"},
           .run = run_where}};
}

}  // namespace pratique
