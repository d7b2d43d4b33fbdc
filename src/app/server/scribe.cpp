#include "app/server/scribe.h"

#include "flow/ingest.h"

namespace pratique {

Result<bool> Scribe::save_bill(StoredBill bill, AuditEntry act) {
  Waiting mine{std::move(bill), std::move(act), {}};
  std::unique_lock lock(mutex_);
  waiting_.push_back(&mine);
  changed_.wait(lock, [&] { return mine.saved || !is_led_; });
  if (mine.saved) return std::move(*mine.saved);
  is_led_ = true;
  auto batch = std::exchange(waiting_, {});  // mine is among them
  lock.unlock();
  save(std::move(batch));
  lock.lock();
  is_led_ = false;
  changed_.notify_all();
  return std::move(*mine.saved);
}

// Nobody looks at `saved` of another but under mutex_, which the leader takes when all is done.
void Scribe::save(std::vector<Waiting*> batch) {
  std::vector<StoredBill> bills;
  std::vector<AuditEntry> acts;
  for (Waiting* one : batch) {
    bills.push_back(std::move(one->bill));
    acts.push_back(std::move(one->act));
  }
  auto saved = write([&](Store& store, Time now) { return save_received(store, bills, acts, now); });
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < batch.size(); ++i)
    batch[i]->saved = saved ? Result<bool>((*saved)[i]) : Result<bool>(saved.error());
}

void Refusals::add(AuditEntry refusal) {
  constexpr std::size_t most_kinds = 1000;
  const auto port = refusal.from.rfind(':');
  std::string key = refusal.actor + "\n" + refusal.from.substr(0, port) + "\n" + refusal.action + "\n" + refusal.object;
  const std::lock_guard lock(mutex_);
  if (seen_.size() >= most_kinds && !seen_.contains(key)) {
    key = "others";
    refusal = {"", "", "access.refused", "others", "too many kinds to tell apart"};
  }
  Seen& seen = seen_[key];
  seen.entry = std::move(refusal);
  ++seen.times;
}

std::vector<AuditEntry> Refusals::take(std::chrono::steady_clock::time_point now) {
  constexpr std::chrono::seconds pause{60};
  std::vector<AuditEntry> entries;
  const std::lock_guard lock(mutex_);
  for (auto at = seen_.begin(); at != seen_.end();) {
    Seen& seen = at->second;
    const bool is_due = !seen.said || now - *seen.said >= pause;
    if (is_due && seen.times == 0) {
      at = seen_.erase(at);
      continue;
    }
    if (is_due) {
      entries.push_back(seen.entry);
      if (seen.times > 1) entries.back().detail += " (" + std::to_string(seen.times) + " times)";
      seen.times = 0;
      seen.said = now;
    }
    ++at;
  }
  return entries;
}

}  // namespace pratique
