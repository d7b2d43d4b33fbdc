#include <nlohmann/json.hpp>
#include <ostream>

#include "app/cli/commands/commands.h"
#include "app/cli/output.h"
#include "base/text.h"
#include "flow/build.h"

namespace pratique {
namespace {

std::string status_table(const AdvisoryDbStatus& status, const Look& look) {
  Table table{{"FIELD", "VALUE"},
              {{"path", status.path},
               {"generation", status.generation},
               {"schema", std::to_string(status.schema)},
               {"built", render_time(status.built)},
               {"advisories", with_commas(status.advisories)},
               {"withdrawn", with_commas(status.withdrawn)},
               {"packages", with_commas(status.packages)},
               {"size", human_bytes(status.bytes)}}};
  for (const auto& [name, entries] : status.ecosystems) table.rows.push_back({"entries " + name, with_commas(entries)});
  return render_table(table, look);
}

std::string status_json(const AdvisoryDbStatus& status) {
  nlohmann::ordered_json ecosystems = nlohmann::ordered_json::object();
  for (const auto& [name, entries] : status.ecosystems) ecosystems[name] = entries;
  return nlohmann::ordered_json{
             {"apiVersion", "pratique/v1"},     {"kind", "DatabaseStatus"},        {"path", status.path},
             {"schema", status.schema},         {"generation", status.generation}, {"built", render_time(status.built)},
             {"advisories", status.advisories}, {"withdrawn", status.withdrawn},   {"packages", status.packages},
             {"bytes", status.bytes},           {"ecosystems", ecosystems}}
             .dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) +
         "\n";
}

Result<int> run_db_build(const Invocation& invocation, Console& console) {
  const auto from = invocation.all("from");
  if (from.empty())
    return Error{Fault::usage, "nothing to build from", {}, "name a file, a folder or a zip with --from PATH"};
  ProgressBar bar(console, "reading advisories");
  auto report = build_database(from, invocation.text("db"), console.clock(),
                               [&](std::uint64_t documents) { bar.show(documents, 0); });
  bar.finish();
  if (!report) return std::move(report).error();
  constexpr std::size_t shown = 5;
  for (std::size_t i = 0; i < report->rejected.size() && (i < shown || invocation.flag("verbose")); ++i)
    note(console, "set aside: " + report->rejected[i].place + ": " + report->rejected[i].reason);
  if (report->rejected.size() > shown && !invocation.flag("verbose"))
    note(console, "and " + with_commas(report->rejected.size() - shown) + " more (-v shows all)");
  for (std::size_t i = 0; i < report->passed_over.size() && (i == 0 || invocation.flag("verbose")); ++i)
    note(console, "of no format that is read: " + report->passed_over[i]);
  if (report->passed_over.size() > 1 && !invocation.flag("verbose"))
    note(console, "and " + with_commas(report->passed_over.size() - 1) + " more files (-v shows all)");
  const auto& status = report->status;
  console.out << with_commas(report->records) << " records: " << with_commas(status.advisories) << " advisories ("
              << with_commas(status.withdrawn) << " withdrawn) for " << with_commas(status.packages) << " packages, "
              << with_commas(report->rejected.size()) << " set aside; " << human_bytes(status.bytes) << " in "
              << printable(status.path) << "\ngeneration " << status.generation << "\n";
  return exit_code::ok;
}

Result<int> run_db_status(const Invocation& invocation, Console& console) {
  PRATIQUE_TRY(const AdvisoryDb db, AdvisoryDb::open(invocation.text("db")));
  PRATIQUE_DO(write_outputs(invocation, console, [&](const std::string& format) -> Result<std::string> {
    return format == "json" ? status_json(db.status()) : status_table(db.status(), look_of(invocation, console));
  }));
  return exit_code::ok;
}

}  // namespace

Commands database_commands() {
  return {
      {.name = "db build",
       .summary = "Build the advisory database from OSV records",
       .detail =
           "Files, folders and zip archives of OSV JSON. The old database stays in use until the new one is complete.",
       .options = {{.name = "from", .value = "PATH", .help = "a record, a folder or an all.zip", .repeat = true}},
       .examples = {"pratique db build --from facts", "pratique db build --from Go.zip --from PyPI.zip"},
       .run = run_db_build},
      {.name = "db status",
       .summary = "Tell what the advisory database holds",
       .options = {output_option({"table", "json"})},
       .run = run_db_status},
  };
}

}  // namespace pratique
