// What every engine of the store promises.
#include "world/store/store.h"

#include <gtest/gtest.h>

#include <map>
#include <numeric>

#include "world/store/test_postgres.h"
#include "world/store/test_store.h"

namespace pratique {
namespace {

struct Engine {
  std::string name;
  std::function<std::string(const Folder&)> url;
};

void PrintTo(const Engine& engine, std::ostream* out) { *out << engine.name; }

class StoreContract : public testing::TestWithParam<Engine> {
 protected:
  Store open() const {
    auto store = Store::open(url_, Store::Mode::create);
    EXPECT_TRUE(store) << render(store.error());
    return std::move(*store);
  }
  static std::vector<bool> save(Store& store, const std::vector<StoredBill>& batch, Time now = at(1)) {
    auto saved = store.save_bills(batch, merge, now);
    EXPECT_TRUE(saved) << render(saved.error());
    return saved ? *saved : std::vector<bool>();
  }
  static void look(Store& store, std::string_view cluster, const std::vector<Workload>& pods, Time now = at(1),
                   Coverage coverage = Coverage::whole) {
    const auto saved = store.save_workloads(cluster, pods, coverage, merge, now);
    ASSERT_TRUE(saved) << render(saved.error());
  }
  static std::set<std::uint32_t> running(const Store& store) {
    std::set<std::uint32_t> ids;
    EXPECT_TRUE(store.visit_running([&](std::uint32_t, std::string_view posting) -> Result<void> {
      ids.merge(artifacts_in(posting));
      return {};
    }));
    return ids;
  }
  static std::vector<RunningIn> running_in(const Store& store, const std::set<std::uint32_t>& artifacts) {
    std::vector<RunningIn> all;
    const auto found = store.find_running(std::vector(artifacts.begin(), artifacts.end()), 99);
    EXPECT_TRUE(found);
    for (const auto& one : *found) all.insert(all.end(), one.in.begin(), one.in.end());
    return all;
  }
  static std::string digest_text(const Store& store, ArtifactId id) {
    return store.load_artifacts(std::vector{id}).value().front().digest;
  }

  void SetUp() override {
    if (url_.empty()) GTEST_SKIP() << "PostgreSQL 15 is not installed";
  }
  Folder folder_;
  std::string url_ = GetParam().url(folder_);
};

TEST_P(StoreContract, KeepsABillItsFactsAndItsBytes) {
  Store store = open();
  const auto bill =
      bill_of("one", "shop/cart", {"pkg:maven/a/top@1", "pkg:maven/a/log@2?type=jar", "pkg:npm/x@3"}, {-1, 0, 1});
  EXPECT_FALSE(*store.has_bill(bill.digest));
  EXPECT_EQ(save(store, {bill}), std::vector<bool>{true});
  EXPECT_TRUE(*store.has_bill(bill.digest));
  EXPECT_EQ(store.load_bill(digest_of("shop/cart")).value().value().view(), "one");
  EXPECT_FALSE(store.load_bill(digest_of("another")).value().has_value());

  const auto components = store.find_components("pkg:maven/a/log").value();
  ASSERT_EQ(components.size(), 1u);
  EXPECT_EQ(components[0].purl, "pkg:maven/a/log@2?type=jar");
  EXPECT_EQ(components[0].version, "2");
  EXPECT_EQ(components[0].label(), "log 2");
  EXPECT_TRUE(store.find_components("pkg:maven/a/lo").value().empty());

  const auto ids = holders(store, {components[0].id});
  ASSERT_EQ(ids.size(), 1u);
  EXPECT_EQ(digest_text(store, *ids.begin()), digest_of("shop/cart").text());
  EXPECT_EQ(holders(store, {any_component}), ids);

  const auto facts = store.load_facts(std::vector{*ids.begin()}).value();
  ASSERT_EQ(facts.size(), 1u);
  EXPECT_EQ(facts[0].since, at(1));
  EXPECT_EQ(facts[0].before, (std::vector<std::uint32_t>{no_component, 0, 1}));
  EXPECT_EQ(facts[0].components[1], components[0].id);
  EXPECT_EQ(facts[0].path(2), (std::vector<std::uint32_t>{0, 1, 2}));
  const auto loaded = store.load_components(facts[0].components).value();
  EXPECT_EQ(loaded[0].label(), "top 1");
  EXPECT_EQ(loaded[2].purl, "pkg:npm/x@3");
  const auto counts = store.counts().value();
  EXPECT_EQ(counts.bills, 1u);
  EXPECT_EQ(counts.artifacts, 1u);
  EXPECT_EQ(counts.components, 3u);
  EXPECT_EQ(counts.occurrences, 3u);
}

// Many that lie close together are read another way than a few.
TEST_P(StoreContract, PostingsOfManyComponentsAreThoseOfEach) {
  Store store = open();
  std::vector<std::string> purls;
  for (int i = 0; i < 1000; ++i) purls.push_back("pkg:npm/part@" + std::to_string(i));
  save(store, {bill_of("all", "all", purls), bill_of("half", "half", {purls.begin(), purls.begin() + 500}),
               bill_of("last", "last", {purls.back()})});
  std::vector<ComponentId> ids(600);
  std::iota(ids.begin(), ids.end(), 401);
  ids.push_back(any_package);
  std::map<ComponentId, std::set<std::uint32_t>> found;
  ASSERT_TRUE(store.visit_each_posting(ids, [&](ComponentId id, std::uint32_t shard, std::string_view posting) {
    EXPECT_EQ(shard, 0u);
    EXPECT_TRUE(found.emplace(id, artifacts_in(posting)).second) << id;
    return Result<void>();
  }));
  ASSERT_EQ(found.size(), ids.size());
  for (const auto& [id, artifacts] : found) EXPECT_EQ(artifacts, holders(store, {id})) << id;
  EXPECT_EQ(found.at(401), (std::set<std::uint32_t>{1, 2}));
  EXPECT_EQ(found.at(999), (std::set<std::uint32_t>{1}));
  EXPECT_EQ(found.at(1000), (std::set<std::uint32_t>{1, 3}));
  EXPECT_EQ(found.at(any_package), (std::set<std::uint32_t>{1, 2, 3}));
  EXPECT_TRUE(store.visit_postings(
      ids,
      [](std::uint32_t, std::string_view) {
        return Result<void>(Error{Fault::internal, "not wanted", {}, {}});
      },
      [](std::uint32_t) { return false; }));
}

// What one batch makes twice is made once.
TEST_P(StoreContract, BillsOfOneBatchShareWhatIsNew) {
  Store store = open();
  StoredBill first = bill_of("first", "image", {"pkg:npm/x@1", "pkg:npm/y@1", "pkg:npm/x@1"});
  StoredBill second = bill_of("second", "image", {"pkg:npm/y@1", "pkg:npm/z@1"});
  first.bill.components[0].license = "MIT";
  second.bill.components[0].license = "MIT";
  second.bill.subject.version = "2";
  EXPECT_EQ(save(store, {first, second, first}), (std::vector<bool>{true, true, false}));
  const StoreCounts counts = store.counts().value();
  EXPECT_EQ(counts.bills, 2u);
  EXPECT_EQ(counts.artifacts, 1u);
  EXPECT_EQ(counts.components, 3u);
  EXPECT_EQ(counts.occurrences, 5u);
  EXPECT_EQ(store.find_by_trait(Trait::license, "MIT").value(), (std::vector<ComponentId>{1, 2}));
  EXPECT_EQ(store.find_artifact(digest_of("image")).value()->name, "image:2") << "as its newest bill calls it";
  EXPECT_EQ(save(store, {second, bill_of("third", "image", {"pkg:npm/z@1"})}), (std::vector<bool>{false, true}));
  EXPECT_EQ(store.counts()->artifacts, 1u);
  EXPECT_EQ(store.counts()->components, 3u);
}

TEST_P(StoreContract, KnowsABillByItsDigest) {
  const auto one = bill_of("one", "i", {"pkg:npm/x@1"}), two = bill_of("two", "j", {"pkg:npm/x@1"});
  {
    Store store = open();
    EXPECT_EQ(save(store, {one, one, two}), (std::vector<bool>{true, false, true}));
  }
  Store store = open();
  EXPECT_EQ(save(store, {two, one}), (std::vector<bool>{false, false}));
  const auto counts = store.counts().value();
  EXPECT_EQ(counts.bills, 2u);
  EXPECT_EQ(counts.components, 1u);
  EXPECT_EQ(counts.occurrences, 2u);
}

TEST_P(StoreContract, GivesAnArtifactManyBills) {
  Store store = open();
  save(store, {bill_of("by syft", "i", {"pkg:npm/x@1"})}, at(1));
  save(store, {bill_of("by trivy", "i", {"pkg:npm/x@1", "pkg:npm/y@1"})}, at(2));
  EXPECT_EQ(store.load_bill(digest_of("i")).value().value().view(), "by trivy");
  const auto ids = holders(store, {any_component});
  ASSERT_EQ(ids.size(), 1u);
  const auto facts = store.load_facts(std::vector{*ids.begin()}).value();
  ASSERT_EQ(facts.size(), 2u);
  EXPECT_EQ(facts[0].since, at(1));
  EXPECT_EQ(facts[1].components.size(), 2u);
  EXPECT_EQ(store.counts()->artifacts, 1u);
}

TEST_P(StoreContract, KnowsAnArtifactWithoutImageByItsBill) {
  Store store = open();
  auto file = bill_of("bills/cart", "", {"pkg:npm/x@1"});
  save(store, {file});
  const auto artifact = store.load_artifacts(std::vector{*holders(store, {any_component}).begin()}).value().front();
  EXPECT_EQ(artifact.digest, file.digest.text());
  EXPECT_EQ(artifact.name, "cart.json");
}

TEST_P(StoreContract, CallsAnArtifactAsItsNewestBillDoes) {
  Store store = open();
  const std::vector<std::pair<std::pair<std::string, std::string>, std::string>> cases = {
      {{"shop/cart", "4.2"}, "shop/cart:4.2"},
      {{"shop/cart:4.2", "4.2"}, "shop/cart:4.2"},
      {{"localhost:5000/cart", "4.2"}, "localhost:5000/cart:4.2"},
      {{"shop/cart", digest_of("i").text()}, "shop/cart"},
      {{"shop/cart", ""}, "shop/cart"}};
  for (const auto& [subject, name] : cases) {
    SCOPED_TRACE(name);
    auto bill = bill_of("bill of " + subject.first + subject.second, "i", {});
    std::tie(bill.bill.subject.name, bill.bill.subject.version) = subject;
    save(store, {bill});
    EXPECT_EQ(store.load_artifacts(std::vector{*holders(store, {any_component}).begin()})->front().name, name);
  }
}

TEST_P(StoreContract, TakesComponentsThatSayLittle) {
  Store store = open();
  auto bill = bill_of("one", "i", {"pkg:npm/x@1", "pkg:pypi/y@1.0%2B2", "pkg:npm/z", "pkg:npm/z"});
  bill.bill.components[0].purl = {};
  bill.bill.components[0].group = "g";
  bill.bill.components[1].version = {};
  bill.bill.components[2].version = {};
  bill.bill.components[3] = Component{.name = "only a name"};
  save(store, {bill});
  EXPECT_EQ(store.find_components("pkg:generic/g/x")->front().purl, "");
  EXPECT_EQ(store.find_components("pkg:generic/g/x")->front().label(), "x 1");
  EXPECT_EQ(store.find_components("pkg:pypi/y")->front().version, "1.0+2");
  EXPECT_EQ(store.find_components("pkg:npm/z")->front().version, "");
  EXPECT_EQ(store.find_components("pkg:generic/only%20a%20name")->size(), 1u);
}

TEST_P(StoreContract, FindsPackagesByTheBeginningOfTheirName) {
  Store store = open();
  save(store, {bill_of("one", "i",
                       {"pkg:maven/a/Log4j-core@1", "pkg:maven/b/log4j@1", "pkg:npm/lodash@1", "pkg:npm/log5j@1"})});
  EXPECT_EQ(store.find_packages("log4J", 9).value(),
            (std::vector<std::string>{"pkg:maven/b/log4j", "pkg:maven/a/Log4j-core"}));
  EXPECT_EQ(store.find_packages("lo", 2)->size(), 2u);
  EXPECT_TRUE(store.find_packages("", 9)->empty());
  EXPECT_TRUE(store.find_packages("x", 9)->empty());
  EXPECT_TRUE(store.find_packages("\xff", 9)->empty());
}

TEST_P(StoreContract, SavesAllOfABatchOrNothing) {
  Store store = open();
  const std::vector<StoredBill> batch = {bill_of("one", "i", {"pkg:npm/x@1", "pkg:npm/y@1"}),
                                         bill_of("two", "j", {"pkg:npm/y@1"})};
  const auto refuse = [](std::uint32_t, std::string_view, std::span<const ArtifactId>) -> Result<std::string> {
    return Error{Fault::malformed, "no", {}, ""};
  };
  EXPECT_EQ(store.save_bills(batch, refuse, at(1)).error().text, "no");
  EXPECT_EQ(store.counts()->bills, 0u);
  EXPECT_FALSE(*store.has_bill(batch[0].digest));
  EXPECT_TRUE(store.find_packages("x", 9)->empty());
  // Ids that the failed batch had made are not remembered: another batch goes first this time.
  save(store, {bill_of("three", "k", {"pkg:npm/y@1"})});
  EXPECT_EQ(save(store, batch), (std::vector<bool>{true, true}));
  const auto y = store.find_components("pkg:npm/y").value();
  ASSERT_EQ(y.size(), 1u);
  EXPECT_EQ(holders(store, {y[0].id}).size(), 3u);
}

TEST_P(StoreContract, TellsWhereAnArtifactRuns) {
  Store store = open();
  save(store, {bill_of("one", "cart", {"pkg:npm/x@1"})});
  look(store, "north",
       {pod_of("checkout", "checkout-1", {"cart", "proxy"}), pod_of("checkout", "checkout-2", {"cart", "cart"}),
        pod_of("admin", "admin-1", {"cart"})});
  look(store, "south", {pod_of("checkout", "checkout-1", {"cart"})}, at(9));
  EXPECT_EQ(store.counts()->pods, 4u);
  EXPECT_EQ(store.counts()->artifacts, 1u);
  const auto cart = *holders(store, {any_component}).begin();
  EXPECT_EQ(running(store).size(), 2u);
  EXPECT_TRUE(running(store).contains(cart));
  const auto all = store.find_running(std::vector{cart}, 9).value().front();
  EXPECT_EQ(all.workloads, 3u);
  EXPECT_EQ(all.pods, 4u);
  EXPECT_EQ(store.find_running(std::vector{cart}, 2)->front().in.size(), 2u);
  EXPECT_EQ(store.find_running(std::vector{cart}, 2)->front().pods, 4u);
  const auto& found = all.in;
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0].name, "admin");
  EXPECT_EQ(found[1].cluster, "north");
  EXPECT_EQ(found[1].kind, "Deployment");
  EXPECT_EQ(found[1].name_space, "shop");
  EXPECT_EQ(found[1].pods, 2u);
  EXPECT_EQ(found[1].containers, (std::vector<std::string>{"c0", "c1"}));
  EXPECT_EQ(found[2].cluster, "south");
  EXPECT_EQ(found[2].since, at(9));
}

TEST_P(StoreContract, ClosesPodsThatAreGone) {
  Store store = open();
  look(store, "north", {pod_of("a", "a-1", {"i"}), pod_of("a", "a-2", {"i"}), pod_of("b", "b-1", {"j"})}, at(1));
  const auto all = running(store);
  ASSERT_EQ(all.size(), 2u);
  look(store, "north", {pod_of("a", "a-1", {"i"}), pod_of("a", "a-1", {"i"})}, at(2));
  EXPECT_EQ(store.counts()->pods, 1u);
  const auto before = running(store);
  EXPECT_EQ(before.size(), 1u);
  auto found = running_in(store, all);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].since, at(1));
  // The same pod with another image is another state; the clock may be set back.
  look(store, "north", {pod_of("a", "a-1", {"j"})}, at(0));
  found = running_in(store, all);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].since, at(2));
  EXPECT_EQ(running(store).size(), 1u);
  EXPECT_NE(running(store), before);
  look(store, "north", {}, at(3));
  EXPECT_TRUE(running(store).empty());
  EXPECT_EQ(store.counts()->pods, 0u);
}

TEST_P(StoreContract, ClosesNothingThatAPartDoesNotName) {
  Store store = open();
  look(store, "north", {pod_of("a", "a-1", {"i"}), pod_of("a", "a-2", {"i"}), pod_of("b", "b-1", {"j"})}, at(1));
  look(store, "north", {pod_of("c", "c-1", {"k"})}, at(2), Coverage::part);
  EXPECT_EQ(store.counts()->pods, 4u);
  EXPECT_EQ(running(store).size(), 3u);
  // The same pod in another state takes the place of the one before, also with another uid.
  auto b = pod_of("b", "b-1", {"i"});
  b.uid = "another";
  look(store, "north", {b}, at(3), Coverage::part);
  EXPECT_EQ(store.counts()->pods, 4u);
  EXPECT_EQ(running(store).size(), 2u);
  const auto ids = running(store);
  const auto found = running_in(store, ids);
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0].pods + found[1].pods + found[2].pods, 4u);
  look(store, "north", {b}, at(4));
  EXPECT_EQ(store.counts()->pods, 1u);
}

TEST_P(StoreContract, LetsABillArriveAfterItsImageRuns) {
  Store store = open();
  look(store, "north", {pod_of("a", "a-1", {"i"})});
  const auto ids = running(store);
  ASSERT_EQ(ids.size(), 1u);
  EXPECT_EQ(store.load_artifacts(std::vector{*ids.begin()})->front().name, "i:1");
  EXPECT_TRUE(store.load_facts(std::vector{*ids.begin()})->empty());
  EXPECT_TRUE(holders(store, {any_component}).empty());
  EXPECT_EQ(store.counts()->artifacts, 0u);
  save(store, {bill_of("one", "i", {"pkg:npm/x@1"})});
  EXPECT_EQ(holders(store, {any_component}), ids);
  EXPECT_EQ(store.counts()->artifacts, 1u);
}

TEST_P(StoreContract, ListsImagesThatNobodyPinned) {
  Store store = open();
  auto pod = pod_of("a", "a-1", {"i", "j"});
  pod.containers[0].image.digest.reset();
  look(store, "north", {pod});
  look(store, "south", {pod});
  EXPECT_EQ(store.running_unpinned().value(), std::vector<std::string>{"i:1"});
  look(store, "north", {});
  look(store, "south", {});
  EXPECT_TRUE(store.running_unpinned()->empty());
}

TEST_P(StoreContract, LoadsWhatRunsNowAsItWasToldLast) {
  Store store = open();
  EXPECT_TRUE(store.load_workloads()->empty());
  auto first = pod_of("checkout", "checkout-1", {"docker.io/shop/cart", "docker.io/shop/proxy"});
  first.containers[1].kind = ContainerKind::init;
  first.containers[1].image.digest.reset();
  first.service_account = "robot";
  const auto second = pod_of("admin", "admin-1", {});
  look(store, "north", {first, second, pod_of("gone", "gone-1", {"docker.io/shop/cart"})}, at(1));
  look(store, "south", {first}, at(2));
  look(store, "north", {first, second}, at(3));
  first.containers[0].image.digest = digest_of("a new one");
  look(store, "south", {first}, at(4));

  const auto pods = store.load_workloads().value();
  ASSERT_EQ(pods.size(), 3u);
  EXPECT_EQ(pods[0].name, "admin");  // without containers, and listed
  EXPECT_TRUE(pods[0].containers.empty());
  EXPECT_EQ(pods[1].cluster, "north");
  EXPECT_EQ(pods[1].kind, "Deployment");
  EXPECT_EQ(pods[1].name_space, "shop");
  EXPECT_EQ(pods[1].pod, "checkout-1");
  EXPECT_EQ(pods[1].uid, "uid-checkout-1");
  EXPECT_EQ(pods[1].node, "node-1");
  EXPECT_EQ(pods[1].service_account, "robot");
  EXPECT_EQ(pods[1].since, at(1));
  ASSERT_EQ(pods[1].containers.size(), 2u);
  EXPECT_EQ(pods[1].containers[0].image.digest, digest_of("docker.io/shop/cart"));
  EXPECT_EQ(pods[1].containers[1], first.containers[1]);
  EXPECT_EQ(pods[2].cluster, "south");
  EXPECT_EQ(pods[2].since, at(4));
  EXPECT_EQ(pods[2].containers, first.containers);
}

TEST_P(StoreContract, HoldsOneMomentWhileOthersWrite) {
  Store writer = open();
  save(writer, {bill_of("one", "i", {"pkg:npm/x@1"})});
  const Store reader = writer.reader().value();
  {
    const auto moment = reader.hold();
    ASSERT_TRUE(moment);
    save(writer, {bill_of("two", "j", {"pkg:npm/x@2"})});
    EXPECT_EQ(reader.counts()->bills, 1u);
    EXPECT_EQ(reader.find_components("pkg:npm/x")->size(), 1u);
  }
  EXPECT_EQ(reader.counts()->bills, 2u);
  EXPECT_EQ(reader.find_components("pkg:npm/x")->size(), 2u);
}

TEST_P(StoreContract, LetsTwoWritersTakeTurns) {
  Store one = open(), two = open();
  for (int i = 0; i < 5; ++i) {
    save(one, {bill_of("one " + std::to_string(i), "i" + std::to_string(i), {"pkg:npm/x@1", "pkg:npm/one@1"})});
    save(two, {bill_of("two " + std::to_string(i), "j" + std::to_string(i), {"pkg:npm/x@1", "pkg:npm/two@1"})});
  }
  const auto x = one.find_components("pkg:npm/x").value();
  ASSERT_EQ(x.size(), 1u);
  EXPECT_EQ(holders(one, {x[0].id}).size(), 10u);
  EXPECT_EQ(holders(two, {any_component}).size(), 10u);
}

// No compression makes these small enough for an index row of PostgreSQL.
TEST_P(StoreContract, TakesTextsLongerThanAnIndexDoes) {
  std::string noise;
  while (noise.size() < 9000) noise += sha256_of(noise).hex();
  const std::string key = "pkg:npm/" + noise;
  Store store = open();
  auto bill = bill_of("one", "i", {key + "@1", "pkg:npm/x@" + noise, "pkg:npm/x@1", key + "@2"});
  bill.bill.components[2].source = noise;
  bill.bill.components[3].name = noise;
  bill.bill.subject.name = noise;
  EXPECT_EQ(save(store, {bill}), std::vector<bool>{true});
  const auto long_key = store.find_components(key).value();
  ASSERT_EQ(long_key.size(), 2u);
  EXPECT_EQ(long_key[0].purl, key + "@1");
  EXPECT_EQ(long_key[1].name, noise);
  const auto x = store.find_components("pkg:npm/x").value();
  ASSERT_EQ(x.size(), 2u);
  EXPECT_EQ(x[0].source, noise);
  EXPECT_EQ(x[1].version, noise);
  EXPECT_TRUE(store.find_components(key + "more")->empty()) << "what begins alike is another";
  bill.digest = digest_of("two");
  save(store, {bill});
  EXPECT_EQ(store.find_components(key)->size(), 2u) << "each is found again";
  EXPECT_EQ(store.counts()->components, 4u);
}

INSTANTIATE_TEST_SUITE_P(
    Engines, StoreContract,
    testing::Values(Engine{"SQLite", [](const Folder& folder) { return folder.path("new/store"); }},
                    Engine{"PostgreSQL", [](const Folder&) { return TestPostgres::instance().new_database(); }}),
    [](const auto& engine) { return engine.param.name; });

}  // namespace
}  // namespace pratique
