// What need not be kept: original bytes, and history. Answers about what is there stay.
#include "world/store/state.h"

namespace pratique {
namespace {

Result<std::uint64_t> count(Result<std::optional<std::int64_t>> number) {
  if (!number) return std::move(number).error();
  return static_cast<std::uint64_t>(number->value_or(0));
}

}  // namespace

Result<PruneCounts> Store::count_prunable(const Retention& retention) const {
  const Database& database = state_->database;
  PruneCounts counts;
  if (retention.originals_before) {
    PRATIQUE_TRY(Rows rows, database.query("SELECT COUNT(*), CAST(SUM(LENGTH(zstd)) AS BIGINT) FROM originals "
                                           "JOIN bills ON bills.id = originals.bill WHERE ingested_at < $1 AND EXISTS "
                                           "(SELECT 1 FROM bills AS newer WHERE newer.artifact = bills.artifact "
                                           "AND newer.id > bills.id)",
                                           milliseconds_of(*retention.originals_before)));
    PRATIQUE_TRY(const bool found, rows.next());
    if (found) counts.originals = static_cast<std::uint64_t>(rows.integer(0));
    if (found && !rows.is_null(1)) counts.bytes = static_cast<std::uint64_t>(rows.integer(1));
  }
  if (retention.failures_before) {
    PRATIQUE_TRY(counts.failures, count(database.number("SELECT COUNT(*) FROM failures WHERE failed_at < $1",
                                                        milliseconds_of(*retention.failures_before))));
  }
  if (retention.history_before) {
    const std::int64_t before = milliseconds_of(*retention.history_before);
    PRATIQUE_TRY(counts.pods, count(database.number("SELECT COUNT(*) FROM pods WHERE valid_to < $1", before)));
    PRATIQUE_TRY(counts.findings, count(database.number("SELECT COUNT(*) FROM findings WHERE closed_at < $1", before)));
    PRATIQUE_TRY(counts.holdings, count(database.number("SELECT COUNT(*) FROM holdings WHERE valid_to < $1", before)));
  }
  return counts;
}

Result<PruneCounts> Store::prune(const Retention& retention) {
  const Database& database = state_->database;
  PRATIQUE_TRY(Transaction transaction, Transaction::begin(database, Transaction::Kind::write));
  PRATIQUE_TRY(const PruneCounts counts, count_prunable(retention));
  if (retention.originals_before)
    PRATIQUE_DO(
        database.run("DELETE FROM originals WHERE bill IN (SELECT id FROM bills WHERE ingested_at < $1 AND EXISTS "
                     "(SELECT 1 FROM bills AS newer WHERE newer.artifact = bills.artifact AND newer.id > bills.id))",
                     milliseconds_of(*retention.originals_before)));
  if (retention.failures_before)
    PRATIQUE_DO(database.run("DELETE FROM failures WHERE failed_at < $1", milliseconds_of(*retention.failures_before)));
  if (retention.history_before) {
    const std::int64_t before = milliseconds_of(*retention.history_before);
    PRATIQUE_DO(database.run("DELETE FROM containers WHERE pod IN (SELECT id FROM pods WHERE valid_to < $1)", before));
    PRATIQUE_DO(database.run("DELETE FROM pods WHERE valid_to < $1", before));
    PRATIQUE_DO(database.run("DELETE FROM holdings WHERE valid_to < $1", before));
    PRATIQUE_DO(database.run("DELETE FROM findings WHERE closed_at < $1", before));
    PRATIQUE_DO(
        database.run("UPDATE retention SET history_from = $1 WHERE history_from IS NULL OR history_from < $1", before));
  }
  PRATIQUE_DO(transaction.commit());
  return counts;
}

Result<std::optional<Time>> Store::history_from() const {
  PRATIQUE_TRY(const auto from, state_->database.number("SELECT history_from FROM retention"));
  return from ? std::optional(time_of(*from)) : std::nullopt;
}

}  // namespace pratique
