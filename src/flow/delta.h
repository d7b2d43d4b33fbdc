// delta: two generations of the advisory database -> what the newer one touches. Written beside the database when it is
// replaced, so that whoever holds findings re-decides those alone.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/delta/delta.h"
#include "world/advisorydb/advisorydb.h"

namespace pratique {

struct Delta {
  std::string before, after;  // generations
  std::uint64_t added = 0, removed = 0,
                changed = 0;     // packages in streams, by what happened to all that is said of them
  std::vector<Touched> touched;  // sorted by package and stream
  bool operator==(const Delta&) const = default;
};

// Linear in both. Fault: malformed, when a database contradicts itself.
Result<Delta> delta_between(const AdvisoryDb& before, const AdvisoryDb& after);

// Where the delta to the database at `path` stands: "PATH.delta".
std::string delta_path(const std::string& path);
Result<void> save_delta(const Delta& delta, const std::string& path);
// Fault: not_found (the first generation has none), malformed, limit.
Result<Delta> load_delta(const std::string& path);

}  // namespace pratique
