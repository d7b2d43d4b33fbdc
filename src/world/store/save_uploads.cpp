// Bills too large for one request, piece by piece. In the store, so that any server goes on with what another began.
#include <algorithm>

#include "base/text.h"
#include "world/store/audit.h"
#include "world/store/state.h"

namespace pratique {
namespace {

constexpr std::chrono::hours kept_for{24};
constexpr std::int64_t most_of_owner = 8;

Result<std::optional<StoredUpload>> find(const Database& database, std::string_view id) {
  PRATIQUE_TRY(Rows rows, database.query("SELECT owner, place, size, received FROM uploads WHERE id = $1", id));
  PRATIQUE_TRY(const bool found, rows.next());
  if (!found) return std::optional<StoredUpload>();
  return std::optional(StoredUpload{std::string(id), std::string(rows.text(0)), std::string(rows.text(1)),
                                    static_cast<std::uint64_t>(rows.integer(2)),
                                    static_cast<std::uint64_t>(rows.integer(3))});
}

Result<void> drop_old(const Database& database, Time now) {
  const std::int64_t before = milliseconds_of(now - kept_for);
  PRATIQUE_DO(
      database.run("DELETE FROM upload_parts WHERE upload IN (SELECT id FROM uploads WHERE created_at < $1)", before));
  return database.run("DELETE FROM uploads WHERE created_at < $1", before);
}

}  // namespace

Result<void> Store::begin_upload(const StoredUpload& upload, Time now, std::span<const AuditEntry> acts) {
  const Database& database = state_->database;
  PRATIQUE_TRY(Transaction transaction, Transaction::begin(database, Transaction::Kind::write));
  PRATIQUE_DO(drop_old(database, now));
  PRATIQUE_TRY(const auto count, database.number("SELECT COUNT(*) FROM uploads WHERE owner = $1", upload.owner));
  if (count.value_or(0) >= most_of_owner)
    return Error{Fault::limit,
                 "as many uploads are begun as one may have: " + std::to_string(most_of_owner),
                 {},
                 "finish or drop one"};
  const std::string place = printable(upload.place);
  PRATIQUE_DO(database.run(
      "INSERT INTO uploads (id, owner, place, size, received, created_at) VALUES ($1, $2, $3, $4, $5, $6)", upload.id,
      upload.owner, place, static_cast<std::int64_t>(upload.size), std::int64_t{0}, milliseconds_of(now)));
  PRATIQUE_DO(append_audit(database, acts, now));
  return transaction.commit();
}

Result<std::optional<StoredUpload>> Store::find_upload(std::string_view id) const { return find(state_->database, id); }

Result<std::uint64_t> Store::append_upload(std::string_view id, std::uint64_t offset, std::string_view bytes) {
  const Database& database = state_->database;
  PRATIQUE_TRY(Transaction transaction, Transaction::begin(database, Transaction::Kind::write));
  PRATIQUE_TRY(const auto upload, find(database, id));
  if (!upload) return Error{Fault::not_found, "the upload is gone", {}, "begin it again"};
  if (offset != upload->received)
    return Error{Fault::usage, "the next byte wanted is " + std::to_string(upload->received), {}, "go on there"};
  if (bytes.empty() || bytes.size() > upload->size - upload->received)
    return Error{Fault::usage, "a piece holds a byte at least, and no more than were told of", {}, ""};
  const std::uint64_t received = upload->received + bytes.size();
  PRATIQUE_DO(database.run("INSERT INTO upload_parts (upload, position, bytes) VALUES ($1, $2, $3)", id,
                           static_cast<std::int64_t>(offset), Blob{bytes}));
  PRATIQUE_DO(database.run("UPDATE uploads SET received = $1 WHERE id = $2", static_cast<std::int64_t>(received), id));
  PRATIQUE_DO(transaction.commit());
  return received;
}

Result<Bytes> Store::load_upload(std::string_view id) const {
  PRATIQUE_TRY(const auto upload, find(state_->database, id));
  if (!upload || upload->received != upload->size) return Error{Fault::not_found, "the upload is not whole", {}, ""};
  Bytes whole(upload->size);
  std::size_t at = 0;
  PRATIQUE_TRY(Rows rows,
               state_->database.query("SELECT bytes FROM upload_parts WHERE upload = $1 ORDER BY position", id));
  PRATIQUE_DO(for_each(std::move(rows), [&](const Rows& row) -> Result<void> {
    const auto part = row.text(0);
    if (part.size() > whole.size() - at) return Error{Fault::malformed, "an upload is damaged", {state_->path}, ""};
    std::memcpy(whole.data() + at, part.data(), part.size());
    at += part.size();
    return {};
  }));
  if (at != whole.size()) return Error{Fault::malformed, "an upload is damaged", {state_->path}, "begin it again"};
  return whole;
}

Result<void> Store::drop_upload(std::string_view id) {
  const Database& database = state_->database;
  PRATIQUE_TRY(Transaction transaction, Transaction::begin(database, Transaction::Kind::write));
  PRATIQUE_DO(database.run("DELETE FROM upload_parts WHERE upload = $1", id));
  PRATIQUE_DO(database.run("DELETE FROM uploads WHERE id = $1", id));
  return transaction.commit();
}

}  // namespace pratique
