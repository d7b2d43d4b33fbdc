// SQLite behind Result: a connection, its statements, a transaction. Private to the store; sqlite3.h stays in
// sqlite.cpp. All SQL is what PostgreSQL takes too: parameters are $1, $2 ... in the order of their first use, ids come
// by RETURNING.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace pratique {

struct Blob {
  std::string_view bytes;
};

// The answer of one statement, row by row; the statement is free again when the Rows end. Texts are good until next().
class Rows {
 public:
  Result<bool> next();  // true: a row is there
  std::int64_t integer(int column) const;
  std::string_view text(int column) const;  // or the bytes of a blob
  bool is_null(int column) const;

 private:
  friend class Database;
  struct Reset {
    void operator()(sqlite3_stmt* handle) const;
  };
  explicit Rows(sqlite3_stmt* handle) : handle_(handle) {}
  std::unique_ptr<sqlite3_stmt, Reset> handle_;
};

class Database {
 public:
  enum class Access {
    read,
    read_frozen,
    write
  };  // frozen: nobody can write to it, so it is read without log and locks
  // `patience`: how long a lock that someone else holds is waited for. Faults as the store tells them.
  static Result<Database> open(const std::string& path, Access access, std::chrono::milliseconds patience);

  // `sql` is a literal: its address names the prepared statement. Values must live as long as the Rows. A statement
  // whose Rows are still there must not be started again.
  Result<Rows> query(const char* sql, const auto&... values) const {
    PRATIQUE_TRY(Rows rows, start(sql));
    int index = 0;
    if (!(... && bind(rows, ++index, values))) return failed();
    return rows;
  }
  // For what answers no rows, or none that matter.
  Result<void> run(const char* sql, const auto&... values) const {
    PRATIQUE_TRY(Rows rows, query(sql, values...));
    PRATIQUE_TRY([[maybe_unused]] const bool row, rows.next());
    return {};
  }
  // For what answers one number; empty for no row.
  Result<std::optional<std::int64_t>> number(const char* sql, const auto&... values) const {
    PRATIQUE_TRY(Rows rows, query(sql, values...));
    PRATIQUE_TRY(const bool row, rows.next());
    if (!row) return std::optional<std::int64_t>();
    return std::optional(rows.integer(0));
  }
  Result<void> execute(const char* script) const;  // any number of statements, no answer wanted

 private:
  struct Close {
    void operator()(sqlite3* handle) const;
  };
  struct Finalize {
    void operator()(sqlite3_stmt* handle) const;
  };
  explicit Database(sqlite3* handle) : handle_(handle) {}
  Result<Rows> start(const char* sql) const;
  static bool bind(const Rows& rows, int index, std::int64_t value);
  static bool bind(const Rows& rows, int index, const std::optional<std::int64_t>& value);
  static bool bind(const Rows& rows, int index, std::string_view value);
  static bool bind(const Rows& rows, int index, Blob value);
  Error failed() const;

  std::unique_ptr<sqlite3, Close> handle_;
  mutable std::unordered_map<const char*, std::unique_ptr<sqlite3_stmt, Finalize>> statements_;
};

// Rolled back on every way out but commit(). The Database must outlive it and stay where it is.
class Transaction {
 public:
  enum class Kind { read, write };  // write: waits for other writers here, never in the middle
  static Result<Transaction> begin(const Database& database, Kind kind);
  Result<void> commit();

 private:
  struct Rollback {
    void operator()(const Database* database) const;
  };
  explicit Transaction(const Database* database) : open_(database) {}
  std::unique_ptr<const Database, Rollback> open_;
};

}  // namespace pratique
