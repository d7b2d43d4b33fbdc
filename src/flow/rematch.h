// rematch: components of the store x the advisory database -> findings over time.
//
// A component is judged once, whatever number of bills list it, and again when the advisories say something else about
// it. The surprise: the store has findings of one generation of advisories, never of two. Whoever comes with another
// database first brings the store to it: to the next generation by the delta beside the database, to any other one by
// judging everything anew. What waits to be judged is kept in the store, so that an interrupted run is gone on with.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "flow/delta.h"
#include "world/advisorydb/advisorydb.h"
#include "world/store/store.h"

namespace pratique {

struct RematchReport {
  enum class Extent : std::uint8_t {
    none,       // of the same generation: what was new was judged
    delta,      // what the delta touches
    everything  // no delta leads from one to the other
  };
  Extent extent = Extent::none;
  std::string before, after;  // generations; `before` is empty for the first
  std::uint64_t touched = 0;  // components that the new generation says something else about
  JudgedCounts counts;
};

struct RematchOptions {
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;
  std::function<bool()> interrupted;
};

// Fault: also refused, when the database is older than the one the findings are of, and interrupted: what was judged
// stays, and the next run goes on.
Result<RematchReport> rematch(Store& store, const AdvisoryDb& db, Time now, const RematchOptions& options = {});

// Components that a delta touches: of the packages it names, in the versions it names. By id.
Result<std::vector<ComponentId>> find_touched(const Store& store, const Delta& delta);

}  // namespace pratique
