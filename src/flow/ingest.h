// ingest: files -> the store. Reads on as many threads as it is given, writes in batches, skips what it has.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/limits.h"
#include "base/result.h"
#include "model/bill.h"
#include "world/store/store.h"

namespace pratique {

struct IngestReport {
  std::uint64_t files = 0;       // examined
  std::uint64_t added = 0;
  std::uint64_t present = 0;     // known by digest already
  std::uint64_t components = 0;  // of those added
  std::uint64_t bytes = 0;
  std::vector<Rejected> failed;    // files that are no bill: place is the file
  std::vector<Rejected> set_aside; // parts of good bills: place is "file: /components/3"
};

struct IngestProgress {
  std::uint64_t done = 0, total = 0, bytes = 0;
};

// added + present + failed.size() == files. Fault: only what concerns the store or the list of paths itself; a bad file is
// in the report.
Result<IngestReport> ingest_bills(Store& store, const std::vector<std::string>& paths, unsigned threads, Time now,
                                  const std::function<void(const IngestProgress&)>& progress, const Limits& limits = {});

struct WorkloadReport {
  std::uint64_t pods = 0, containers = 0;
  std::uint64_t without_digest = 0;      // containers whose image nobody pinned
  std::vector<Rejected> rejected;
};
Result<WorkloadReport> ingest_workloads(Store& store, const std::string& path, const std::string& cluster, Time now,
                                        const Limits& limits = {});

}  // namespace pratique
