// Writing into the store, one at a time; bills that come together are saved together. Private to the server. Thread
// safe.
//
// The surprise: there is no thread behind it. Whoever comes while nobody writes does it for all who wait.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "world/store/store.h"

namespace pratique {

class Scribe {
 public:
  Scribe(std::string url, const Clock& clock) : url_(std::move(url)), clock_(clock) {}

  // Returns once it is on the disk: whether it was new.
  Result<bool> save_bill(StoredBill bill, AuditEntry act);

  template <class Function>  // Result<T>(Store&, Time now)
  auto write(Function&& function) -> decltype(function(std::declval<Store&>(), Time())) {
    const std::lock_guard lock(writing_);
    if (!store_) {
      PRATIQUE_TRY(auto opened, Store::open(url_, Store::Mode::create));
      store_.emplace(std::move(opened));
    }
    auto result = function(*store_, clock_());
    if (!result && result.error().fault != Fault::usage && result.error().fault != Fault::not_found) store_.reset();
    return result;
  }

 private:
  struct Waiting {
    StoredBill bill;
    AuditEntry act;
    std::optional<Result<bool>> saved;
  };
  void save(std::vector<Waiting*> batch);

  const std::string url_;
  const Clock& clock_;
  std::mutex writing_;
  std::optional<Store> store_;  // of whoever holds writing_

  std::mutex mutex_;  // of what follows
  std::condition_variable changed_;
  std::vector<Waiting*> waiting_;
  bool is_led_ = false;
};

// Access that was refused, for the audit log. What happens again and again is said once a minute, with how often, so
// that nobody fills the log by knocking.
class Refusals {
 public:
  void add(AuditEntry refusal);
  // What is to be said now.
  std::vector<AuditEntry> take(std::chrono::steady_clock::time_point now);

 private:
  struct Seen {
    AuditEntry entry;
    std::uint64_t times = 0;  // not said yet
    std::optional<std::chrono::steady_clock::time_point> said;
  };
  std::mutex mutex_;
  std::map<std::string, Seen> seen_;
};

}  // namespace pratique
