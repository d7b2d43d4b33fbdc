#include "app/server/limits.h"

#include <gtest/gtest.h>

#include "app/server/scribe.h"

namespace pratique {
namespace {

using namespace std::chrono_literals;
const std::chrono::steady_clock::time_point start{};

TEST(ClientRates, LetTwoSecondsWorthThroughAtOnceThenSoManyASecond) {
  ClientRates rates(10);
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(rates.take("a", start)) << i;
  EXPECT_FALSE(rates.take("a", start));
  EXPECT_TRUE(rates.take("b", start)) << "another client";
  EXPECT_TRUE(rates.take("a", start + 100ms));
  EXPECT_FALSE(rates.take("a", start + 100ms));
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(rates.take("a", start + 1h)) << i;
  EXPECT_FALSE(rates.take("a", start + 1h)) << "what was not used for long is not saved up";
}

TEST(ClientRates, WithoutALimitLetAllThrough) {
  ClientRates rates(0);
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(rates.take("a", start));
}

TEST(Room, IsGivenBackWithTheLastCopy) {
  Room room(2);
  auto one = room.take();
  auto two = room.take();
  EXPECT_NE(one, nullptr);
  EXPECT_NE(two, nullptr);
  EXPECT_EQ(room.take(), nullptr);
  auto copy = two;
  two.reset();
  EXPECT_EQ(room.take(), nullptr);
  copy.reset();
  EXPECT_NE(room.take(), nullptr);
}

TEST(Refusals, AreSaidOnceAMinuteWithHowOften) {
  Refusals refusals;
  const auto knock = [&](const std::string& port) {
    refusals.add({"", "10.0.0.1:" + port, "access.refused", "GET /api/v1/where", "401"});
  };
  knock("1");
  ASSERT_EQ(refusals.take(start).size(), 1u);
  for (int i = 0; i < 5; ++i) knock(std::to_string(i));
  EXPECT_TRUE(refusals.take(start + 59s).empty());
  const auto later = refusals.take(start + 60s);
  ASSERT_EQ(later.size(), 1u);
  EXPECT_EQ(later[0].detail, "401 (5 times)");
  EXPECT_TRUE(refusals.take(start + 120s).empty());
}

TEST(Refusals, ThatDifferEndlesslyTakeNoEndlessRoom) {
  Refusals refusals;
  for (int i = 0; i < 5000; ++i) refusals.add({"", std::to_string(i) + ":1", "access.refused", "x", "401"});
  const auto said = refusals.take(start);
  EXPECT_EQ(said.size(), 1001u);
}

}  // namespace
}  // namespace pratique
