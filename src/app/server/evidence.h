// Bills out of the store, looked up on threads of their own. Private to the server.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "flow/admit.h"
#include "world/store/store.h"

namespace pratique {

// Threads that do jobs in the order given. Ends what it has taken before it is gone.
class Workers {
 public:
  Workers(unsigned threads, std::size_t most_waiting);
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;
  ~Workers();
  bool run(std::function<void()> job);  // false when too many wait already

 private:
  void work();

  const std::size_t most_waiting_;
  std::mutex mutex_;  // of what follows
  std::condition_variable changed_;
  std::deque<std::function<void()>> jobs_;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

// One Store is for one thread: each borrows one, and a Store that failed is not used again.
class StoreReaders {
 public:
  explicit StoreReaders(std::string url) : url_(std::move(url)) {}

  template <class Function>  // Result<T>(const Store&)
  auto with(Function&& function) -> decltype(function(std::declval<const Store&>())) {
    auto store = take();
    if (!store) return std::move(store).error();
    auto result = function(*store);
    if (result || says_nothing_of_the_store(result.error().fault)) give_back(std::move(store).value());
    return result;
  }

 private:
  static bool says_nothing_of_the_store(Fault fault) {
    return fault == Fault::usage || fault == Fault::not_found || fault == Fault::refused;
  }
  Result<Store> take();
  void give_back(Store store);

  const std::string url_;
  std::mutex mutex_;
  std::vector<Store> idle_;
};

}  // namespace pratique
