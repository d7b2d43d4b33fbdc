// Brings the findings of the store to the advisories in use, and matches what was brought in. Private to the server.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "app/server/evidence.h"
#include "base/clock.h"
#include "world/advisorydb/advisorydb.h"

namespace pratique {

class Matching {
 public:
  Matching(std::string store, StoreReaders& stores, const Clock& clock)
      : url_(std::move(store)), stores_(stores), clock_(clock) {}
  Matching(const Matching&) = delete;
  Matching& operator=(const Matching&) = delete;
  ~Matching() { is_ending_ = true; }  // what is judged stays judged; the next one goes on

  // Back at once: on a thread of its own it looks whether anything waits, and matches it.
  void wake(std::shared_ptr<const AdvisoryDb> database);

 private:
  Result<void> work(const AdvisoryDb& database) const;

  const std::string url_;
  StoreReaders& stores_;
  const Clock& clock_;
  std::string told_;  // what was wrong the last time; said once
  std::atomic<bool> is_busy_{false}, is_ending_{false};
  Workers worker_{1, 1};  // last: it ends before what it uses is gone
};

}  // namespace pratique
