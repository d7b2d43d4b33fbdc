#include "world/store/sqlite.h"

#include <sqlite3.h>

#include <array>
#include <cerrno>
#include <unordered_map>

#include "world/store/long_text.h"

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

class SqliteCursor final : public Cursor {
 public:
  explicit SqliteCursor(sqlite3_stmt* handle) : handle_(handle) {}
  Result<bool> next() override {
    const int code = sqlite3_step(handle_.get());
    if (code == SQLITE_ROW) return true;
    if (code != SQLITE_DONE) return error_of(sqlite3_db_handle(handle_.get()));
    return false;
  }
  std::int64_t integer(int column) const override { return sqlite3_column_int64(handle_.get(), column); }
  std::string_view text(int column) const override {
    const auto* const data = static_cast<const char*>(sqlite3_column_blob(handle_.get(), column));
    if (data == nullptr) return {};
    return {data, static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column))};
  }
  bool is_null(int column) const override { return sqlite3_column_type(handle_.get(), column) == SQLITE_NULL; }
  void reset() override { sqlite3_reset(handle_.get()); }

  bool bind(int index, const Value& value) {
    if (value.is_null) return sqlite3_bind_null(handle_.get(), index) == SQLITE_OK;
    if (value.type == Value::Type::integer) return sqlite3_bind_int64(handle_.get(), index, value.integer) == SQLITE_OK;
    // A view without data would be NULL; here an empty text is an empty text.
    const char* const data = value.view.data() != nullptr ? value.view.data() : "";
    const auto size = static_cast<sqlite3_uint64>(value.view.size());
    return (value.type == Value::Type::text
                ? sqlite3_bind_text64(handle_.get(), index, data, size, SQLITE_STATIC, SQLITE_UTF8)
                : sqlite3_bind_blob64(handle_.get(), index, data, size, SQLITE_STATIC)) == SQLITE_OK;
  }
  bool is_busy() const { return sqlite3_stmt_busy(handle_.get()) != 0; }

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* handle) const { sqlite3_finalize(handle); }
  };
  std::unique_ptr<sqlite3_stmt, Finalize> handle_;
};

struct Close {
  void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
};
using Handle = std::unique_ptr<sqlite3, Close>;

class Sqlite final : public Connection {
 public:
  explicit Sqlite(Handle handle) : handle_(std::move(handle)) {}

  Result<Cursor*> start(const char* sql, std::span<const Value> values) override {
    auto& statement = statements_[sql];
    if (statement == nullptr) {
      sqlite3_stmt* prepared = nullptr;
      if (sqlite3_prepare_v3(handle_.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &prepared, nullptr) != SQLITE_OK)
        return failed();
      statement = std::make_unique<SqliteCursor>(prepared);
    }
    check(!statement->is_busy(), "a statement is started once at a time");
    statement->reset();
    for (std::size_t i = 0; i < values.size(); ++i)
      if (!statement->bind(static_cast<int>(i) + 1, values[i])) return failed();
    return static_cast<Cursor*>(statement.get());
  }

  Result<void> each(const char* sql, const ValueRows& rows, const VisitAnswer& visit) override {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      PRATIQUE_TRY(Cursor* const cursor, start(sql, rows.row(i)));
      Rows answer(cursor);
      while (true) {
        PRATIQUE_TRY(const bool found, answer.next());
        if (!found) break;
        if (visit) PRATIQUE_DO(visit(i, answer));
      }
    }
    return {};
  }
  Result<void> load(const char* sql, const ValueRows& rows) override { return each(sql, rows, {}); }

  Result<void> execute(const char* script) override {
    if (sqlite3_exec(handle_.get(), script, nullptr, nullptr, nullptr) != SQLITE_OK) return failed();
    return {};
  }
  // SQLite takes its snapshot with the first read, not with BEGIN.
  Result<void> begin(TransactionKind kind) override {
    if (kind == TransactionKind::write) return execute("BEGIN IMMEDIATE");
    PRATIQUE_DO(execute("BEGIN"));
    return execute("SELECT 1 FROM sqlite_schema LIMIT 1");
  }
  Result<void> commit() override { return execute("COMMIT"); }
  void roll_back() override { static_cast<void>(execute("ROLLBACK")); }  // fails where SQLite did so by itself

 private:
  Error failed() const { return error_of(handle_.get()); }

  Handle handle_;
  std::unordered_map<const char*, std::unique_ptr<SqliteCursor>> statements_;
};

// For the step of the schema that makes them; PostgreSQL has all it takes.
void identity_function(sqlite3_context* context, int, sqlite3_value** values) {
  std::array<std::string_view, 5> texts;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto* const data = static_cast<const char*>(sqlite3_value_blob(values[i]));
    if (data != nullptr) texts[i] = {data, static_cast<std::size_t>(sqlite3_value_bytes(values[i]))};
  }
  const std::string identity = component_identity(texts);
  sqlite3_result_blob(context, identity.data(), static_cast<int>(identity.size()), SQLITE_TRANSIENT);
}

}  // namespace

Result<Database> open_sqlite(const std::string& path, SqliteAccess access, std::chrono::milliseconds patience) {
  sqlite3* opened = nullptr;
  const int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                    (access == SqliteAccess::write         ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                     : access == SqliteAccess::read_frozen ? SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
                                                           : SQLITE_OPEN_READONLY);
  const std::string name = access == SqliteAccess::read_frozen ? frozen_uri(path) : path;
  const int code = sqlite3_open_v2(name.c_str(), &opened, flags, nullptr);
  Handle handle(opened);
  if (code != SQLITE_OK)
    return error_of(code & 0xff, opened != nullptr ? sqlite3_system_errno(opened) : ENOMEM, sqlite3_errstr(code))
        .in(path);
  // SQLite opens what it may not write for reading, without a word.
  if (access == SqliteAccess::write && sqlite3_db_readonly(opened, "main") == 1)
    return error_of(SQLITE_READONLY, 0, {}).in(path);
  // A file that someone else made gets no say in what runs here.
  sqlite3_db_config(opened, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(opened, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_create_function_v2(opened, "component_identity", 5, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY,
                             nullptr, identity_function, nullptr, nullptr, nullptr);
  sqlite3_busy_timeout(opened, static_cast<int>(patience.count()));
  return Database(std::make_unique<Sqlite>(std::move(handle)));
}

}  // namespace pratique
