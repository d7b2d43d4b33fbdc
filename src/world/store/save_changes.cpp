#include "base/text.h"
#include "world/store/changes.h"
#include "world/store/state.h"

namespace pratique {

Result<void> save_changes(const Database& database, std::span<const StoredChange> changes) {
  if (changes.empty()) return {};
  constexpr std::int64_t kept = 10'000, drop_every = 1'000;
  std::vector<StoredChange> plain(changes.begin(), changes.end());
  ValueRows rows;
  for (StoredChange& change : plain) {
    change.where = printable(change.where);
    change.object = printable(change.object);
    rows.add(milliseconds_of(change.at), change.kind, change.where, change.object);
  }
  std::int64_t last = 0;
  PRATIQUE_DO(database.each("INSERT INTO changes (at, kind, place, object) VALUES ($1, $2, $3, $4) RETURNING id", rows,
                            [&](std::size_t, const Rows& row) -> Result<void> {
                              last = row.integer(0);
                              return {};
                            }));
  const auto first = last - static_cast<std::int64_t>(plain.size());
  if (first / drop_every == last / drop_every) return {};
  return database.run("DELETE FROM changes WHERE id <= $1", last - kept);
}

Result<std::vector<StoredChange>> Store::load_changes(std::uint64_t after, std::size_t most) const {
  std::vector<StoredChange> changes;
  PRATIQUE_TRY(Rows rows, state_->database.query(
                              "SELECT id, at, kind, place, object FROM changes WHERE id > $1 ORDER BY id LIMIT $2",
                              static_cast<std::int64_t>(std::min<std::uint64_t>(after, INT64_MAX)),
                              static_cast<std::int64_t>(most)));
  PRATIQUE_DO(for_each(std::move(rows), [&](const Rows& row) -> Result<void> {
    changes.push_back({static_cast<std::uint64_t>(row.integer(0)), time_of(row.integer(1)), std::string(row.text(2)),
                       std::string(row.text(3)), std::string(row.text(4))});
    return {};
  }));
  return changes;
}

Result<std::uint64_t> Store::last_change() const {
  PRATIQUE_TRY(const auto last, state_->database.number("SELECT MAX(id) FROM changes"));
  return static_cast<std::uint64_t>(last.value_or(0));
}

}  // namespace pratique
