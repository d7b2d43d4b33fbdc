#include "flow/fact_cache.h"

#include "engine/format/format.h"
#include "engine/quality/quality.h"

namespace pratique {

void Lookup::finish(Known known) {
  const std::lock_guard lock(mutex_);
  known_ = std::move(known);
  changed_.notify_all();
}

bool Lookup::finished() const {
  const std::lock_guard lock(mutex_);
  return known_.has_value();
}

Known Lookup::wait(Deadline deadline) const {
  std::unique_lock lock(mutex_);
  if (changed_.wait_until(lock, deadline, [this] { return known_.has_value(); })) return *known_;
  Known nothing;
  nothing.gap = Gap::unavailable;
  nothing.reason = "what is known of the image did not arrive in time";
  return nothing;
}

namespace {

Known missing(Known known, Gap gap, std::string reason) {
  known.gap = gap;
  known.reason = std::move(reason);
  return known;
}

std::size_t bytes_of(const Known& known) {
  return (known.bill ? known.bill->bytes() : 0) + (known.match ? known.match->bytes : 0);
}

bool answers(const Known& known, const Advisories* advisories) {
  return known.bill && (advisories == nullptr || (known.match && known.match->generation == advisories->generation));
}

}  // namespace

std::shared_ptr<const Lookup> FactCache::look_up(const Digest& image, std::shared_ptr<const Advisories> advisories) {
  auto lookup = std::make_shared<Lookup>();
  Known before;
  {
    const std::lock_guard lock(mutex_);
    const auto [found, is_new] = slots_.try_emplace(image.text());
    Slot& slot = found->second;
    if (is_new) {
      recency_.push_front(image.text());
      slot.recency = recency_.begin();
    } else {
      recency_.splice(recency_.begin(), recency_, slot.recency);
    }
    if (within(slot.known, options_.trust_for) && answers(slot.known, advisories.get())) {
      ++counts_.hits;
      lookup->finish(slot.known);
      return lookup;
    }
    if (slot.pending && (!advisories || slot.pending_generation == advisories->generation)) {
      ++counts_.waited;
      return slot.pending;
    }
    ++counts_.gathered;
    before = slot.known;
    slot.pending = lookup;
    slot.pending_generation = advisories ? advisories->generation : "";
  }
  const auto job = [self = shared_from_this(), image, before, advisories, lookup] {
    self->gather(image, before, advisories.get(), *lookup);
  };
  bool taken = false;
  try {
    taken = source_.run(job);
  } catch (const std::exception&) {  // told below
  }
  if (!taken) {
    const auto known = missing({}, Gap::unavailable, "the gate is looking up as much as it can; try again");
    keep(image, known, *lookup);
    lookup->finish(known);
  }
  return lookup;
}

bool FactCache::within(const Known& known, std::chrono::milliseconds age) const {
  return known.bill && options_.now() - known.checked < age;
}

// Whatever happens in here, those who wait are told.
void FactCache::gather(const Digest& image, Known before, const Advisories* advisories, Lookup& lookup) {
  Known known;
  try {
    known = find(image, std::move(before), advisories);
  } catch (const std::exception& exception) {
    known = missing({}, Gap::unavailable,
                    std::string("what is known of the image could not be gathered: ") + exception.what());
  } catch (...) {
    known = missing({}, Gap::unavailable, "what is known of the image could not be gathered");
  }
  keep(image, known, lookup);
  lookup.finish(std::move(known));
}

Known FactCache::find(const Digest& image, Known before, const Advisories* advisories) {
  Known known = within(before, options_.trust_for) ? std::move(before) : find_bill(image, std::move(before));
  if (!known.bill || answers(known, advisories)) return known;
  known.match = nullptr;
  if (!advisories->match) return missing(std::move(known), Gap::unavailable, "there is no advisory database");
  auto match = advisories->match(known.bill->bill());
  if (!match)
    return missing(std::move(known), Gap::unavailable,
                   "the advisory database gave no answer: " + render(match.error()));
  known.match = std::make_shared<const MatchFacts>(std::move(*match), advisories->generation, advisories->catalogues);
  return known;
}

Known FactCache::find_bill(const Digest& image, Known before) {
  auto bytes = source_.bill(image);
  if (!bytes) {
    if (!within(before, options_.believe_for))
      return missing({}, Gap::unavailable, "the store gave no answer about its SBOM: " + render(bytes.error()));
    const std::lock_guard lock(mutex_);
    ++counts_.believed;
    return before;
  }
  if (!bytes->has_value()) return missing({}, Gap::no_bill, "no SBOM for " + image.text());
  Known known;
  known.bill_digest = sha256_of((*bytes)->view());
  if (before.bill && before.bill_digest == known.bill_digest) {
    before.checked = options_.now();
    return before;
  }
  const auto bill = read_bill(std::move(**bytes), options_.bill_limits);
  if (!bill) return missing({}, Gap::unavailable, "its SBOM cannot be read: " + render(bill.error()));
  known.bill = std::make_shared<const ImageFacts>(*bill, known.bill_digest, quality_of(*bill).score);
  known.checked = options_.now();
  return known;
}

// Only what was found: a failure is asked about again by the next request, and takes nothing away.
void FactCache::keep(const Digest& image, const Known& known, const Lookup& lookup) {
  const std::lock_guard lock(mutex_);
  if (known.gap == Gap::unavailable) ++counts_.failed;
  const auto found = slots_.find(image.text());
  if (found == slots_.end()) return;
  Slot& slot = found->second;
  if (slot.pending.get() == &lookup) slot.pending = nullptr;
  if (known.bill || known.gap == Gap::no_bill) {
    slot.known = known;
    slot.known.gap = Gap::none;
    slot.known.reason.clear();
    bytes_ += bytes_of(known) - slot.bytes;
    slot.bytes = bytes_of(known);
  }
  if (!slot.known.bill && !slot.pending) {
    recency_.erase(slot.recency);
    slots_.erase(found);
  }
  make_room();
}

void FactCache::make_room() {
  for (auto oldest = recency_.end(); bytes_ > options_.cache_bytes && oldest != recency_.begin();) {
    --oldest;
    const auto found = slots_.find(*oldest);
    if (found->second.pending) continue;
    bytes_ -= found->second.bytes;
    slots_.erase(found);
    oldest = recency_.erase(oldest);
  }
}

Gate::Counts FactCache::counts() const {
  const std::lock_guard lock(mutex_);
  Gate::Counts counts = counts_;
  counts.images = slots_.size();
  counts.bytes = bytes_;
  return counts;
}

}  // namespace pratique
