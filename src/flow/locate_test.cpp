#include "flow/locate.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <set>

#include "engine/index/index.h"
#include "engine/version/version.h"

namespace pratique {
namespace {

Time at(std::int64_t second) { return Time(std::chrono::seconds(second)); }

struct Listed {
  std::string purl, version;
  int under = -1;  // the component that depends on it; -1 for the subject
};

StoredBill bill_of(const std::string& text, const std::string& image, const std::vector<Listed>& listed) {
  StoredBill stored{sha256_of(text), text, {}, {}};
  Bill& bill = stored.bill;
  if (!image.empty()) {
    bill.subject.name = image;
    bill.subject.digest = sha256_of(image);
  }
  for (std::uint32_t i = 0; i < listed.size(); ++i) {
    Component component;
    component.purl = bill.pool->keep(listed[i].purl);
    component.name = component.purl.substr(component.purl.rfind('/') + 1);
    component.name = component.name.substr(0, component.name.find_first_of("@?"));
    component.version = bill.pool->keep(listed[i].version);
    bill.components.push_back(component);
    bill.edges.push_back({listed[i].under < 0 ? Bill::subject_index : static_cast<std::uint32_t>(listed[i].under), i,
                          EdgeKind::depends_on});
  }
  std::sort(bill.edges.begin(), bill.edges.end());
  return stored;
}

Workload pod_of(const std::string& owner, const std::string& pod, const std::string& image, bool is_pinned = true) {
  Workload workload;
  workload.name_space = "shop";
  workload.kind = "Deployment";
  workload.name = owner;
  workload.pod = pod;
  Container container;
  container.name = "main";
  container.image = Image{image, "1", {}};
  if (is_pinned) container.image.digest = sha256_of(image);
  workload.containers.push_back(container);
  return workload;
}

class Inventory {
 public:
  Inventory() {
    // In memory where that can be: a sync costs nothing there.
    const std::filesystem::path memory = "/dev/shm";
    const auto root = ::access(memory.c_str(), W_OK) == 0 ? memory : std::filesystem::temp_directory_path();
    std::string pattern = (root / "pratique_locate_XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    store_ = Store::open(folder_ + "/store", Store::Mode::create).value();
  }
  Inventory(const Inventory&) = delete;
  Inventory& operator=(const Inventory&) = delete;
  ~Inventory() {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }
  void add(const std::vector<StoredBill>& bills, Time now = at(1)) {
    const auto saved = store_->save_bills(bills, merge_posting, now);
    ASSERT_TRUE(saved) << render(saved.error());
  }
  void run(const std::string& cluster, const std::vector<Workload>& pods) {
    const auto saved = store_->save_workloads(cluster, pods, Coverage::whole, merge_posting, at(1));
    ASSERT_TRUE(saved) << render(saved.error());
  }
  Result<LocateAnswer> ask(const LocateQuery& query) const { return locate(*store_, query); }
  const Store& store() const { return *store_; }

 private:
  std::string folder_;
  std::optional<Store> store_;
};

LocateQuery query_of(const std::string& purl, const std::string& range = {}) {
  LocateQuery query;
  query.purl = parse_purl(purl).value();
  if (!range.empty()) query.range = parse_vers(range).value();
  return query;
}

std::vector<std::string> images(const Result<LocateAnswer>& answer) {
  EXPECT_TRUE(answer) << render(answer.error());
  std::vector<std::string> names;
  if (answer)
    for (const auto& artifact : answer->artifacts) names.push_back(artifact.image);
  return names;
}

using Names = std::vector<std::string>;
const std::string log4j = "pkg:maven/org.apache.logging.log4j/log4j-core";

TEST(Locate, AnswersWithPathAndWorkload) {
  Inventory inventory;
  inventory.add({bill_of(
      "one", "shop/cart",
      {{"pkg:maven/a/web@1", "1"}, {"pkg:maven/a/search@2", "2", 0}, {log4j + "@2.14.1?type=jar", "2.14.1", 1}})});
  inventory.add({bill_of("two", "shop/mail", {{log4j + "@2.17.1", "2.17.1"}})}, at(2));
  inventory.run("north", {pod_of("cart", "cart-1", "shop/cart"), pod_of("cart", "cart-2", "shop/cart")});
  const auto answer = inventory.ask(query_of(log4j, "vers:maven/<2.17.1"));
  ASSERT_EQ(images(answer), Names{"shop/cart"});
  const LocatedArtifact& cart = answer->artifacts[0];
  EXPECT_EQ(cart.digest, sha256_of("shop/cart").text());
  EXPECT_EQ(cart.since, at(1));
  ASSERT_EQ(cart.packages.size(), 1u);
  LocatedPackage expected{
      "log4j-core", "2.14.1", log4j + "@2.14.1?type=jar", {"web 1", "search 2", "log4j-core 2.14.1"}};
  expected.component = cart.packages[0].component;
  EXPECT_EQ(cart.packages[0], expected);
  ASSERT_EQ(cart.running.in.size(), 1u);
  EXPECT_EQ(cart.running.in[0].cluster, "north");
  EXPECT_EQ(cart.running.in[0].name, "cart");
  EXPECT_EQ(cart.running.in[0].pods, 2u);
  EXPECT_EQ(answer->ledger, (Ledger{.clean = 1, .affected = 1}));
  EXPECT_FALSE(answer->next);
}

TEST(Locate, NarrowsByVersionRangeQualifierRunningAndDirect) {
  Inventory inventory;
  inventory.add({bill_of("1", "a", {{"pkg:deb/debian/ssl@1.0?arch=amd64", "1.0"}}),
                 bill_of("2", "b", {{"pkg:deb/debian/ssl@2.0?arch=arm64", "2.0"}}),
                 bill_of("3", "c", {{"pkg:deb/debian/top@1", "1"}, {"pkg:deb/debian/ssl@1.0?arch=arm64", "1.0", 0}}),
                 bill_of("4", "d", {{"pkg:npm/ssl@1.0", "1.0"}})});
  inventory.run("north", {pod_of("b", "b-1", "b"), pod_of("d", "d-1", "d")});
  const std::string ssl = "pkg:deb/debian/ssl";
  EXPECT_EQ(images(inventory.ask(query_of(ssl))), (Names{"a", "b", "c"}));
  EXPECT_EQ(images(inventory.ask(query_of(ssl + "@1.0"))), (Names{"a", "c"}));
  EXPECT_EQ(images(inventory.ask(query_of(ssl + "?arch=arm64"))), (Names{"b", "c"}));
  EXPECT_EQ(images(inventory.ask(query_of(ssl, "vers:deb/>1.0"))), Names{"b"});
  EXPECT_EQ(images(inventory.ask(query_of(ssl, "vers:deb/>7"))), Names{});
  EXPECT_EQ(images(inventory.ask(query_of(ssl, "vers:deb/*"))), (Names{"a", "b", "c"}));
  auto query = query_of(ssl);
  query.running = true;
  const auto running = inventory.ask(query);
  EXPECT_EQ(images(running), Names{"b"});
  EXPECT_EQ(running->ledger, (Ledger{.clean = 1, .affected = 1}));
  query = query_of(ssl);
  query.direct = true;
  const auto direct = inventory.ask(query);
  EXPECT_EQ(images(direct), (Names{"a", "b"}));
  EXPECT_EQ(direct->ledger, (Ledger{.clean = 2, .affected = 2}));
}

TEST(Locate, CallsUnknownWhatNobodyKnows) {
  Inventory inventory;
  inventory.add({bill_of("1", "a", {{log4j, ""}}), bill_of("2", "b", {{log4j + "@2", "2"}}),
                 bill_of("3", "c", {{log4j, "unknown"}, {log4j + "@2", "2"}})});
  inventory.run("north",
                {pod_of("x", "x-1", "no-bill"), pod_of("y", "y-1", "no-digest", false), pod_of("a", "a-1", "a")});
  const auto answer = inventory.ask(query_of(log4j, "vers:maven/<9"));
  EXPECT_EQ(images(answer), (Names{"b", "c"}));
  EXPECT_EQ(answer->ledger, (Ledger{.affected = 2, .unknown = 3}));
  ASSERT_EQ(answer->unknown.size(), 3u);
  EXPECT_EQ(answer->unknown[0].image, "a");
  EXPECT_EQ(answer->unknown[1].image, "no-bill:1");
  EXPECT_EQ(answer->unknown[1].digest, sha256_of("no-bill").text());
  EXPECT_EQ(answer->unknown[1].reason, "runs and has no bill");
  EXPECT_EQ(answer->unknown[2].image, "no-digest:1");
  EXPECT_EQ(answer->unknown[2].digest, "");
  // Any version is wanted: a package without one is there.
  EXPECT_EQ(images(inventory.ask(query_of(log4j))), (Names{"a", "b", "c"}));
}

TEST(Locate, SaysOnceWhatTwoBillsOfAnArtifactSay) {
  Inventory inventory;
  inventory.add({bill_of("by syft", "a", {{"pkg:npm/x@1", "1"}})}, at(1));
  inventory.add({bill_of("by trivy", "a", {{"pkg:npm/x@1", "1"}, {"pkg:npm/y@1", "1"}, {"pkg:npm/x@1", "1", 1}})},
                at(2));
  const auto answer = inventory.ask(query_of("pkg:npm/x"));
  ASSERT_EQ(images(answer), Names{"a"});
  EXPECT_EQ(answer->artifacts[0].packages.size(), 2u);
  EXPECT_EQ(answer->artifacts[0].since, at(1));
}

TEST(Locate, IsCutIntoPages) {
  Inventory inventory;
  std::vector<StoredBill> bills;
  for (int i = 0; i < 25; ++i)
    bills.push_back(bill_of(std::to_string(i), "i" + std::to_string(99 - i), {{"pkg:npm/x@1", "1"}}));
  inventory.add(bills);
  auto query = query_of("pkg:npm/x");
  query.limit = 10;
  std::set<std::string> seen;
  int pages = 0;
  while (true) {
    const auto answer = inventory.ask(query);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->ledger.affected, 25u);
    const auto names = images(answer);
    EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
    seen.insert(names.begin(), names.end());
    ++pages;
    if (!answer->next) break;
    EXPECT_EQ(names.size(), 10u);
    query.first = *answer->next;
  }
  EXPECT_EQ(pages, 3);
  EXPECT_EQ(seen.size(), 25u);
}

TEST(Locate, NamesSomeWorkloadsAndCountsAll) {
  Inventory inventory;
  inventory.add({bill_of("1", "a", {{"pkg:npm/x@1", "1"}})});
  std::vector<Workload> pods;
  for (int i = 0; i < 30; ++i) pods.push_back(pod_of("w" + std::to_string(i / 2), "w-" + std::to_string(i), "a"));
  inventory.run("north", pods);
  auto query = query_of("pkg:npm/x");
  query.limit = 4;
  const auto answer = inventory.ask(query);
  ASSERT_EQ(images(answer), Names{"a"});
  EXPECT_EQ(answer->artifacts[0].running.in.size(), 4u);
  EXPECT_EQ(answer->artifacts[0].running.workloads, 15u);
  EXPECT_EQ(answer->artifacts[0].running.pods, 30u);
  EXPECT_EQ(inventory.ask(query_of("pkg:npm/x"))->artifacts[0].running.in.size(), 15u);
}

TEST(Locate, NamesWhatIsWrongWithTheQuestion) {
  Inventory inventory;
  inventory.add({bill_of("1", "a", {{log4j + "@1", "1"}})});
  const auto absent = inventory.ask(query_of("pkg:maven/log4j/log4j"));
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().fault, Fault::not_found);
  EXPECT_EQ(absent.error().remedy, "did you mean " + log4j + "?");
  EXPECT_EQ(inventory.ask(query_of(log4j, "vers:npm/<2")).error().fault, Fault::usage);
  EXPECT_EQ(inventory.ask(query_of(log4j + "@1", "vers:maven/<2")).error().fault, Fault::usage);
}

// The same question put to the bills one by one.
struct Naive {
  struct Image {
    bool has_bill = false, lists_packages = false, runs = false;
    std::vector<std::vector<Listed>> bills;
  };
  std::map<std::string, Image> images;

  std::set<std::string> ask(const std::string& key, const Vers& range, bool running, bool direct) const {
    std::set<std::string> found;
    for (const auto& [name, image] : images) {
      if (running && !image.runs) continue;
      for (const auto& bill : image.bills)
        for (const auto& listed : bill)
          if (listed.purl.starts_with(key + "@") && contains(range, listed.version).inside &&
              (!direct || listed.under < 0))
            found.insert(name);
    }
    return found;
  }
};

TEST(LocateModel, AnswersAsALinearScanWould) {
  const bool holds = rc::check("locate equals a scan of all bills", [] {
    Inventory inventory;
    Naive naive;
    const auto bills = *rc::gen::resize(
        25,
        rc::gen::container<std::vector<std::vector<Listed>>>(rc::gen::resize(
            6,
            rc::gen::container<std::vector<Listed>>(rc::gen::map(
                rc::gen::tuple(rc::gen::inRange(0, 4), rc::gen::inRange(1, 5), rc::gen::inRange(-3, 5)),
                [](const auto& t) {
                  const std::string version = std::to_string(std::get<1>(t));
                  return Listed{"pkg:npm/p" + std::to_string(std::get<0>(t)) + "@" + version, version, std::get<2>(t)};
                })))));
    std::vector<StoredBill> batch;
    for (std::size_t i = 0; i < bills.size(); ++i) {
      auto listed = bills[i];
      // A component may only depend on an earlier one, so that whether it is direct needs no search.
      for (std::size_t c = 0; c < listed.size(); ++c)
        listed[c].under = std::min(std::max(listed[c].under, -1), static_cast<int>(c) - 1);
      const std::string image = "image " + std::to_string(i % 9);
      batch.push_back(bill_of("bill " + std::to_string(i), image, listed));
      naive.images[image].has_bill = true;
      naive.images[image].lists_packages |= !listed.empty();
      naive.images[image].bills.push_back(listed);
      if (*rc::gen::inRange(0, 3) == 0) {
        inventory.add(batch);
        batch.clear();
      }
    }
    inventory.add(batch);
    std::vector<Workload> pods;
    for (const int image : *rc::gen::container<std::set<int>>(rc::gen::inRange(0, 12))) {
      pods.push_back(pod_of("w", "w-" + std::to_string(image), "image " + std::to_string(image)));
      naive.images["image " + std::to_string(image)].runs = true;
    }
    inventory.run("north", pods);

    const std::string key = "pkg:npm/p" + std::to_string(*rc::gen::inRange(0, 4));
    auto query = query_of(key, "vers:npm/<" + std::to_string(*rc::gen::inRange(1, 6)));
    query.running = *rc::gen::arbitrary<bool>();
    query.direct = *rc::gen::arbitrary<bool>();
    const auto answer = inventory.ask(query);
    const auto expected = naive.ask(key, *query.range, query.running, query.direct);
    if (!answer) {
      RC_ASSERT(answer.error().fault == Fault::not_found);
      RC_ASSERT(naive.ask(key, parse_vers("vers:npm/*").value(), false, false).empty());
      return;
    }
    const auto names = images(answer);
    RC_ASSERT(std::set<std::string>(names.begin(), names.end()) == expected);
    Ledger ledger;
    for (const auto& [name, image] : naive.images) {
      if (expected.contains(name))
        ++ledger.affected;
      else if (image.lists_packages && (image.runs || !query.running))
        ++ledger.clean;
      else if (image.runs || (image.has_bill && !query.running))
        ++ledger.unknown;
    }
    RC_ASSERT(answer->ledger == ledger);
  });
  EXPECT_TRUE(holds);
}

}  // namespace
}  // namespace pratique
