// Several that write at once, and a clock that is set back: on both engines.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <thread>

#include "world/store/test_postgres.h"
#include "world/store/test_store.h"

namespace pratique {
namespace {

using namespace std::chrono_literals;

class StoreRaces : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    url_ = GetParam() == "SQLite" ? folder_.path("store") : TestPostgres::instance().new_database();
    if (url_.empty()) GTEST_SKIP() << "PostgreSQL 15 is not installed";
    ASSERT_TRUE(Store::open(url_, Store::Mode::create));
  }
  // Each on a thread and with a store of its own.
  void run(int writers, const std::function<void(int writer, Store& store)>& write) const {
    std::vector<std::jthread> threads;
    for (int writer = 0; writer < writers; ++writer)
      threads.emplace_back([&, writer] {
        auto store = Store::open(url_, Store::Mode::create, 60s);
        ASSERT_TRUE(store) << render(store.error());
        write(writer, *store);
      });
  }
  std::set<std::string> digests_with(const Store& store, const std::string& package) const {
    std::set<std::string> digests;
    const auto components = store.find_components(package).value();
    for (const auto& component : components)
      for (const ArtifactId id : holders(store, {component.id}))
        digests.insert(store.load_artifacts(std::vector{id})->front().digest);
    return digests;
  }

  Folder folder_;
  std::string url_;
};

TEST_P(StoreRaces, TwoIngestsOfTheSameDigestsAtOnceSaveEachOnce) {
  constexpr int bills = 24;
  std::array<std::vector<bool>, 2> is_new;
  run(2, [&](int writer, Store& store) {
    for (int i = 0; i < bills; ++i) {
      const std::string name = std::to_string(i);
      const auto saved = store.save_bills(std::vector{bill_of(name, name, {"pkg:npm/x@1"})}, merge, at(1));
      ASSERT_TRUE(saved) << render(saved.error());
      is_new[static_cast<std::size_t>(writer)].push_back(saved->front());
    }
  });
  for (std::size_t i = 0; i < bills; ++i) EXPECT_NE(is_new[0].at(i), is_new[1].at(i)) << i;
  const Store store = Store::open(url_, Store::Mode::read).value();
  EXPECT_EQ(store.counts()->bills, std::uint64_t{bills});
  EXPECT_EQ(store.counts()->occurrences, std::uint64_t{bills});
  EXPECT_EQ(digests_with(store, "pkg:npm/x").size(), std::size_t{bills});
}

// The model: for each component, the artifacts of all bills that list it, whoever saved them and when.
TEST_P(StoreRaces, TwoServersThatAddToTheSamePostingsLoseNoBit) {
  constexpr int writers = 2, batches = 10, images = 9, packages = 5;
  std::map<std::string, std::set<std::string>> model;
  std::vector<std::vector<std::vector<StoredBill>>> work(writers);
  std::mt19937 random(20261201);
  for (int writer = 0; writer < writers; ++writer)
    for (int batch = 0; batch < batches; ++batch) {
      auto& bills = work[static_cast<std::size_t>(writer)].emplace_back();
      const unsigned count = 1 + random() % 3;
      for (unsigned i = 0; i < count; ++i) {
        const std::string image = "image " + std::to_string(random() % images);
        std::vector<std::string> purls;
        for (int package = 0; package < packages; ++package) {
          if (random() % 3 == 0) continue;
          const std::string key = "pkg:npm/p" + std::to_string(package);
          purls.push_back(key + "@1");
          model[key].insert(digest_of(image).text());
        }
        bills.push_back(
            bill_of(std::to_string(writer) + "/" + std::to_string(batch) + "/" + std::to_string(i), image, purls));
      }
    }
  run(writers, [&](int writer, Store& store) {
    for (const auto& bills : work[static_cast<std::size_t>(writer)]) {
      const auto saved = store.save_bills(bills, merge, at(1));
      ASSERT_TRUE(saved) << render(saved.error());
    }
  });
  const Store store = Store::open(url_, Store::Mode::read).value();
  for (const auto& [key, digests] : model) EXPECT_EQ(digests_with(store, key), digests) << key;
}

TEST_P(StoreRaces, AClockThatIsSetBackTakesNothingAway) {
  Store store = Store::open(url_, Store::Mode::create).value();
  ASSERT_TRUE(store.save_bills(std::vector{bill_of("one", "i", {"pkg:npm/x@1"})}, merge, at(100)));
  ASSERT_TRUE(store.save_workloads("north", std::vector{pod_of("a", "a-1", {"i"})}, Coverage::whole, merge, at(100)));
  // An hour earlier, as it says: another bill of the artifact, and a look at the cluster.
  ASSERT_TRUE(store.save_bills(std::vector{bill_of("two", "i", {"pkg:npm/y@1"})}, merge, at(50)));
  ASSERT_TRUE(store.save_workloads("north", std::vector{pod_of("a", "a-2", {"i"})}, Coverage::whole, merge, at(50)));
  EXPECT_EQ(store.load_bill(digest_of("i")).value()->view(), "two") << "the newest is the one that came last";
  EXPECT_EQ(store.load_facts(std::vector<ArtifactId>{1})->size(), 2u);
  const auto running = store.find_running(std::vector<ArtifactId>{1}, 9).value().front();
  EXPECT_EQ(running.pods, 1u);
  EXPECT_EQ(running.in.front().since, at(100)) << "no pod began before the last look at its cluster";
  EXPECT_TRUE(store.find_run({at(60), at(60)})->empty());
  EXPECT_EQ(store.find_run({at(100), at(100)})->size(), 1u);
}

INSTANTIATE_TEST_SUITE_P(Engines, StoreRaces, testing::Values("SQLite", "PostgreSQL"),
                         [](const auto& engine) { return engine.param; });

}  // namespace
}  // namespace pratique
