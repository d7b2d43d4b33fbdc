// Tokens, and the log of what was done with them and without.
#include "base/text.h"
#include "world/store/audit.h"
#include "world/store/state.h"

namespace pratique {
namespace {

constexpr const char* token_columns_by_id =
    "SELECT id, name, secret, role, scope, created_at, created_by, expires_at, revoked_at FROM tokens WHERE id = $1";
constexpr const char* token_columns =
    "SELECT id, name, secret, role, scope, created_at, created_by, expires_at, revoked_at FROM tokens "
    "ORDER BY created_at, id";

Result<AccessToken> token_of(const Rows& row) {
  AccessToken token;
  token.id = row.text(0);
  token.name = row.text(1);
  token.secret = row.text(2);
  PRATIQUE_TRY(token.grant.role, parse_role(row.text(3)));
  PRATIQUE_TRY(token.grant.scope, parse_scope(row.text(4)));
  token.created = time_of(row.integer(5));
  token.created_by = row.text(6);
  token.expires = time_of(row.integer(7));
  if (!row.is_null(8)) token.revoked = time_of(row.integer(8));
  return token;
}

AuditEntry entry_of(const Rows& row) {
  AuditEntry entry;
  entry.sequence = static_cast<std::uint64_t>(row.integer(0));
  entry.at = time_of(row.integer(1));
  entry.actor = row.text(2);
  entry.from = row.text(3);
  entry.action = row.text(4);
  entry.object = row.text(5);
  entry.detail = row.text(6);
  entry.hash = row.text(7);
  return entry;
}

}  // namespace

Result<void> append_audit(const Database& database, std::span<const AuditEntry> entries, Time now) {
  if (entries.empty()) return {};
  std::int64_t last = 0, at = milliseconds_of(now);
  std::string head;
  {
    PRATIQUE_TRY(Rows rows, database.query("SELECT sequence, at, hash FROM audit ORDER BY sequence DESC LIMIT 1"));
    PRATIQUE_TRY(const bool found, rows.next());
    if (found) {
      last = rows.integer(0);
      at = std::max(at, rows.integer(1));  // the log never runs backwards
      head = rows.text(2);
    }
  }
  std::vector<AuditEntry> chained(entries.begin(), entries.end());
  ValueRows rows;
  for (AuditEntry& entry : chained) {
    for (auto* text : {&entry.actor, &entry.from, &entry.action, &entry.object, &entry.detail})
      *text = printable(*text);
    entry.sequence = static_cast<std::uint64_t>(++last);
    entry.at = time_of(at);
    entry.hash = head = audit_hash(head, entry);
    rows.add(last, at, entry.actor, entry.from, entry.action, entry.object, entry.detail, entry.hash);
  }
  return database.each(
      "INSERT INTO audit (sequence, at, actor, origin, action, object, detail, hash) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
      rows);
}

Result<void> Store::save_audit(std::span<const AuditEntry> entries, Time now) {
  PRATIQUE_TRY(Transaction transaction, Transaction::begin(state_->database, Transaction::Kind::write));
  PRATIQUE_DO(append_audit(state_->database, entries, now));
  return transaction.commit();
}

Result<void> Store::visit_audit(std::uint64_t first, std::uint64_t most, const VisitAudit& visit) const {
  PRATIQUE_TRY(Rows rows, state_->database.query("SELECT sequence, at, actor, origin, action, object, detail, hash "
                                                 "FROM audit WHERE sequence >= $1 ORDER BY sequence LIMIT $2",
                                                 static_cast<std::int64_t>(std::min<std::uint64_t>(first, INT64_MAX)),
                                                 static_cast<std::int64_t>(std::min<std::uint64_t>(most, INT64_MAX))));
  return for_each(std::move(rows), [&](const Rows& row) { return visit(entry_of(row)); });
}

Result<std::uint64_t> Store::audit_entries() const {
  PRATIQUE_TRY(const auto last, state_->database.number("SELECT MAX(sequence) FROM audit"));
  return static_cast<std::uint64_t>(last.value_or(0));
}

Result<void> Store::save_token(const AccessToken& token, const AuditEntry& act) {
  const Database& database = state_->database;
  const std::string scope = render_scope(token.grant.scope);
  PRATIQUE_TRY(Transaction transaction, Transaction::begin(database, Transaction::Kind::write));
  PRATIQUE_DO(
      database.run("INSERT INTO tokens (id, name, secret, role, scope, created_at, created_by, expires_at) "
                   "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                   token.id, token.name, token.secret, name_of(token.grant.role), scope, milliseconds_of(token.created),
                   token.created_by, milliseconds_of(token.expires)));
  PRATIQUE_DO(append_audit(database, std::span(&act, 1), token.created));
  return transaction.commit();
}

Result<bool> Store::revoke_token(std::string_view id, const AuditEntry& act, Time now) {
  const Database& database = state_->database;
  PRATIQUE_TRY(Transaction transaction, Transaction::begin(database, Transaction::Kind::write));
  PRATIQUE_TRY(
      const auto revoked,
      database.number("UPDATE tokens SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL RETURNING created_at",
                      milliseconds_of(now), id));
  if (!revoked) return false;
  PRATIQUE_DO(append_audit(database, std::span(&act, 1), now));
  PRATIQUE_DO(transaction.commit());
  return true;
}

Result<std::optional<AccessToken>> Store::find_token(std::string_view id) const {
  PRATIQUE_TRY(Rows rows, state_->database.query(token_columns_by_id, id));
  PRATIQUE_TRY(const bool found, rows.next());
  if (!found) return std::optional<AccessToken>();
  PRATIQUE_TRY(auto token, token_of(rows));
  return std::optional(std::move(token));
}

Result<std::vector<AccessToken>> Store::load_tokens() const {
  std::vector<AccessToken> tokens;
  PRATIQUE_TRY(Rows rows, state_->database.query(token_columns));
  PRATIQUE_DO(for_each(std::move(rows), [&](const Rows& row) -> Result<void> {
    PRATIQUE_TRY(auto token, token_of(row));
    tokens.push_back(std::move(token));
    return {};
  }));
  return tokens;
}

}  // namespace pratique
