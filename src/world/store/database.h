// SQL behind Result: one thin seam to two engines, SQLite and PostgreSQL. Private to the store; sqlite3.h stays in
// sqlite.cpp, libpq in postgres.cpp.
//
// One SQL for both: parameters are $1, $2 ... in the order of their first use; whole numbers are 64 bits; sums of
// columns are cast to BIGINT; INSERT ... ON CONFLICT and RETURNING are there. The surprise: one writer at a time holds
// the whole store, in PostgreSQL by the row lock of the table `totals`.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace pratique {

struct Blob {
  std::string_view bytes;
};

// One parameter of a statement. Texts and bytes are not copied.
struct Value {
  enum class Type : std::uint8_t { integer, text, bytes };
  Value(std::int64_t value) : integer(value) {}
  Value(std::optional<std::int64_t> value) : integer(value.value_or(0)), is_null(!value) {}
  Value(std::string_view value) : type(Type::text), view(value) {}
  Value(const std::string& value) : Value(std::string_view(value)) {}
  Value(const char* value) : Value(std::string_view(value)) {}
  Value(Blob value) : type(Type::bytes), view(value.bytes) {}

  Type type = Type::integer;
  std::int64_t integer = 0;
  std::string_view view;
  bool is_null = false;
};

// The parameters of one statement many times over.
class ValueRows {
 public:
  void add(const auto&... values) {
    width_ = sizeof...(values);
    (values_.emplace_back(values), ...);
  }
  void add_row(std::span<const Value> row) {
    width_ = row.size();
    values_.insert(values_.end(), row.begin(), row.end());
  }
  std::size_t size() const { return width_ == 0 ? 0 : values_.size() / width_; }
  bool empty() const { return values_.empty(); }
  std::span<const Value> row(std::size_t i) const { return std::span(values_).subspan(i * width_, width_); }

 private:
  std::size_t width_ = 0;
  std::vector<Value> values_;
};

// An answer on its way. Both engines make one for each statement they have prepared, and use it again.
class Cursor {
 public:
  virtual ~Cursor() = default;
  virtual Result<bool> next() = 0;
  virtual std::int64_t integer(int column) const = 0;
  virtual std::string_view text(int column) const = 0;
  virtual bool is_null(int column) const = 0;
  virtual void reset() = 0;
};

// The answer of one statement, row by row; the statement is free again when the Rows end. Texts are good until next().
class Rows {
 public:
  explicit Rows(Cursor* cursor) : cursor_(cursor) {}
  Result<bool> next() { return cursor_->next(); }  // true: a row is there
  std::int64_t integer(int column) const { return cursor_->integer(column); }
  std::string_view text(int column) const { return cursor_->text(column); }  // or the bytes of a blob
  bool is_null(int column) const { return cursor_->is_null(column); }

 private:
  struct Reset {
    void operator()(Cursor* cursor) const { cursor->reset(); }
  };
  std::unique_ptr<Cursor, Reset> cursor_;
};

enum class TransactionKind : std::uint8_t { read, write };  // write: waits for other writers here, never in the middle
// Gets every row of the answers, with the number of the parameters it answers. Must not use the database.
using VisitAnswer = std::function<Result<void>(std::size_t index, const Rows& row)>;

// What an engine does; sqlite.h and postgres.h make one.
class Connection {
 public:
  virtual ~Connection() = default;
  virtual Result<Cursor*> start(const char* sql, std::span<const Value> values) = 0;
  virtual Result<void> each(const char* sql, const ValueRows& rows, const VisitAnswer& visit) = 0;
  virtual Result<void> load(const char* sql, const ValueRows& rows) = 0;
  virtual Result<void> execute(const char* script) = 0;
  virtual Result<void> begin(TransactionKind kind) = 0;
  virtual Result<void> commit() = 0;
  virtual void roll_back() = 0;
};

// `sql` is always a literal: its address names the prepared statement. A statement whose Rows are still there must not
// be started again. Faults as store.h tells them; the place is the store.
class Database {
 public:
  explicit Database(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}

  // Values must live as long as the Rows.
  Result<Rows> query(const char* sql, const auto&... values) const {
    const std::array<Value, sizeof...(values)> bound{Value(values)...};
    PRATIQUE_TRY(Cursor* const cursor, connection_->start(sql, bound));
    return Rows(cursor);
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
    if (!row || rows.is_null(0)) return std::optional<std::int64_t>();
    return std::optional(rows.integer(0));
  }
  // The same statement for each row of parameters, in order; over a network all are on their way at once.
  Result<void> each(const char* sql, const ValueRows& rows, const VisitAnswer& visit = {}) const {
    return rows.empty() ? Result<void>() : connection_->each(sql, rows, visit);
  }
  // New rows in bulk: "INSERT INTO table (columns) VALUES ($1, ...)" and nothing else; COPY where there is one.
  Result<void> load(const char* sql, const ValueRows& rows) const {
    return rows.empty() ? Result<void>() : connection_->load(sql, rows);
  }
  Result<void> execute(const char* script) const { return connection_->execute(script); }  // any number of statements

 private:
  friend class Transaction;
  std::unique_ptr<Connection> connection_;
};

// Rolled back on every way out but commit().
class Transaction {
 public:
  using Kind = TransactionKind;
  static Result<Transaction> begin(const Database& database, Kind kind) {
    PRATIQUE_DO(database.connection_->begin(kind));
    return Transaction(database.connection_.get());
  }
  Result<void> commit() {
    PRATIQUE_DO(open_->commit());
    static_cast<void>(open_.release());
    return {};
  }

 private:
  struct RollBack {
    void operator()(Connection* connection) const { connection->roll_back(); }
  };
  explicit Transaction(Connection* connection) : open_(connection) {}
  std::unique_ptr<Connection, RollBack> open_;
};

}  // namespace pratique
