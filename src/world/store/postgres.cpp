#include "world/store/postgres.h"

#include <algorithm>
#include <deque>
#include <unordered_map>

#include "base/text.h"
#include "world/store/libpq.h"

namespace pratique {
namespace {

struct Clear {
  void operator()(PGresult* result) const { (*libpq()).clear(result); }
};
using Answer = std::unique_ptr<PGresult, Clear>;

// SQLSTATE (PostgreSQL, appendix A) in our words; `detail` is the server's own sentence.
Error error_of(std::string_view state, std::string_view detail) {
  const auto is = [&](std::string_view what) { return state.starts_with(what); };
  const std::string said = " (" + std::string(trim(detail)) + ")";
  if (is("53100")) return {Fault::unavailable, "the disk is full", {}, "make room on the database's file system"};
  if (is("55P03"))
    return {Fault::unavailable,
            "another process holds the store locked",
            {},
            "wait for the other ingest to end and run it again"};
  if (is("57014")) return {Fault::timeout, "the database gave up" + said, {}, "run it again"};
  if (is("40")) return {Fault::unavailable, "another process changed the same rows" + said, {}, "run it again"};
  if (is("28"))
    return {Fault::refused, "the database refuses who we are" + said, {}, "check user, PGPASSWORD and PGPASSFILE"};
  if (is("42501") || is("25006"))
    return {Fault::refused, "the store may not be written" + said, {}, "grant the user the rights"};
  if (is("3D000")) return {Fault::not_found, "there is no such database" + said, {}, "make one with 'createdb'"};
  if (is("42P01"))
    return {Fault::malformed, "not a store of pratique" + said, {}, "name another database with --store"};
  if (is("54") || is("22001")) return {Fault::limit, "too large for the store" + said, {}, {}};
  if (is("XX001") || is("XX002"))
    return {Fault::malformed, "the store is damaged" + said, {}, "restore the database from a backup"};
  if (state.empty() || is("08") || is("57") || is("53") || is("58"))
    return {Fault::unavailable, "the database does not answer" + said, {}, "check that it runs and try again"};
  return {Fault::internal, "PostgreSQL: " + std::string(trim(detail)) + " [" + std::string(state) + "]", {}, {}};
}

void put_big_endian(std::string& out, std::uint64_t value, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out.push_back(static_cast<char>(value >> shift));
}

// PostgreSQL takes no NUL in a text and nothing that is not UTF-8; such a text is kept with the bytes spelled out.
bool is_storable(std::string_view text) { return text.find('\0') == std::string_view::npos && is_utf8(text); }

// Parameters as libpq wants them; the texts stay where they are.
class Bound {
 public:
  explicit Bound(std::span<const Value> values) {
    numbers_.reserve(values.size() * 8);
    for (const Value& value : values) add(value);
  }
  int size() const { return static_cast<int>(data_.size()); }
  const char* const* data() const { return data_.data(); }
  const int* lengths() const { return lengths_.data(); }
  const int* formats() const { return formats_.data(); }

 private:
  void add(const Value& value) {
    formats_.push_back(1);
    if (value.is_null) {
      data_.push_back(nullptr);
      lengths_.push_back(0);
    } else if (value.type == Value::Type::integer) {
      const std::size_t at = numbers_.size();
      put_big_endian(numbers_, static_cast<std::uint64_t>(value.integer), 8);
      data_.push_back(numbers_.data() + at);
      lengths_.push_back(8);
    } else {
      std::string_view view = value.view;
      if (value.type == Value::Type::text && !is_storable(view)) view = changed_.emplace_back(printable(view));
      data_.push_back(view.data() != nullptr ? view.data() : "");
      lengths_.push_back(static_cast<int>(view.size()));
    }
  }
  std::string numbers_;
  std::deque<std::string> changed_;
  std::vector<const char*> data_;
  std::vector<int> lengths_, formats_;
};

class PostgresCursor final : public Cursor {
 public:
  PostgresCursor(const Libpq& pq, std::string name) : pq_(pq), name_(std::move(name)) {}
  void take(Answer answer) {
    answer_ = std::move(answer);
    rows_ = pq_.rows(answer_.get());
    row_ = -1;
    in_use_ = true;
  }
  Result<bool> next() override { return ++row_ < rows_; }
  std::int64_t integer(int column) const override {
    const std::string_view bytes = text(column);
    std::uint64_t value = !bytes.empty() && (bytes.front() & 0x80) != 0 ? ~std::uint64_t{0} : 0;
    for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
    return static_cast<std::int64_t>(value);
  }
  std::string_view text(int column) const override {
    return {pq_.value(answer_.get(), row_, column), static_cast<std::size_t>(pq_.length(answer_.get(), row_, column))};
  }
  bool is_null(int column) const override { return pq_.is_null(answer_.get(), row_, column) != 0; }
  void reset() override {
    answer_.reset();
    in_use_ = false;
  }
  bool is_busy() const { return in_use_; }
  const char* name() const { return name_.c_str(); }

 private:
  const Libpq& pq_;
  std::string name_;
  Answer answer_;
  int rows_ = 0, row_ = -1;
  bool in_use_ = false;
};

class Postgres final : public Connection {
 public:
  Postgres(const Libpq& pq, PGconn* handle, std::string place, std::chrono::milliseconds patience)
      : pq_(pq), handle_(handle), place_(std::move(place)), patience_(patience) {
    pq_.set_notice_processor(
        handle_, [](void*, const char*) {}, nullptr);
  }
  ~Postgres() override {
    statements_.clear();
    pq_.finish(handle_);
  }
  Postgres(const Postgres&) = delete;
  Postgres& operator=(const Postgres&) = delete;

  // Plans of prepared statements are made once, mostly while the tables are still empty: a sequential scan that was
  // right then would stay for as long as the connection lasts.
  Result<void> set_up() {
    return execute(("SET lock_timeout = " + std::to_string(patience_.count()) +
                    "; SET client_min_messages = warning; SET enable_seqscan = off; SET jit = off")
                       .c_str());
  }

  Result<Cursor*> start(const char* sql, std::span<const Value> values) override {
    PRATIQUE_TRY(PostgresCursor* const cursor, prepare(sql, values));
    check(!cursor->is_busy(), "a statement is started once at a time");
    const Bound bound(values);
    Answer answer(
        pq_.exec_prepared(handle_, cursor->name(), bound.size(), bound.data(), bound.lengths(), bound.formats(), 1));
    if (!is_good(answer)) return failed(answer.get());
    cursor->take(std::move(answer));
    return static_cast<Cursor*>(cursor);
  }

  Result<void> each(const char* sql, const ValueRows& rows, const VisitAnswer& visit) override {
    PRATIQUE_TRY(PostgresCursor* const cursor, prepare(sql, rows.row(0)));
    if (pq_.enter_pipeline(handle_) != 1) return failed(nullptr);
    constexpr std::size_t at_once = 512;
    Result<void> done;
    for (std::size_t first = 0; first < rows.size() && done; first += at_once)
      done = each_of(*cursor, rows, first, std::min(at_once, rows.size() - first), visit);
    if (pq_.exit_pipeline(handle_) != 1 && done) return failed(nullptr);
    return done;
  }

  Result<void> load(const char* sql, const ValueRows& rows) override {
    PRATIQUE_DO(revive());
    const std::string_view text(sql);
    constexpr std::string_view begin = "INSERT INTO ", end = " VALUES";
    check(text.starts_with(begin) && text.find(end) != std::string_view::npos, "what is loaded is a plain INSERT");
    const std::string copy =
        "COPY " + std::string(text.substr(begin.size(), text.find(end) - begin.size())) + " FROM STDIN (FORMAT binary)";
    const Answer started(pq_.exec(handle_, copy.c_str()));
    if (pq_.result_status(started.get()) != PGRES_COPY_IN) return failed(started.get());
    std::string bytes("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);
    bool sent = true;
    for (std::size_t i = 0; i < rows.size() && sent; ++i) {
      put_row(bytes, rows.row(i));
      if (bytes.size() > (std::size_t{1} << 20)) sent = send(bytes);
    }
    put_big_endian(bytes, 0xffff, 2);
    sent = sent && send(bytes) && pq_.put_copy_end(handle_, nullptr) == 1;
    return drain(sent);
  }

  Result<void> execute(const char* script) override {
    PRATIQUE_DO(revive());
    const Answer answer(pq_.exec(handle_, script));
    if (!is_good(answer)) return failed(answer.get());
    return {};
  }

  Result<void> begin(TransactionKind kind) override {
    if (kind == TransactionKind::read) {
      PRATIQUE_DO(execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"));
      is_open_ = true;
      auto seen = execute("SELECT 1");  // the snapshot is taken with the first statement, not with BEGIN
      if (!seen) roll_back();
      return seen;
    }
    PRATIQUE_DO(execute("BEGIN"));
    is_open_ = true;
    auto locked = execute("SELECT bills FROM totals FOR UPDATE");
    if (!locked) roll_back();
    return locked;
  }
  Result<void> commit() override {
    PRATIQUE_DO(execute("COMMIT"));
    is_open_ = false;
    return {};
  }
  void roll_back() override {
    static_cast<void>(execute("ROLLBACK"));
    is_open_ = false;
  }

 private:
  // Outside a transaction nothing is lost with a connection.
  Result<void> revive() {
    if (pq_.status(handle_) == CONNECTION_OK) return {};
    if (is_open_) return failed(nullptr);
    statements_.clear();
    pq_.reset(handle_);
    if (pq_.status(handle_) != CONNECTION_OK) return failed(nullptr);
    return set_up();
  }

  Result<PostgresCursor*> prepare(const char* sql, std::span<const Value> values) {
    PRATIQUE_DO(revive());
    auto& statement = statements_[sql];
    if (statement != nullptr) return statement.get();
    constexpr Oid bytea = 17, bigint = 20, text = 25;
    std::vector<Oid> types;
    for (const Value& value : values)
      types.push_back(value.type == Value::Type::integer ? bigint : value.type == Value::Type::text ? text : bytea);
    auto made = std::make_unique<PostgresCursor>(pq_, "s" + std::to_string(++named_));
    const Answer answer(pq_.prepare(handle_, made->name(), sql, static_cast<int>(types.size()), types.data()));
    if (!is_good(answer)) return failed(answer.get());
    statement = std::move(made);
    return statement.get();
  }

  bool is_good(const Answer& answer) const {
    const auto status = pq_.result_status(answer.get());
    return status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK || status == PGRES_EMPTY_QUERY;
  }

  // Everything sent is answered before this returns, also behind a failure.
  Result<void> each_of(PostgresCursor& cursor, const ValueRows& rows, std::size_t first, std::size_t count,
                       const VisitAnswer& visit) {
    for (std::size_t i = first; i < first + count; ++i) {
      const Bound bound(rows.row(i));
      if (pq_.send_prepared(handle_, cursor.name(), bound.size(), bound.data(), bound.lengths(), bound.formats(), 1) !=
          1)
        return failed(nullptr);
    }
    if (pq_.pipeline_sync(handle_) != 1) return failed(nullptr);
    Result<void> done;
    for (std::size_t i = first; i < first + count; ++i) {
      Answer answer(pq_.get_result(handle_));
      if (answer == nullptr) return failed(nullptr);
      if (!is_good(answer)) {
        if (done) done = failed(answer.get());
      } else if (visit && done) {
        cursor.take(std::move(answer));
        Rows found(&cursor);
        for (auto more = found.next(); *more && done; more = found.next()) done = visit(i, found);
      }
      if (pq_.status(handle_) != CONNECTION_OK) return done ? failed(nullptr) : done;
      while (Answer(pq_.get_result(handle_)) != nullptr) {  // the end of this one
      }
    }
    const Answer sync(pq_.get_result(handle_));
    return done;
  }

  static void put_row(std::string& out, std::span<const Value> row) {
    put_big_endian(out, row.size(), 2);
    for (const Value& value : row) {
      if (value.is_null) {
        put_big_endian(out, 0xffffffff, 4);
      } else if (value.type == Value::Type::integer) {
        put_big_endian(out, 8, 4);
        put_big_endian(out, static_cast<std::uint64_t>(value.integer), 8);
      } else {
        std::string changed;
        std::string_view view = value.view;
        if (value.type == Value::Type::text && !is_storable(view)) view = changed = printable(view);
        put_big_endian(out, view.size(), 4);
        out.append(view);
      }
    }
  }
  bool send(std::string& bytes) {
    const bool sent = pq_.put_copy_data(handle_, bytes.data(), static_cast<int>(bytes.size())) == 1;
    bytes.clear();
    return sent;
  }
  Result<void> drain(bool sent) {
    if (!sent && pq_.status(handle_) == CONNECTION_OK) pq_.put_copy_end(handle_, "cannot be sent");
    Result<void> done;
    while (Answer answer{pq_.get_result(handle_)}) {
      if (!is_good(answer) && done) done = failed(answer.get());
      if (pq_.status(handle_) != CONNECTION_OK) break;
    }
    if (!sent && done) return failed(nullptr);
    return done;
  }

  Error failed(const PGresult* answer) const {
    const char* const state = answer != nullptr ? pq_.error_field(answer, PG_DIAG_SQLSTATE) : nullptr;
    const char* const text = answer != nullptr ? pq_.error_field(answer, PG_DIAG_MESSAGE_PRIMARY) : nullptr;
    return error_of(state != nullptr ? state : "", text != nullptr ? text : pq_.error_message(handle_)).in(place_);
  }

  const Libpq& pq_;
  PGconn* handle_;
  std::string place_;
  std::chrono::milliseconds patience_;
  std::unordered_map<const char*, std::unique_ptr<PostgresCursor>> statements_;
  std::uint64_t named_ = 0;
  bool is_open_ = false;  // a transaction
};

// Where a connection goes, without user and password.
struct Target {
  std::string place;
  bool has_password = false;
};

Result<Target> target_of(const Libpq& pq, const std::string& url) {
  char* why = nullptr;
  PQconninfoOption* const options = pq.parse(url.c_str(), &why);
  if (options == nullptr) {
    // libpq's sentence quotes the address, and with it a password.
    pq.free_memory(why);
    return Error{
        Fault::usage, "not an address of a PostgreSQL database", {}, "write it as postgresql://USER@HOST/DATABASE"};
  }
  std::string host, port, name;
  Target target;
  for (const auto* option = options; option->keyword != nullptr; ++option) {
    if (option->val == nullptr) continue;
    const std::string_view keyword = option->keyword;
    if (keyword == "host") host = option->val;
    if (keyword == "port") port = option->val;
    if (keyword == "dbname") name = option->val;
    if (keyword == "password") target.has_password = true;
  }
  pq.free_options(options);
  target.place = "postgresql://" + host + (port.empty() ? "" : ":" + port) + "/" + name;
  return target;
}

}  // namespace

Result<PostgresStore> open_postgres(const std::string& url, std::chrono::milliseconds patience) {
  if (!libpq()) return libpq().error();
  const Libpq& pq = *libpq();
  PRATIQUE_TRY(Target target, target_of(pq, url));
  if (target.has_password)
    return Error{Fault::usage,
                 "a password in the address of the store",
                 {target.place},
                 "leave it out and give it in PGPASSWORD or ~/.pgpass"};
  // What comes later counts more: the address has the last word.
  const char* const keywords[] = {"connect_timeout",  "keepalives_idle",  "keepalives_interval",
                                  "keepalives_count", "tcp_user_timeout", "application_name",
                                  "client_encoding",  "dbname",           nullptr};
  const char* const values[] = {"10", "10", "5", "3", "30000", "pratique", "UTF8", url.c_str(), nullptr};
  PGconn* const handle = pq.connect(keywords, values, 1);
  if (handle == nullptr) return Error{Fault::limit, "no memory for a connection", {}, {}};
  auto connection = std::make_unique<Postgres>(pq, handle, target.place, patience);
  if (pq.status(handle) != CONNECTION_OK) {
    // Before a session there is no SQLSTATE, only a sentence.
    const std::string_view said = pq.error_message(handle);
    const char* const state =
        said.find("does not exist") != std::string_view::npos && said.find("database \"") != std::string_view::npos
            ? "3D000"
        : said.find("password") != std::string_view::npos || said.find("authentication") != std::string_view::npos ||
                said.find("role \"") != std::string_view::npos
            ? "28000"
            : "";
    return error_of(state, said).in(target.place);
  }
  PRATIQUE_DO(connection->set_up());
  return PostgresStore{Database(std::move(connection)), std::move(target.place)};
}

}  // namespace pratique
