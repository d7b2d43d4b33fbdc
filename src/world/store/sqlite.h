// SQLite behind Result: a connection, a statement, a transaction. Private to the store; sqlite3.h stays in sqlite.cpp.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace pratique {

class Statement;

class Database {
 public:
  enum class Access { read, write };
  // `patience`: how long a lock that someone else holds is waited for. Faults as Store::open tells them, the place is `path`.
  static Result<Database> open(const std::string& path, Access access, std::chrono::milliseconds patience);

  Result<Statement> prepare(std::string_view sql) const;
  Result<void> execute(const char* sql) const;               // any number of statements, no answer wanted
  Result<std::int64_t> number(std::string_view sql) const;   // the one number that the statement answers
  std::int64_t last_id() const;
  std::int64_t changed() const;                              // rows, by the last statement

 private:
  struct Close {
    void operator()(sqlite3* handle) const;
  };
  explicit Database(sqlite3* handle) : handle_(handle) {}
  std::unique_ptr<sqlite3, Close> handle_;
};

// Started with values for its parameters, then stepped. Bound texts and blobs must outlive the last step.
class Statement {
 public:
  struct Blob {
    std::string_view bytes;
  };

  Result<void> start(const auto&... values) {
    reset();
    int index = 0;
    (bind(++index, values), ...);
    if (!bound_) return failed();
    return {};
  }
  Result<bool> step();  // true: a row is there

  // For what answers no row, or one.
  Result<bool> run(const auto&... values) {
    PRATIQUE_DO(start(values...));
    return step();
  }

  std::int64_t integer(int column) const;
  std::string_view text(int column) const;  // or the bytes of a blob; until the next step
  bool is_null(int column) const;

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* handle) const;
  };
  explicit Statement(sqlite3_stmt* handle) : handle_(handle) {}
  void reset();
  void bind(int index, std::int64_t value);
  void bind(int index, std::optional<std::int64_t> value);
  void bind(int index, std::string_view value);
  void bind(int index, Blob value);
  Error failed() const;

  std::unique_ptr<sqlite3_stmt, Finalize> handle_;
  bool bound_ = true;
};

// Rolled back on every way out but commit().
class Transaction {
 public:
  enum class Kind { read, write };  // write: waits for other writers here, never in the middle
  static Result<Transaction> begin(const Database& database, Kind kind);
  Result<void> commit();

 private:
  struct Rollback {
    void operator()(const Database* database) const { static_cast<void>(database->execute("ROLLBACK")); }
  };
  explicit Transaction(const Database* database) : open_(database) {}
  std::unique_ptr<const Database, Rollback> open_;
};

}  // namespace pratique
