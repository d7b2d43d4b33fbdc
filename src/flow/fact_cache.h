// What is known of images, by digest. Private to the gate.
#pragma once

#include <condition_variable>
#include <list>
#include <mutex>
#include <unordered_map>

#include "flow/admit.h"

namespace pratique {

// As much as was found, and why the rest is missing.
struct Known {
  std::shared_ptr<const ImageFacts> bill;
  std::shared_ptr<const MatchFacts> match;
  std::shared_ptr<const Attestations> attestations;
  std::optional<Digest> bill_digest;  // of its bytes
  Deadline checked{};                 // when the source last said that this is the newest bill
  Gap gap = Gap::none;
  std::string reason;
};

// What is asked of an image besides its bill; null where nobody asks.
struct Wanted {
  std::shared_ptr<const Advisories> advisories;
  std::shared_ptr<const TrustedKeys> keys;
};

// An answer that is being looked up; any number of threads wait for it.
class Lookup {
 public:
  void finish(Known known);
  bool finished() const;
  // What was found; why not, when the deadline came first.
  Known wait(Deadline deadline) const;

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::optional<Known> known_;
};

class FactCache : public std::enable_shared_from_this<FactCache> {
 public:
  FactCache(EvidenceSource source, GateOptions options) : source_(std::move(source)), options_(std::move(options)) {}

  // Never waits.
  std::shared_ptr<const Lookup> look_up(const Digest& image, const Wanted& wanted);
  Gate::Counts counts() const;

 private:
  struct Slot {
    Known known;  // its bill is null until one was found
    std::size_t bytes = 0;
    std::shared_ptr<Lookup> pending;  // null where none is
    Wanted pending_wanted;            // what it will answer
    std::list<std::string>::iterator recency;
  };

  bool within(const Known& known, std::chrono::milliseconds age) const;
  void gather(const Digest& image, Known before, const Wanted& wanted, Lookup& lookup);
  Known find(const Digest& image, Known before, const Wanted& wanted);
  Known find_bill(const Digest& image, Known before, const TrustedKeys* keys);
  void keep(const Digest& image, const Known& known, const Lookup& lookup);
  void make_room();

  const EvidenceSource source_;
  const GateOptions options_;
  mutable std::mutex mutex_;  // of what follows
  std::unordered_map<std::string, Slot> slots_;
  std::list<std::string> recency_;  // most recently asked for first
  std::size_t bytes_ = 0;
  Gate::Counts counts_;
};

}  // namespace pratique
