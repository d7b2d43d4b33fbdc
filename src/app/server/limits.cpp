#include "app/server/limits.h"

#include <algorithm>

namespace pratique {

bool ClientRates::take(const std::string& client, std::chrono::steady_clock::time_point now) {
  if (per_second_ == 0) return true;
  constexpr double seconds_saved = 2;
  constexpr std::size_t most_clients = 100'000;
  const std::lock_guard lock(mutex_);
  // Whoever was not heard of for so long has a full bucket, and needs none.
  if (buckets_.size() >= most_clients)
    std::erase_if(buckets_, [&](const auto& one) { return now - one.second.at > std::chrono::seconds(2); });
  if (buckets_.size() >= most_clients && !buckets_.contains(client)) return false;
  const auto [found, is_new] = buckets_.try_emplace(client, Bucket{per_second_ * seconds_saved, now});
  Bucket& bucket = found->second;
  const double passed = std::chrono::duration<double>(now - bucket.at).count();
  bucket.left = std::min(per_second_ * seconds_saved, bucket.left + std::max(0.0, passed) * per_second_);
  bucket.at = now;
  if (bucket.left < 1) return false;
  bucket.left -= 1;
  return true;
}

std::shared_ptr<void> Room::take() {
  if (++taken_ > most_) {
    --taken_;
    return nullptr;
  }
  return {static_cast<void*>(this), [this](void*) { --taken_; }};
}

std::string address_of(const std::string& peer) { return peer.substr(0, peer.rfind(':')); }

}  // namespace pratique
