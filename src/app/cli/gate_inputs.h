// What admit and the policy commands judge by: bills from --sbom or the store, advisories from --db where rules ask
// for them, with the statements of --vex.
#pragma once

#include <memory>
#include <optional>

#include "app/cli/command.h"
#include "flow/admit.h"
#include "flow/suppress.h"
#include "world/store/store.h"

namespace pratique {

struct GateInputs {
  std::unique_ptr<Store> store;  // outlives `source`
  EvidenceSource source;         // looks up at once, on the thread that asks
  std::optional<Advisories> advisories;
};
// `needs_match`: whether any policy asks the advisories.
Result<GateInputs> open_gate_inputs(const Invocation& invocation, bool needs_match, Console& console);

// A gate that judges by them, with the console's clock. `inputs` outlives it.
Gate make_gate(const GateInputs& inputs, PolicySet policies, const Console& console);

Option policy_option();
Option sbom_option();
Option vex_option();
Result<VexDocuments> load_vex_option(const Invocation& invocation, Console& console);  // tells what was set aside

}  // namespace pratique
