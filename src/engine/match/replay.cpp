#include "engine/match/match.h"
#include "engine/version/version.h"

namespace pratique {
namespace {

constexpr std::string_view listed_prefix = "versions: ";

Error differs(const Proof& proof, std::string text) {
  return Error{Fault::malformed, std::move(text), {proof.advisory}, {}};
}

// What the evidence says of one version.
Result<Containment> compare(const Proof& proof, std::string_view version) {
  auto scheme = scheme_named(proof.comparator);
  if (!scheme || name_of(*scheme) != proof.comparator)
    return differs(proof, "'" + proof.comparator + "' orders no versions");
  if (proof.range.starts_with(listed_prefix)) {
    const Order order = compare_versions(*scheme, std::string_view(proof.range).substr(listed_prefix.size()), version);
    return Containment{order.order == 0, order.fallback};
  }
  auto range = parse_vers(proof.range);
  if (!range) {
    const Fault fault = range.error().fault == Fault::limit ? Fault::limit : Fault::malformed;
    return Error{fault, "the range makes no sense: " + render(range.error()), {proof.advisory}, {}};
  }
  if (range->scheme != *scheme && !range->any)
    return differs(proof, "the range is of " + std::string(name_of(range->scheme)) + " versions, the comparator is " +
                              proof.comparator);
  return contains(*range, version);
}

}  // namespace

Result<void> replay(const Proof& proof) {
  PRATIQUE_TRY(const Containment held, compare(proof, proof.installed));
  if (!held.inside)
    return differs(proof, proof.installed + " is not in " + proof.range + " by the order of " + proof.comparator);
  if (held.fallback != proof.fallback)
    return differs(proof, std::string("the comparison was ") + (held.fallback ? "" : "not ") + "the order's fallback");
  const bool is_any = proof.range.ends_with("/*");  // which what has no version is in too
  if (!is_any && !names_version(scheme_named(proof.comparator).value(), proof.installed))
    return differs(proof, "'" + proof.installed + "' is no version");
  return {};
}

Result<void> replay(const Finding& finding) {
  PRATIQUE_DO(replay(finding.proof));
  for (const Proof& proof : finding.other_proofs) PRATIQUE_DO(replay(proof));
  if (finding.fixed.empty()) return {};
  const std::string& upgrade = finding.fixed.front();
  const auto stays_out = [&](const Proof& proof) -> Result<void> {
    PRATIQUE_TRY(const Containment held, compare(proof, upgrade));
    if (held.inside) return differs(proof, upgrade + " is said to mend it, and is in " + proof.range);
    return {};
  };
  PRATIQUE_DO(stays_out(finding.proof));
  for (const Proof& proof : finding.other_proofs) PRATIQUE_DO(stays_out(proof));
  return {};
}

}  // namespace pratique
