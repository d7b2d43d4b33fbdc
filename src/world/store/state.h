// What a Store holds, for the files that make it up. Private to the store.
#pragma once

#include <limits>
#include <string>
#include <unordered_map>

#include "world/store/database.h"
#include "world/store/store.h"

namespace pratique {

// Ids of texts that were looked up or made, so that a bill that looks like those before it costs no query. Emptied when
// full, and whenever a transaction did not commit: what it made is gone.
template <class Id>
class IdCache {
 public:
  const Id* find(const std::string& text) const {
    const auto found = ids_.find(text);
    return found == ids_.end() ? nullptr : &found->second;
  }
  void keep(std::string text, Id id) {
    constexpr std::size_t most = 500'000;
    if (ids_.size() >= most) ids_.clear();
    ids_.emplace(std::move(text), id);
  }
  void clear() { ids_.clear(); }

 private:
  std::unordered_map<std::string, Id> ids_;
};

struct Store::State {
  std::string url;   // as it was asked for
  std::string path;  // as errors name it
  std::chrono::milliseconds patience;
  Database database;
  IdCache<std::int64_t> packages;   // by key
  IdCache<ComponentId> components;  // by identity
  IdCache<std::int64_t> reasons;    // by digest
  IdCache<std::int64_t> traits;     // by kind and text; and by component and all of its traits, where it has them
};

inline std::int64_t milliseconds_of(Time time) { return time.time_since_epoch().count(); }
inline Time time_of(std::int64_t milliseconds) { return Time(std::chrono::milliseconds(milliseconds)); }

// A period as numbers for `opened <= to AND (closed IS NULL OR closed > from)`.
struct Bounds {
  std::int64_t from, to;
};
inline Bounds bounds_of(const Period& period) {
  constexpr std::int64_t end = std::numeric_limits<std::int64_t>::max();
  return {period.from ? milliseconds_of(*period.from) : end, period.to ? milliseconds_of(*period.to) : end};
}

// Calls visit(rows) for each row.
template <class Visit>
Result<void> for_each(Rows rows, Visit&& visit) {
  while (true) {
    PRATIQUE_TRY(const bool found, rows.next());
    if (!found) return {};
    PRATIQUE_DO(visit(rows));
  }
}

inline Error dangling(std::string_view what, std::int64_t id, const std::string& path) {
  return {Fault::internal, "the store has no " + std::string(what) + " " + std::to_string(id), {path}, ""};
}

// Columns: id, key, version, name, purl, source, context.
StoredComponent component_of(const Rows& rows);
ValueRows rows_of(std::span<const std::uint32_t> ids);
Result<std::vector<std::uint32_t>> ids_of(Result<Rows> rows);  // of the first column

// Ids are 32 bits wide wherever they are kept in bulk. Fault: limit, when all of those are used.
Result<ArtifactId> artifact_id(std::int64_t id);
// The artifact of a digest, made where it is new. Fault: limit, when all 32-bit ids are used.
Result<ArtifactId> save_artifact(const Database& database, std::string_view digest, std::string_view name, Time now);

}  // namespace pratique
