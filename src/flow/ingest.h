// ingest: files -> the store. Reads on as many threads as it is given, writes in batches and in the order of the files,
// so that the same files make the same store however many threads read them. What the store has is known by the digest
// of its bytes and is not read again.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/limits.h"
#include "base/result.h"
#include "model/bill.h"
#include "world/store/store.h"

namespace pratique {

struct IngestReport {
  std::uint64_t files = 0;  // examined
  std::uint64_t added = 0;
  std::uint64_t present = 0;     // known by digest already
  std::uint64_t components = 0;  // of those added
  std::uint64_t bytes = 0;
  std::vector<Rejected> failed;     // files that are no bill: place is the file, and the place inside it
  std::vector<Rejected> set_aside;  // parts of good bills that were added: place is "file: /components/3"
};

struct IngestProgress {
  std::uint64_t done = 0, total = 0, bytes = 0;
};

struct IngestOptions {
  unsigned threads = 1;                                 // that read; the caller's own thread writes
  Limits limits;                                        // of each file
  std::optional<Digest> subject{};                      // what the bill is about, where it does not say that itself
  std::function<void(const IngestProgress&)> progress;  // from the caller's thread, after each batch
  std::function<bool()> interrupted;                    // asked by every thread between files
  std::optional<AuditEntry> by{};                       // who brings them, for the audit log: an entry a bill
};

// `paths` are files, folders or "-". added + present + failed.size() == files. A bad file is in the report, and kept in
// the store as a failure where its bytes are known; so is one that says it is about another than `subject`. A fault
// concerns the store or `paths` themselves, or is `interrupted`: all batches before it are kept, and a second run goes
// on from there.
Result<IngestReport> ingest_bills(Store& store, const std::vector<std::string>& paths, Time now,
                                  const IngestOptions& options = {});

// Bytes that came some other way than as a file, ready to be saved; `place` says whence, for people. Thread safe.
// Fault: as read_bill.
Result<StoredBill> receive_bill(Bytes bytes, std::string place, const Limits& limits = {});
// All or nothing, with what the audit log is to say of it. Answers, in order, whether each was new.
Result<std::vector<bool>> save_received(Store& store, std::span<const StoredBill> bills,
                                        std::span<const AuditEntry> acts, Time now);

struct WorkloadReport {
  Coverage coverage = Coverage::whole;
  std::uint64_t pods = 0, containers = 0;
  std::uint64_t finished = 0;        // pods left out because they run no more
  std::uint64_t without_digest = 0;  // containers of which nobody knows what they run
  std::vector<Rejected> rejected;
};
// What runs in one cluster, from a file or "-". Fault: as read_file, read_workloads and Store::save_workloads.
Result<WorkloadReport> ingest_workloads(Store& store, const std::string& path, const std::string& cluster, Time now,
                                        const Limits& limits = {}, std::span<const AuditEntry> acts = {});

// The same of bytes that came some other way.
Result<WorkloadReport> receive_workloads(Store& store, const Bytes& bytes, const std::string& cluster,
                                         std::span<const AuditEntry> acts, Time now, const Limits& limits = {});

}  // namespace pratique
