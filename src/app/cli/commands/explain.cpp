#include "app/render/explain.h"

#include "app/cli/commands/commands.h"
#include "app/cli/commands/scan_bill.h"
#include "app/cli/gate_inputs.h"
#include "app/cli/output.h"
#include "app/render/scan.h"
#include "base/limits.h"
#include "engine/format/format.h"
#include "world/file/file.h"

namespace pratique {
namespace {

constexpr Limits report_limits;

Error usage(std::string text, std::string remedy = {}) {
  return Error{Fault::usage, std::move(text), {}, std::move(remedy)};
}

std::string shown(const std::string& file) { return file == "-" ? "standard input" : file; }

Result<FindingReport> load_report(const std::string& file) {
  PRATIQUE_TRY(const Bytes bytes, read_file(file, report_limits.bytes));
  auto report = read_findings(bytes, report_limits);
  if (!report) return std::move(report).error().in(shown(file));
  return report;
}

std::string artifact_of(const Scanned& scanned) { return scanned.digest.empty() ? scanned.name : scanned.digest; }

// The findings as the report of a scan holds them, by way of that report: so a bill and a report cannot be told apart
// behind this.
Result<FindingReport> report_of(Scanned scanned, const std::string& generation) {
  scanned.bill.reset();
  ScanReport report{.artifacts = {}, .generation = generation, .time = {}, .tool_version = {}};
  report.artifacts.push_back(std::move(scanned));
  return read_findings(Bytes::copy_of(render_scan_json(report)), report_limits);
}

Explanation explain(ReportedFinding finding, const std::string& generation) {
  const auto again = replay(finding.finding);
  return {std::move(finding), generation, again ? std::string() : render(again.error())};
}

Result<int> told(bool differs, const std::string& place, Console& console) {
  if (!differs) return exit_code::ok;
  console.err << "pratique: "
              << render(Error{Fault::malformed,
                              "the proof does not hold: the comparison comes out otherwise",
                              {place},
                              "scan the bill again"})
              << '\n';
  return exit_code::malformed;
}

// Of a bill with a hundred thousand findings only those that are asked for go through the report.
Result<FindingReport> findings_of_bill(const Invocation& invocation, const FindingQuery& query, Console& console) {
  PRATIQUE_TRY(const Judging judging, open_judging(invocation, console));
  PRATIQUE_TRY(Scanned scanned, scan_target(without_scheme(invocation.text("sbom")), judging, KeepBill::no));
  std::erase_if(scanned.match.findings, [&](const Finding& finding) { return !is_called(finding, query.id); });
  return report_of(std::move(scanned), judging.db.status().generation);
}

Result<int> explain_finding(const Invocation& invocation, Console& console) {
  const auto& words = invocation.arguments;
  if (words.empty()) return usage("FINDING is missing", "name it as CVE-2021-44228, or ask --why-not CVE-2021-44228");
  // What the environment or the configuration names is meant for those who want it.
  const auto by_flag = [&](std::string_view option) { return invocation.origin(option) == Origin::flag; };
  const bool is_bill = words.size() < 2;
  if (is_bill && !invocation.given("sbom"))
    return usage("a report or --sbom is missing",
                 "pratique explain " + words[0] + " --sbom FILE, or with the FILE of 'pratique scan -o json=FILE'");
  if (!is_bill && by_flag("sbom")) return usage("a report and --sbom exclude each other");
  if (!is_bill && (by_flag("vex") || by_flag("ignorefile") || by_flag("distro")))
    return usage("a report says already what does not count, and of which release it is",
                 "leave out --vex, --ignorefile and --distro");
  FindingQuery query = finding_query_of(words[0]);
  if (invocation.given("package")) query.package = invocation.text("package");
  query.artifact = invocation.text("artifact");
  PRATIQUE_TRY(FindingReport report, is_bill ? findings_of_bill(invocation, query, console) : load_report(words[1]));
  const std::string place = shown(is_bill ? invocation.text("sbom") : words[1]);
  auto index = find_finding(report.items, query);
  if (!index) return std::move(index).error().in(place);
  const Explanation explanation = explain(std::move(report.items[*index]), report.generation);
  PRATIQUE_DO(write_outputs(invocation, console, [&](const std::string& format) -> Result<std::string> {
    return format == "json" ? render_explanation_json(explanation)
                            : render_explanation_table(explanation, look_of(invocation, console));
  }));
  return told(!explanation.differs.empty(), place, console);
}

Result<int> explain_absence(const Invocation& invocation, Console& console) {
  if (!invocation.arguments.empty()) return usage("--why-not and a FINDING exclude each other");
  if (!invocation.given("sbom")) return usage("--why-not needs the bill", "add --sbom FILE");
  PRATIQUE_TRY(const Judging judging, open_judging(invocation, console));
  PRATIQUE_TRY(Scanned scanned, scan_target(without_scheme(invocation.text("sbom")), judging, KeepBill::yes));
  WhyNotReport report{
      .artifact = artifact_of(scanned), .generation = judging.db.status().generation, .answer = {}, .findings = {}};
  PRATIQUE_TRY(report.answer, why_not(*scanned.bill, scanned.match, judging.db, invocation.text("why-not")));
  Scanned found = scanned;
  found.match.findings.clear();
  for (const std::size_t i : report.answer.findings) found.match.findings.push_back(scanned.match.findings[i]);
  PRATIQUE_TRY(FindingReport findings, report_of(std::move(found), report.generation));
  bool differs = false;
  for (auto& item : findings.items) {
    report.findings.push_back(explain(std::move(item), report.generation));
    differs = differs || !report.findings.back().differs.empty();
  }
  PRATIQUE_DO(write_outputs(invocation, console, [&](const std::string& format) -> Result<std::string> {
    return format == "json" ? render_why_not_json(report) : render_why_not_table(report, look_of(invocation, console));
  }));
  return told(differs, shown(invocation.text("sbom")), console);
}

Result<int> run_explain(const Invocation& invocation, Console& console) {
  return invocation.given("why-not") ? explain_absence(invocation, console) : explain_finding(invocation, console);
}

}  // namespace

Commands explain_commands() {
  return {
      {.name = "explain",
       .summary = "Prove a finding, or tell why there is none",
       .detail = "Prints all that a finding rests on, from a bill and the database or from the report of a scan, and "
                 "runs the "
                 "comparison again: the same evidence gives the same bytes, and a report whose proof does not hold is "
                 "refused "
                 "with 7. --why-not tells of each package that an advisory names why it is no finding.",
       .arguments = {{.name = "FINDING",
                      .help = "an id or alias, ID@PACKAGE, or the reference that a scan gives it",
                      .optional = true},
                     {.name = "REPORT", .help = "what 'scan -o json' wrote, or -", .optional = true}},
       .options = {output_option({"table", "json"}),
                   {.name = "sbom", .value = "FILE", .help = "the bill, -, or a package URL, in place of a report"},
                   {.name = "package",
                    .value = "PURL",
                    .help = "the package that is meant, where the id is a finding in several: a package URL, a name, "
                            "or name@version"},
                   {.name = "artifact",
                    .value = "NAME",
                    .help = "the artifact that is meant, where the report has several: its digest, name or document"},
                   {.name = "why-not", .value = "ID", .help = "tell why this id or alias is no finding in the bill"},
                   cpe_option(),
                   distro_option(),
                   vex_option(),
                   ignorefile_option()},
       .examples = {"pratique explain CVE-2021-44228 --sbom shop.cdx.json",
                    "pratique explain CVE-2021-44228@log4j-core findings.json -o json",
                    "pratique explain --why-not CVE-2022-23307 --sbom shop.cdx.json"},
       .run = run_explain},
  };
}

}  // namespace pratique
