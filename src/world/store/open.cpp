// Opening a store of either engine: is it ours, is it as new as this program, and whatever older one is brought up to
// date.
#include "world/store/open.h"

#include <sys/statvfs.h>

#include <filesystem>

#include "world/store/postgres.h"
#include "world/store/schema.h"
#include "world/store/sqlite.h"

namespace pratique {
namespace {

namespace fs = std::filesystem;

Result<std::string> path_of(const std::string& url) {
  if (const auto scheme = url.find("://"); scheme != std::string::npos)
    return Error{Fault::unsupported,
                 "a store at '" + url.substr(0, scheme) + "://' is not one this program knows",
                 {},
                 "name a path, sqlite:PATH or postgresql://HOST/DATABASE"};
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

Error older(const Header& header) {
  return {Fault::unsupported,
          "the store has the older schema " + std::to_string(header.version),
          {},
          "run 'pratique ingest' once to bring it up to date"};
}

// Another process may do the same at the same time: what there is to do is read again under the lock.
Result<void> migrate(const Database& database) {
  PRATIQUE_TRY(Transaction transaction, Transaction::begin(database, Transaction::Kind::write));
  PRATIQUE_TRY(const Header header, read_header(database));
  if (!header.is_new()) PRATIQUE_DO(check_ours(header));
  for (auto step = static_cast<std::size_t>(header.version); step < store_version; ++step)
    PRATIQUE_DO(database.execute(migration(step, Engine::sqlite).c_str()));
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
  if (header.version < store_version) return older(header);
  return database.execute("PRAGMA cache_size = -16384");
}

// SQLite cannot open a log on a file system that takes no writes, and need not: nobody changes what lies there.
Result<SqliteAccess> access_to_read(const std::string& path) {
  struct statvfs info {};
  if (::statvfs(path.c_str(), &info) != 0 || (info.f_flag & ST_RDONLY) == 0) return SqliteAccess::read;
  std::error_code code;
  if (fs::file_size(path + "-wal", code) > 0 && !code)
    return Error{Fault::refused,
                 "the store was not closed cleanly and lies where nothing can be written",
                 {path},
                 "open it once where it can be written"};
  return SqliteAccess::read_frozen;
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
  PRATIQUE_TRY(Database database, open_sqlite(path, SqliteAccess::write, patience));
  PRATIQUE_DO(prepare_to_write(database));
  return database;
}

Result<Database> open_to_read(const std::string& path, std::chrono::milliseconds patience) {
  std::error_code code;
  if (!fs::exists(path, code) && !code)
    return Error{
        Fault::not_found, "there is no store", {path}, "make one with 'pratique ingest', or name it with --store"};
  PRATIQUE_TRY(const auto access, access_to_read(path));
  PRATIQUE_TRY(Database database, open_sqlite(path, access, patience));
  PRATIQUE_DO(prepare_to_read(database));
  return database;
}

Result<OpenedStore> open_file(const std::string& url, Store::Mode mode, std::chrono::milliseconds patience) {
  PRATIQUE_TRY(std::string path, path_of(url));
  auto database = mode == Store::Mode::create ? open_to_write(path, patience) : open_to_read(path, patience);
  if (!database) {
    Error error = std::move(database).error();
    return error.place.empty() ? std::move(error).in(path) : error;
  }
  return OpenedStore{std::move(*database), std::move(path)};
}

// The table `pratique` says what SQLite's header fields do.
Result<Header> read_tables(const Database& database) {
  PRATIQUE_TRY(const auto ours, database.number("SELECT COUNT(*) FROM pg_tables WHERE schemaname = current_schema() "
                                                "AND tablename = 'pratique'"));
  PRATIQUE_TRY(const auto tables,
               database.number("SELECT COUNT(*) FROM pg_tables WHERE schemaname = current_schema()"));
  Header header{0, 0, tables.value_or(0)};
  if (ours.value_or(0) == 0) return header;
  PRATIQUE_TRY(Rows rows, database.query("SELECT application, version FROM pratique"));
  PRATIQUE_TRY(const bool found, rows.next());
  if (found) header = {rows.integer(0), rows.integer(1), header.tables};
  return header;
}

// All of it in one transaction, one process at a time.
Result<void> migrate_tables(const Database& database) {
  PRATIQUE_DO(database.execute("BEGIN"));
  const auto all = [&]() -> Result<void> {
    PRATIQUE_DO(database.execute("SELECT pg_advisory_xact_lock(1349678193)"));
    PRATIQUE_TRY(const Header header, read_tables(database));
    if (header.is_new())
      PRATIQUE_DO(
          database.execute("CREATE TABLE pratique (application BIGINT NOT NULL, version BIGINT NOT NULL); "
                           "INSERT INTO pratique VALUES (0, 0)"));
    else
      PRATIQUE_DO(check_ours(header));
    for (auto step = static_cast<std::size_t>(header.version); step < store_version; ++step)
      PRATIQUE_DO(database.execute(migration(step, Engine::postgres).c_str()));
    PRATIQUE_DO(database.run("UPDATE pratique SET application = $1, version = $2", store_application, store_version));
    return database.execute("COMMIT");
  };
  auto done = all();
  if (!done) static_cast<void>(database.execute("ROLLBACK"));
  return done;
}

Result<void> prepare_tables(const Database& database, Store::Mode mode) {
  PRATIQUE_TRY(const Header header, read_tables(database));
  if (mode == Store::Mode::create && header.is_new()) return migrate_tables(database);
  PRATIQUE_DO(check_ours(header));
  if (header.version == store_version) return {};
  return mode == Store::Mode::create ? migrate_tables(database) : Result<void>(older(header));
}

Result<OpenedStore> open_server(const std::string& url, Store::Mode mode, std::chrono::milliseconds patience) {
  PRATIQUE_TRY(PostgresStore opened, open_postgres(url, patience));
  if (auto ready = prepare_tables(opened.database, mode); !ready) {
    Error error = std::move(ready).error();
    return error.place.empty() ? std::move(error).in(opened.place) : error;
  }
  return OpenedStore{std::move(opened.database), std::move(opened.place)};
}

}  // namespace

Result<OpenedStore> open_store(const std::string& url, Store::Mode mode, std::chrono::milliseconds patience) {
  const bool is_server = url.starts_with("postgresql://") || url.starts_with("postgres://");
  return is_server ? open_server(url, mode, patience) : open_file(url, mode, patience);
}

}  // namespace pratique
