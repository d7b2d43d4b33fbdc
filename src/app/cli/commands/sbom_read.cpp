// Commands that read bills and say something about them: show, validate, quality, diff.
#include <array>
#include <ostream>

#include "app/cli/commands/commands.h"
#include "app/cli/output.h"
#include "app/render/bill.h"
#include "app/render/review.h"
#include "base/limits.h"
#include "base/text.h"
#include "engine/diff/diff.h"
#include "engine/format/format.h"
#include "engine/quality/quality.h"
#include "model/purl.h"
#include "world/file/file.h"

namespace pratique {
namespace {

std::string shown_name(const std::string& path) { return path == "-" ? "standard input" : path; }

Result<Bill> read_bill_file(const std::string& path) {
  const Limits limits;
  PRATIQUE_TRY(Bytes bytes, read_file(path, limits.bytes));
  auto bill = read_bill(std::move(bytes), limits);
  if (!bill) return std::move(bill).error().in(shown_name(path));
  return bill;
}

void tell_rejected(const Bill& bill, const std::string& path, Console& console) {
  if (bill.rejected.empty()) return;
  const Rejected& first = bill.rejected.front();
  note(console, shown_name(path) + ": " + with_commas(bill.rejected.size()) + " parts set aside, first " + first.place +
                    ": " + first.reason);
}

// Components that a purl means: its package, and version and qualifiers where it has some.
Result<std::vector<std::uint32_t>> components_named(const Bill& bill, const std::string& text) {
  const auto pattern = parse_purl(text);
  if (!pattern)
    return Error{Fault::usage,
                 "--path is a package URL, not '" + printable(text) + "': " + pattern.error().text,
                 {},
                 "write pkg:TYPE/NAME, as in pkg:npm/lodash"};
  std::vector<std::uint32_t> found;
  std::string other;  // a version of the package that is there
  for (std::uint32_t i = 0; i < bill.components.size(); ++i) {
    if (bill.components[i].purl.empty()) continue;
    const auto purl = parse_purl(bill.components[i].purl);
    if (purl && matches(*pattern, *purl)) found.push_back(i);
    if (purl && purl->package() == pattern->package()) other = bill.components[i].purl;
  }
  if (found.empty())
    return Error{Fault::not_found,
                 "no component of the bill is '" + printable(text) + "'",
                 {},
                 other.empty() ? "" : "it has '" + other + "'"};
  return found;
}

Result<int> run_show(const Invocation& invocation, Console& console) {
  const std::string& path = invocation.arguments[0];
  PRATIQUE_TRY(const Bill bill, read_bill_file(path));
  std::vector<std::uint32_t> only;
  const bool by_path = invocation.given("path");
  if (by_path) {
    auto found = components_named(bill, invocation.text("path"));
    if (!found && found.error().fault == Fault::usage) return std::move(found).error();
    if (!found) return std::move(found).error().in(shown_name(path));
    only = std::move(*found);
  }
  const auto depth = parse_unsigned(invocation.text("depth"));
  if (!depth) return Error{Fault::usage, "--depth is a number, not '" + invocation.text("depth") + "'", {}, {}};
  PRATIQUE_DO(write_outputs(invocation, console, [&](const std::string& format) -> Result<std::string> {
    const Look look = look_of(invocation, console);
    if (format == "json") return render_bill_json(bill, by_path ? &only : nullptr);
    if (by_path) return render_bill_paths(bill, only, look);
    return format == "table" ? render_bill_table(bill, look) : render_bill_tree(bill, *depth, look);
  }));
  tell_rejected(bill, path, console);
  note(console,
       with_commas(bill.components.size()) + " components, " + with_commas(bill.rejected.size()) + " parts set aside");
  return exit_code::ok;
}

// The first of what CLI.md names, where several apply.
int first_that_applies(const std::vector<int>& codes) {
  for (const int code : {exit_code::usage, exit_code::refused, exit_code::unavailable, exit_code::malformed,
                         exit_code::not_found, exit_code::gate, exit_code::partial})
    for (const int each : codes)
      if (each == code) return code;
  return exit_code::ok;
}

Result<int> run_validate(const Invocation& invocation, Console& console) {
  const Limits limits;
  std::vector<Judged> all;
  std::vector<int> codes;
  for (const std::string& path : invocation.arguments) {
    const auto judge = [&]() -> Result<BillJudgement> {
      PRATIQUE_TRY(Bytes bytes, read_file(path, limits.bytes));
      auto judgement = judge_bill(std::move(bytes), limits);
      if (!judgement) return std::move(judgement).error().in(shown_name(path));
      return judgement;
    };
    auto judgement = judge();
    if (!judgement && invocation.arguments.size() == 1) return std::move(judgement).error();
    Judged judged{shown_name(path), {}, {}};
    if (judgement) {
      judged.judgement = std::move(*judgement);
      codes.push_back(judged.valid() ? exit_code::ok : exit_code::gate);
    } else {
      judged.failed = render(judgement.error());
      codes.push_back(exit_code_of(judgement.error().fault));
    }
    all.push_back(std::move(judged));
  }
  PRATIQUE_DO(write_outputs(invocation, console, [&](const std::string& format) -> Result<std::string> {
    if (format == "json") return render_judged_json(all);
    return render_judged_table(all, invocation.flag("verbose") ? 0 : judged_alike, look_of(invocation, console));
  }));
  std::size_t valid = 0, failed = 0;
  for (const Judged& judged : all) {
    valid += judged.valid() ? 1 : 0;
    failed += judged.failed.empty() ? 0 : 1;
  }
  note(console, with_commas(all.size()) + " examined: " + with_commas(valid) + " valid, " +
                    with_commas(all.size() - valid - failed) + " invalid, " + with_commas(failed) + " failed");
  return first_that_applies(codes);
}

Result<int> run_quality(const Invocation& invocation, Console& console) {
  const std::string profile = invocation.given("profile") ? invocation.text("profile") : "";
  const auto least = parse_unsigned(invocation.text("fail-under"));
  if (!least || *least > 100)
    return Error{Fault::usage, "--fail-under is 0 to 100, not '" + invocation.text("fail-under") + "'", {}, {}};
  std::vector<Measured> all;
  bool tripped = false;
  for (const std::string& path : invocation.arguments) {
    PRATIQUE_TRY(const Bill bill, read_bill_file(path));
    all.push_back({shown_name(path), quality_of(bill)});
    const Quality& quality = all.back().quality;
    tripped = tripped || (profile.empty() ? quality.score : quality.find(profile)->score) < *least;
  }
  PRATIQUE_DO(write_outputs(invocation, console, [&](const std::string& format) -> Result<std::string> {
    if (format == "json") return render_quality_json(all, profile);
    return render_quality_table(all, profile, format == "wide", look_of(invocation, console));
  }));
  return tripped ? exit_code::gate : exit_code::ok;
}

Result<int> run_diff(const Invocation& invocation, Console& console) {
  const std::string &before_path = invocation.arguments[0], &after_path = invocation.arguments[1];
  PRATIQUE_TRY(const Bill before, read_bill_file(before_path));
  PRATIQUE_TRY(const Bill after, read_bill_file(after_path));
  const BillDifference difference =
      difference_of(before, after, invocation.flag("files") ? Files::compare : Files::leave_out);
  PRATIQUE_DO(write_outputs(invocation, console, [&](const std::string& format) -> Result<std::string> {
    if (format == "json") return render_difference_json(difference, shown_name(before_path), shown_name(after_path));
    return render_difference_table(difference, look_of(invocation, console));
  }));
  tell_rejected(before, before_path, console);
  tell_rejected(after, after_path, console);
  if (difference.files > 0)
    note(console, with_commas(difference.files) + " files and layers left out (--files compares them)");
  note(console, summary_of(difference));
  return difference.differs() ? exit_code::gate : exit_code::ok;
}

}  // namespace

Commands sbom_read_commands() {
  const Argument file = {.name = "FILE", .help = "an SBOM, or - for standard input"};
  Argument files = file;
  files.many = true;
  return {
      {.name = "sbom show",
       .summary = "Show what is in a bill of materials",
       .detail = "A tree of the shortest ways from the subject; with --path every way to a package. The format is told "
                 "from\nthe content; signatures around a bill are opened, not verified.",
       .arguments = {file},
       .options = {output_option({"tree", "table", "json"}),
                   {.name = "path", .value = "PURL", .help = "only the ways to this package"},
                   {.name = "depth", .value = "N", .help = "levels of the tree to draw; 0 for all", .fallback = "0"}},
       .examples = {"pratique sbom show shop.cdx.json",
                    "pratique sbom show --path pkg:maven/org.apache.logging.log4j/log4j-core shop.cdx.json",
                    "pratique sbom show -o json shop.spdx"},
       .run = run_show},
      {.name = "sbom validate",
       .summary = "Check documents against the specification they claim",
       .detail = "CycloneDX 1.0 to 1.7 and SPDX 2.2, 2.3 and 3.0. Errors are against the specification, doubts are "
                 "allowed and likely\nmistakes: a reference to nothing, a purl that is none. Exits with 1 when a "
                 "document has errors.",
       .arguments = {files},
       .options = {output_option({"table", "json"})},
       .examples = {"pratique sbom validate shop.cdx.json", "pratique sbom validate -o json bills/*.json"},
       .run = run_validate},
      {.name = "sbom quality",
       .summary = "Measure how much a bill tells, and say how to mend it",
       .detail =
           "Scores from 0 to 100 for each profile: NTIA minimum elements, CISA 2025 minimum elements, BSI "
           "TR-03183-2, and what\nmatching and locating need. The table lists what is missing; 'wide' lists every "
           "check.",
       .arguments = {files},
       .options = {output_option({"table", "wide", "json"}),
                   {.name = "profile", .value = "NAME", .help = "only this profile", .choices = quality_profiles()},
                   {.name = "fail-under",
                    .value = "SCORE",
                    .help = "exit with 1 when a score is lower: the profile's, else that of 'pratique'",
                    .fallback = "0"}},
       .examples = {"pratique sbom quality shop.cdx.json",
                    "pratique sbom quality --profile ntia --fail-under 80 shop.cdx.json"},
       .run = run_quality},
      {.name = "sbom diff",
       .summary = "Compare two bills: two versions of an artifact, or two tools on one",
       .detail =
           "Lists what was added, removed, changed its version, moved between scopes, and what both have and tell "
           "differently.\nExits with 1 when contents differ; told differently alone is no difference.",
       .arguments = {{.name = "BEFORE", .help = "an SBOM, or - for standard input"},
                     {.name = "AFTER", .help = "an SBOM"}},
       .options = {output_option({"table", "json"}), {.name = "files", .help = "compare files and layers, too"}},
       .examples = {"pratique sbom diff shop-1.0.cdx.json shop-1.1.cdx.json",
                    "pratique sbom diff -o json syft.spdx.json trivy.cdx.json"},
       .run = run_diff},
  };
}

}  // namespace pratique
