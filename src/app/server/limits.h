// How much one client may ask for, and how much of one kind goes on at once. Private to the server. Thread safe.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace pratique {

// A bucket for each client that holds two seconds' worth and fills evenly.
class ClientRates {
 public:
  explicit ClientRates(unsigned per_second) : per_second_(per_second) {}  // 0: no limit
  bool take(const std::string& client, std::chrono::steady_clock::time_point now);

 private:
  struct Bucket {
    double left = 0;
    std::chrono::steady_clock::time_point at;
  };
  const double per_second_;
  std::mutex mutex_;
  std::unordered_map<std::string, Bucket> buckets_;
};

// Room for so many at once; a place is given back when the last copy of what take() gave is gone.
class Room {
 public:
  explicit Room(unsigned most) : most_(most) {}
  std::shared_ptr<void> take();  // null: there is none. Shared: std::function copies

 private:
  const unsigned most_;
  std::atomic<unsigned> taken_{0};
};

// "127.0.0.1" of "127.0.0.1:40312".
std::string address_of(const std::string& peer);

}  // namespace pratique
