#include "flow/admit.h"

#include <algorithm>

#include "app/cli/commands/commands.h"
#include "app/cli/gate_inputs.h"
#include "app/cli/output.h"
#include "app/render/verdict.h"
#include "engine/format/format.h"
#include "flow/record.h"
#include "world/file/file.h"

namespace pratique {
namespace {

int exit_code_of(const Verdict& verdict, const Invocation& invocation) {
  if (verdict.decision == Decision::deny) return exit_code::gate;
  const bool doubt = std::any_of(verdict.rules.begin(), verdict.rules.end(),
                                 [](const RuleResult& result) { return result.gap != Gap::none; });
  return doubt && !invocation.flag("allow-unknown") ? exit_code::partial : exit_code::ok;
}

Result<int> run_admit(const Invocation& invocation, Console& console) {
  for (const auto* needed : {"policy", "review"})
    if (!invocation.given(needed))
      return Error{Fault::usage, "--" + std::string(needed) + " is missing", {}, "see 'pratique admit --help'"};
  PRATIQUE_TRY(auto policies, load_policies(invocation.all("policy")));
  PRATIQUE_TRY(const auto review, read_file(invocation.text("review"), review_limits.bytes));

  PRATIQUE_TRY(const auto inputs, open_gate_inputs(invocation, policies.needs_match(), console));
  const Gate gate = make_gate(inputs, std::move(policies), console);
  auto question = gate.open(review);
  if (!question) return std::move(question).error().in(invocation.text("review"));
  const auto answer = gate.close(std::move(question).value(), Deadline::max());
  PRATIQUE_DO(write_outputs(invocation, console, [&](const std::string& format) -> Result<std::string> {
    if (format == "table") return render_verdict_text(answer.request, answer.verdict, look_of(invocation, console));
    if (format == "verdict") return render_verdict(answer.verdict) + "\n";
    if (format == "record") return render_record(review, answer);
    return render_admission_response(answer.request, answer.verdict);
  }));
  return exit_code_of(answer.verdict, invocation);
}

}  // namespace

Commands admit_commands() {
  return {{.name = "admit",
           .summary = "Judge one AdmissionReview as the webhook would",
           .detail = "Prints the AdmissionReview with its response; 'table' is for people, 'verdict' has all evidence, "
                     "'record' what "
                     "'policy replay' needs besides. Exit "
                     "code 1 when it is denied, 3 when it is admitted and something was unknown.",
           .options = {policy_option(),
                       {.name = "review", .value = "FILE", .help = "an AdmissionReview v1 request, or -"},
                       sbom_option(),
                       vex_option(),
                       key_option(),
                       yanked_option(),
                       namespaces_option(),
                       output_option({"json", "table", "verdict", "record"}),
                       allow_unknown_option()},
           .examples = {"pratique admit --policy policies/ --review review.json",
                        "pratique admit --policy no-criticals.yaml --review - --sbom checkout.cdx.json -o table"},
           .run = run_admit}};
}

}  // namespace pratique
