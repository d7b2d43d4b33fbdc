// What admit and the policy commands judge by: bills from --sbom or the store, advisories from --db where rules ask
// for them, with the statements of --vex; keys, yanked images and namespaces from the files that are named.
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
  // Where these were not given, nobody looked.
  std::optional<TrustedKeys> keys;
  std::optional<YankList> yanked;
  std::optional<Namespaces> namespaces;
};
// `needs_match`: whether any policy asks the advisories. `store` takes the place of --store where that is not given.
Result<GateInputs> open_gate_inputs(const Invocation& invocation, bool needs_match, Console& console,
                                    const std::string& store = {});

// A gate that judges by them, with the console's clock. `inputs` outlives it.
Gate make_gate(const GateInputs& inputs, PolicySet policies, const Console& console);

Option policy_option();
Option sbom_option();
Option vex_option();
Option key_option();
Option yanked_option();
Option namespaces_option();
std::vector<Option> evidence_options();                                                // these and the two before
Result<VexDocuments> load_vex_option(const Invocation& invocation, Console& console);  // tells what was set aside

}  // namespace pratique
