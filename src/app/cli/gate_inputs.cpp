#include "app/cli/gate_inputs.h"

#include "app/cli/output.h"
#include "base/text.h"
#include "flow/advisories.h"
#include "world/advisorydb/advisorydb.h"

namespace pratique {
namespace {

EvidenceSource evidence_of_store(const Store& store) {
  EvidenceSource source;
  source.bill = [&store](const Digest& image) { return store.load_bill(image); };
  source.run = [](std::function<void()> job) {
    job();
    return true;
  };
  return source;
}

}  // namespace

Result<VexDocuments> load_vex_option(const Invocation& invocation, Console& console) {
  auto vex = load_vex(invocation.all("vex"));
  if (vex && !vex->rejected.empty())
    note(console, with_commas(vex->rejected.size()) + " VEX statements set aside, first " +
                      printable(vex->rejected.front().place + ": " + vex->rejected.front().reason));
  return vex;
}

Result<GateInputs> open_gate_inputs(const Invocation& invocation, bool needs_match, Console& console) {
  GateInputs inputs;
  if (invocation.given("sbom")) {
    PRATIQUE_TRY(inputs.source, evidence_of_files(invocation.all("sbom")));
  } else {
    PRATIQUE_TRY(auto store, Store::open(invocation.text("store"), Store::Mode::read));
    inputs.store = std::make_unique<Store>(std::move(store));
    inputs.source = evidence_of_store(*inputs.store);
  }
  if (needs_match) {
    PRATIQUE_TRY(auto database, AdvisoryDb::open(invocation.text("db")));
    PRATIQUE_TRY(auto vex, load_vex_option(invocation, console));
    inputs.advisories =
        with_vex(advisories_of(std::make_shared<const AdvisoryDb>(std::move(database))), std::move(vex));
  }
  return inputs;
}

Gate make_gate(const GateInputs& inputs, PolicySet policies, const Console& console) {
  GateOptions options;
  options.clock = console.clock;
  Gate gate(inputs.source, std::move(options));
  gate.use(std::move(policies));
  if (inputs.advisories) gate.use(*inputs.advisories);
  return gate;
}

Option policy_option() {
  return {.name = "policy", .value = "FILE", .help = "a policy file, or a folder of them", .repeat = true};
}

Option sbom_option() {
  return {.name = "sbom",
          .value = "FILE",
          .help = "a bill of an image, or a folder of them, in place of the store",
          .repeat = true};
}

Option vex_option() {
  return {.name = "vex",
          .value = "FILE",
          .help = "statements on what does not count: OpenVEX, CSAF or CycloneDX; or a folder of them",
          .repeat = true};
}

}  // namespace pratique
