// The questions to the inventory beside `where`: vuln, artifact, coverage, top, diff.
#include "app/render/inventory.h"

#include "app/cli/commands/commands.h"
#include "app/cli/commands/inventory_scope.h"
#include "app/cli/gate_inputs.h"
#include "app/cli/output.h"
#include "app/render/where.h"
#include "base/text.h"

namespace pratique {
namespace {

Result<void> write(const Invocation& invocation, Console& console, const InventoryText& text) {
  return write_outputs(invocation, console, [&](const std::string& format) -> Result<std::string> {
    return render_inventory(text, format, look_of(invocation, console));
  });
}

Result<Store> open_store_to_read(const Invocation& invocation) {
  return Store::open(invocation.text("store"), Store::Mode::read);
}

// The database adds to the answer; without one the store answers alone.
Result<std::optional<AdvisoryDb>> open_database(const Invocation& invocation) {
  auto db = AdvisoryDb::open(invocation.text("db"));
  if (db) return std::optional(std::move(*db));
  if (db.error().fault != Fault::not_found || invocation.given("db")) return std::move(db).error();
  return std::optional<AdvisoryDb>();
}

Result<int> run_vuln(const Invocation& invocation, Console& console) {
  PRATIQUE_TRY(const Store store, open_store_to_read(invocation));
  PRATIQUE_TRY(const auto db, open_database(invocation));
  PRATIQUE_TRY(const auto vex, load_vex_option(invocation, console));
  PRATIQUE_TRY(const QueryScope scope, scope_of(invocation));
  PRATIQUE_TRY(const auto answer,
               find_vulnerability(store, db ? &*db : nullptr, {invocation.arguments.front(), scope, vex.statements}));
  PRATIQUE_DO(write(invocation, console, tell_vulnerability(answer, scope)));
  for (const auto& line : tell_where_unknown(answer.located)) note(console, line);
  if (answer.suppressed > 0) note(console, with_commas(answer.suppressed) + " artifacts suppressed by VEX");
  if (answer.located.next)
    note(console, with_commas(answer.located.artifacts.size()) + " of " + with_commas(answer.located.ledger.affected) +
                      " artifacts shown (--cursor " + std::to_string(*answer.located.next) + " goes on)");
  note(console, render(answer.located.ledger));
  return exit_code::ok;
}

Result<int> run_artifact(const Invocation& invocation, Console& console) {
  PRATIQUE_TRY(const Store store, open_store_to_read(invocation));
  PRATIQUE_TRY(const QueryScope scope, scope_of(invocation));
  PRATIQUE_TRY(const auto report, inspect_artifact(store, invocation.arguments.front(), scope));
  PRATIQUE_DO(write(invocation, console, tell_artifact(report, scope)));
  if (!report.unknown.empty())
    note(console, "unknown for " + with_commas(report.unknown.size()) + " packages, first " +
                      report.unknown.front().name + ": " + report.unknown.front().reason);
  return exit_code::ok;
}

Result<int> run_coverage(const Invocation& invocation, Console& console) {
  PRATIQUE_TRY(const Store store, open_store_to_read(invocation));
  PRATIQUE_TRY(const QueryScope scope, scope_of(invocation));
  PRATIQUE_TRY(const auto answer, survey(store, scope));
  PRATIQUE_DO(write(invocation, console, tell_survey(answer, scope)));
  if (!answer.generation) note(console, "never matched with advisories: 'pratique ingest --rematch' does");
  if (answer.waiting > 0)
    note(console, with_commas(answer.waiting) + " components wait to be matched: 'pratique ingest --rematch' goes on");
  note(console, render(answer.ledger));
  return exit_code::ok;
}

Result<int> run_top(const Invocation& invocation, Console& console) {
  PRATIQUE_TRY(const Store store, open_store_to_read(invocation));
  PRATIQUE_TRY(const QueryScope scope, scope_of(invocation));
  constexpr std::size_t usual = 10;
  PRATIQUE_TRY(const auto answer, find_top(store, scope, scope.limit == 0 ? usual : scope.limit));
  PRATIQUE_DO(write(invocation, console, tell_top(answer, scope)));
  note(console, with_commas(answer.fixes.size()) + " of " + with_commas(answer.all_fixes) + " upgrades, " +
                    with_commas(answer.packages.size()) + " of " + with_commas(answer.all_packages) +
                    " vulnerable packages shown (--limit)");
  return exit_code::ok;
}

Result<int> run_diff(const Invocation& invocation, Console& console) {
  PRATIQUE_TRY(const Store store, open_store_to_read(invocation));
  PRATIQUE_TRY(const QueryScope scope, scope_of(invocation));
  if (!scope.when.from) return Error{Fault::usage, "--from and --to are missing", {}, "diff --from TIME --to TIME"};
  PRATIQUE_TRY(const auto answer, find_changes(store, *scope.when.from, *scope.when.to, scope));
  PRATIQUE_DO(write(invocation, console, tell_changes(answer, *scope.when.from, *scope.when.to)));
  note(console, with_commas(answer.opened) + " findings opened, " + with_commas(answer.closed) + " closed, " +
                    with_commas(answer.changed) + " changed");
  note(console, "before: " + render(answer.before));
  note(console, "after:  " + render(answer.after));
  return exit_code::ok;
}

std::vector<Option> with(std::vector<Option> options, std::vector<Option> more) {
  options.insert(options.end(), more.begin(), more.end());
  return options;
}

}  // namespace

Commands inventory_commands() {
  const auto output = output_option({"table", "json", "jsonl", "csv"});
  const Option vex = {.name = "vex", .value = "FILE", .help = "VEX documents, or a folder of them", .repeat = true};
  return {
      {.name = "vuln",
       .summary = "Find the artifacts that have a vulnerability, where they run, and since when",
       .detail = "Answers from the findings in the store. With --from and --to it says which workloads were exposed at "
                 "any moment between, and when; with --known now by what has become known since.",
       .arguments = {{.name = "ID", .help = "a CVE, a GHSA or what else its advisories call it"}},
       .options = with({output, running_option(), as_of_option()},
                       with(window_options(), {vex, limit_option("at most this many artifacts, and workloads of each"),
                                               cursor_option()})),
       .examples = {"pratique vuln CVE-2021-44228 --running", "pratique vuln CVE-2021-44228 --as-of 2026-03-01",
                    "pratique vuln CVE-2021-44228 --from 2026-03-01 --to 2026-04-01 --known now -o json"},
       .run = run_vuln},
      {.name = "artifact",
       .summary = "Show one artifact: its bills, findings, where it runs, and its history",
       .detail = {},
       .arguments = {{.name = "DIGEST", .help = "of the image, or the first eight digits or more of it"}},
       .options = {output, as_of_option()},
       .examples = {"pratique artifact sha256:0a1b2c3d", "pratique artifact sha256:0a1b2c3d --as-of 2026-03-01"},
       .run = run_artifact},
      {.name = "coverage",
       .summary = "Count what is known: clean, affected, unknown and failed artifacts",
       .detail = "Every artifact is exactly one of them, and unknown says why.",
       .arguments = {},
       .options = {output, running_option(), as_of_option()},
       .examples = {"pratique coverage --running"},
       .run = run_coverage},
      {.name = "top",
       .summary = "Rank the upgrades that remove most risk, and the packages that bring most",
       .detail = "By critical, then high findings in all artifacts that have them.",
       .arguments = {},
       .options = {output, running_option(), as_of_option(), limit_option("at most this many of each")},
       .examples = {"pratique top --running --limit 5"},
       .run = run_top},
      {.name = "diff",
       .summary = "Show what changed between two times: findings, artifacts, and what runs",
       .detail = "Each finding that opened or closed names the advisory that is the reason, and its revision.",
       .arguments = {},
       .options = {output,
                   running_option(),
                   {.name = "from", .value = "TIME", .help = "the first time"},
                   {.name = "to", .value = "TIME", .help = "the second time"},
                   limit_option("at most this many findings")},
       .examples = {"pratique diff --from 2026-03-01 --to 2026-03-08"},
       .run = run_diff}};
}

}  // namespace pratique
