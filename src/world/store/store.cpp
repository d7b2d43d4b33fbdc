// Opening and holding a store; what is read here is small.
#include "world/store/store.h"

#include <sys/statvfs.h>

#include <filesystem>

#include "world/store/original.h"
#include "world/store/schema.h"
#include "world/store/state.h"

namespace pratique {
namespace {

namespace fs = std::filesystem;

Result<std::string> path_of(const std::string& url) {
  if (const auto scheme = url.find("://"); scheme != std::string::npos)
    return Error{Fault::unsupported,
                 "a store at '" + url.substr(0, scheme) + "://' is not one this program knows",
                 {},
                 "name a path, or sqlite:PATH"};
  std::string path = url.starts_with("sqlite:") ? url.substr(7) : url;
  if (path.empty() || path == ":memory:")
    return Error{Fault::usage, "the store has no path", {}, "name one with --store PATH"};
  return path;
}

struct Header {
  std::int64_t application = 0, version = 0, tables = 0;
  bool is_new() const { return application == 0 && version == 0 && tables == 0; }
};

Result<Header> read_header(const Database& database) {
  PRATIQUE_TRY(const auto application, database.number("PRAGMA application_id"));
  PRATIQUE_TRY(const auto version, database.number("PRAGMA user_version"));
  PRATIQUE_TRY(const auto tables, database.number("SELECT COUNT(*) FROM sqlite_schema"));
  return Header{application.value_or(0), version.value_or(0), tables.value_or(0)};
}

Result<void> check_ours(const Header& header) {
  if (header.application != store_application)
    return Error{Fault::malformed, "not a store of pratique", {}, "name another file with --store"};
  if (header.version > store_version)
    return Error{Fault::unsupported,
                 "the store has schema " + std::to_string(header.version) + ", this program knows up to " +
                     std::to_string(store_version),
                 {},
                 "use the newer pratique that wrote it"};
  return {};
}

// Another process may do the same at the same time: what there is to do is read again under the lock.
Result<void> migrate(const Database& database) {
  PRATIQUE_TRY(Transaction transaction, Transaction::begin(database, Transaction::Kind::write));
  PRATIQUE_TRY(const Header header, read_header(database));
  if (!header.is_new()) PRATIQUE_DO(check_ours(header));
  for (auto step = static_cast<std::size_t>(header.version); step < store_migrations.size(); ++step)
    PRATIQUE_DO(database.execute(store_migrations[step]));
  PRATIQUE_DO(database.execute(("PRAGMA application_id = " + std::to_string(store_application) +
                                "; PRAGMA user_version = " + std::to_string(store_version))
                                   .c_str()));
  return transaction.commit();
}

Result<void> prepare_to_write(const Database& database) {
  PRATIQUE_TRY(const Header header, read_header(database));
  if (!header.is_new()) PRATIQUE_DO(check_ours(header));
  // A commit is on the disk before it is acknowledged (FULL). The log is copied back in steps of 128 MiB: batches that
  // change the same postings one after another then write them there once.
  PRATIQUE_DO(
      database.execute("PRAGMA page_size = 4096; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                       "PRAGMA wal_autocheckpoint = 32768; PRAGMA cache_size = -65536"));
  if (header.version < store_version) return migrate(database);
  return {};
}

Result<void> prepare_to_read(const Database& database) {
  PRATIQUE_TRY(const Header header, read_header(database));
  PRATIQUE_DO(check_ours(header));
  if (header.version < store_version)
    return Error{Fault::unsupported,
                 "the store has the older schema " + std::to_string(header.version),
                 {},
                 "run 'pratique ingest' once to bring it up to date"};
  return database.execute("PRAGMA cache_size = -16384");
}

// SQLite cannot open a log on a file system that takes no writes, and need not: nobody changes what lies there.
Result<Database::Access> access_to_read(const std::string& path) {
  struct statvfs info {};
  if (::statvfs(path.c_str(), &info) != 0 || (info.f_flag & ST_RDONLY) == 0) return Database::Access::read;
  std::error_code code;
  if (fs::file_size(path + "-wal", code) > 0 && !code)
    return Error{Fault::refused,
                 "the store was not closed cleanly and lies where nothing can be written",
                 {path},
                 "open it once where it can be written"};
  return Database::Access::read_frozen;
}

Result<Database> open_to_write(const std::string& path, std::chrono::milliseconds patience) {
  std::error_code code;
  if (const auto folder = fs::path(path).parent_path(); !folder.empty()) fs::create_directories(folder, code);
  if (code)
    return Error{code == std::errc::permission_denied || code == std::errc::read_only_file_system ? Fault::refused
                                                                                                  : Fault::unavailable,
                 "cannot make the folder of the store (" + code.message() + ")",
                 {path},
                 "name another path with --store"};
  PRATIQUE_TRY(Database database, Database::open(path, Database::Access::write, patience));
  PRATIQUE_DO(prepare_to_write(database));
  return database;
}

Result<Database> open_to_read(const std::string& path, std::chrono::milliseconds patience) {
  std::error_code code;
  if (!fs::exists(path, code) && !code)
    return Error{
        Fault::not_found, "there is no store", {path}, "make one with 'pratique ingest', or name it with --store"};
  PRATIQUE_TRY(const auto access, access_to_read(path));
  PRATIQUE_TRY(Database database, Database::open(path, access, patience));
  PRATIQUE_DO(prepare_to_read(database));
  return database;
}

}  // namespace

Result<Store> Store::open(const std::string& url, Mode mode, std::chrono::milliseconds patience) {
  PRATIQUE_TRY(std::string path, path_of(url));
  auto database = mode == Mode::create ? open_to_write(path, patience) : open_to_read(path, patience);
  if (!database) {
    Error error = std::move(database).error();
    return error.place.empty() ? std::move(error).in(path) : error;
  }
  return Store(std::make_unique<State>(State{std::move(path), patience, std::move(*database), {}, {}}));
}

Result<Store> Store::reader() const { return open(state_->path, Mode::read, state_->patience); }

Store::Store(std::unique_ptr<State> state) : state_(std::move(state)) {}
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;
Store::~Store() = default;

struct Store::Moment::Open {
  Transaction transaction;
};
Store::Moment::Moment(std::unique_ptr<Open> open) : open_(std::move(open)) {}
Store::Moment::Moment(Moment&&) noexcept = default;
Store::Moment& Store::Moment::operator=(Moment&&) noexcept = default;
Store::Moment::~Moment() = default;

// SQLite takes its snapshot with the first read, not with BEGIN.
Result<Store::Moment> Store::hold() const {
  PRATIQUE_TRY(Transaction transaction, Transaction::begin(state_->database, Transaction::Kind::read));
  PRATIQUE_TRY([[maybe_unused]] const auto bills, state_->database.number("SELECT bills FROM totals"));
  return Moment(std::make_unique<Moment::Open>(Moment::Open{std::move(transaction)}));
}

Result<bool> Store::has_bill(const Digest& digest) const {
  PRATIQUE_TRY(const auto bill, state_->database.number("SELECT id FROM bills WHERE digest = $1", digest.text()));
  return bill.has_value();
}

Result<std::optional<Bytes>> Store::load_bill(const Digest& artifact) const {
  PRATIQUE_TRY(Rows rows,
               state_->database.query("SELECT size, zstd FROM artifacts JOIN bills ON bills.artifact = artifacts.id "
                                      "JOIN originals ON originals.bill = bills.id "
                                      "WHERE artifacts.digest = $1 ORDER BY bills.id DESC LIMIT 1",
                                      artifact.text()));
  PRATIQUE_TRY(const bool found, rows.next());
  if (!found) return std::optional<Bytes>();
  auto original = unpack_original(rows.text(1), static_cast<std::uint64_t>(rows.integer(0)));
  if (!original) return std::move(original).error().in(state_->path);
  return std::optional(std::move(*original));
}

Result<StoreCounts> Store::counts() const {
  PRATIQUE_TRY(Rows rows, state_->database.query("SELECT bills, artifacts, components, occurrences, pods FROM totals"));
  PRATIQUE_TRY(const bool found, rows.next());
  if (!found)
    return Error{
        Fault::malformed, "the store's totals are gone", {state_->path}, "move the store away and ingest again"};
  const auto number = [&](int column) { return static_cast<std::uint64_t>(rows.integer(column)); };
  return StoreCounts{number(0), number(1), number(2), number(3), number(4)};
}

}  // namespace pratique
