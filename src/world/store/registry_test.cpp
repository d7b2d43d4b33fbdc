// What registries hold, on both engines.
#include <gtest/gtest.h>

#include "world/store/test_postgres.h"
#include "world/store/test_store.h"

namespace pratique {
namespace {

using Texts = std::vector<std::string>;

TaggedManifest tagged(std::string_view name, Texts tags, const std::vector<ManifestPart>& parts = {}) {
  return {digest_of(name), std::move(tags), parts};
}

class RegistryStore : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    url_ = GetParam() == "SQLite" ? folder_.path("store") : TestPostgres::instance().new_database();
    if (url_.empty()) GTEST_SKIP() << "PostgreSQL 15 is not installed";
    store_ = std::make_unique<Store>(Store::open(url_, Store::Mode::create).value());
  }
  ListingCounts list(const std::vector<ListedRepository>& repositories, Time now = at(1),
                     Coverage coverage = Coverage::whole, std::string_view registry = "r.example") {
    const auto counts = store_->save_registry(registry, repositories, coverage, merge, now);
    EXPECT_TRUE(counts) << render(counts.error());
    return counts ? *counts : ListingCounts();
  }
  ArtifactId id_of(std::string_view name) const { return store_->find_artifact(digest_of(name)).value().value().id; }
  Texts tags_of(std::string_view name, const Period& when = {}) const {
    Texts texts;
    const auto held = store_->find_held_as(std::vector{id_of(name)}, when);
    EXPECT_TRUE(held) << render(held.error());
    for (const auto& one : *held) texts.push_back(one.text() + (one.platform.empty() ? "" : " " + one.platform));
    return texts;
  }
  std::set<ArtifactId> held(bool indexes, std::string_view registry = "") const {
    std::set<ArtifactId> ids;
    EXPECT_TRUE(store_->visit_held(registry, [&](bool is_index, std::uint32_t, std::string_view posting) {
      if (is_index == indexes) ids.merge(artifacts_in(posting));
      return Result<void>();
    }));
    return ids;
  }
  std::vector<ArtifactId> ids_of(const std::vector<std::string>& names) const {
    std::vector<ArtifactId> ids;
    for (const auto& name : names) ids.push_back(id_of(name));
    std::sort(ids.begin(), ids.end());
    return ids;
  }

  Folder folder_;
  std::string url_;
  std::unique_ptr<Store> store_;
};

TEST_P(RegistryStore, KnowsUnderWhichTagsARegistryHoldsAnArtifact) {
  const auto counts = list({{"r.example/shop/cart", Coverage::whole, {tagged("a", {"2", "1"}), tagged("b", {"3"})}},
                            {"r.example/shop/mail", Coverage::whole, {tagged("a", {"x"})}}});
  EXPECT_EQ(counts.repositories, 2u);
  EXPECT_EQ(counts.manifests, 2u);
  EXPECT_EQ(counts.tags, 4u);
  EXPECT_EQ(counts.opened, 3u);
  EXPECT_EQ(tags_of("a"), (Texts{"r.example/shop/cart:1", "r.example/shop/cart:2", "r.example/shop/mail:x"}));
  EXPECT_EQ(store_->load_artifacts(std::vector{id_of("b")})->front().name, "r.example/shop/cart:3");
  EXPECT_EQ(held(false).size(), 2u);
  EXPECT_TRUE(store_->find_manifest(digest_of("a")).value()->empty());
  EXPECT_FALSE(store_->find_manifest(digest_of("c")).value());
  EXPECT_EQ(store_->load_changes(0, 9)->back().kind, "registry");
  EXPECT_EQ(list({{"r.example/shop/cart", Coverage::whole, {tagged("a", {"1", "2"}), tagged("b", {"3"})}},
                  {"r.example/shop/mail", Coverage::whole, {tagged("a", {"x"})}}},
                 at(2))
                .opened,
            0u)
      << "what is as before is not written again";
}

TEST_P(RegistryStore, FindsAPlatformUnderTheTagsOfItsIndex) {
  const std::vector<ManifestPart> parts{{digest_of("amd"), "linux/amd64"}, {digest_of("arm"), "linux/arm64"}};
  list({{"r.example/cart", Coverage::whole, {tagged("all", {"1"}, parts), tagged("amd", {"1-amd64"})}}});
  EXPECT_EQ(tags_of("arm"), Texts{"r.example/cart:1 linux/arm64"});
  EXPECT_EQ(tags_of("amd"), (Texts{"r.example/cart:1 linux/amd64", "r.example/cart:1-amd64"}));
  EXPECT_EQ(tags_of("all"), Texts{"r.example/cart:1"});
  EXPECT_EQ(store_->find_manifest(digest_of("all")).value(), parts);
  EXPECT_EQ(held(true), std::set{id_of("all")});
  EXPECT_EQ(held(false), (std::set{id_of("amd"), id_of("arm")}));
  list({{"r.example/cart", Coverage::whole, {tagged("amd", {"1-amd64"})}}}, at(2));
  EXPECT_EQ(held(false), std::set{id_of("amd")});
  EXPECT_TRUE(tags_of("arm").empty());
}

TEST_P(RegistryStore, ClosesWhatIsGoneAndForgetsNothing) {
  const ListedRepository cart{"r.example/cart", Coverage::whole, {tagged("a", {"1", "latest"})}};
  const ListedRepository mail{"r.example/mail", Coverage::whole, {tagged("m", {"1"})}};
  list({cart, mail}, at(10));
  list({{"r.example/cart", Coverage::whole, {tagged("a", {"1"}), tagged("b", {"latest"})}}}, at(20));
  EXPECT_EQ(tags_of("a"), Texts{"r.example/cart:1"});
  EXPECT_EQ(tags_of("b"), Texts{"r.example/cart:latest"});
  EXPECT_TRUE(tags_of("m").empty());
  EXPECT_EQ(tags_of("a", {at(15), at(15)}), (Texts{"r.example/cart:1", "r.example/cart:latest"}));
  EXPECT_EQ(tags_of("m", {at(10), at(10)}), Texts{"r.example/mail:1"});
  EXPECT_TRUE(tags_of("b", {at(15), at(15)}).empty());
  EXPECT_EQ(store_->find_held("", {at(15), at(15)})->images, ids_of({"a", "m"}));
  EXPECT_EQ(store_->find_held("", {})->images, ids_of({"a", "b"}));
  EXPECT_EQ(store_->count_prunable({{}, at(21)})->holdings, 2u);
  EXPECT_EQ(store_->prune({{}, at(21)})->holdings, 2u);
  EXPECT_TRUE(tags_of("m", {at(10), at(10)}).empty());
  EXPECT_EQ(tags_of("a"), Texts{"r.example/cart:1"});
}

TEST_P(RegistryStore, ClosesNothingThatAPartialListingDoesNotName) {
  list({{"r.example/cart", Coverage::whole, {tagged("a", {"1", "2"}), tagged("b", {"3"})}},
        {"r.example/mail", Coverage::whole, {tagged("m", {"1"})}}},
       at(1));
  const auto counts = list({{"r.example/cart", Coverage::part, {tagged("c", {"2", "4"})}}}, at(2), Coverage::part);
  EXPECT_EQ(counts.manifests, 4u);
  EXPECT_EQ(tags_of("a"), Texts{"r.example/cart:1"}) << "a tag is in one place";
  EXPECT_EQ(tags_of("b"), Texts{"r.example/cart:3"});
  EXPECT_EQ(tags_of("c"), (Texts{"r.example/cart:2", "r.example/cart:4"}));
  EXPECT_EQ(tags_of("m"), Texts{"r.example/mail:1"});
  list({{"r.example/cart", Coverage::part, {tagged("c", {"1", "2", "4"})}}}, at(3), Coverage::whole);
  EXPECT_TRUE(tags_of("a").empty()) << "its last tag went elsewhere";
  EXPECT_TRUE(tags_of("m").empty());
  EXPECT_EQ(tags_of("b"), Texts{"r.example/cart:3"});
}

TEST_P(RegistryStore, KeepsRegistriesAndPlacesApart) {
  list({{"r.example/shop/cart", Coverage::whole, {tagged("a", {"1"})}},
        {"r.example/shop", Coverage::whole, {tagged("b", {"1"})}},
        {"r.example/shopping", Coverage::whole, {tagged("c", {"1"})}}});
  list({{"r.example:5000/shop/cart", Coverage::whole, {tagged("d", {"1"})}}}, at(2), Coverage::whole, "r.example:5000");
  EXPECT_EQ(held(false).size(), 4u);
  EXPECT_EQ(held(false, "r.example").size(), 3u);
  EXPECT_EQ(store_->find_held("r.example/shop", {})->images, ids_of({"a", "b"}));
  EXPECT_EQ(store_->find_held("r.example/shop/cart", {})->images, ids_of({"a"}));
  EXPECT_EQ(store_->find_held("r.example", {})->images, ids_of({"a", "b", "c"}));
  EXPECT_EQ(store_->find_held("", {})->images, ids_of({"a", "b", "c", "d"}));
  EXPECT_TRUE(*store_->knows_registry("r.example/shop"));
  EXPECT_TRUE(*store_->knows_registry("r.example:5000"));
  EXPECT_TRUE(*store_->knows_registry(""));
  EXPECT_FALSE(*store_->knows_registry("r.example/sho"));
  EXPECT_FALSE(*store_->knows_registry("another.example"));
}

TEST_P(RegistryStore, TakesAClockThatWasSetBackAsTheLastTimeItKnows) {
  list({{"r.example/cart", Coverage::whole, {tagged("a", {"1"})}}}, at(100));
  list({{"r.example/cart", Coverage::whole, {tagged("b", {"1"})}}}, at(50));
  EXPECT_TRUE(tags_of("b", {at(99), at(99)}).empty());
  EXPECT_EQ(tags_of("b", {at(100), at(100)}), Texts{"r.example/cart:1"});
  EXPECT_EQ(tags_of("b"), Texts{"r.example/cart:1"});
  EXPECT_TRUE(tags_of("a").empty());
}

TEST_P(RegistryStore, SavesAllOfAListingOrNothing) {
  const auto refuse = [](std::uint32_t, std::string_view, std::span<const ArtifactId>) -> Result<std::string> {
    return Error{Fault::malformed, "no", {}, ""};
  };
  const std::vector<ListedRepository> listed{{"r.example/cart", Coverage::whole, {tagged("a", {"1"})}}};
  EXPECT_EQ(store_->save_registry("r.example", listed, Coverage::whole, refuse, at(1)).error().text, "no");
  EXPECT_FALSE(store_->find_artifact(digest_of("a")).value());
  EXPECT_FALSE(*store_->knows_registry("r.example"));
}

TEST_P(RegistryStore, LetsABillArriveAfterItsArtifactIsHeld) {
  list({{"r.example/cart", Coverage::whole, {tagged("i", {"1"})}}});
  const auto ids = held(false);
  ASSERT_TRUE(store_->save_bills(std::vector{bill_of("one", "i", {"pkg:npm/x@1"})}, merge, at(2)));
  EXPECT_EQ(holders(*store_, {any_component}), ids);
}

INSTANTIATE_TEST_SUITE_P(Engines, RegistryStore, testing::Values("SQLite", "PostgreSQL"),
                         [](const auto& engine) { return engine.param; });

}  // namespace
}  // namespace pratique
