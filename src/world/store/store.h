// The store: bills, what is in them, and what runs. SQLite (WAL), one file; the schema is written to go to PostgreSQL.
//
// Content-addressed: a bill is kept once by the SHA-256 of its bytes, its original bytes too (zstd). An artifact is known by
// its image digest, or by its bill's digest where the bill names none. Everything a save_ acknowledges survives kill -9;
// nothing is half visible. One Store is used by one thread; several processes and Stores may share a file.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "model/bill.h"
#include "model/workload.h"

namespace pratique {

struct StoredBill {
  Digest digest;     // of the original bytes
  std::string place; // file it came from, for people
  Bill bill;
  std::string_view original;
  std::string packed;  // pack_original(original) where another thread did it already; else left empty
};

// The original as the store keeps it (zstd). Most of what saving a bill costs, and the only part that needs no store.
// Thread safe.
std::string pack_original(std::string_view original);

// One place where a package was found.
struct Occurrence {
  std::string artifact;   // digest text
  std::string name;       // of the artifact: image or subject name
  std::string package;    // label: "log4j-core 2.14.1"
  std::string purl;
  std::string version;
  std::vector<std::string> path;  // labels from the subject (left out) to the package (included)
  Time since;             // first ingested
};

struct RunningIn {
  std::string artifact;   // digest text
  std::string cluster, name_space, kind, name;
  std::string container, image;
  std::uint64_t pods = 0;
};

struct StoreCounts {
  std::uint64_t bills = 0, artifacts = 0, components = 0, occurrences = 0, pods = 0;
};

class Store {
 public:
  // A path, `sqlite:PATH`; made (with its folder) and migrated where `create` is asked for. `patience` is how long another
  // process may hold the file locked. Fault, here and below: not_found, unavailable (locked for longer, disk full), refused
  // (permissions), malformed (not ours, damaged), unsupported (a newer schema; another engine).
  enum class Mode { read, create };
  static Result<Store> open(const std::string& url, Mode mode,
                            std::chrono::milliseconds patience = std::chrono::seconds(5));
  // The same store once more, to read it on another thread.
  Result<Store> reader() const;
  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;
  ~Store();

  // All of the batch or nothing. Answers, in order, whether each was new.
  Result<std::vector<bool>> save_bills(const std::vector<StoredBill>& batch, Time now);
  Result<bool> has_bill(const Digest& digest) const;

  // What runs in one cluster now, in place of what was known of it before.
  Result<void> save_workloads(std::string_view cluster, const std::vector<Workload>& workloads, Time now);

  // Every distinct (version, component) of a package key that `wanted` says yes to, with all places, sorted by artifact
  // name and path. `wanted` is asked once for each distinct version.
  Result<std::vector<Occurrence>> find_package(std::string_view package,
                                               const std::function<bool(std::string_view version)>& wanted) const;
  // Where these artifacts run, sorted.
  Result<std::vector<RunningIn>> find_running(const std::vector<std::string>& artifacts) const;
  // Images that run and of which the store has no bill.
  Result<std::vector<std::string>> running_without_bill() const;

  // The original bytes of the newest bill of an artifact; empty when there is none.
  Result<std::optional<Bytes>> load_bill(const Digest& artifact) const;

  Result<StoreCounts> counts() const;

 private:
  struct State;
  explicit Store(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace pratique
