// build: what advisory sources publish, on disk -> the advisory database, replaced atomically.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
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
  std::map<std::string, std::uint64_t> documents;  // format -> how many were read
  std::uint64_t records = 0;                       // advisories and notes in them
  std::uint64_t git_ranges = 0;                    // ranges of commits, which no version can be compared with; left out
  std::vector<Rejected> rejected;  // documents and parts set aside: place is "Go.zip/GO-2020-0001.json: /affected/0"
  std::optional<std::uint64_t>
      touched;  // packages that the new generation says something else about; of the first: none
  std::vector<std::string> passed_over;  // documents of no format that is read: a README in the same archive
};

// The delta to the generation that is replaced is stored beside it (flow/delta.h).
//
// `from` names documents, archives of documents, and folders, of which every file is taken. Either the whole database
// is built or the old one stays. Fault: usage (nothing named), not_found, malformed (nothing in `from` was an advisory,
// a damaged archive), limit, unavailable. `progress` gets the documents read so far and may be empty.
Result<BuildReport> build_database(const std::vector<std::string>& from, const std::string& path, Time now,
                                   const std::function<void(std::uint64_t documents)>& progress,
                                   const Limits& limits = {});

}  // namespace pratique
