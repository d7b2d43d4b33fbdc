#include "app/question/question.h"

#include <algorithm>
#include <array>

#include "app/question/answer.h"
#include "app/render/inventory.h"
#include "base/text.h"
#include "engine/version/version.h"
#include "flow/inspect.h"
#include "flow/locate.h"
#include "flow/survey.h"
#include "flow/vulnerability.h"

namespace pratique {
namespace {

constexpr std::array<std::string_view, 15> all_options = {"registry", "range",   "license", "cpe",      "hash",
                                                          "supplier", "running", "direct",  "group-by", "as-of",
                                                          "from",     "to",      "known",   "limit",    "cursor"};
constexpr std::array<Trait, 4> traits = {Trait::license, Trait::cpe, Trait::hash, Trait::supplier};
constexpr std::size_t most_grouped = 100'000;  // artifacts that a server adds up; about 200 MB

Result<Time> time_of(const Question& question, std::string_view option) {
  auto time = parse_time(question.text(option));
  if (time) return time;
  return Error{Fault::usage,
               "'" + question.text(option) + "' is no time",
               {"--" + std::string(option)},
               "write it as 2026-03-01 or 2026-03-01T12:00:00Z"};
}

Result<Period> period_of(const Question& question) {
  Period period;
  if (question.has("as-of")) {
    if (question.has("from") || question.has("to"))
      return Error{Fault::usage, "--as-of and a time from and to", {}, "ask for a moment or for a time"};
    PRATIQUE_TRY(period.from, time_of(question, "as-of"));
    period.to = period.from;
    return period;
  }
  if (question.has("from") != question.has("to"))
    return Error{Fault::usage, "--from and --to stand together", {}, "give both, or --as-of"};
  if (!question.has("from")) return period;
  PRATIQUE_TRY(period.from, time_of(question, "from"));
  PRATIQUE_TRY(period.to, time_of(question, "to"));
  if (*period.from >= *period.to) return Error{Fault::usage, "--from is not before --to", {}, {}};
  return period;
}

Result<std::uint64_t> number_of(const Question& question, std::string_view option, std::uint64_t least) {
  const auto number = parse_unsigned(question.text(option));
  if (number && *number >= least) return *number;
  return Error{Fault::usage,
               "--" + std::string(option) + " is a number from " + std::to_string(least) + ", not '" +
                   question.text(option) + "'",
               {},
               {}};
}

Result<QueryScope> scope_of(const Inventory& inventory, const Question& question) {
  QueryScope scope;
  scope.running = question.text("running") == "true";
  scope.direct = question.text("direct") == "true";
  scope.scopes = inventory.scopes;
  if (question.has("registry")) {
    std::string place = question.text("registry");
    while (place.ends_with('/')) place.pop_back();
    scope.registry = place == "*" ? "" : std::move(place);
  }
  PRATIQUE_TRY(scope.when, period_of(question));
  if (question.has("known")) {
    if (scope.when.is_now())
      return Error{Fault::usage, "--known without a time", {}, "give --as-of, or --from and --to"};
    const auto known = question.text("known");
    if (known != "now" && known != "then")
      return Error{Fault::usage, "'" + printable(known) + "' is no 'now' and no 'then'", {"--known"}, {}};
    scope.known = known == "now" ? KnownWhen::now : KnownWhen::then;
  }
  scope.limit = inventory.most;
  if (question.has("limit")) {
    PRATIQUE_TRY(const auto limit, number_of(question, "limit", 1));
    scope.limit = inventory.most == 0 ? static_cast<std::size_t>(limit)
                                      : static_cast<std::size_t>(std::min<std::uint64_t>(limit, inventory.most));
  }
  if (question.has("cursor")) {
    PRATIQUE_TRY(scope.first, number_of(question, "cursor", 0));
  }
  return scope;
}

// VERS, or what the package's ecosystem itself writes: "[1.0,2.0)".
Result<Vers> range_of(const std::string& text, const Purl& purl) {
  auto range = text.starts_with("vers:") ? parse_vers(text) : vers_from_native(scheme_of_purl_type(purl.type), text);
  if (range) return range;
  Error error = std::move(range).error();
  error.fault = Fault::usage;
  return std::move(error).in("--range");
}

// A name alone is not enough to ask for, but enough to find what was meant.
Error not_a_purl(const Inventory& inventory, const std::string& text, Error error) {
  constexpr std::size_t most = 3;
  error.fault = Fault::usage;
  std::string remedy;
  if (!text.starts_with("pkg:") && !inventory.scopes)  // what is called so may be of others alone
    if (const auto named = inventory.store.find_packages(text, most))
      for (const auto& key : *named) remedy.append(remedy.empty() ? "did you mean " : " or ").append(key);
  return std::move(error).remedied(remedy.empty() ? "write it as pkg:TYPE/NAMESPACE/NAME[@VERSION]" : remedy + "?");
}

// What is asked for: a package, or one thing that bills say of components.
Result<std::optional<Trait>> asked_trait(const Question& question) {
  std::optional<Trait> asked;
  std::size_t count = question.has("purl") ? 1 : 0;
  for (const Trait trait : traits)
    if (question.has(name_of(trait))) {
      asked = trait;
      ++count;
    }
  if (count != 1)
    return Error{Fault::usage,
                 count == 0 ? "nothing to look for" : "several things to look for",
                 {},
                 "name a package URL, or one of --license, --cpe, --hash and --supplier"};
  return asked;
}

Result<std::optional<GroupBy>> group_of(const Question& question) {
  constexpr std::array<std::string_view, 4> names = {"workload", "image", "namespace", "cluster"};  // as GroupBy
  if (!question.has("group-by")) return std::optional<GroupBy>();
  const auto text = question.text("group-by");
  const auto found = std::find(names.begin(), names.end(), text);
  if (found == names.end())
    return Error{Fault::usage,
                 "nothing is grouped by '" + printable(text) + "'",
                 {"--group-by"},
                 "write workload, image, namespace or cluster"};
  return std::optional(static_cast<GroupBy>(found - names.begin()));
}

Result<WhereReport> find_places(const Inventory& inventory, const Question& question, const QueryScope& scope) {
  WhereReport report;
  report.running = scope.running;
  report.direct = scope.direct;
  report.when = scope.when;
  report.known = scope.known;
  report.registry = scope.registry;
  if (scope.scopes)
    for (const auto& one : *scope.scopes) report.scope.push_back(render_scope(one));
  PRATIQUE_TRY(const auto trait, asked_trait(question));
  if (trait) {
    report.trait = {std::string(name_of(*trait)), question.text(name_of(*trait))};
    PRATIQUE_TRY(report.answer, locate_by_trait(inventory.store, {*trait, report.trait.second, scope}));
    return report;
  }
  report.purl = question.text("purl");
  LocateQuery query;
  auto purl = parse_purl(report.purl);
  if (!purl) return not_a_purl(inventory, report.purl, std::move(purl).error());
  query.purl = std::move(*purl);
  if (question.has("range")) {
    PRATIQUE_TRY(query.range, range_of(question.text("range"), query.purl));
    report.range = render_vers(*query.range);
  }
  query.running = scope.running;
  query.direct = scope.direct;
  query.limit = scope.limit;
  query.first = scope.first;
  query.when = scope.when;
  query.known = scope.known;
  query.scopes = scope.scopes;
  query.registry = scope.registry;
  PRATIQUE_TRY(report.answer, locate(inventory.store, query));
  return report;
}

using Told = std::variant<WhereReport, nlohmann::ordered_json>;

Result<Told> ask_where(const Inventory& inventory, const Question& question, QueryScope scope) {
  PRATIQUE_TRY(const auto group, group_of(question));
  if (!group) {
    PRATIQUE_TRY(auto report, find_places(inventory, question, scope));
    return Told(std::move(report));
  }
  scope.limit = inventory.most == 0 ? 0 : most_grouped;
  scope.first = 0;
  PRATIQUE_TRY(const auto report, find_places(inventory, question, scope));
  if (report.answer.next)
    return Error{Fault::limit,
                 "more than " + with_commas(most_grouped) + " artifacts are not added up here",
                 {"--group-by"},
                 "ask for less: --running, a range, or pages of places"};
  return Told(document_of_groups(report, *group));
}

Result<Told> ask_topic(const Inventory& inventory, const Question& question, const QueryScope& scope) {
  const Store& store = inventory.store;
  switch (question.topic) {
    case Topic::where: return ask_where(inventory, question, scope);
    case Topic::vuln: {
      PRATIQUE_TRY(const auto answer,
                   find_vulnerability(store, inventory.database, {question.text("id"), scope, inventory.vex}));
      return Told(document_of(answer, scope));
    }
    case Topic::artifact: {
      PRATIQUE_TRY(const auto report, inspect_artifact(store, question.text("digest"), scope));
      return Told(document_of(report, scope));
    }
    case Topic::coverage: {
      PRATIQUE_TRY(const auto answer, survey(store, scope));
      return Told(document_of(answer, scope));
    }
    case Topic::top: {
      constexpr std::size_t usual = 10;
      PRATIQUE_TRY(const auto answer, find_top(store, scope, question.has("limit") ? scope.limit : usual));
      return Told(document_of(answer, scope));
    }
    case Topic::diff: {
      if (!scope.when.from) return Error{Fault::usage, "--from and --to are missing", {}, "diff --from TIME --to TIME"};
      PRATIQUE_TRY(const auto answer, find_changes(store, *scope.when.from, *scope.when.to, scope));
      return Told(document_of(answer, *scope.when.from, *scope.when.to, scope));
    }
  }
  return Error{Fault::internal, "a question that nobody answers", {}, {}};
}

}  // namespace

std::span<const std::string_view> question_options() { return all_options; }

std::string Question::text(std::string_view option) const {
  const auto found = options.find(option);
  return found == options.end() ? std::string() : found->second;
}

std::string path_of(const Question& question) {
  const auto encoded = [](const std::string& text) { return percent_encoded(text, url_unreserved); };
  std::string path = "/api/v1/";
  switch (question.topic) {
    case Topic::where: path += "where"; break;
    case Topic::vuln: path += "vulnerabilities/" + encoded(question.text("id")); break;
    case Topic::artifact: path += "artifacts/" + encoded(question.text("digest")); break;
    case Topic::coverage: path += "coverage"; break;
    case Topic::top: path += "top"; break;
    case Topic::diff: path += "diff"; break;
  }
  char mark = '?';
  for (const auto& [option, value] : question.options) {
    if (option == "id" || option == "digest") continue;
    std::string name = option;
    std::replace(name.begin(), name.end(), '-', '_');
    path.append(1, mark).append(name).append("=").append(encoded(value));
    mark = '&';
  }
  return path;
}

Result<InventoryAnswer> ask(const Inventory& inventory, const Question& question) {
  PRATIQUE_TRY(const QueryScope scope, scope_of(inventory, question));
  PRATIQUE_TRY(auto told, ask_topic(inventory, question, scope));
  return InventoryAnswer(std::make_unique<InventoryAnswer::State>(InventoryAnswer::State{std::move(told)}));
}

}  // namespace pratique
