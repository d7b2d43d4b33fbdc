// build: advisory records on disk -> the advisory database, replaced atomically.
#pragma once

#include <cstdint>
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
  std::uint64_t records = 0;       // examined
  std::uint64_t git_ranges = 0;    // ranges of commits, which no version can be compared with; left out
  std::vector<Rejected> rejected;  // records and entries set aside: place is "Go.zip/GO-2020-0001.json: /affected/0"
};

// `from` names records, zips of records, and folders, of which every *.json and *.zip is taken. Either the whole
// database is built or the old one stays. Fault: usage (nothing named), not_found, malformed (nothing in `from` was an
// advisory, a damaged archive), limit, unavailable. `progress` gets the records read so far and may be empty.
Result<BuildReport> build_database(const std::vector<std::string>& from, const std::string& path, Time now,
                                   const std::function<void(std::uint64_t records)>& progress,
                                   const Limits& limits = {});

}  // namespace pratique
