// Documents that could not be read.
#include "world/store/failures.h"

#include "world/store/audit.h"
#include "world/store/state.h"

namespace pratique {

Result<void> mend_failures(const Database& database, std::span<const StoredBill> bills, Time now) {
  PRATIQUE_TRY(const auto any, database.number("SELECT id FROM failures WHERE mended_at IS NULL LIMIT 1"));
  if (!any) return {};
  ValueRows by_artifact, by_place;
  const std::int64_t at = milliseconds_of(now);
  for (const StoredBill& stored : bills) {
    const Digest& digest = stored.bill.subject.digest ? *stored.bill.subject.digest : stored.digest;
    by_artifact.add(at, digest.text());
    if (!stored.place.empty() && stored.place != "-") by_place.add(at, stored.place);
  }
  PRATIQUE_DO(
      database.each("UPDATE failures SET mended_at = $1 WHERE mended_at IS NULL AND artifact IN "
                    "(SELECT id FROM artifacts WHERE digest = $2)",
                    by_artifact));
  return database.each("UPDATE failures SET mended_at = $1 WHERE mended_at IS NULL AND place = $2", by_place);
}

Result<void> Store::save_failures(std::span<const FailedDocument> documents, Time now,
                                  std::span<const AuditEntry> acts) {
  const Database& database = state_->database;
  PRATIQUE_TRY(Transaction transaction, Transaction::begin(database, Transaction::Kind::write));
  for (const FailedDocument& document : documents) {
    const Digest& about = document.subject ? *document.subject : document.digest;
    const std::string name = document.place.substr(document.place.rfind('/') + 1);
    PRATIQUE_TRY(const ArtifactId artifact, save_artifact(database, about.text(), name, now));
    PRATIQUE_TRY(const auto known, database.number("SELECT id FROM failures WHERE digest = $1 AND artifact = $2 "
                                                   "AND mended_at IS NULL",
                                                   document.digest.text(), std::int64_t{artifact}));
    if (known)
      PRATIQUE_DO(database.run("UPDATE failures SET place = $1, reason = $2 WHERE id = $3", document.place,
                               document.reason, *known));
    else
      PRATIQUE_DO(database.run(
          "INSERT INTO failures (digest, artifact, place, reason, failed_at) VALUES ($1, $2, $3, $4, $5)",
          document.digest.text(), std::int64_t{artifact}, document.place, document.reason, milliseconds_of(now)));
  }
  PRATIQUE_DO(append_audit(database, acts, now));
  return transaction.commit();
}

Result<std::vector<StoredFailure>> Store::find_failures(const Period& when) const {
  const Bounds bounds = bounds_of(when);
  std::vector<StoredFailure> failures;
  PRATIQUE_TRY(Rows rows,
               state_->database.query("SELECT artifact, failures.digest, place, reason, failed_at FROM failures "
                                      "WHERE failed_at <= $1 AND (mended_at IS NULL OR mended_at > $2) "
                                      "ORDER BY artifact, id",
                                      bounds.to, bounds.from));
  PRATIQUE_DO(for_each(std::move(rows), [&](const Rows& row) -> Result<void> {
    failures.push_back({static_cast<ArtifactId>(row.integer(0)), std::string(row.text(1)), std::string(row.text(2)),
                        std::string(row.text(3)), time_of(row.integer(4))});
    return {};
  }));
  return failures;
}

}  // namespace pratique
