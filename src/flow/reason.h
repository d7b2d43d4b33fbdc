// A finding as the store keeps it: what advisories say of a component, as one Reason.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/finding.h"
#include "world/store/store.h"

namespace pratique {

// `version`: the component's; a proof that compared another one says so. Bill, place and path are not in it.
Reason reason_of(const Finding& finding, std::string_view version);
Reason reason_of_unknown(std::string_view why);

// What a Reason's `proof` holds.
struct ReasonDetail {
  FixState fix_state = FixState::unknown;
  std::vector<std::string> fixed;  // all of them, the smallest first
  std::vector<Proof> proofs;       // the one that says most in front; never empty
  bool operator==(const ReasonDetail&) const = default;
};
// Fault: malformed.
Result<ReasonDetail> parse_reason(std::string_view proof, std::string_view version);

}  // namespace pratique
