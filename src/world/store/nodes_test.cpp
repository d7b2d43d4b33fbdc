// Nodes, changes, and what is visible to whom, in every engine of the store.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "world/store/test_postgres.h"
#include "world/store/test_store.h"

namespace pratique {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class StoreNodes : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    const auto url =
        GetParam() == std::string_view("sqlite") ? folder_.path("store") : TestPostgres::instance().new_database();
    if (url.empty()) GTEST_SKIP() << "PostgreSQL 15 is not installed";
    store_.emplace(Store::open(url, Store::Mode::create).value());
  }
  std::string snapshot_at(std::string_view node, Time as_of) const {
    const auto found = store_->load_snapshot(node, as_of).value();
    return found ? std::string(found->json.view()) : "nothing";
  }
  std::vector<std::string> visible(std::initializer_list<const char*> texts) const {
    std::vector<AccessScope> scopes;
    for (const char* text : texts) scopes.push_back(parse_scope(text).value());
    std::vector<std::string> names;
    const auto ids = store_->find_visible(scopes).value();
    const auto artifacts = store_->load_artifacts(ids).value();
    for (const auto& artifact : artifacts) names.push_back(artifact.name);
    return names;
  }

  Folder folder_;
  std::optional<Store> store_;
};

TEST_P(StoreNodes, KeepSnapshotsByTimeAndTheSameOneOnce) {
  EXPECT_TRUE(store_->save_snapshot("n-1", "{\"a\":1}", at(10)).value());
  EXPECT_FALSE(store_->save_snapshot("n-1", "{\"a\":1}", at(20)).value());
  EXPECT_TRUE(store_->save_snapshot("n-1", "{\"b\":1}", at(30)).value());
  EXPECT_TRUE(store_->save_snapshot("n-1", "{\"a\":1}", at(40)).value()) << "as it was before, and yet a change";
  EXPECT_TRUE(store_->save_snapshot("n-2", "{\"a\":1}", at(50)).value());
  EXPECT_EQ(snapshot_at("n-1", at(9)), "nothing");
  EXPECT_EQ(snapshot_at("n-1", at(10)), "{\"a\":1}");
  EXPECT_EQ(snapshot_at("n-1", at(35)), "{\"b\":1}");
  EXPECT_EQ(snapshot_at("n-1", Time::max()), "{\"a\":1}");
  EXPECT_EQ(snapshot_at("n-3", Time::max()), "nothing");
  EXPECT_EQ(store_->load_snapshot("n-1", at(25)).value()->seen, at(20));
  const auto nodes = store_->load_nodes().value();
  ASSERT_EQ(nodes.size(), 2u);
  EXPECT_EQ(nodes[0], (StoredNode{"n-1", at(10), at(40), sha256_of("{\"a\":1}").text(), 3}));
}

TEST_P(StoreNodes, AClockThatGoesBackDoesNotTurnHistoryRound) {
  ASSERT_TRUE(store_->save_snapshot("n", "{\"a\":1}", at(100)));
  ASSERT_TRUE(store_->save_snapshot("n", "{\"b\":1}", at(50)));
  EXPECT_EQ(snapshot_at("n", Time::max()), "{\"b\":1}");
  EXPECT_EQ(store_->load_nodes().value()[0].seen, at(100));
}

TEST_P(StoreNodes, KeepNoMoreSnapshotsThanAThousandOfANode) {
  for (int i = 0; i < 1010; ++i) ASSERT_TRUE(store_->save_snapshot("n", "{\"i\":" + std::to_string(i) + "}", at(i)));
  EXPECT_EQ(store_->load_nodes().value()[0].snapshots, 1000u);
  EXPECT_EQ(snapshot_at("n", at(9)), "nothing");
  EXPECT_EQ(snapshot_at("n", at(10)), "{\"i\":10}");
}

TEST_P(StoreNodes, TellEventsInOrder) {
  ASSERT_TRUE(store_->save_kernel_events("n", std::vector<std::string>{"{\"x\":1}", "{\"x\":2}"}, at(1)));
  ASSERT_TRUE(store_->save_kernel_events("m", std::vector<std::string>{"{\"y\":1}"}, at(2)));
  const auto first = store_->load_kernel_events("n", 0, 1).value();
  ASSERT_EQ(first.size(), 1u);
  EXPECT_EQ(first[0].json, "{\"x\":1}");
  const auto rest = store_->load_kernel_events("n", first[0].id, 10).value();
  ASSERT_EQ(rest.size(), 1u);
  EXPECT_EQ(rest[0].json, "{\"x\":2}");
}

TEST_P(StoreNodes, EveryChangeIsToldOnce) {
  const std::vector bills{bill_of("a", "r.example/shop/cart", {"pkg:npm/x@1"})};
  ASSERT_TRUE(store_->save_bills(bills, merge, at(1)));
  ASSERT_TRUE(store_->save_bills(bills, merge, at(2)));
  const std::vector pods{pod_of("cart", "cart-1", {"r.example/shop/cart"})};
  ASSERT_TRUE(store_->save_workloads("harbour", pods, Coverage::whole, merge, at(3)));
  ASSERT_TRUE(store_->save_workloads("harbour", pods, Coverage::whole, merge, at(4)));
  ASSERT_TRUE(store_->save_snapshot("n", "{}", at(5)));
  ASSERT_TRUE(store_->save_snapshot("n", "{}", at(6)));
  std::vector<std::string> told;
  const auto changes = store_->load_changes(0, 100).value();
  for (const auto& change : changes) told.push_back(change.kind + " " + change.where);
  EXPECT_THAT(told, ElementsAre("bill r.example/shop/cart", "workloads harbour", "snapshot n"));
  const auto last = store_->last_change().value();
  EXPECT_THAT(store_->load_changes(last, 100).value(), IsEmpty());
}

TEST_P(StoreNodes, ShowTheArtifactsOfAScope) {
  const std::vector bills{bill_of("a", "r.example/shop/cart", {"pkg:npm/x@1"}),
                          bill_of("b", "r.example/shopping/list", {"pkg:npm/x@1"}),
                          bill_of("c", "r.example/web", {"pkg:npm/x@1"})};
  ASSERT_TRUE(store_->save_bills(bills, merge, at(1)));
  auto web = pod_of("web", "web-1", {"r.example/web"});
  web.name_space = "front";
  auto unpinned = pod_of("job", "job-1", {"r.example/job"});
  unpinned.containers[0].image.digest.reset();
  ASSERT_TRUE(store_->save_workloads("harbour",
                                     std::vector{pod_of("cart", "cart-1", {"r.example/shop/cart"}), web, unpinned},
                                     Coverage::whole, merge, at(2)));
  EXPECT_THAT(visible({}), IsEmpty());
  EXPECT_EQ(visible({""}).size(), 3u);
  EXPECT_THAT(visible({"repository=r.example/shop/*"}), ElementsAre("r.example/shop/cart"));
  EXPECT_THAT(visible({"repository=r.example/web"}), ElementsAre("r.example/web"));
  EXPECT_THAT(visible({"repository=r.example/we"}), IsEmpty());
  EXPECT_THAT(visible({"namespace=shop"}), ElementsAre("r.example/shop/cart"));
  EXPECT_THAT(visible({"namespace=shop", "namespace=front"}), ElementsAre("r.example/shop/cart", "r.example/web"));
  EXPECT_THAT(visible({"cluster=dock namespace=shop"}), IsEmpty());
  EXPECT_THAT(visible({"namespace=shop repository=r.example/web"}), IsEmpty());
  EXPECT_THAT(visible({"node=n-1"}), IsEmpty());
  const auto job = [&](const char* scope) {
    return store_->find_visible_unpinned(std::vector{parse_scope(scope).value()}).value();
  };
  EXPECT_THAT(job("namespace=shop"), ElementsAre("r.example/job:1"));
  EXPECT_THAT(job("namespace=front"), IsEmpty());
  EXPECT_EQ(store_->find_artifact(digest_of("r.example/web")).value()->name, "r.example/web");
  EXPECT_EQ(store_->load_original(digest_of("a")).value()->bytes.view(), "a");
  EXPECT_FALSE(store_->load_original(digest_of("nothing")).value());
}

INSTANTIATE_TEST_SUITE_P(Engines, StoreNodes, testing::Values("sqlite", "postgresql"),
                         [](const auto& engine) { return std::string(engine.param); });

}  // namespace
}  // namespace pratique
