#include "world/store/sqlite.h"

#include <sqlite3.h>

#include <cerrno>

namespace pratique {
namespace {

bool is_disk_full(int code, int system_error) {
  return code == SQLITE_FULL ||
         (code == SQLITE_IOERR && (system_error == ENOSPC || system_error == EDQUOT || system_error == EFBIG));
}

// What SQLite says, in our words; `detail` is its own sentence for what has no words of ours.
Error error_of(int code, int system_error, std::string_view detail) {
  if (is_disk_full(code, system_error))
    return {Fault::unavailable, "the disk is full", {}, "make room on the store's file system and run it again"};
  switch (code) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {Fault::unavailable,
              "another process holds the store locked",
              {},
              "wait for the other ingest to end and run it again"};
    case SQLITE_NOTADB: return {Fault::malformed, "not a store of pratique", {}, "name another file with --store"};
    case SQLITE_CORRUPT:
      return {Fault::malformed,
              "the store is damaged (" + std::string(detail) + ")",
              {},
              "move the file away and ingest again"};
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return {
          Fault::refused, "the store may not be written", {}, "check the permissions of the file and of its folder"};
    case SQLITE_CANTOPEN:
      return {system_error == EACCES || system_error == EPERM || system_error == EROFS ? Fault::refused
                                                                                       : Fault::unavailable,
              "cannot open the store",
              {},
              "check that the path is a file, and the permissions of its folder"};
    case SQLITE_TOOBIG:
    case SQLITE_NOMEM: return {Fault::limit, "too large for the store (" + std::string(detail) + ")", {}, ""};
    case SQLITE_IOERR:
      return {Fault::unavailable,
              "cannot read or write the store (" + std::string(detail) + ")",
              {},
              "check the disk and run it again"};
    default: return {Fault::internal, "SQLite: " + std::string(detail), {}, ""};
  }
}

Error error_of(sqlite3* handle) {
  const char* const file = sqlite3_db_filename(handle, "main");
  return error_of(sqlite3_errcode(handle) & 0xff, sqlite3_system_errno(handle), sqlite3_errmsg(handle))
      .in(file != nullptr && *file != '\0' ? file : "store");
}

// Percent-encoded, because in a URI these would end the path. A relative path stands behind "file:" as it is.
std::string frozen_uri(std::string_view path) {
  std::string uri = "file:";
  for (const char c : path) {
    if (c == '%')
      uri += "%25";
    else if (c == '?')
      uri += "%3f";
    else if (c == '#')
      uri += "%23";
    else
      uri += c;
  }
  return uri + "?immutable=1";
}

}  // namespace

void Rows::Reset::operator()(sqlite3_stmt* handle) const { sqlite3_reset(handle); }

Result<bool> Rows::next() {
  const int code = sqlite3_step(handle_.get());
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) return error_of(sqlite3_db_handle(handle_.get()));
  return false;
}

std::int64_t Rows::integer(int column) const { return sqlite3_column_int64(handle_.get(), column); }

std::string_view Rows::text(int column) const {
  const auto* const data = static_cast<const char*>(sqlite3_column_blob(handle_.get(), column));
  if (data == nullptr) return {};
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column))};
}

bool Rows::is_null(int column) const { return sqlite3_column_type(handle_.get(), column) == SQLITE_NULL; }

void Database::Close::operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
void Database::Finalize::operator()(sqlite3_stmt* handle) const { sqlite3_finalize(handle); }

Result<Database> Database::open(const std::string& path, Access access, std::chrono::milliseconds patience) {
  sqlite3* handle = nullptr;
  const int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                    (access == Access::write         ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                     : access == Access::read_frozen ? SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
                                                     : SQLITE_OPEN_READONLY);
  const std::string name = access == Access::read_frozen ? frozen_uri(path) : path;
  const int code = sqlite3_open_v2(name.c_str(), &handle, flags, nullptr);
  Database database(handle);
  if (code != SQLITE_OK)
    return error_of(code & 0xff, handle != nullptr ? sqlite3_system_errno(handle) : ENOMEM, sqlite3_errstr(code))
        .in(path);
  // SQLite opens what it may not write for reading, without a word.
  if (access == Access::write && sqlite3_db_readonly(handle, "main") == 1)
    return error_of(SQLITE_READONLY, 0, {}).in(path);
  // A file that someone else made gets no say in what runs here.
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_busy_timeout(handle, static_cast<int>(patience.count()));
  return database;
}

Result<Rows> Database::start(const char* sql) const {
  auto& statement = statements_[sql];
  if (statement == nullptr) {
    sqlite3_stmt* prepared = nullptr;
    if (sqlite3_prepare_v3(handle_.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &prepared, nullptr) != SQLITE_OK)
      return failed();
    statement.reset(prepared);
  }
  check(sqlite3_stmt_busy(statement.get()) == 0, "a statement is started once at a time");
  sqlite3_reset(statement.get());
  return Rows(statement.get());
}

Result<void> Database::execute(const char* script) const {
  if (sqlite3_exec(handle_.get(), script, nullptr, nullptr, nullptr) != SQLITE_OK) return failed();
  return {};
}

Error Database::failed() const { return error_of(handle_.get()); }

bool Database::bind(const Rows& rows, int index, std::int64_t value) {
  return sqlite3_bind_int64(rows.handle_.get(), index, value) == SQLITE_OK;
}

bool Database::bind(const Rows& rows, int index, const std::optional<std::int64_t>& value) {
  if (value) return bind(rows, index, *value);
  return sqlite3_bind_null(rows.handle_.get(), index) == SQLITE_OK;
}

// A view without data would be NULL; here an empty text is an empty text.
bool Database::bind(const Rows& rows, int index, std::string_view value) {
  const char* const data = value.data() != nullptr ? value.data() : "";
  return sqlite3_bind_text64(rows.handle_.get(), index, data, value.size(), SQLITE_STATIC, SQLITE_UTF8) == SQLITE_OK;
}

bool Database::bind(const Rows& rows, int index, Blob value) {
  const char* const data = value.bytes.data() != nullptr ? value.bytes.data() : "";
  return sqlite3_bind_blob64(rows.handle_.get(), index, data, value.bytes.size(), SQLITE_STATIC) == SQLITE_OK;
}

void Transaction::Rollback::operator()(const Database* database) const {
  static_cast<void>(database->execute("ROLLBACK"));  // fails where SQLite has rolled back by itself
}

Result<Transaction> Transaction::begin(const Database& database, Kind kind) {
  PRATIQUE_DO(database.execute(kind == Kind::write ? "BEGIN IMMEDIATE" : "BEGIN"));
  return Transaction(&database);
}

Result<void> Transaction::commit() {
  PRATIQUE_DO(open_->execute("COMMIT"));
  static_cast<void>(open_.release());
  return {};
}

}  // namespace pratique
