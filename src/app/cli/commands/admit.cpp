#include "flow/admit.h"

#include <algorithm>
#include <optional>

#include "app/cli/commands/commands.h"
#include "app/cli/output.h"
#include "app/render/verdict.h"
#include "engine/format/format.h"
#include "flow/scan.h"
#include "world/advisorydb/advisorydb.h"
#include "world/file/file.h"
#include "world/store/store.h"

namespace pratique {
namespace {

// Looks up at once, on this thread. `store` outlives what is returned.
EvidenceSource evidence_of_store(const Store& store) {
  EvidenceSource source;
  source.bill = [&store](const Digest& image) { return store.load_bill(image); };
  source.run = [](std::function<void()> job) {
    job();
    return true;
  };
  return source;
}

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

  std::optional<Store> store;
  EvidenceSource source;
  if (invocation.given("sbom")) {
    PRATIQUE_TRY(source, evidence_of_files(invocation.all("sbom")));
  } else {
    PRATIQUE_TRY(store, Store::open(invocation.text("store"), Store::Mode::read));
    source = evidence_of_store(*store);
  }
  std::optional<AdvisoryDb> database;
  if (policies.needs_match()) {
    PRATIQUE_TRY(database, AdvisoryDb::open(invocation.text("db")));
  }

  GateOptions options;
  options.clock = console.clock;
  Gate gate(std::move(source), std::move(options));
  gate.use(std::move(policies));
  if (database)
    gate.use(Advisories{[&](const Bill& bill) { return scan(bill, *database); }, database->status().generation});
  auto question = gate.open(review);
  if (!question) return std::move(question).error().in(invocation.text("review"));
  const auto answer = gate.close(std::move(question).value(), Deadline::max());
  PRATIQUE_DO(write_outputs(invocation, console, [&](const std::string& format) -> Result<std::string> {
    if (format == "table") return render_verdict_text(answer.request, answer.verdict, look_of(invocation, console));
    if (format == "verdict") return render_verdict(answer.verdict) + "\n";
    return render_admission_response(answer.request, answer.verdict);
  }));
  return exit_code_of(answer.verdict, invocation);
}

}  // namespace

Commands admit_commands() {
  return {
      {.name = "admit",
       .summary = "Judge one AdmissionReview as the webhook would",
       .detail =
           "Prints the AdmissionReview with its response; 'table' is for people, 'verdict' has all evidence. Exit "
           "code 1 when it is denied, 3 when it is admitted and something was unknown.",
       .options = {{.name = "policy", .value = "FILE", .help = "a policy file, or a folder of them", .repeat = true},
                   {.name = "review", .value = "FILE", .help = "an AdmissionReview v1 request, or -"},
                   {.name = "sbom",
                    .value = "FILE",
                    .help = "a bill of an image, or a folder of them, in place of the store",
                    .repeat = true},
                   output_option({"json", "table", "verdict"}),
                   allow_unknown_option()},
       .examples = {"pratique admit --policy policies/ --review review.json",
                    "pratique admit --policy no-criticals.yaml --review - --sbom checkout.cdx.json -o table"},
       .run = run_admit}};
}

}  // namespace pratique
