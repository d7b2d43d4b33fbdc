#include "flow/fact_cache.h"

#include "engine/format/format.h"
#include "engine/quality/quality.h"
#include "flow/signatures.h"

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

bool is_signed_by(const Known& known, const TrustedKeys* keys) {
  return keys == nullptr || (known.attestations && known.attestations->generation == keys->generation());
}

bool answers(const Known& known, const Wanted& wanted) {
  const auto* advisories = wanted.advisories.get();
  return known.bill && is_signed_by(known, wanted.keys.get()) &&
         (advisories == nullptr || (known.match && known.match->generation == advisories->generation));
}

// Whether what answers the first question answers the second.
bool covers(const Wanted& asked, const Wanted& wanted) {
  return (!wanted.advisories || (asked.advisories && asked.advisories->generation == wanted.advisories->generation)) &&
         (!wanted.keys || (asked.keys && asked.keys->generation() == wanted.keys->generation()));
}

}  // namespace

std::shared_ptr<const Lookup> FactCache::look_up(const Digest& image, const Wanted& wanted) {
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
    if (within(slot.known, options_.trust_for) && answers(slot.known, wanted)) {
      ++counts_.hits;
      lookup->finish(slot.known);
      return lookup;
    }
    if (slot.pending && covers(slot.pending_wanted, wanted)) {
      ++counts_.waited;
      return slot.pending;
    }
    ++counts_.gathered;
    before = slot.known;
    slot.pending = lookup;
    slot.pending_wanted = wanted;
  }
  const auto job = [self = shared_from_this(), image, before, wanted, lookup] {
    self->gather(image, before, wanted, *lookup);
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
void FactCache::gather(const Digest& image, Known before, const Wanted& wanted, Lookup& lookup) {
  Known known;
  try {
    known = find(image, std::move(before), wanted);
  } catch (const std::exception& exception) {
    known = missing({}, Gap::unavailable,
                    std::string("what is known of the image could not be gathered: ") + exception.what());
  } catch (...) {
    known = missing({}, Gap::unavailable, "what is known of the image could not be gathered");
  }
  keep(image, known, lookup);
  lookup.finish(std::move(known));
}

Known FactCache::find(const Digest& image, Known before, const Wanted& wanted) {
  const auto* keys = wanted.keys.get();
  const bool known_already = within(before, options_.trust_for) && is_signed_by(before, keys);
  Known known = known_already ? std::move(before) : find_bill(image, std::move(before), keys);
  if (!known.bill || answers(known, wanted) || !wanted.advisories) return known;
  const auto& advisories = wanted.advisories;
  known.match = nullptr;
  if (!advisories->match) return missing(std::move(known), Gap::unavailable, "there is no advisory database");
  auto match = advisories->match(known.bill->bill());
  if (!match)
    return missing(std::move(known), Gap::unavailable,
                   "the advisory database gave no answer: " + render(match.error()));
  known.match = std::make_shared<const MatchFacts>(std::move(*match), advisories->generation, advisories->catalogues);
  return known;
}

Known FactCache::find_bill(const Digest& image, Known before, const TrustedKeys* keys) {
  auto bytes = source_.bill(image);
  if (!bytes) {
    if (!within(before, options_.believe_for))
      return missing({}, Gap::unavailable, "the store gave no answer about its SBOM: " + render(bytes.error()));
    const std::lock_guard lock(mutex_);
    ++counts_.believed;
    if (!is_signed_by(before, keys)) before.attestations = nullptr;  // the bytes are not at hand to look again
    return before;
  }
  Known known;
  if (!bytes->has_value()) {
    if (keys != nullptr) known.attestations = std::make_shared<const Attestations>(attestations_of_nothing(*keys));
    return missing(std::move(known), Gap::no_bill, "no SBOM for " + image.text());
  }
  known.bill_digest = sha256_of((*bytes)->view());
  if (before.bill && before.bill_digest == known.bill_digest && is_signed_by(before, keys)) {
    before.checked = options_.now();
    return before;
  }
  const auto original = keys == nullptr ? Bytes() : Bytes::copy_of((*bytes)->view());
  const auto bill = read_bill(std::move(**bytes), options_.bill_limits);
  if (!bill) return missing({}, Gap::unavailable, "its SBOM cannot be read: " + render(bill.error()));
  known.bill = std::make_shared<const ImageFacts>(*bill, known.bill_digest, quality_of(*bill).score);
  if (keys != nullptr)
    known.attestations = std::make_shared<const Attestations>(attestations_of(original, *bill, image, *keys));
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
  if (slot.pending.get() == &lookup) {
    slot.pending = nullptr;
    slot.pending_wanted = {};  // nothing of an old generation stays
  }
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
