// Nodes and what ran in their kernels.
#include <algorithm>

#include "base/digest.h"
#include "world/store/audit.h"
#include "world/store/changes.h"
#include "world/store/original.h"
#include "world/store/state.h"

namespace pratique {
namespace {

constexpr std::int64_t most_snapshots = 1'000, most_events = 100'000;

Result<std::int64_t> save_node(const Database& database, std::string_view name, Time now) {
  PRATIQUE_TRY(const auto known,
               database.number("UPDATE nodes SET seen_at = CASE WHEN seen_at > $1 THEN seen_at ELSE $1 END "
                               "WHERE name = $2 RETURNING id",
                               milliseconds_of(now), name));
  if (known) return *known;
  PRATIQUE_TRY(const auto made,
               database.number("INSERT INTO nodes (name, since, seen_at) VALUES ($1, $2, $2) RETURNING id", name,
                               milliseconds_of(now)));
  return *made;
}

Result<std::int64_t> save_snapshot_bytes(const Database& database, std::string_view json) {
  const Digest digest = sha256_of(json);
  PRATIQUE_TRY(const auto known, database.number("SELECT id FROM snapshot_bytes WHERE digest = $1", digest.text()));
  if (known) return *known;
  const PackedOriginal packed = pack_original(json);
  PRATIQUE_TRY(const auto made,
               database.number("INSERT INTO snapshot_bytes (digest, size, zstd) VALUES ($1, $2, $3) RETURNING id",
                               digest.text(), static_cast<std::int64_t>(packed.size), Blob{packed.zstd}));
  return *made;
}

// The oldest beyond what is kept, and the bytes that nothing names any more.
Result<void> drop_snapshots(const Database& database, std::int64_t node) {
  PRATIQUE_TRY(const auto count, database.number("SELECT COUNT(*) FROM snapshots WHERE node = $1", node));
  if (count.value_or(0) <= most_snapshots) return {};
  PRATIQUE_TRY(const auto bytes,
               database.number("DELETE FROM snapshots WHERE id = (SELECT MIN(id) FROM snapshots WHERE node = $1) "
                               "RETURNING bytes",
                               node));
  if (!bytes) return {};
  return database.run(
      "DELETE FROM snapshot_bytes WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM snapshots WHERE bytes = $1)", *bytes);
}

struct LastSnapshot {
  std::int64_t id = 0, bytes = 0, last_seen = 0;
};
Result<std::optional<LastSnapshot>> find_last(const Database& database, std::int64_t node) {
  PRATIQUE_TRY(Rows rows, database.query("SELECT id, bytes, last_seen FROM snapshots WHERE node = $1 "
                                         "ORDER BY valid_from DESC, id DESC LIMIT 1",
                                         node));
  PRATIQUE_TRY(const bool found, rows.next());
  if (!found) return std::optional<LastSnapshot>();
  return std::optional(LastSnapshot{rows.integer(0), rows.integer(1), rows.integer(2)});
}

}  // namespace

Result<bool> Store::save_snapshot(std::string_view name, std::string_view json, Time now,
                                  std::span<const AuditEntry> acts) {
  const Database& database = state_->database;
  PRATIQUE_TRY(Transaction transaction, Transaction::begin(database, Transaction::Kind::write));
  PRATIQUE_TRY(const std::int64_t node, save_node(database, name, now));
  PRATIQUE_TRY(const std::int64_t bytes, save_snapshot_bytes(database, json));
  PRATIQUE_TRY(const auto last, find_last(database, node));
  // History never runs backwards, whatever the clock does.
  const std::int64_t at = std::max(milliseconds_of(now), last ? last->last_seen : 0);
  const bool is_new = !last || last->bytes != bytes;
  if (is_new) {
    PRATIQUE_DO(database.run("INSERT INTO snapshots (node, bytes, valid_from, last_seen) VALUES ($1, $2, $3, $3)", node,
                             bytes, at));
    PRATIQUE_DO(drop_snapshots(database, node));
    const StoredChange change{0, time_of(at), "snapshot", std::string(name), sha256_of(json).text()};
    PRATIQUE_DO(save_changes(database, std::span(&change, 1)));
    PRATIQUE_DO(append_audit(database, acts, now));
  } else {
    PRATIQUE_DO(database.run("UPDATE snapshots SET last_seen = $1 WHERE id = $2", at, last->id));
  }
  PRATIQUE_DO(transaction.commit());
  return is_new;
}

Result<void> Store::save_kernel_events(std::string_view name, std::span<const std::string> events, Time now,
                                       std::span<const AuditEntry> acts) {
  const Database& database = state_->database;
  PRATIQUE_TRY(Transaction transaction, Transaction::begin(database, Transaction::Kind::write));
  PRATIQUE_TRY(const std::int64_t node, save_node(database, name, now));
  ValueRows rows;
  std::vector<StoredChange> changes;
  for (const std::string& event : events) {
    rows.add(node, milliseconds_of(now), event);
    changes.push_back({0, now, "event", std::string(name), event});
  }
  PRATIQUE_DO(database.each("INSERT INTO kernel_events (node, saved_at, event) VALUES ($1, $2, $3)", rows));
  PRATIQUE_DO(
      database.run("DELETE FROM kernel_events WHERE node = $1 AND id <= "
                   "(SELECT id FROM kernel_events WHERE node = $1 ORDER BY id DESC LIMIT 1 OFFSET $2)",
                   node, most_events));
  PRATIQUE_DO(save_changes(database, changes));
  PRATIQUE_DO(append_audit(database, acts, now));
  return transaction.commit();
}

Result<std::vector<StoredNode>> Store::load_nodes() const {
  std::vector<StoredNode> nodes;
  PRATIQUE_TRY(
      Rows rows,
      state_->database.query(
          "SELECT name, since, seen_at, (SELECT digest FROM snapshots JOIN snapshot_bytes "
          "ON snapshot_bytes.id = bytes WHERE node = nodes.id ORDER BY valid_from DESC, snapshots.id DESC LIMIT 1), "
          "(SELECT COUNT(*) FROM snapshots WHERE node = nodes.id) FROM nodes ORDER BY name"));
  PRATIQUE_DO(for_each(std::move(rows), [&](const Rows& row) -> Result<void> {
    nodes.push_back({std::string(row.text(0)), time_of(row.integer(1)), time_of(row.integer(2)),
                     row.is_null(3) ? std::string() : std::string(row.text(3)),
                     static_cast<std::uint64_t>(row.integer(4))});
    return {};
  }));
  return nodes;
}

Result<std::optional<StoredSnapshot>> Store::load_snapshot(std::string_view node, Time as_of) const {
  PRATIQUE_TRY(Rows rows,
               state_->database.query("SELECT valid_from, last_seen, size, zstd FROM snapshots "
                                      "JOIN nodes ON nodes.id = node JOIN snapshot_bytes ON snapshot_bytes.id = bytes "
                                      "WHERE nodes.name = $1 AND valid_from <= $2 "
                                      "ORDER BY valid_from DESC, snapshots.id DESC LIMIT 1",
                                      node, milliseconds_of(as_of)));
  PRATIQUE_TRY(const bool found, rows.next());
  if (!found) return std::optional<StoredSnapshot>();
  auto json = unpack_original(rows.text(3), static_cast<std::uint64_t>(rows.integer(2)));
  if (!json) return std::move(json).error().in(state_->path);
  return std::optional(
      StoredSnapshot{std::string(node), time_of(rows.integer(0)), time_of(rows.integer(1)), std::move(*json)});
}

Result<std::vector<StoredKernelEvent>> Store::load_kernel_events(std::string_view node, std::uint64_t after,
                                                                 std::size_t most) const {
  std::vector<StoredKernelEvent> events;
  PRATIQUE_TRY(Rows rows,
               state_->database.query("SELECT kernel_events.id, saved_at, event FROM kernel_events JOIN nodes "
                                      "ON nodes.id = node WHERE nodes.name = $1 AND kernel_events.id > $2 "
                                      "ORDER BY kernel_events.id LIMIT $3",
                                      node, static_cast<std::int64_t>(std::min<std::uint64_t>(after, INT64_MAX)),
                                      static_cast<std::int64_t>(most)));
  PRATIQUE_DO(for_each(std::move(rows), [&](const Rows& row) -> Result<void> {
    events.push_back({static_cast<std::uint64_t>(row.integer(0)), std::string(node), time_of(row.integer(1)),
                      std::string(row.text(2))});
    return {};
  }));
  return events;
}

}  // namespace pratique
