// What the store keeps of nodes, of what changed in it and of what is on its way. Part of store.h.
#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/clock.h"

namespace pratique {

struct StoredNode {
  std::string name;
  Time since{}, seen{};         // first and last heard of
  std::string snapshot;         // digest of the newest one; empty when only events came
  std::uint64_t snapshots = 0;  // that are kept
  bool operator==(const StoredNode&) const = default;
};

// What ran in a node's kernel; the same for as long as its bytes were.
struct StoredSnapshot {
  std::string node;
  Time since{}, seen{};
  Bytes json;
};

struct StoredKernelEvent {
  std::uint64_t id = 0;
  std::string node;
  Time saved{};
  std::string json;  // a line of 'kernel watch -o jsonl'
};

// A bill that comes piece by piece.
struct StoredUpload {
  std::string id, owner, place;
  std::uint64_t size = 0, received = 0;
};

// Something that is new in the store, for those who want to hear of it. Ids grow; old ones are dropped in time.
struct StoredChange {
  std::uint64_t id = 0;
  Time at{};
  std::string kind;    // "bill", "workloads", "snapshot", "event", "findings"
  std::string where;   // repository, cluster, node or generation of advisories
  std::string object;  // digest, event or first and last component of which findings opened or closed ("17-2040")
};

}  // namespace pratique
