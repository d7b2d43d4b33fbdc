// LMDB as far as it is needed: one table that is written once from sorted pairs and then only read. Private to
// advisorydb.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

struct MDB_env;
struct MDB_txn;

namespace pratique {

// Writes a new environment over the empty file at `path`. Keys in the order of their bytes, none twice, none empty. The
// bytes depend on the pairs alone. Not synced. Fault: unavailable.
Result<void> write_environment(const std::string& path, const std::vector<std::pair<std::string, std::string>>& pairs);

// Values stay where they are as long as the Snapshot lives. One thread.
class Snapshot {
 public:
  // Empty when there is no such key; values are never empty.
  std::string_view find(std::string_view key) const;
  // All whose key begins with this byte, in the order of their keys. An error that `visit` returns ends it.
  Result<void> each(char kind, const std::function<Result<void>(std::string_view value)>& visit) const;

 private:
  friend class Environment;
  struct Abort {
    void operator()(MDB_txn* txn) const;
  };
  std::unique_ptr<MDB_txn, Abort> txn_;
};

class Environment {
 public:
  // For reading. No lock file is made: the file is never written again.
  static Result<Environment> open(const std::string& path);
  Result<Snapshot> snapshot() const;  // any thread
  int descriptor() const;

 private:
  struct Close {
    void operator()(MDB_env* env) const;
  };
  std::unique_ptr<MDB_env, Close> env_;
};

}  // namespace pratique
