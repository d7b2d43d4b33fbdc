// What is new, for those who listen: read from the store now and then, kept for a while in memory, told as server-sent
// events (HTML Standard, section 9.2). Private to the server. Thread safe.
#pragma once

#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/access.h"
#include "world/store/store.h"

namespace pratique {

class ChangeFeed {
 public:
  // Takes what the store has that is newer; the first time only where that ends.
  Result<void> read(const Store& store);
  // Those behind `after`, and whether some before them are gone from memory.
  struct Page {
    std::vector<StoredChange> changes;
    bool has_gap = false;
  };
  Page after(std::uint64_t id) const;
  std::uint64_t last() const;

 private:
  mutable std::mutex mutex_;
  bool is_begun_ = false;
  std::uint64_t begin_ = 0, last_ = 0;  // what is in memory is behind begin_
  std::deque<StoredChange> changes_;
};

bool may_hear(const Principal& who, const StoredChange& change);
// "id: 7\nevent: bill\ndata: {...}\n\n"
std::string render_change(const StoredChange& change);

}  // namespace pratique
