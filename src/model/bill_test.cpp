#include "model/bill.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pratique {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Bill bill_of(std::size_t components, std::vector<Edge> edges) {
  Bill bill;
  bill.components.resize(components);
  bill.edges = std::move(edges);
  return bill;
}

constexpr auto subject = Bill::subject_index;

TEST(Paths, TheShortestWayCounts) {
  const Paths paths(bill_of(4, {{0, 1}, {1, 2}, {0, 2}, {2, 3}, {subject, 0}}));
  EXPECT_THAT(paths.path(3), ElementsAre(0, 2, 3));
  EXPECT_TRUE(paths.is_direct(0));
  EXPECT_FALSE(paths.is_direct(3));
}

TEST(Paths, NestingIsAWayToo) {
  Bill bill = bill_of(3, {});
  bill.components[1].parent = 0;
  bill.components[2].parent = 1;
  EXPECT_THAT(Paths(bill).path(2), ElementsAre(0, 1, 2));
}

TEST(Paths, WhatTheImageContainsIsReachedThroughItsDependents) {
  const auto contains = EdgeKind::contains;
  const Paths paths(
      bill_of(3, {{0, 1}, {1, 2}, {subject, 0, contains}, {subject, 1, contains}, {subject, 2, contains}}));
  EXPECT_THAT(paths.path(2), ElementsAre(0, 1, 2));
  EXPECT_TRUE(paths.is_direct(0));
}

TEST(Paths, CyclesAndIslandsEnd) {
  const Paths paths(bill_of(5, {{0, 1}, {1, 0}, {2, 2}, {3, 4}, {4, 3}}));
  EXPECT_THAT(paths.path(1), ElementsAre(0, 1));
  EXPECT_TRUE(paths.is_direct(2));
  EXPECT_THAT(paths.path(4), ElementsAre(3, 4));
}

TEST(TextPool, KeepsTextAsItGrows) {
  TextPool pool;
  std::vector<std::string_view> kept;
  for (int i = 0; i < 10'000; ++i) kept.push_back(pool.keep("text number " + std::to_string(i)));
  EXPECT_EQ(kept.front(), "text number 0");
  EXPECT_EQ(kept.back(), "text number 9999");
  EXPECT_EQ(pool.keep("text number 9999").data(), kept.back().data());
  EXPECT_EQ(pool.keep(std::string(1 << 20, 'x')).size(), std::size_t{1} << 20);
}

TEST(Bill, FindsTheDetailsOfOneComponent) {
  Bill bill = bill_of(3, {});
  bill.details = {{0, DetailKind::hash, "SHA-1", "aa"},
                  {2, DetailKind::hash, "SHA-1", "bb"},
                  {2, DetailKind::location, "", "/lib"},
                  {2, DetailKind::location, "", "/usr/lib"},
                  {Bill::document_index, DetailKind::tool, "1.2", "syft"}};
  EXPECT_EQ(bill.details_of(2).size(), 3U);
  EXPECT_THAT(bill.details_of(1), IsEmpty());
  EXPECT_EQ(bill.details_of(2, DetailKind::location).back().value, "/usr/lib");
  EXPECT_EQ(bill.details_of(Bill::document_index).front().value, "syft");
}

TEST(Bill, EveryNameStandsInItsPlace) {
  EXPECT_EQ(name_of(BillFormat::syft_json), "syft-json");
  EXPECT_EQ(name_of(ComponentType::other), "other");
  EXPECT_EQ(name_of(DetailKind::lifecycle), "lifecycle");
  EXPECT_EQ(name_of(EdgeKind::provides), "provides");
}

TEST(Component, IsCalledByNameOrByWhatThereIs) {
  EXPECT_EQ(label_of({.name = "log4j-core", .version = "2.14.1"}), "log4j-core 2.14.1");
  EXPECT_EQ(label_of({.purl = "pkg:maven/org.apache/log4j-core@2?type=jar"}), "log4j-core");
  EXPECT_EQ(label_of({.ref = "ref-1"}), "ref-1");
}

}  // namespace
}  // namespace pratique
