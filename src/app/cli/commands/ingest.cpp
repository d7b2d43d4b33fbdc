#include "flow/ingest.h"

#include <ostream>
#include <thread>

#include "app/cli/commands/commands.h"
#include "app/cli/output.h"
#include "base/text.h"
#include "flow/rematch.h"

namespace pratique {
namespace {

Result<void> ingest_files(Store& store, const Invocation& invocation, Console& console, std::uint64_t& failed) {
  const auto threads = parse_unsigned(invocation.text("threads"));
  if (!threads || *threads > 256)
    return Error{Fault::usage, "--threads is a number up to 256, not '" + invocation.text("threads") + "'", {}, {}};
  const unsigned count =
      *threads != 0 ? static_cast<unsigned>(*threads) : std::max(1u, std::thread::hardware_concurrency());
  ProgressBar bar(console, "ingesting");
  IngestOptions options;
  options.threads = count;
  options.interrupted = console.interrupted;
  options.progress = [&](const IngestProgress& progress) {
    bar.show(progress.done, progress.total, human_bytes(progress.bytes));
  };
  auto report = ingest_bills(store, invocation.arguments, console.clock(), options);
  bar.finish();
  if (!report) return std::move(report).error();
  for (const auto& file : report->failed) note(console, "failed: " + file.place + ": " + file.reason);
  if (!report->set_aside.empty())
    note(console, with_commas(report->set_aside.size()) + " parts set aside, first " + report->set_aside.front().place +
                      ": " + report->set_aside.front().reason);
  console.out << with_commas(report->files) << " files: " << with_commas(report->added) << " bills added with "
              << with_commas(report->components) << " components, " << with_commas(report->present)
              << " known already, " << with_commas(report->failed.size()) << " failed\n";
  failed = report->failed.size();
  return {};
}

Result<void> ingest_pods(Store& store, const Invocation& invocation, Console& console) {
  PRATIQUE_TRY(const auto report,
               ingest_workloads(store, invocation.text("workloads"), invocation.text("cluster"), console.clock()));
  for (const auto& part : report.rejected) note(console, "set aside: " + part.place + ": " + part.reason);
  if (report.finished > 0) note(console, with_commas(report.finished) + " pods left out: they are finished");
  if (report.coverage == Coverage::part) note(console, "one pod of the cluster: the others stay as they were");
  console.out << with_commas(report.pods) << " pods with " << with_commas(report.containers)
              << " containers in cluster " << printable(invocation.text("cluster")) << ", "
              << with_commas(report.without_digest) << " of them without a digest\n";
  return {};
}

// The database is the user's, or the default one where there is one.
Result<std::optional<AdvisoryDb>> open_advisories(const Invocation& invocation, Console& console) {
  auto db = AdvisoryDb::open(invocation.text("db"));
  if (db) return std::optional(std::move(*db));
  if (db.error().fault != Fault::not_found || invocation.given("db") || invocation.flag("rematch"))
    return std::move(db).error();
  note(console,
       "no advisory database: vulnerabilities stay unknown until 'pratique db update' and 'pratique ingest "
       "--rematch'");
  return std::optional<AdvisoryDb>();
}

Result<void> judge(Store& store, const Invocation& invocation, Console& console) {
  PRATIQUE_TRY(const auto db, open_advisories(invocation, console));
  if (!db) return {};
  ProgressBar bar(console, "matching");
  RematchOptions options;
  options.interrupted = console.interrupted;
  options.progress = [&](std::uint64_t done, std::uint64_t total) { bar.show(done, total); };
  const auto report = rematch(store, *db, console.clock(), options);
  bar.finish();
  if (!report) return report.error();
  if (!report->before.empty() && report->extent == RematchReport::Extent::everything)
    note(console, "no delta leads from the findings' advisories to these: everything is judged anew");
  console.out << with_commas(report->counts.components) << " components judged: " << with_commas(report->counts.opened)
              << " findings opened, " << with_commas(report->counts.closed) << " closed, "
              << with_commas(report->counts.kept) << " as before\n";
  return {};
}

Result<int> run_ingest(const Invocation& invocation, Console& console) {
  if (invocation.arguments.empty() && !invocation.given("workloads") && !invocation.flag("rematch"))
    return Error{Fault::usage, "nothing to ingest", {}, "name bills, or --workloads FILE, or --rematch"};
  PRATIQUE_TRY(Store store, Store::open(invocation.text("store"), Store::Mode::create));
  std::uint64_t failed = 0;
  if (!invocation.arguments.empty()) PRATIQUE_DO(ingest_files(store, invocation, console, failed));
  if (invocation.given("workloads")) PRATIQUE_DO(ingest_pods(store, invocation, console));
  if (!invocation.arguments.empty() || invocation.flag("rematch")) PRATIQUE_DO(judge(store, invocation, console));
  return failed == 0 ? exit_code::ok : exit_code::malformed;
}

}  // namespace

Commands ingest_commands() {
  return {
      {.name = "ingest",
       .summary = "Put bills of materials and running workloads into the store",
       .detail = "Idempotent: a bill is known by the digest of its bytes. A file that is no bill is reported and the "
                 "rest goes on. What is new is matched with the advisory database; when that has changed, all that the "
                 "change touches is matched again, and what it opened and closed is kept as history.",
       .arguments = {{.name = "FILE", .help = "a bill, or a folder of bills", .optional = true, .many = true}},
       .options =
           {{.name = "workloads", .value = "FILE", .help = "what runs: the output of 'kubectl get pods -A -o json'"},
            {.name = "cluster",
             .value = "NAME",
             .help = "the cluster that the workloads are of",
             .fallback = "default"},
            {.name = "rematch", .help = "bring the findings to the advisory database, without anything new"},
            {.name = "threads", .value = "N", .help = "threads that read; 0 for one a processor", .fallback = "0"}},
       .examples = {"pratique ingest bills/",
                    "kubectl get pods -A -o json | pratique ingest --workloads - --cluster harbour",
                    "pratique db update && pratique ingest --rematch"},
       .run = run_ingest}};
}

}  // namespace pratique
