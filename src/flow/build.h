// build: advisory records on disk -> the advisory database, replaced atomically.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/limits.h"
#include "base/result.h"
#include "model/bill.h"
#include "world/advisorydb/advisorydb.h"

namespace pratique {

struct BuildReport {
  AdvisoryDbStatus status;
  std::uint64_t records = 0;         // examined
  std::vector<Rejected> rejected;    // records and entries set aside: place is "Go.zip/GO-2020-0001.json: /affected/0"
};

// Fault: not_found, malformed (nothing in `from` was an advisory), unavailable. `progress` gets the records read so far.
Result<BuildReport> build_database(const std::vector<std::string>& from, const std::string& path, Time now,
                                   const std::function<void(std::uint64_t records)>& progress, const Limits& limits = {});

}  // namespace pratique
