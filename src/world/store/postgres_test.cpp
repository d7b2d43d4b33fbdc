// What is PostgreSQL's alone: its faults, and two servers on one store. What both engines promise is in store_test.cpp.
#include <gtest/gtest.h>

#include <thread>

#include "world/store/test_postgres.h"

namespace pratique {
namespace {

using namespace std::chrono_literals;

class PostgresStoreTest : public testing::Test {
 protected:
  void SetUp() override {
    url_ = TestPostgres::instance().new_database();
    if (url_.empty()) GTEST_SKIP() << "PostgreSQL 15 is not installed";
  }
  std::string url_;
};

TEST_F(PostgresStoreTest, TakesTurnsWithAnotherServerAndLosesNoBit) {
  constexpr int writers = 2, batches = 12;
  ASSERT_TRUE(Store::open(url_, Store::Mode::create));
  std::vector<std::jthread> threads;
  for (int writer = 0; writer < writers; ++writer)
    threads.emplace_back([&, writer] {
      auto store = Store::open(url_, Store::Mode::create, 30s);
      ASSERT_TRUE(store) << render(store.error());
      for (int batch = 0; batch < batches; ++batch) {
        const std::string name = std::to_string(writer) + "/" + std::to_string(batch);
        // Both also bring a bill that the other one brings, at about the same time.
        const std::vector bills{
            bill_of(name, name, {"pkg:npm/both@1", "pkg:npm/p" + std::to_string(batch % 5) + "@1"}),
            bill_of("shared " + std::to_string(batch), "shared " + std::to_string(batch), {"pkg:npm/both@1"})};
        const auto saved = store->save_bills(bills, merge, at(batch));
        ASSERT_TRUE(saved) << render(saved.error());
      }
    });
  threads.clear();
  const Store store = Store::open(url_, Store::Mode::read).value();
  constexpr std::size_t all = (writers + 1) * batches;
  EXPECT_EQ(store.counts()->bills, all);
  EXPECT_EQ(holders(store, {any_component}).size(), all);
  EXPECT_EQ(store.find_components("pkg:npm/both")->size(), 1u);
  EXPECT_EQ(holders(store, {store.find_components("pkg:npm/both")->front().id}).size(), all);
}

TEST_F(PostgresStoreTest, SaysThatTheServerIsGoneAndGoesOnWhenItIsBack) {
  Store store = Store::open(url_, Store::Mode::create).value();
  ASSERT_TRUE(store.save_bills(std::vector{bill_of("one", "i", {"pkg:npm/x@1"})}, merge, at(1)));
  bool restarted = false;
  const auto restart_in_the_middle = [&](std::uint32_t shard, std::string_view posting,
                                         std::span<const ArtifactId> artifacts) {
    if (!restarted) restarted = TestPostgres::instance().restart();
    return merge(shard, posting, artifacts);
  };
  const std::vector batch{bill_of("two", "j", {"pkg:npm/x@1", "pkg:npm/y@1"})};
  const auto saved = store.save_bills(batch, restart_in_the_middle, at(2));
  ASSERT_TRUE(restarted);
  ASSERT_FALSE(saved);
  EXPECT_EQ(saved.error().fault, Fault::unavailable) << render(saved.error());
  EXPECT_EQ(store.counts()->bills, 1u);
  EXPECT_TRUE(store.find_components("pkg:npm/y")->empty());
  EXPECT_EQ(store.save_bills(batch, merge, at(3)).value(), std::vector<bool>{true});
  EXPECT_EQ(holders(store, {any_component}).size(), 2u);
}

TEST_F(PostgresStoreTest, WaitsForALockAndThenSaysSo) {
  Store one = Store::open(url_, Store::Mode::create).value();
  Store two = Store::open(url_, Store::Mode::create, 50ms).value();
  const auto meanwhile = [&](std::uint32_t shard, std::string_view posting, std::span<const ArtifactId> artifacts) {
    const auto saved = two.save_bills(std::vector{bill_of("two", "j", {"pkg:npm/x@1"})}, merge, at(1));
    EXPECT_FALSE(saved);
    if (!saved) {
      EXPECT_EQ(saved.error().text, "another process holds the store locked");
    }
    return merge(shard, posting, artifacts);
  };
  EXPECT_TRUE(one.save_bills(std::vector{bill_of("one", "i", {})}, meanwhile, at(1)));
}

TEST_F(PostgresStoreTest, TellsNoPassword) {
  for (const std::string url : {"postgresql://u:geheim@localhost/x", "postgresql://localhost/x?password=geheim",
                                "postgresql://u:geheim@localhost:port/x", "postgresql://u:geheim@[::1/x"}) {
    SCOPED_TRACE(url);
    const auto store = Store::open(url, Store::Mode::read);
    ASSERT_FALSE(store);
    EXPECT_EQ(store.error().fault, Fault::usage);
    EXPECT_EQ(render(store.error()).find("geheim"), std::string::npos);
  }
}

TEST_F(PostgresStoreTest, NamesWhatIsNoStore) {
  EXPECT_EQ(Store::open(url_, Store::Mode::read).error().fault, Fault::malformed);
  const std::string absent = std::string(url_).replace(url_.find("/store"), 6, "/absent");
  EXPECT_EQ(Store::open(absent, Store::Mode::read).error().fault, Fault::not_found);
  EXPECT_EQ(Store::open("postgresql://nobody@/x?host=/nowhere", Store::Mode::read).error().fault, Fault::unavailable);
  ASSERT_TRUE(TestPostgres::instance().sql(url_, "CREATE TABLE mine (x INT)"));
  EXPECT_EQ(Store::open(url_, Store::Mode::create).error().text, "not a store of pratique");
}

TEST_F(PostgresStoreTest, RefusesANewerSchema) {
  ASSERT_TRUE(Store::open(url_, Store::Mode::create));
  ASSERT_TRUE(TestPostgres::instance().sql(url_, "UPDATE pratique SET version = 999"));
  for (const auto mode : {Store::Mode::read, Store::Mode::create})
    EXPECT_EQ(Store::open(url_, mode).error().fault, Fault::unsupported);
}

TEST_F(PostgresStoreTest, KeepsATextThatPostgresWouldRefuse) {
  Store store = Store::open(url_, Store::Mode::create).value();
  auto bill = bill_of("one", "i", {"pkg:npm/x@1"});
  bill.bill.components[0].source = std::string_view("a\0b", 3);
  bill.bill.tool = "\xff tool";
  ASSERT_TRUE(store.save_bills(std::vector{bill}, merge, at(1)));
  EXPECT_EQ(store.find_components("pkg:npm/x")->front().source, "a\\x00b");
}

}  // namespace
}  // namespace pratique
