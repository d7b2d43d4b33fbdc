// What every engine of the store promises of findings.
#include <gtest/gtest.h>

#include "world/store/test_postgres.h"
#include "world/store/test_store.h"

namespace pratique {
namespace {

Reason reason(std::string_view vulnerability, Severity severity = Severity::high) {
  Reason one;
  one.vulnerability = vulnerability;
  one.aliases = {"GHSA-of-" + std::string(vulnerability)};
  one.severity = severity;
  one.fixed = "2.0";
  one.proof = R"({"proof":1})";
  one.digest = std::string(vulnerability) + std::string(name_of(severity));
  return one;
}
Reason nobody_knows(std::string_view why) {
  return {{}, {}, Severity::unknown, {}, std::string(why), std::string(why)};
}

AdvisoryGeneration generation(std::string_view digest, Time since = at(1)) {
  return {std::string(digest), at(0), "npm\n", since};
}
const ExplainClosing withdrawn = [](const StoredFinding& finding) {
  return Closing{"GHSA-of-" + finding.reason.vulnerability, "r2", "withdrawn"};
};

struct Engine {
  std::string name;
  std::function<std::string(const Folder&)> url;
};
void PrintTo(const Engine& engine, std::ostream* out) { *out << engine.name; }

class FindingsContract : public testing::TestWithParam<Engine> {
 protected:
  void SetUp() override {
    if (url_.empty()) GTEST_SKIP() << "PostgreSQL 15 is not installed";
    store_ = std::make_unique<Store>(Store::open(url_, Store::Mode::create).value());
  }
  void save(const StoredBill& bill, Time now = at(1)) {
    ASSERT_TRUE(store_->save_bills(std::vector{bill}, merge, now));
  }
  ComponentId id(std::string_view package) const { return store_->find_components(package).value().at(0).id; }
  JudgedCounts judge(ComponentId component, const std::vector<Reason>& reasons, std::string_view by, Time now) {
    const auto counts = store_->save_judgements(std::vector{Judgement{component, reasons, {}}}, by, withdrawn, now);
    EXPECT_TRUE(counts) << render(counts.error());
    return counts ? *counts : JudgedCounts();
  }
  std::vector<std::string> known(ComponentId component, const Period& when) const {
    std::vector<std::string> names;
    const auto found = store_->find_findings(std::vector{component}, when).value();
    for (const auto& finding : found) names.push_back(finding.reason.vulnerability);
    return names;
  }
  static Period as_of(std::int64_t second) { return {at(second), at(second)}; }

  Folder folder_;
  std::string url_ = GetParam().url(folder_);
  std::unique_ptr<Store> store_;
};

using Names = std::vector<std::string>;

TEST_P(FindingsContract, NewComponentsWaitToBeJudged) {
  save(bill_of("one", "i", {"pkg:npm/x@1", "pkg:npm/y@1"}));
  EXPECT_FALSE(store_->generation().value());
  const ComponentId x = id("pkg:npm/x"), y = id("pkg:npm/y");
  EXPECT_EQ(store_->find_pending(9).value(), (std::vector{x, y}));
  EXPECT_EQ(store_->find_unjudged().value(), (std::vector{x, y}));
  ASSERT_TRUE(store_->begin_generation(generation("g1"), {}));
  EXPECT_EQ(store_->generation()->value().digest, "g1");
  const auto counts = judge(x, {reason("CVE-1"), nobody_knows("no version")}, "g1", at(5));
  EXPECT_EQ(counts.opened, 2u);
  judge(y, {}, "g1", at(5));
  EXPECT_EQ(store_->count_pending().value(), 0u);
  EXPECT_EQ(store_->find_unjudged().value(), std::vector{x});
  save(bill_of("two", "j", {"pkg:npm/x@1"}), at(6));
  EXPECT_EQ(store_->count_pending().value(), 0u);
}

TEST_P(FindingsContract, WhatIsNotExaminedIsNoPackageAndNeverWaits) {
  auto bill = bill_of("one", "i", {"pkg:npm/x@1", "pkg:pypi/x@1"});
  bill.contexts = {{false, {}}, {true, "debian-12"}};
  save(bill);
  EXPECT_EQ(store_->find_pending(9).value(), std::vector{id("pkg:pypi/x")});
  EXPECT_EQ(store_->find_components("pkg:npm/x")->at(0).context, (PartContext{false, {}}));
  EXPECT_EQ(store_->find_components("pkg:pypi/x")->at(0).context, (PartContext{true, "debian-12"}));
  EXPECT_EQ(holders(*store_, {any_package}).size(), 1u);
  auto files = bill_of("two", "j", {"pkg:npm/x@1"});
  files.contexts = {{false, {}}};
  save(files);
  EXPECT_EQ(holders(*store_, {any_component}).size(), 2u);
  EXPECT_EQ(holders(*store_, {any_package}).size(), 1u);
  EXPECT_EQ(holders(*store_, {id("pkg:npm/x")}).size(), 2u);
}

TEST_P(FindingsContract, AFindingOpensAndClosesWithAGeneration) {
  save(bill_of("one", "i", {"pkg:npm/x@1"}));
  const ComponentId x = id("pkg:npm/x");
  ASSERT_TRUE(store_->begin_generation(generation("g1"), {}));
  judge(x, {reason("CVE-1"), reason("CVE-2")}, "g1", at(10));
  ASSERT_TRUE(store_->begin_generation(generation("g2", at(20)), std::vector{x}));
  EXPECT_EQ(store_->find_pending(9).value(), std::vector{x});
  EXPECT_TRUE(store_->find_unjudged()->empty()) << "what was found stands until it is judged again";
  const auto counts = judge(x, {reason("CVE-2"), reason("CVE-3")}, "g2", at(20));
  EXPECT_EQ(counts.opened, 1u);
  EXPECT_EQ(counts.closed, 1u);
  EXPECT_EQ(counts.kept, 1u);
  EXPECT_EQ(known(x, as_of(9)), Names{});
  EXPECT_EQ(known(x, as_of(10)), (Names{"CVE-1", "CVE-2"}));
  EXPECT_EQ(known(x, as_of(19)), (Names{"CVE-1", "CVE-2"}));
  EXPECT_EQ(known(x, as_of(20)), (Names{"CVE-2", "CVE-3"}));
  EXPECT_EQ(known(x, {}), (Names{"CVE-2", "CVE-3"}));
  EXPECT_EQ(known(x, {at(15), at(25)}), (Names{"CVE-1", "CVE-2", "CVE-3"}));

  const auto closed = store_->find_findings("GHSA-of-CVE-1", as_of(15)).value();
  ASSERT_EQ(closed.size(), 1u);
  EXPECT_EQ(closed[0].opened_by, "g1");
  EXPECT_EQ(closed[0].closed_by, "g2");
  EXPECT_EQ(closed[0].closed_at, at(20));
  EXPECT_EQ(closed[0].closing.why, "withdrawn");
  EXPECT_EQ(closed[0].closing.revision, "r2");
  EXPECT_EQ(closed[0].reason.severity, Severity::high);
  EXPECT_EQ(closed[0].reason.fixed, "2.0");
  EXPECT_TRUE(store_->find_findings("CVE-1", {})->empty());
}

TEST_P(FindingsContract, WhatChangesIsTheSameFindingSinceThen) {
  save(bill_of("one", "i", {"pkg:npm/x@1"}));
  const ComponentId x = id("pkg:npm/x");
  ASSERT_TRUE(store_->begin_generation(generation("g1"), {}));
  judge(x, {reason("CVE-1", Severity::low)}, "g1", at(10));
  ASSERT_TRUE(store_->begin_generation(generation("g2"), std::vector{x}));
  judge(x, {reason("CVE-1", Severity::critical)}, "g2", at(20));
  const auto now = store_->find_findings("CVE-1", {}).value();
  ASSERT_EQ(now.size(), 1u);
  EXPECT_EQ(now[0].reason.severity, Severity::critical);
  EXPECT_EQ(now[0].since, at(10));
  EXPECT_EQ(now[0].opened_at, at(20));
  judge(x, {}, "g2", at(30));
  judge(x, {reason("CVE-1", Severity::critical)}, "g2", at(40));
  EXPECT_EQ(store_->find_findings("CVE-1", {})->at(0).since, at(40)) << "there was a gap";
}

TEST_P(FindingsContract, RefusesWhatWasFoundWithAnotherGeneration) {
  save(bill_of("one", "i", {"pkg:npm/x@1"}));
  const ComponentId x = id("pkg:npm/x");
  ASSERT_TRUE(store_->begin_generation(generation("g1"), {}));
  ASSERT_TRUE(store_->begin_generation_anew(generation("g2")));
  const auto late = store_->save_judgements(std::vector{Judgement{x, {reason("CVE-1")}, {}}}, "g1", withdrawn, at(5));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().fault, Fault::unavailable);
  EXPECT_TRUE(store_->find_findings("CVE-1", {})->empty());
  EXPECT_EQ(store_->find_pending(9).value(), std::vector{x});
}

TEST_P(FindingsContract, HistoryNeverRunsBackwards) {
  save(bill_of("one", "i", {"pkg:npm/x@1"}));
  ASSERT_TRUE(store_->begin_generation(generation("g1", at(100)), {}));
  judge(id("pkg:npm/x"), {reason("CVE-1")}, "g1", at(50));
  EXPECT_EQ(store_->find_findings("CVE-1", {})->at(0).opened_at, at(100));
}

TEST_P(FindingsContract, FindsComponentsByTheNamesTheyAreLookedUpAs) {
  save(bill_of("one", "i", {"pkg:deb/debian/libssl3@1", "pkg:npm/x@1"}));
  ASSERT_TRUE(store_->begin_generation(generation("g1"), {}));
  const ComponentId ssl = id("pkg:deb/debian/libssl3");
  ASSERT_TRUE(
      store_->save_judgements(std::vector{Judgement{ssl, {}, {"pkg:deb/debian/openssl"}}}, "g1", withdrawn, at(2)));
  const auto found =
      store_->find_known_as(std::vector<std::string>{"pkg:deb/debian/openssl", "pkg:deb/debian/libssl3"});
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 1u);
  EXPECT_EQ(found->at(0).id, ssl);
  EXPECT_EQ(found->at(0).purl, "pkg:deb/debian/libssl3@1");
}

TEST_P(FindingsContract, RetentionDropsOriginalsAndHistoryAndSaysSo) {
  save(bill_of("old", "i", {"pkg:npm/x@1"}), at(1));
  save(bill_of("new", "i", {"pkg:npm/x@1"}), at(2));
  save(bill_of("alone", "j", {"pkg:npm/x@1"}), at(1));
  const ComponentId x = id("pkg:npm/x");
  ASSERT_TRUE(store_->begin_generation(generation("g1"), {}));
  judge(x, {reason("CVE-1"), reason("CVE-2")}, "g1", at(10));
  judge(x, {reason("CVE-2")}, "g1", at(20));
  ASSERT_TRUE(store_->save_workloads("north", std::vector{pod_of("a", "a-1", {"i"})}, Coverage::whole, merge, at(5)));
  ASSERT_TRUE(store_->save_workloads("north", {}, Coverage::whole, merge, at(15)));
  const Retention retention{at(100), at(100)};
  const auto preview = store_->count_prunable(retention).value();
  EXPECT_EQ(preview.originals, 1u);
  EXPECT_GT(preview.bytes, 0u);
  EXPECT_EQ(preview.pods, 1u);
  EXPECT_EQ(preview.findings, 1u);
  EXPECT_FALSE(store_->history_from().value());
  EXPECT_EQ(store_->count_prunable({})->pods, 0u);
  EXPECT_EQ(store_->count_prunable({at(1), at(15)})->pods, 0u);
  EXPECT_EQ(store_->prune(retention)->findings, 1u);
  EXPECT_EQ(store_->history_from().value(), at(100));
  EXPECT_EQ(known(x, {at(1), at(200)}), Names{"CVE-2"});
  EXPECT_EQ(store_->load_bill(digest_of("i")).value().value().view(), "new");
  EXPECT_TRUE(store_->load_bill(digest_of("j")).value().has_value()) << "the newest keeps its own";
  EXPECT_EQ(holders(*store_, {x}).size(), 2u) << "answers stay";
  EXPECT_EQ(store_->count_prunable(retention)->originals, 0u);
  EXPECT_TRUE(store_->prune({at(50), at(50)}));
  EXPECT_EQ(store_->history_from().value(), at(100));
}

TEST_P(FindingsContract, FindsComponentsByWhatBillsSayOfThem) {
  auto bill = bill_of("one", "i", {"pkg:npm/x@1", "pkg:npm/y@1"});
  bill.bill.components[0].license = "MIT OR (GPL-3.0-only AND BSD-3-Clause)";
  bill.bill.components[0].cpe = "cpe:2.3:a:apache:log4j:2.14.1:*:*:*:*:*:*:*";
  bill.bill.components[1].supplier = "Organization: ACME";
  bill.bill.details.push_back({1, DetailKind::hash, "SHA-256", "00ff11"});
  save(bill);
  const ComponentId x = id("pkg:npm/x"), y = id("pkg:npm/y");
  const auto by = [&](Trait kind, std::string_view text) { return store_->find_by_trait(kind, text).value(); };
  using Ids = std::vector<ComponentId>;
  EXPECT_EQ(by(Trait::license, "gpl-3.0-ONLY"), Ids{x});
  EXPECT_EQ(by(Trait::license, "GPL-3.0"), Ids{});
  EXPECT_EQ(by(Trait::cpe, "cpe:2.3:a:apache:log4j"), Ids{x});
  EXPECT_EQ(by(Trait::cpe, "cpe:/a:apache:log4j:2.14.1"), Ids{x});
  EXPECT_EQ(by(Trait::cpe, "cpe:2.3:a:apache:log4"), Ids{});
  EXPECT_EQ(by(Trait::hash, "sha256:00FF"), Ids{y});
  EXPECT_EQ(by(Trait::supplier, "organization: acme"), Ids{y});
  EXPECT_EQ(store_->find_traits(Trait::license, "g", 9).value(), Names{"gpl-3.0-only"});
  EXPECT_EQ(store_->load_traits(Trait::cpe, Ids{y, x}).value(),
            (std::vector<Names>{{}, {"cpe:2.3:a:apache:log4j:2.14.1"}}));
  ASSERT_TRUE(store_->begin_generation(generation("g1"), {}));
  judge(x, {}, "g1", at(2));
  judge(y, {}, "g1", at(2));
  auto again = bill_of("two", "j", {"pkg:npm/x@1"});
  again.bill.components[0].cpe = "cpe:2.3:a:other:name:1:*:*:*:*:*:*:*";
  save(again);
  EXPECT_EQ(store_->find_pending(9).value(), Ids{x}) << "advisories may know it by its new CPE";
  EXPECT_TRUE(store_->find_never_judged()->empty());
}

TEST_P(FindingsContract, FindsPackagesWithNearlyThatName) {
  save(bill_of("one", "i", {"pkg:npm/lodash@1", "pkg:npm/left-pad@1", "pkg:pypi/requests@1"}));
  EXPECT_EQ(store_->find_similar_packages("lodahs", 9).value(), Names{"pkg:npm/lodash"});
  EXPECT_EQ(store_->find_similar_packages("Reqests", 9).value(), Names{"pkg:pypi/requests"});
  EXPECT_EQ(store_->find_similar_packages("angular", 9).value(), Names{});
}

INSTANTIATE_TEST_SUITE_P(Engines, FindingsContract,
                         testing::Values(Engine{"SQLite", [](const Folder& folder) { return folder.path("store"); }},
                                         Engine{"PostgreSQL",
                                                [](const Folder&) { return TestPostgres::instance().new_database(); }}),
                         [](const auto& engine) { return engine.param.name; });

}  // namespace
}  // namespace pratique
