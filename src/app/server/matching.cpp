#include "app/server/matching.h"

#include <utility>

#include "base/log.h"
#include "flow/rematch.h"

namespace pratique {

void Matching::wake(std::shared_ptr<const AdvisoryDb> database) {
  if (!database || is_busy_.exchange(true)) return;
  const bool is_taken = worker_.run([this, database = std::move(database)] {
    const auto done = work(*database);
    auto trouble = done || done.error().fault == Fault::interrupted ? std::string() : render(done.error());
    if (!trouble.empty() && trouble != told_)
      log(LogLevel::error, "what waits could not be matched", {{"reason", trouble}});
    told_ = std::move(trouble);
    is_busy_ = false;
  });
  if (!is_taken) is_busy_ = false;
}

Result<void> Matching::work(const AdvisoryDb& database) const {
  PRATIQUE_TRY(const bool is_wanted, stores_.with([&](const Store& store) -> Result<bool> {
    PRATIQUE_TRY(const auto generation, store.generation());
    if (!generation || generation->digest != database.status().generation) return true;
    PRATIQUE_TRY(const auto waiting, store.find_pending(1));
    return !waiting.empty();
  }));
  if (!is_wanted) return {};
  PRATIQUE_TRY(Store store, Store::open(url_, Store::Mode::create));
  RematchOptions options;
  options.interrupted = [this] { return is_ending_.load(); };
  PRATIQUE_TRY(const auto report, rematch(store, database, clock_(), options));
  log(LogLevel::info, "matched",
      {{"generation", report.after},
       {"components", std::to_string(report.counts.components)},
       {"opened", std::to_string(report.counts.opened)},
       {"closed", std::to_string(report.counts.closed)}});
  return {};
}

}  // namespace pratique
