#include "app/render/scan.h"

#include <ostream>

#include "app/cli/commands/commands.h"
#include "app/cli/output.h"
#include "base/limits.h"
#include "engine/format/format.h"
#include "flow/scan.h"
#include "world/file/file.h"

namespace pratique {
namespace {

std::string strip_scheme(const std::string& target) { return target.starts_with("sbom:") ? target.substr(5) : target; }

Result<std::vector<std::string>> files_of(const std::vector<std::string>& targets) {
  std::vector<std::string> files;
  for (const auto& target : targets) {
    const std::string path = strip_scheme(target);
    if (path == "-" || !is_folder(path)) {
      files.push_back(path);
      continue;
    }
    PRATIQUE_TRY(auto inside, list_files(path));
    if (inside.empty())
      return Error{Fault::not_found, "the folder holds no files", {path}, "name a file or another folder"};
    files.insert(files.end(), inside.begin(), inside.end());
  }
  return files;
}

// What --severity and --only-fixed hide. The ledger and --fail-on look at all there is.
void hide(Match& match, const Invocation& invocation) {
  const auto least = severity_named(invocation.text("severity")).value_or(Severity::unknown);
  const bool only_fixed = invocation.flag("only-fixed");
  std::erase_if(match.findings, [&](const Finding& finding) {
    return finding.severity < least || (only_fixed && finding.fixed.empty());
  });
}

Result<Scanned> scan_file(const std::string& file, const AdvisoryDb& db) {
  const Limits limits;
  PRATIQUE_TRY(Bytes bytes, read_file(file, limits.bytes));
  auto bill = read_bill(std::move(bytes), limits);
  if (!bill) return std::move(bill).error().in(file == "-" ? "standard input" : file);
  PRATIQUE_TRY(Match found, scan(*bill, db));
  return Scanned{.target = file,
                 .name = bill->subject.name,
                 .digest = bill->subject.digest ? bill->subject.digest->text() : "",
                 .format = std::string(name_of(bill->format)) + " " + bill->spec_version,
                 .match = std::move(found),
                 .rejected = std::move(bill->rejected),
                 .failed = {}};
}

bool trips(const ScanReport& report, const std::string& fail_on) {
  const auto least = severity_named(fail_on).value_or(Severity::unknown);  // "any": everything counts
  for (const auto& artifact : report.artifacts)
    for (const auto& finding : artifact.match.findings)
      if (finding.severity >= least) return true;
  return false;
}

void tell_rest(const ScanReport& report, const Invocation& invocation, Console& console) {
  for (const auto& artifact : report.artifacts) {
    if (!artifact.failed.empty()) note(console, "failed: " + artifact.failed);
    for (const auto& part : artifact.rejected)
      if (invocation.flag("verbose"))
        note(console, "set aside: " + artifact.target + ": " + part.place + ": " + part.reason);
    if (!artifact.rejected.empty() && !invocation.flag("verbose"))
      note(console, artifact.target + ": " + std::to_string(artifact.rejected.size()) + " parts set aside, first " +
                        artifact.rejected.front().place + ": " + artifact.rejected.front().reason + " (-v shows all)");
    if (const auto& unknown = artifact.match.unknown; !unknown.empty())
      note(console, artifact.target + ": unknown for " + std::to_string(unknown.size()) + " of " +
                        std::to_string(artifact.match.components) + " packages, first " + unknown.front().name + ": " +
                        unknown.front().reason);
    else if (artifact.health() == Health::unknown)
      note(console, artifact.target + ": unknown: the bill lists no package");
  }
  note(console, render(report.ledger()));
}

Result<int> run_scan(const Invocation& invocation, Console& console) {
  PRATIQUE_TRY(const AdvisoryDb db, AdvisoryDb::open(invocation.text("db")));
  PRATIQUE_TRY(const auto files, files_of(invocation.arguments));
  ScanReport report{.artifacts = {}, .generation = db.status().generation};
  ProgressBar bar(console, "scanning");
  for (const auto& file : files) {
    bar.show(report.artifacts.size(), files.size());
    auto scanned = scan_file(file, db);
    if (scanned) {
      report.artifacts.push_back(std::move(*scanned));
    } else if (files.size() == 1) {
      bar.finish();
      return std::move(scanned).error();
    } else {
      report.artifacts.push_back(Scanned{.target = file, .failed = render(scanned.error())});
    }
  }
  bar.finish();

  const bool tripped = invocation.given("fail-on") && trips(report, invocation.text("fail-on"));
  ScanReport shown = report;
  for (auto& artifact : shown.artifacts) hide(artifact.match, invocation);
  PRATIQUE_DO(write_outputs(invocation, console, [&](const std::string& format) -> Result<std::string> {
    if (format == "json") return render_scan_json(shown);
    if (format == "jsonl") return render_scan_jsonl(shown);
    return render_scan_table(shown, format == "wide", look_of(invocation, console));
  }));
  tell_rest(report, invocation, console);
  if (tripped) return exit_code::gate;
  const Ledger ledger = report.ledger();
  bool doubt = ledger.failed + ledger.unknown > 0;
  for (const auto& artifact : report.artifacts) doubt = doubt || !artifact.match.unknown.empty();
  if (invocation.given("fail-on") && doubt && !invocation.flag("allow-unknown")) return exit_code::partial;
  return exit_code::ok;
}

}  // namespace

Commands scan_commands() {
  return {
      {.name = "scan",
       .summary = "Find the known vulnerabilities in software bills of materials",
       .detail =
           "A target is a file, a folder of files, or '-' for standard input; 'sbom:FILE' says so outright. The format "
           "is\n"
           "told from the content. Every finding carries its proof: advisory, range, comparator and dependency path.",
       .arguments = {{.name = "TARGET", .help = "an SBOM, a folder of them, or -", .many = true}},
       .options = {output_option({"table", "wide", "json", "jsonl"}),
                   {.name = "fail-on",
                    .value = "SEVERITY",
                    .help = "exit with 1 when a finding is at least this severe",
                    .choices = {"low", "medium", "high", "critical", "any"}},
                   {.name = "severity",
                    .value = "SEVERITY",
                    .help = "show only findings at least this severe",
                    .choices = {"unknown", "none", "low", "medium", "high", "critical"}},
                   {.name = "only-fixed", .help = "show only what an upgrade mends"},
                   allow_unknown_option()},
       .examples = {"pratique scan shop.cdx.json", "pratique scan --fail-on critical sbom:shop.spdx.json",
                    "pratique scan -o json=findings.json -o table bills/"},
       .run = run_scan},
  };
}

}  // namespace pratique
