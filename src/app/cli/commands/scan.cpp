#include "app/render/scan.h"

#include <algorithm>

#include "app/cli/commands/commands.h"
#include "app/cli/commands/scan_bill.h"
#include "app/cli/commands/scan_filter.h"
#include "app/cli/gate_inputs.h"
#include "app/cli/output.h"
#include "app/cli/version.h"
#include "app/render/reports.h"
#include "app/render/template.h"
#include "base/limits.h"
#include "model/ecosystem.h"
#include "world/file/file.h"

namespace pratique {
namespace {

// Files and packages: schemes taken off, folders opened.
Result<std::vector<std::string>> open_targets(const std::vector<std::string>& given) {
  std::vector<std::string> targets;
  for (std::string target : given) {
    target = without_scheme(std::move(target));
    if (is_package(target)) {
      targets.push_back(std::move(target));
      continue;
    }
    PRATIQUE_TRY(auto files, list_files(std::vector{target}, EmptyFolder::refused));
    std::move(files.begin(), files.end(), std::back_inserter(targets));
  }
  return targets;
}

Result<ScanReport> scan_all(const Invocation& invocation, Console& console) {
  PRATIQUE_TRY(const auto targets, open_targets(invocation.arguments));
  const auto formats = invocation.all("output");
  const auto lists_all = [](const std::string& format) { return format.substr(0, format.find('=')) == "github"; };
  const KeepBill keep = std::any_of(formats.begin(), formats.end(), lists_all) ? KeepBill::yes : KeepBill::no;
  PRATIQUE_TRY(const Judging judging, open_judging(invocation, console));
  ScanReport report{.artifacts = {},
                    .generation = judging.db.status().generation,
                    .time = judging.now,
                    .tool_version = version_number()};
  ProgressBar bar(console, "scanning");
  for (const auto& target : targets) {
    bar.show(report.artifacts.size(), targets.size());
    auto scanned = scan_target(target, judging, keep);
    if (!scanned && targets.size() == 1) {
      bar.finish();
      return std::move(scanned).error();
    }
    report.artifacts.push_back(scanned ? std::move(*scanned)
                                       : Scanned{.target = target, .failed = render(scanned.error())});
  }
  bar.finish();
  return report;
}

Result<std::string> render_as(const std::string& format, const ScanReport& report, const Invocation& invocation,
                              const Look& look) {
  Shown shown{.least = severity_named(invocation.text("severity")).value_or(Severity::unknown),
              .only_fixed = invocation.flag("only-fixed"),
              .suppressed = true};
  if (format == "table" || format == "wide" || format == "markdown" || format == "name")
    shown.suppressed = invocation.flag("show-suppressed");
  const ScanReport rest = filtered(report, shown);
  if (format == "json") return render_scan_json(rest);
  if (format == "jsonl") return render_scan_jsonl(rest);
  if (format == "csv") return render_scan_csv(rest);
  if (format == "name") return render_scan_names(rest);
  if (format == "sarif") return render_scan_sarif(rest);
  if (format == "cyclonedx-json") return render_scan_cyclonedx(rest);
  if (format == "openvex") return render_scan_openvex(rest);
  if (format == "junit") return render_scan_junit(rest);
  if (format == "gitlab") return render_scan_gitlab(rest);
  if (format == "github") return render_scan_github(rest, {invocation.text("commit"), invocation.text("ref")});
  if (format == "markdown") return render_scan_markdown(rest);
  if (format == "template") {
    if (!invocation.given("template"))
      return Error{Fault::usage, "the output 'template' needs a file", {"--template"}, "-o template -t FILE"};
    const std::string path = invocation.text("template");
    PRATIQUE_TRY(const Bytes text, read_file(path, Limits{}.text));
    auto filled = render_template(text.view(), render_scan_json(rest));
    if (!filled) return std::move(filled).error().in(path);
    return filled;
  }
  return render_scan_table(rest, {.wide = format == "wide", .by_cve = invocation.flag("by-cve")}, look);
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
    const auto& findings = artifact.match.findings;
    const auto suppressed = std::count_if(findings.begin(), findings.end(),
                                          [](const Finding& finding) { return finding.suppressed.has_value(); });
    if (suppressed > 0)
      note(console, artifact.target + ": " + std::to_string(suppressed) + " suppressed (--show-suppressed)");
  }
  const bool lacks_release = std::any_of(report.artifacts.begin(), report.artifacts.end(), [](const Scanned& artifact) {
    const auto& unknown = artifact.match.unknown;
    return std::any_of(unknown.begin(), unknown.end(),
                       [](const Unknown& one) { return one.reason == release_unknown; });
  });
  if (lacks_release) note(console, "where you know the release, name it: --distro debian-12");
  note(console, render(report.ledger()));
}

Result<int> run_scan(const Invocation& invocation, Console& console) {
  FailOn fail_on;
  if (invocation.given("fail-on")) {
    PRATIQUE_TRY(fail_on, parse_fail_on(invocation.text("fail-on")));
  }
  PRATIQUE_TRY(const ScanReport report, scan_all(invocation, console));
  PRATIQUE_DO(write_outputs(invocation, console, [&](const std::string& format) {
    return render_as(format, report, invocation, look_of(invocation, console));
  }));
  tell_rest(report, invocation, console);
  if (!invocation.given("fail-on")) return exit_code::ok;
  if (trips(report, fail_on)) return exit_code::gate;
  const Ledger ledger = report.ledger();
  bool doubt = ledger.failed + ledger.unknown > 0;
  for (const auto& artifact : report.artifacts) doubt = doubt || !artifact.match.unknown.empty();
  return doubt && !invocation.flag("allow-unknown") ? exit_code::partial : exit_code::ok;
}

}  // namespace

Commands scan_commands() {
  return {
      {.name = "scan",
       .summary = "Find the known vulnerabilities in software bills of materials",
       .detail = "A target is a file, a folder of files, '-' for standard input, or a package URL; 'sbom:FILE' and "
                 "'purl:PURL'\n"
                 "say so outright. The format is told from the content. Every finding carries its proof: advisory, "
                 "range, comparator and dependency path.",
       .arguments = {{.name = "TARGET", .help = "an SBOM, a folder of them, a package URL, or -", .many = true}},
       .options = {output_option({"table", "wide", "json", "jsonl", "csv", "name", "sarif", "cyclonedx-json", "openvex",
                                  "junit", "gitlab", "github", "markdown", "template"}),
                   {.name = "template",
                    .letter = 't',
                    .value = "FILE",
                    .help = "the Mustache template that -o template fills with the report's JSON"},
                   {.name = "fail-on",
                    .value = "CONDITION",
                    .help = "exit with 1 when a finding meets one of: low, medium, high, critical, any (at least this "
                            "severe), kev, epss>0.5; separated by commas"},
                   {.name = "severity",
                    .value = "SEVERITY",
                    .help = "show only findings at least this severe",
                    .choices = {"unknown", "none", "low", "medium", "high", "critical"}},
                   {.name = "only-fixed", .help = "show only what an upgrade mends"},
                   {.name = "by-cve", .help = "in the table a line for each vulnerability, with its packages"},
                   cpe_option(),
                   {.name = "show-suppressed", .help = "show what does not count in the table too, and why"},
                   distro_option(),
                   vex_option(),
                   ignorefile_option(),
                   {.name = "commit", .value = "SHA", .help = "the commit that -o github is about"},
                   {.name = "ref", .value = "REF", .help = "the reference that -o github is about"},
                   allow_unknown_option()},
       .examples = {"pratique scan shop.cdx.json",
                    "pratique scan --fail-on high,kev -o sarif=findings.sarif shop.cdx.json",
                    "pratique scan --fail-on critical sbom:shop.spdx.json",
                    "pratique scan -o json=findings.json -o table bills/", "pratique scan pkg:npm/left-pad@1.0.0"},
       .run = run_scan},
  };
}

}  // namespace pratique
