// The questions to the inventory: where, vuln, artifact, coverage, top, diff.
#include "app/cli/commands/commands.h"
#include "app/cli/gate_inputs.h"
#include "app/cli/output.h"
#include "app/cli/server_options.h"
#include "app/question/question.h"
#include "base/text.h"

namespace pratique {
namespace {

Question question_of(Topic topic, std::string_view subject, const Invocation& invocation) {
  Question question{topic};
  for (const auto option : question_options())
    if (invocation.given(option))
      question.options.emplace(option, invocation.flag(option) ? "true" : invocation.text(option));
  if (!invocation.arguments.empty()) question.options.emplace(subject, invocation.arguments.front());
  return question;
}

// The database adds to the answer; without one the store answers alone.
Result<std::optional<AdvisoryDb>> open_database(const Invocation& invocation) {
  auto db = AdvisoryDb::open(invocation.text("db"));
  if (db) return std::optional(std::move(*db));
  if (db.error().fault != Fault::not_found || invocation.given("db")) return std::move(db).error();
  return std::optional<AdvisoryDb>();
}

Result<InventoryAnswer> ask_store(const Question& question, const Invocation& invocation, Console& console) {
  PRATIQUE_TRY(const Store store, Store::open(invocation.text("store"), Store::Mode::read));
  if (question.topic != Topic::vuln) return ask({store}, question);
  PRATIQUE_TRY(const auto db, open_database(invocation));
  PRATIQUE_TRY(const auto vex, load_vex_option(invocation, console));
  return ask({store, db ? &*db : nullptr, vex.statements}, question);
}

// All pages, where no limit was asked for.
Result<InventoryAnswer> ask_the_server(Question question, const Invocation& invocation, const Console& console) {
  if (invocation.given("vex"))
    return Error{Fault::usage, "a server goes by its own VEX documents", {"--vex"}, "leave --vex or --server away"};
  PRATIQUE_TRY(const ServerDoor door, patient_server_door(invocation, console));
  std::optional<InventoryAnswer> answer;
  for (;;) {
    PRATIQUE_TRY(const auto body, ask_server(door, {.path = path_of(question)}));
    auto page = InventoryAnswer::parse(question, body);
    if (!page) return std::move(page).error().in(door.url);
    const auto next = page->next();
    if (answer)
      answer->add(std::move(*page));
    else
      answer.emplace(std::move(*page));
    if (!next || invocation.given("limit")) return std::move(*answer);
    const auto before = parse_unsigned(question.text("cursor")).value_or(0);
    if (*next <= before) return Error{Fault::malformed, "its pages do not go on", {door.url}, ""};
    question.options.insert_or_assign("cursor", std::to_string(*next));
  }
}

auto asking(Topic topic, std::string_view subject = {}) {
  return [topic, subject](const Invocation& invocation, Console& console) -> Result<int> {
    auto question = question_of(topic, subject, invocation);
    PRATIQUE_TRY(const auto answer, asks_server(invocation) ? ask_the_server(std::move(question), invocation, console)
                                                            : ask_store(question, invocation, console));
    PRATIQUE_DO(write_outputs(invocation, console, [&](const std::string& format) {
      return answer.render(format, look_of(invocation, console));
    }));
    for (const auto& line : answer.notes()) note(console, line);
    return exit_code::ok;
  };
}

const Option running = {.name = "running", .help = "only what runs in a cluster"};
const Option registry = {.name = "registry",
                         .value = "PLACE",
                         .help = "only what a registry holds: any, HOST, or HOST/REPOSITORY and what is below it",
                         .implied = "*"};
const Option as_of = {.name = "as-of", .value = "TIME", .help = "at that time: 2026-03-01, or 2026-03-01T12:00:00Z"};
const Option known = {.name = "known",
                      .value = "WHEN",
                      .help = "with what was known then, or what is known now",
                      .fallback = "then",
                      .choices = {"then", "now"}};
const Option cursor = {.name = "cursor", .value = "NEXT", .help = "go on behind a page: the 'next' of its JSON"};

Option limit(std::string_view help) { return {.name = "limit", .value = "N", .help = help}; }

// And what says who we are to a server.
std::vector<Option> with_door(std::vector<Option> options) {
  for (auto& option : certificate_options()) options.push_back(option);
  return options;
}

Command where_command() {
  return {.name = "where",
          .summary = "Find the artifacts that contain a package, and where they run",
          .detail =
              "Answers from the store, or from a server (--server), from every depth of the dependency graph, with the "
              "path to the package. What runs and has no bill is listed as unknown.",
          .arguments = {{.name = "PURL",
                         .help = "a package URL; with a version it means exactly that one",
                         .optional = true}},
          .options = with_door(
              {output_option({"table", "wide", "json", "jsonl", "csv", "name"}),
               {.name = "range",
                .value = "VERS",
                .help = "only versions in this range: 'vers:maven/<2.17.1', or as the ecosystem writes it"},
               {.name = "license", .value = "ID", .help = "components of this licence instead: an SPDX identifier"},
               {.name = "cpe", .value = "CPE", .help = "of this CPE, or of those that begin so"},
               {.name = "hash", .value = "HEX", .help = "of this hash, of any algorithm; or its first digits"},
               {.name = "supplier", .value = "NAME", .help = "of this supplier, manufacturer or publisher"},
               running,
               registry,
               {.name = "direct", .help = "only direct dependencies of the artifact"},
               {.name = "group-by",
                .value = "WHAT",
                .help = "a line for each workload, image, namespace or cluster",
                .choices = {"workload", "image", "namespace", "cluster"}},
               as_of,
               known,
               limit("at most this many artifacts, and workloads of each"),
               cursor}),
          .examples =
              {"pratique where pkg:maven/org.apache.logging.log4j/log4j-core --range 'vers:maven/<2.17.1' --running",
               "pratique where pkg:npm/lodash@4.17.20 -o json",
               "pratique where pkg:npm/lodash --as-of 2026-03-01 --running",
               "pratique where --license AGPL-3.0-only --running --group-by namespace"},
          .run = asking(Topic::where, "purl")};
}

}  // namespace

Commands inventory_commands() {
  const auto output = output_option({"table", "json", "jsonl", "csv"});
  const Option vex = {.name = "vex", .value = "FILE", .help = "VEX documents, or a folder of them", .repeat = true};
  return {
      where_command(),
      {.name = "vuln",
       .summary = "Find the artifacts that have a vulnerability, where they run, and since when",
       .detail = "Answers from the findings in the store. With --from and --to it says which workloads were exposed at "
                 "any moment between, and when; with --known now by what has become known since.",
       .arguments = {{.name = "ID", .help = "a CVE, a GHSA or what else its advisories call it"}},
       .options = with_door({output,
                             running,
                             registry,
                             as_of,
                             {.name = "from", .value = "TIME", .help = "at any moment from then"},
                             {.name = "to", .value = "TIME", .help = "until then"},
                             known,
                             vex,
                             limit("at most this many artifacts, and workloads of each"),
                             cursor}),
       .examples = {"pratique vuln CVE-2021-44228 --running", "pratique vuln CVE-2021-44228 --as-of 2026-03-01",
                    "pratique vuln CVE-2021-44228 --from 2026-03-01 --to 2026-04-01 --known now -o json"},
       .run = asking(Topic::vuln, "id")},
      {.name = "artifact",
       .summary = "Show one artifact: its bills, findings, where it runs, and its history",
       .detail = {},
       .arguments = {{.name = "DIGEST", .help = "of the image, or the first eight digits or more of it"}},
       .options = with_door({output, as_of}),
       .examples = {"pratique artifact sha256:0a1b2c3d", "pratique artifact sha256:0a1b2c3d --as-of 2026-03-01"},
       .run = asking(Topic::artifact, "digest")},
      {.name = "coverage",
       .summary = "Count what is known: clean, affected, unknown and failed artifacts",
       .detail = "Every artifact is exactly one of them, and unknown says why.",
       .arguments = {},
       .options = with_door({output, running, registry, as_of}),
       .examples = {"pratique coverage --running", "pratique coverage --registry=registry.example/shop"},
       .run = asking(Topic::coverage)},
      {.name = "top",
       .summary = "Rank the upgrades that remove most risk, and the packages that bring most",
       .detail = "By critical, then high findings in all artifacts that have them.",
       .arguments = {},
       .options = with_door({output, running, registry, as_of, limit("at most this many of each")}),
       .examples = {"pratique top --running --limit 5"},
       .run = asking(Topic::top)},
      {.name = "diff",
       .summary = "Show what changed between two times: findings, artifacts, and what runs",
       .detail = "Each finding that opened or closed names the advisory that is the reason, and its revision.",
       .arguments = {},
       .options = with_door({output,
                             running,
                             {.name = "from", .value = "TIME", .help = "the first time"},
                             {.name = "to", .value = "TIME", .help = "the second time"},
                             limit("at most this many findings, and names of artifacts"),
                             cursor}),
       .examples = {"pratique diff --from 2026-03-01 --to 2026-03-08"},
       .run = asking(Topic::diff)}};
}

}  // namespace pratique
