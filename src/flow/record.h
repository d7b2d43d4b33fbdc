// A verdict on record: what was asked, what it was decided with, and what came out; enough to decide it again.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "flow/admit.h"

namespace pratique {

// JSON (`kind: VerdictRecord`, docs/policy.md). Bills are named by the digest of their bytes, not held.
std::string render_record(const Bytes& review, const Gate::Answer& answer);

// A verdict, or the one in a record: what `pratique admit -o verdict` and `-o record` print. Fault: malformed, limit.
Result<Verdict> read_verdict(const Bytes& document);

struct Replay {
  std::vector<std::string> missing;  // what the record was decided with and is not at hand; then nothing was replayed
  std::string recorded, replayed;    // verdicts as JSON: equal, byte for byte, when nothing has changed
};
// Decides again by the record's clock. `advisories` is empty where there is no database. Fault: malformed, limit;
// whatever the source and the advisories fail with.
Result<Replay> replay(const Bytes& record, const PolicySet& policies, const EvidenceSource& source,
                      const std::optional<Advisories>& advisories);

}  // namespace pratique
