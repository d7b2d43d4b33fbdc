// What was yanked: images that must not run any more, as files tell it (`kind: YankList`, docs/policy.md).
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "engine/policy/policy.h"
#include "model/workload.h"

namespace pratique {

// Values. Speaks of every image: what it does not name is not yanked.
class YankList {
 public:
  // Of an image that is pinned by digest.
  Standing find(const Image& image) const;
  std::size_t size() const { return size_; }

 private:
  friend Result<YankList> load_yanked(const std::vector<std::string>& paths);
  struct Entry {
    std::string repository;  // empty: wherever it is stored
    Standing standing;
  };
  std::unordered_map<std::string, std::vector<Entry>> by_digest_;
  std::size_t size_ = 0;
};

// Files, and folders as the files in them. Fault: as read_file; malformed, the place is "file:line:column"; limit.
Result<YankList> load_yanked(const std::vector<std::string>& paths);

}  // namespace pratique
