#include "app/cli/gate_inputs.h"

#include "app/cli/output.h"
#include "base/text.h"
#include "flow/advisories.h"
#include "flow/signatures.h"
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

Result<GateInputs> open_gate_inputs(const Invocation& invocation, bool needs_match, Console& console,
                                    const std::string& other_store) {
  GateInputs inputs;
  if (invocation.given("sbom")) {
    PRATIQUE_TRY(inputs.source, evidence_of_files(invocation.all("sbom")));
  } else {
    const bool other = !other_store.empty() && !invocation.given("store");
    PRATIQUE_TRY(auto store, Store::open(other ? other_store : invocation.text("store"), Store::Mode::read));
    inputs.store = std::make_unique<Store>(std::move(store));
    inputs.source = evidence_of_store(*inputs.store);
  }
  if (needs_match) {
    PRATIQUE_TRY(auto database, AdvisoryDb::open(invocation.text("db")));
    PRATIQUE_TRY(auto vex, load_vex_option(invocation, console));
    inputs.advisories =
        with_vex(advisories_of(std::make_shared<const AdvisoryDb>(std::move(database))), std::move(vex));
  }
  if (invocation.given("key")) {
    PRATIQUE_TRY(inputs.keys, load_keys(invocation.all("key")));
  }
  if (invocation.given("yanked")) {
    PRATIQUE_TRY(inputs.yanked, load_yanked(invocation.all("yanked")));
  }
  if (invocation.given("namespaces")) {
    PRATIQUE_TRY(inputs.namespaces, load_namespaces(invocation.text("namespaces")));
  }
  return inputs;
}

Gate make_gate(const GateInputs& inputs, PolicySet policies, const Console& console) {
  GateOptions options;
  options.clock = console.clock;
  Gate gate(inputs.source, std::move(options));
  gate.use(std::move(policies));
  if (inputs.advisories) gate.use(*inputs.advisories);
  if (inputs.keys) gate.use(*inputs.keys);
  if (inputs.yanked) gate.use(*inputs.yanked);
  if (inputs.namespaces) gate.use(*inputs.namespaces);
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

Option key_option() {
  return {.name = "key",
          .value = "FILE",
          .help = "a public key in PEM that bills may be signed with, called as its file; or a folder of them",
          .repeat = true};
}

Option yanked_option() {
  return {.name = "yanked", .value = "FILE", .help = "which images are yanked; or a folder of lists", .repeat = true};
}

Option namespaces_option() {
  return {.name = "namespaces",
          .value = "FILE",
          .help = "kubectl get namespaces -o yaml or json, for policies that ask for their labels"};
}

std::vector<Option> evidence_options() {
  return {sbom_option(), vex_option(), key_option(), yanked_option(), namespaces_option()};
}

}  // namespace pratique
