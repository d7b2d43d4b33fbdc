#include <algorithm>
#include <filesystem>
#include <ostream>
#include <thread>

#include "app/cli/commands/commands.h"
#include "app/cli/output.h"
#include "app/render/database.h"
#include "base/text.h"
#include "flow/build.h"
#include "flow/delta.h"
#include "flow/search.h"
#include "flow/update.h"
#include "world/file/file.h"

namespace pratique {
namespace {

constexpr std::size_t largest_database = std::size_t{16} << 30;

void tell_rest(Console& console, std::size_t all, std::size_t shown) {
  if (all > shown) note(console, "and " + with_commas(all - shown) + " more (-v shows all)");
}

void tell_build(const BuildReport& report, const Invocation& invocation, Console& console) {
  const bool all = invocation.flag("verbose");
  const std::size_t rejected = all ? report.rejected.size() : std::min<std::size_t>(5, report.rejected.size());
  for (std::size_t i = 0; i < rejected; ++i)
    note(console, "set aside: " + report.rejected[i].place + ": " + report.rejected[i].reason);
  tell_rest(console, report.rejected.size(), rejected);
  if (all)
    for (const auto& file : report.passed_over) note(console, "of no format that is read: " + file);
  else if (!report.passed_over.empty())
    note(console, with_commas(report.passed_over.size()) + " files are of no format that is read (-v names them)");
  const auto& status = report.status;
  console.out << with_commas(report.records) << " records: " << with_commas(status.advisories) << " advisories ("
              << with_commas(status.withdrawn) << " withdrawn) for " << with_commas(status.packages) << " packages, "
              << with_commas(report.rejected.size()) << " set aside; " << human_bytes(status.bytes) << " in "
              << printable(status.path) << "\ngeneration " << status.number << " " << status.generation;
  if (report.touched) console.out << ", touches " << with_commas(*report.touched) << " packages";
  console.out << "\n";
}

Result<int> run_db_build(const Invocation& invocation, Console& console) {
  const auto from = invocation.all("from");
  if (from.empty())
    return Error{Fault::usage, "nothing to build from", {}, "name a file, a folder or an archive with --from PATH"};
  ProgressBar bar(console, "reading advisories");
  auto report = build_database(from, invocation.text("db"), console.clock(),
                               [&](std::uint64_t documents) { bar.show(documents, 0); });
  bar.finish();
  if (!report) return std::move(report).error();
  tell_build(*report, invocation, console);
  return exit_code::ok;
}

// Beside the database, so that one backup has both.
std::string cache_of(const Invocation& invocation) {
  if (invocation.given("cache")) return invocation.text("cache");
  return (std::filesystem::path(invocation.text("db")).parent_path() / "sources").string();
}

Result<int> run_db_update(const Invocation& invocation, Console& console) {
  UpdateOptions options;
  options.sources = invocation.all("source");
  options.mirror = invocation.text("mirror");
  options.offline = invocation.flag("offline");
  options.fetch.folder = cache_of(invocation);
  options.fetch.proxy = invocation.text("proxy");
  options.fetch.interrupted = console.interrupted;
  options.fetch.wait = [](std::chrono::milliseconds time) { std::this_thread::sleep_for(time); };
  ProgressBar fetching(console, "fetching"), reading(console, "reading advisories");
  const UpdateProgress progress{.fetching = [&](const std::string& name, std::size_t done,
                                                std::size_t files) { fetching.show(done, files, name); },
                                .building = [&](std::uint64_t documents) { reading.show(documents, 0); }};
  auto report = update_database(options, invocation.text("db"), console.clock(), progress);
  fetching.finish();
  reading.finish();
  if (!report) return std::move(report).error();
  console.out << render_update_table(*report, look_of(invocation, console));
  if (report->built)
    tell_build(*report->built, invocation, console);
  else
    console.out << "nothing changed\n";
  const auto is_missing = [](const UpdatedFile& file) {
    return file.state == UpdatedFile::State::kept || file.state == UpdatedFile::State::missing;
  };
  return std::any_of(report->files.begin(), report->files.end(), is_missing) ? exit_code::partial : exit_code::ok;
}

Result<int> run_db_status(const Invocation& invocation, Console& console) {
  PRATIQUE_TRY(const AdvisoryDb db, AdvisoryDb::open(invocation.text("db")));
  PRATIQUE_DO(write_outputs(invocation, console, [&](const std::string& format) -> Result<std::string> {
    return format == "json" ? render_database_status_json(db.status())
                            : render_database_status_table(db.status(), look_of(invocation, console));
  }));
  return exit_code::ok;
}

Result<int> run_db_sources(const Invocation& invocation, Console& console) {
  PRATIQUE_DO(write_outputs(invocation, console, [&](const std::string& format) -> Result<std::string> {
    return format == "json" ? render_sources_json() : render_sources_table(look_of(invocation, console));
  }));
  return exit_code::ok;
}

Result<int> run_db_verify(const Invocation& invocation, Console& console) {
  const std::string path = invocation.arguments.empty() ? invocation.text("db") : invocation.arguments.front();
  PRATIQUE_TRY(const AdvisoryDb db, AdvisoryDb::verify(path));
  console.out << "sound: " << with_commas(db.status().advisories) << " advisories, generation " << db.status().number
              << " " << db.status().generation << "\n";
  return exit_code::ok;
}

Result<Delta> delta_of(const Invocation& invocation) {
  const auto& files = invocation.arguments;
  if (files.size() == 1) return Error{Fault::usage, "two databases are compared, or none is named", {}, {}};
  if (files.size() == 2) {
    PRATIQUE_TRY(const AdvisoryDb before, AdvisoryDb::open(files[0]));
    PRATIQUE_TRY(const AdvisoryDb after, AdvisoryDb::open(files[1]));
    return delta_between(before, after);
  }
  PRATIQUE_TRY(const AdvisoryDb db, AdvisoryDb::open(invocation.text("db")));
  const std::string stored = delta_path(invocation.text("db"));
  auto delta = load_delta(stored);
  if (!delta && delta.error().fault == Fault::not_found)
    return Error{Fault::not_found, "no generation was replaced here yet", {stored}, "name two databases to compare"};
  if (delta && delta->after != db.status().generation)
    return Error{Fault::not_found, "is the way to another generation", {stored}, "name two databases to compare"};
  return delta;
}

Result<int> run_db_diff(const Invocation& invocation, Console& console) {
  PRATIQUE_TRY(const Delta delta, delta_of(invocation));
  PRATIQUE_DO(write_outputs(invocation, console, [&](const std::string& format) -> Result<std::string> {
    return format == "json" ? render_delta_json(delta) : render_delta_table(delta, look_of(invocation, console));
  }));
  note(console, with_commas(delta.touched.size()) + " packages touched: " + with_commas(delta.added) + " added, " +
                    with_commas(delta.changed) + " changed, " + with_commas(delta.removed) + " removed");
  return exit_code::ok;
}

Result<int> run_db_search(const Invocation& invocation, Console& console) {
  PRATIQUE_TRY(const AdvisoryDb db, AdvisoryDb::open(invocation.text("db")));
  PRATIQUE_TRY(const auto found, search_advisories(db, invocation.arguments.front()));
  PRATIQUE_DO(write_outputs(invocation, console, [&](const std::string& format) -> Result<std::string> {
    return format == "json" ? render_advisories_json(found)
                            : render_advisories_table(found, look_of(invocation, console));
  }));
  note(console, with_commas(found.size()) + " advisories");
  return found.empty() ? exit_code::not_found : exit_code::ok;
}

Result<int> run_db_export(const Invocation& invocation, Console& console) {
  const std::string path = invocation.text("db"), to = invocation.arguments.front();
  PRATIQUE_TRY(const AdvisoryDb db, AdvisoryDb::verify(path));
  PRATIQUE_TRY(const Bytes bytes, read_file(path, largest_database));
  PRATIQUE_DO(replace_file(to, bytes.view()));
  PRATIQUE_TRY(const AdvisoryDb written, AdvisoryDb::verify(to));
  console.out << "generation " << written.status().generation << ", " << human_bytes(written.status().bytes) << " in "
              << printable(to) << "\n";
  return exit_code::ok;
}

Result<int> run_db_import(const Invocation& invocation, Console& console) {
  const std::string path = invocation.text("db");
  if (const auto folder = std::filesystem::path(path).parent_path(); !folder.empty())
    PRATIQUE_DO(make_folder(folder.string()));
  const auto old = AdvisoryDb::open(path);
  PRATIQUE_TRY(const auto status, install_database(invocation.arguments.front(), path,
                                                   invocation.flag("force") ? Older::accept : Older::refuse));
  console.out << "generation " << status.number << " " << status.generation << ": " << with_commas(status.advisories)
              << " advisories";
  if (old && old->status().generation != status.generation) {
    PRATIQUE_TRY(const AdvisoryDb fresh, AdvisoryDb::open(path));
    PRATIQUE_TRY(const Delta delta, delta_between(*old, fresh));
    PRATIQUE_DO(save_delta(delta, delta_path(path)));
    console.out << ", touches " << with_commas(delta.touched.size()) << " packages";
  }
  console.out << "\n";
  return exit_code::ok;
}

Commands making() {
  return {
      {.name = "db build",
       .summary = "Build the advisory database from what sources publish",
       .detail =
           "Files, folders and archives in any of the formats that docs/sources.md lists, told apart by content. The "
           "old database stays in use until the new one is complete.",
       .options = {{.name = "from", .value = "PATH", .help = "a file, a folder or an archive", .repeat = true}},
       .examples = {"pratique db build --from facts", "pratique db build --from Go.zip --from debian.json"},
       .run = run_db_build},
      {.name = "db update",
       .summary = "Fetch the sources where they changed and build the database",
       .detail = "Asks each server only for what is newer than the file that is kept. A source that cannot be reached "
                 "costs its news alone: its last file counts on, and the exit code is 3.",
       .options =
           {{.name = "source", .value = "NAME", .help = "only this source (pratique db sources)", .repeat = true},
            {.name = "mirror",
             .value = "URL",
             .help = "take the files from here: a URL, a folder, or an OCI artifact (oci://REGISTRY/REPOSITORY:TAG)"},
            {.name = "cache",
             .value = "DIR",
             .help = "the folder that keeps the files; beside the database if not named"},
            {.name = "proxy", .value = "URL", .help = "the proxy; https_proxy and no_proxy count if not named"},
            {.name = "offline", .help = "ask nobody: build from the files that are kept"}},
       .examples = {"pratique db update --source kev --source epss",
                    "pratique db update --mirror file:///srv/advisories"},
       .run = run_db_update},
      {.name = "db import",
       .summary = "Put another database in place of this one",
       .detail = "Refuses one that is broken, or whose newest record is older than what is in place.",
       .arguments = {{"FILE", "a database, from db export or db build"}},
       .options = {{.name = "force", .help = "take an older one"}},
       .run = run_db_import},
  };
}

Commands telling() {
  return {
      {.name = "db status",
       .summary = "Tell what the advisory database holds",
       .options = {output_option({"table", "json"})},
       .run = run_db_status},
      {.name = "db sources",
       .summary = "List the advisory sources",
       .options = {output_option({"table", "json"})},
       .run = run_db_sources},
      {.name = "db verify",
       .summary = "Read all of the database and check it against its digest",
       .arguments = {{"FILE", "a database; the one in use if not named", true}},
       .run = run_db_verify},
      {.name = "db diff",
       .summary = "Tell which versions of which packages a new generation touches",
       .detail = "Without arguments: what the last build, update or import changed.",
       .arguments = {{"FILE", "the older and the newer database", true, true}},
       .options = {output_option({"table", "json"})},
       .run = run_db_diff},
      {.name = "db search",
       .summary = "Find advisories by id or package",
       .arguments = {{"WORD", "an id, an alias, a package key, or part of a package's name"}},
       .options = {output_option({"table", "json"})},
       .examples = {"pratique db search CVE-2021-44228", "pratique db search pkg:golang/golang.org/x/net -o json"},
       .run = run_db_search},
      {.name = "db export",
       .summary = "Write the database into one file",
       .arguments = {{"FILE", "where to"}},
       .run = run_db_export},
  };
}

}  // namespace

Commands database_commands() {
  Commands all = making();
  for (auto& command : telling()) all.push_back(std::move(command));
  return all;
}

}  // namespace pratique
