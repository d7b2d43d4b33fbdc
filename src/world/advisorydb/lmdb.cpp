#include "world/advisorydb/lmdb.h"

#include <lmdb.h>

namespace pratique {
namespace {

constexpr MDB_dbi table = 1;  // the unnamed table, whose handle LMDB fixes

Error lmdb_error(int code, const std::string& path, std::string_view doing) {
  return Error{Fault::unavailable, "cannot " + std::string(doing) + ": " + mdb_strerror(code), {path}, {}};
}

MDB_val value_of(std::string_view bytes) { return {bytes.size(), const_cast<char*>(bytes.data())}; }

// More than enough room, rounded so that it depends on little. It is only address space, but LMDB writes it down.
std::size_t map_size_for(const std::vector<std::pair<std::string, std::string>>& pairs) {
  constexpr std::size_t page = 4096, step = std::size_t{1} << 20;
  std::size_t bytes = step;
  for (const auto& [key, value] : pairs) {
    const bool shares_a_page = value.size() <= page / 4;
    bytes += 2 * (key.size() + 32) + (shares_a_page ? 2 * value.size() : (value.size() / page + 2) * page);
  }
  return (bytes + step - 1) / step * step;
}

}  // namespace

void Snapshot::Abort::operator()(MDB_txn* txn) const { mdb_txn_abort(txn); }
void Environment::Close::operator()(MDB_env* env) const { mdb_env_close(env); }

std::string_view Snapshot::find(std::string_view key) const {
  MDB_val wanted = value_of(key);
  MDB_val found{};
  if (mdb_get(txn_.get(), table, &wanted, &found) != MDB_SUCCESS) return {};
  return {static_cast<const char*>(found.mv_data), found.mv_size};
}

Result<void> Snapshot::each(char kind, const std::function<Result<void>(std::string_view value)>& visit) const {
  MDB_cursor* cursor = nullptr;
  if (const int code = mdb_cursor_open(txn_.get(), table, &cursor); code != 0) return lmdb_error(code, "", "read");
  const std::unique_ptr<MDB_cursor, void (*)(MDB_cursor*)> closing(cursor, mdb_cursor_close);
  MDB_val key = value_of({&kind, 1});
  MDB_val found{};
  int code = mdb_cursor_get(cursor, &key, &found, MDB_SET_RANGE);
  for (; code == MDB_SUCCESS; code = mdb_cursor_get(cursor, &key, &found, MDB_NEXT)) {
    if (key.mv_size == 0 || *static_cast<const char*>(key.mv_data) != kind) return {};
    PRATIQUE_DO(visit({static_cast<const char*>(found.mv_data), found.mv_size}));
  }
  if (code != MDB_NOTFOUND) return lmdb_error(code, "", "read");
  return {};
}

Result<Environment> Environment::open(const std::string& path) {
  MDB_env* env = nullptr;
  if (const int code = mdb_env_create(&env); code != 0) return lmdb_error(code, path, "open");
  Environment environment;
  environment.env_.reset(env);
  constexpr unsigned flags = MDB_RDONLY | MDB_NOSUBDIR | MDB_NOLOCK | MDB_NOTLS;
  if (const int code = mdb_env_open(env, path.c_str(), flags, 0); code != 0) return lmdb_error(code, path, "open");
  // Once, by one thread, the table is opened: that fixes how LMDB compares its keys.
  PRATIQUE_TRY(const Snapshot first, environment.snapshot());
  MDB_dbi handle = 0;
  if (const int code = mdb_dbi_open(first.txn_.get(), nullptr, 0, &handle); code != 0)
    return lmdb_error(code, path, "open");
  check(handle == table, "LMDB's handle of the unnamed table");
  return environment;
}

Result<Snapshot> Environment::snapshot() const {
  MDB_txn* txn = nullptr;
  if (const int code = mdb_txn_begin(env_.get(), nullptr, MDB_RDONLY, &txn); code != 0)
    return lmdb_error(code, "", "begin reading");
  Snapshot snapshot;
  snapshot.txn_.reset(txn);
  return snapshot;
}

int Environment::descriptor() const {
  int fd = -1;
  mdb_env_get_fd(env_.get(), &fd);
  return fd;
}

Result<void> write_environment(const std::string& path, const std::vector<std::pair<std::string, std::string>>& pairs) {
  MDB_env* env = nullptr;
  if (const int code = mdb_env_create(&env); code != 0) return lmdb_error(code, path, "write");
  const std::unique_ptr<MDB_env, void (*)(MDB_env*)> closing(env, mdb_env_close);
  MDB_txn* txn = nullptr;
  MDB_dbi handle = 0;
  int code = mdb_env_set_mapsize(env, map_size_for(pairs));
  if (code == 0) code = mdb_env_open(env, path.c_str(), MDB_NOSUBDIR | MDB_NOLOCK | MDB_NOSYNC, 0644);
  if (code == 0) code = mdb_txn_begin(env, nullptr, 0, &txn);
  if (code != 0) return lmdb_error(code, path, "write");
  code = mdb_dbi_open(txn, nullptr, 0, &handle);
  for (auto pair = pairs.begin(); code == 0 && pair != pairs.end(); ++pair) {
    MDB_val key = value_of(pair->first);
    MDB_val value = value_of(pair->second);
    code = mdb_put(txn, handle, &key, &value, MDB_APPEND);
  }
  if (code != 0) {
    mdb_txn_abort(txn);
    return lmdb_error(code, path, "write");
  }
  if (code = mdb_txn_commit(txn); code != 0) return lmdb_error(code, path, "write");
  return {};
}

}  // namespace pratique
