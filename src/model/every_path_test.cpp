#include "model/every_path.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace pratique {
namespace {

Bill bill_of(std::uint32_t components, std::vector<Edge> edges) {
  Bill bill;
  bill.components.resize(components);
  std::sort(edges.begin(), edges.end());
  bill.edges = std::move(edges);
  return bill;
}

using Paths_ = std::vector<std::vector<std::uint32_t>>;
constexpr std::uint32_t subject = Bill::subject_index;

TEST(EveryPath, FindsAllAndNoCycle) {
  const Bill bill = bill_of(4, {{subject, 0}, {subject, 1}, {0, 2}, {1, 2}, {2, 3}, {3, 2}, {3, 3}});
  EXPECT_EQ(every_path(bill, 3).paths, (Paths_{{0, 2, 3}, {1, 2, 3}}));
  EXPECT_EQ(every_path(bill, 0).paths, (Paths_{{0}}));
  EXPECT_FALSE(every_path(bill, 3).more);
}

TEST(EveryPath, ThatTheSubjectContainsItCountsOnlyAlone) {
  const Bill bill = bill_of(2, {{subject, 0, EdgeKind::contains}, {subject, 1, EdgeKind::contains}, {0, 1}});
  EXPECT_EQ(every_path(bill, 1).paths, (Paths_{{0, 1}}));
  EXPECT_EQ(every_path(bill, 0).paths, (Paths_{{0}}));
}

TEST(EveryPath, GoesThroughNesting) {
  Bill bill = bill_of(2, {});
  bill.components[1].parent = 0;
  EXPECT_EQ(every_path(bill, 1).paths, (Paths_{{0, 1}}));
}

TEST(EveryPath, ACycleThatNothingEntersIsStillOnePath) {
  EXPECT_EQ(every_path(bill_of(2, {{0, 1}, {1, 0}}), 1).paths, (Paths_{{1}}));
}

TEST(EveryPath, StopsWhereTheirNumberExplodes) {
  std::vector<Edge> edges = {{subject, 0}, {subject, 1}};
  for (std::uint32_t layer = 0; layer < 60; ++layer)
    for (const std::uint32_t from : {0U, 1U})
      for (const std::uint32_t to : {2U, 3U}) edges.push_back({2 * layer + from, 2 * layer + to});
  const EveryPath found = every_path(bill_of(122, std::move(edges)), 121, 10);
  EXPECT_EQ(found.paths.size(), 10U);
  EXPECT_TRUE(found.more);
}

}  // namespace
}  // namespace pratique
