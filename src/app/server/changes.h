// What is new, for those who listen: read from the store now and then, kept for a while in memory, told as server-sent
// events (HTML Standard, section 9.2). Private to the server. Thread safe.
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.h"
#include "flow/survey.h"
#include "model/access.h"
#include "world/store/store.h"

namespace pratique {

// A change, with what an act of matching opened and closed.
struct ToldChange {
  StoredChange change;
  MatchChanges findings;
};
using ToldChanges = std::vector<std::shared_ptr<const ToldChange>>;  // shared by all who listen

// What the store has behind `after`, at most so many changes and some thousands of findings.
Result<ToldChanges> load_changes(const Store& store, std::uint64_t after, std::size_t most);

class ChangeFeed {
 public:
  // Takes what the store has that is newer; the first time only where that ends.
  Result<void> read(const Store& store);
  // Those behind `after`, and whether some before them are gone from memory.
  struct Page {
    ToldChanges changes;
    bool has_gap = false;
  };
  Page after(std::uint64_t id) const;
  std::uint64_t last() const;

 private:
  mutable std::mutex mutex_;
  bool is_begun_ = false;
  std::uint64_t begin_ = 0, last_ = 0;  // what is in memory is behind begin_
  std::size_t findings_ = 0;            // in memory
  std::deque<std::shared_ptr<const ToldChange>> changes_;
};

bool may_hear(const Principal& who, const StoredChange& change);
// Whether telling it takes the store.
bool tells_findings(const ToldChange& change);

// "id: 7\nevent: bill\ndata: {...}\n\n"; of findings one for each that `who` may see, and "event: gap" where there were
// more than are told; empty where there is none.
Result<std::string> render_change(const ToldChange& change, const Principal& who, const Store& store);
std::string render_change(const StoredChange& change);  // of one that tells no findings
extern const std::string_view gap_event;

}  // namespace pratique
