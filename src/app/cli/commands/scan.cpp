#include "app/render/scan.h"

#include <algorithm>
#include <array>

#include "app/cli/commands/commands.h"
#include "app/cli/commands/scan_filter.h"
#include "app/cli/gate_inputs.h"
#include "app/cli/output.h"
#include "app/cli/version.h"
#include "app/render/reports.h"
#include "app/render/template.h"
#include "base/limits.h"
#include "engine/format/format.h"
#include "flow/scan.h"
#include "flow/suppress.h"
#include "model/ecosystem.h"
#include "world/file/file.h"

namespace pratique {
namespace {

// A package by its URL, "pkg:npm/left-pad@1.0.0", which "purl:" may say outright.
bool is_package(std::string_view target) { return target.starts_with("pkg:"); }

// Files and packages: schemes taken off, folders opened.
Result<std::vector<std::string>> open_targets(const std::vector<std::string>& given) {
  std::vector<std::string> targets;
  for (std::string target : given) {
    for (const std::string_view scheme : {"sbom:", "purl:"})
      if (target.starts_with(scheme)) target.erase(0, scheme.size());
    if (is_package(target)) {
      targets.push_back(std::move(target));
      continue;
    }
    PRATIQUE_TRY(auto files, list_files(std::vector{target}, EmptyFolder::refused));
    std::move(files.begin(), files.end(), std::back_inserter(targets));
  }
  return targets;
}

Result<Bill> read_target(const std::string& target) {
  const Limits limits;
  if (is_package(target)) {
    auto bill = bill_of_package(target);
    if (!bill) return std::move(bill).error().in(target);
    return bill;
  }
  PRATIQUE_TRY(Bytes bytes, read_file(target, limits.bytes));
  auto bill = read_bill(std::move(bytes), limits);
  if (!bill) return std::move(bill).error().in(target == "-" ? "standard input" : target);
  return bill;
}

// What every document of one run is judged with.
struct Judging {
  const AdvisoryDb& db;
  std::vector<VexStatement> vex;
  std::vector<IgnoreRule> ignores;
  Time now{};
  std::string distro;  // of bills that do not tell theirs
  CpeUse cpes = CpeUse::last_resort;
  bool keeps_bills = false;  // a format lists all packages
};

Result<Scanned> scan_target(const std::string& target, const Judging& judging) {
  PRATIQUE_TRY(Bill bill, read_target(target));
  if (bill.distro.empty()) bill.distro = judging.distro;
  PRATIQUE_TRY(Match found, scan(bill, judging.db, judging.cpes));
  apply_vex(found, bill, judging.vex);
  apply_ignores(found, judging.ignores, judging.now);
  Scanned scanned{.target = target,
                  .name = bill.subject.name,
                  .version = bill.subject.version,
                  .purl = bill.subject.purl,
                  .digest = bill.subject.digest ? bill.subject.digest->text() : "",
                  .distro = bill.distro,
                  .format = is_package(target) ? "purl" : std::string(name_of(bill.format)) + " " + bill.spec_version,
                  .match = std::move(found),
                  .rejected = std::move(bill.rejected),
                  .failed = {},
                  .bill = {},
                  .settled = {}};
  if (judging.keeps_bills) scanned.bill = std::move(bill);
  return scanned;
}

Result<std::string> distro_of(const Invocation& invocation) {
  const std::string distro = invocation.text("distro");
  if (distro.empty()) return distro;
  constexpr std::array<std::string_view, 4> types = {"deb", "rpm", "apk", "alpm"};
  if (std::any_of(types.begin(), types.end(), [&](auto type) { return stream_of_release(type, "", distro); }))
    return distro;
  return Error{Fault::usage,
               "'" + distro + "' is no release of a distribution that advisories speak of",
               {"--distro"},
               "name it like debian-12, ubuntu-22.04, alpine-3.19 or rhel-9"};
}

Result<ScanReport> scan_all(const Invocation& invocation, Console& console) {
  PRATIQUE_TRY(const AdvisoryDb db, AdvisoryDb::open(invocation.text("db")));
  PRATIQUE_TRY(const auto targets, open_targets(invocation.arguments));
  const auto formats = invocation.all("output");
  const auto lists_all = [](const std::string& format) { return format.substr(0, format.find('=')) == "github"; };
  Judging judging{.db = db,
                  .ignores = {},
                  .now = console.clock(),
                  .distro = {},
                  .cpes = invocation.flag("cpe") ? CpeUse::asked : CpeUse::last_resort,
                  .keeps_bills = std::any_of(formats.begin(), formats.end(), lists_all)};
  PRATIQUE_TRY(judging.distro, distro_of(invocation));
  PRATIQUE_TRY(auto vex, load_vex_option(invocation, console));
  judging.vex = std::move(vex.statements);
  for (const auto& path : invocation.all("ignorefile")) {
    PRATIQUE_TRY(auto rules, load_ignore_rules(path));
    judging.ignores.insert(judging.ignores.end(), rules.begin(), rules.end());
  }
  ScanReport report{
      .artifacts = {}, .generation = db.status().generation, .time = judging.now, .tool_version = version_number()};
  ProgressBar bar(console, "scanning");
  for (const auto& target : targets) {
    bar.show(report.artifacts.size(), targets.size());
    auto scanned = scan_target(target, judging);
    if (!scanned && targets.size() == 1) {
      bar.finish();
      return std::move(scanned).error();
    }
    report.artifacts.push_back(scanned ? std::move(*scanned)
                                       : Scanned{.target = target, .failed = render(scanned.error())});
  }
  bar.finish();
  for (const auto& rule : judging.ignores)
    if (rule.expires <= judging.now) note(console, rule.place + ": the rule for " + rule.id + " has expired");
  return report;
}

Result<std::string> render_as(const std::string& format, const ScanReport& report, const Invocation& invocation,
                              const Look& look) {
  Shown shown{.least = severity_named(invocation.text("severity")).value_or(Severity::unknown),
              .only_fixed = invocation.flag("only-fixed"),
              .suppressed = true};
  if (format == "table" || format == "wide" || format == "markdown")
    shown.suppressed = invocation.flag("show-suppressed");
  const ScanReport rest = filtered(report, shown);
  if (format == "json") return render_scan_json(rest);
  if (format == "jsonl") return render_scan_jsonl(rest);
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
       .options = {output_option({"table", "wide", "json", "jsonl", "sarif", "cyclonedx-json", "openvex", "junit",
                                  "gitlab", "github", "markdown", "template"}),
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
                   {.name = "cpe",
                    .help = "match by CPE too (the NVD): doubtful findings; without it only what has no better name"},
                   {.name = "show-suppressed", .help = "show what does not count in the table too, and why"},
                   {.name = "distro",
                    .value = "NAME-RELEASE",
                    .help = "the distribution's release, where neither bill nor package tells it: debian-12"},
                   vex_option(),
                   {.name = "ignorefile",
                    .value = "FILE",
                    .help = "rules for findings that do not count, each with a reason and an expiry",
                    .repeat = true},
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
