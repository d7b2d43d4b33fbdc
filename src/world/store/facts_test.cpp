#include "world/store/facts.h"

#include <gtest/gtest.h>

#include <random>

#include "model/bill.h"

namespace pratique {
namespace {

using Ids = std::vector<std::uint32_t>;

TEST(Facts, ComeBackAsTheyWere) {
  const std::vector<std::pair<Ids, Ids>> cases = {
      {{}, {}},
      {{7}, {no_component}},
      {{1, 2, 3}, {no_component, 0, 1}},
      {{3, 1, 2}, {2, 0, no_component}},
      {{no_component - 1, 1, no_component - 1}, {no_component, 0, 0}},
  };
  for (const auto& [components, before] : cases) {
    const std::string packed = pack_facts(components, before);
    const auto facts = unpack_facts(packed);
    ASSERT_TRUE(facts) << render(facts.error());
    EXPECT_EQ(facts->components, components);
    EXPECT_EQ(facts->before, before);
  }
}

TEST(Facts, OfOneBaseImageTakeTwoBytesAComponent) {
  Ids components, before;
  for (std::uint32_t i = 0; i < 1000; ++i) {
    components.push_back(1'500'000 + i);
    before.push_back(i < 10 ? no_component : i - 10);
  }
  EXPECT_LT(pack_facts(components, before).size(), 2010u);
}

// Any damage is a fault, or facts that keep the bounds.
TEST(Facts, DamagedAnywhereStayInBounds) {
  const Ids components = {5, 70000, 6, 2'000'000, 9}, before = {no_component, 0, 4, 2, no_component};
  const std::string good = pack_facts(components, before);
  for (std::size_t size = 0; size < good.size(); ++size)
    EXPECT_FALSE(unpack_facts(std::string_view(good).substr(0, size)));
  EXPECT_FALSE(unpack_facts(good + '\0'));
  std::mt19937 random(1);
  for (int round = 0; round < 20000; ++round) {
    std::string bad = good;
    for (int flips = 0; flips < 3; ++flips) bad[random() % bad.size()] = static_cast<char>(random());
    const auto facts = unpack_facts(bad);
    if (!facts) {
      EXPECT_EQ(facts.error().fault, Fault::malformed);
      continue;
    }
    ASSERT_EQ(facts->components.size(), facts->before.size());
    for (const auto position : facts->before) EXPECT_TRUE(position == no_component || position < facts->before.size());
    for (const auto component : facts->components) EXPECT_LT(component, no_component);
  }
}

TEST(Facts, ThatClaimMoreThanTheyHoldCostNothing) {
  EXPECT_FALSE(unpack_facts(std::string_view("\x01\xff\xff\xff\xff\x7f\x02\x00", 8)));
}

}  // namespace
}  // namespace pratique
