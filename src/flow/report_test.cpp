#include "flow/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/log.h"

namespace pratique {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using What = ReportAnswer::What;

// A server and a kernel of our making, and a clock that only we move.
class ReportTest : public testing::Test {
 protected:
  ReportTest() { configure_log(LogLevel::off, LogFormat::text); }
  ~ReportTest() override { std::filesystem::remove_all(folder_); }

  Reporter make(std::uint64_t spool_limit = 1 << 20) {
    ReportPorts ports;
    ports.look = [this]() -> Result<std::string> {
      ++looks;
      if (kernel.empty()) return Error{Fault::refused, "no", {}, ""};
      return kernel;
    };
    ports.send = [this](ReportKind kind, const std::string& body) -> ReportAnswer {
      ++calls;
      if (const auto rule = answers.find(body); rule != answers.end()) return rule->second;
      if (!away.empty()) return {What::later, away, asked_pause};
      (kind == ReportKind::snapshot ? snapshots : events).push_back(body);
      return {};
    };
    ports.random = [this] { return chance; };
    return Reporter(Spool::open({.folder = folder_, .byte_limit = spool_limit}).value(), std::move(ports), pace, now);
  }
  void pass(Reporter& reporter, milliseconds time) {
    const auto end = now + time;
    while (reporter.next() <= end) {
      now = std::max(now, reporter.next());
      reporter.step(now);
    }
    now = end;
  }

  const std::string folder_ = testing::TempDir() + "report_" + std::to_string(::getpid());
  ReportPace pace;
  Reporter::Moment now{seconds(1000)};
  std::string kernel = "as it was", away;
  std::optional<milliseconds> asked_pause;
  std::map<std::string, ReportAnswer> answers;
  double chance = 1;
  int looks = 0, calls = 0;
  std::vector<std::string> snapshots, events;
};

TEST_F(ReportTest, TellsTheKernelAtOnceThenWhenItChangedAndAsAHeartbeat) {
  auto reporter = make();
  pass(reporter, seconds(1));
  EXPECT_THAT(snapshots, ElementsAre("as it was"));
  pass(reporter, seconds(290));
  EXPECT_EQ(looks, 1);
  pass(reporter, seconds(20));  // nothing changed, and that is told
  EXPECT_THAT(snapshots, ElementsAre("as it was", "as it was"));
  kernel = "as it is";
  reporter.add_events({"{load}"}, now);
  pass(reporter, seconds(20));
  EXPECT_THAT(snapshots, ElementsAre("as it was", "as it was", "as it is"));
  EXPECT_THAT(events, ElementsAre("{load}\n"));
}

TEST_F(ReportTest, LooksSeldomWhereMuchHappensAndStillTellsThatItLives) {
  auto reporter = make();
  for (int i = 0; i < 600; ++i) {
    reporter.add_events({"{e}"}, now);
    pass(reporter, seconds(1));
  }
  EXPECT_LE(looks, 61);
  EXPECT_GE(looks, 50);
  EXPECT_GE(snapshots.size(), 2u);
  EXPECT_LE(snapshots.size(), 3u);
  EXPECT_EQ(reporter.counts().events, 600u);
}

TEST_F(ReportTest, EventsWaitWhileTheServerIsAwayAndComeInOrder) {
  auto reporter = make();
  pass(reporter, seconds(1));
  away = "connection refused";
  for (int i = 0; i < 5; ++i) {
    reporter.add_events({"{" + std::to_string(i) + "}"}, now);
    pass(reporter, seconds(30));
  }
  EXPECT_THAT(events, IsEmpty());
  EXPECT_EQ(reporter.counts().away_because, "connection refused");
  EXPECT_EQ(reporter.counts().waiting, 5u);
  away.clear();
  pass(reporter, seconds(600));
  EXPECT_THAT(events, ElementsAre("{0}\n", "{1}\n", "{2}\n", "{3}\n", "{4}\n"));
  EXPECT_EQ(reporter.counts().away_because, "");
  EXPECT_EQ(reporter.counts().lost, 0u);
  EXPECT_GE(snapshots.size(), 2u);  // and the kernel as it is by then
}

TEST_F(ReportTest, WhatWasNotToldIsToldByTheNextProcess) {
  away = "no";
  {
    auto reporter = make();
    pass(reporter, seconds(1));
    reporter.add_events({"{1}"}, now);
    reporter.finish(now);
  }
  away.clear();
  auto reporter = make();
  pass(reporter, seconds(1));
  EXPECT_THAT(events, ElementsAre("{1}\n"));
}

TEST_F(ReportTest, ItsEndTellsWhatIsStillToBeTold) {
  auto reporter = make();
  pass(reporter, seconds(1));
  reporter.add_events({"{1}"}, now);
  reporter.finish(now);
  EXPECT_THAT(events, ElementsAre("{1}\n"));
  EXPECT_EQ(reporter.counts().waiting, 0u);
}

TEST_F(ReportTest, WhatWasNeitherToldNorKeptIsCountedByTheNextProcess) {
  {
    auto reporter = make();
    reporter.announce(6);
    reporter.add_events({"{1}", "{2}"}, now);
    pass(reporter, seconds(2));  // told
    away = "gone";
    reporter.add_events({"{3}"}, now);
    pass(reporter, seconds(20));  // kept
    reporter.add_events({"{4}", "{5}"}, now);
  }  // as if it were killed: neither, and one more never came here
  away.clear();
  auto next = make();
  pass(next, seconds(2));
  EXPECT_THAT(events, ElementsAre("{1}\n{2}\n", "{\"kind\":\"KernelEventLoss\",\"lost\":3}\n", "{3}\n"));
}

TEST_F(ReportTest, WhatIsLostIsToldBeforeWhatCameLater) {
  auto reporter = make(500);
  pass(reporter, seconds(1));
  away = "no";
  for (int i = 0; i < 20; ++i) {
    reporter.add_events({"{" + std::to_string(i) + "}", "{and more}"}, now);
    pass(reporter, seconds(30));
  }
  const auto waiting = reporter.counts().waiting;
  ASSERT_LT(waiting, 20u);
  reporter.add_loss(7);  // in the kernel, say
  away.clear();
  pass(reporter, seconds(600));
  ASSERT_FALSE(events.empty());
  const auto lost = 2 * (20 - waiting) + 7;
  EXPECT_EQ(events.front(), "{\"kind\":\"KernelEventLoss\",\"lost\":" + std::to_string(lost) + "}\n");
  EXPECT_EQ(events.back(), "{19}\n{and more}\n");
  EXPECT_EQ(reporter.counts().lost, lost);
  EXPECT_EQ(reporter.counts().events + reporter.counts().lost, 47u);
}

TEST_F(ReportTest, PausesGrowByChanceUpToALimitAndAsTheServerAsks) {
  away = "no";
  for (const double luck : {0.0, 1.0}) {
    chance = luck;
    auto reporter = make();
    std::vector<long> pauses;
    for (int i = 0; i < 12; ++i) {
      now = std::max(now, reporter.next());
      reporter.step(now);
      pauses.push_back(std::chrono::duration_cast<seconds>(reporter.next() - now).count());
    }
    if (luck == 0)
      EXPECT_THAT(pauses, ElementsAre(0, 1, 2, 4, 8, 16, 32, 64, 128, 150, 150, 150));
    else
      EXPECT_THAT(pauses, ElementsAre(1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300));
  }
  asked_pause = seconds(77);
  auto reporter = make();
  reporter.step(now);
  EXPECT_EQ(reporter.next() - now, seconds(77));
}

TEST_F(ReportTest, ABodyThatTheServerNeverTakesHoldsNothingUp) {
  answers["{bad}\n"] = {What::never, "400"};
  answers["huge"] = {What::never, "413"};
  kernel = "huge";
  auto reporter = make();
  pass(reporter, seconds(1));
  reporter.add_events({"{bad}"}, now);
  pass(reporter, seconds(2));
  reporter.add_events({"{good}"}, now);
  pass(reporter, seconds(2));
  EXPECT_THAT(events, ElementsAre("{\"kind\":\"KernelEventLoss\",\"lost\":1}\n", "{good}\n"));
  const int before = calls;
  pass(reporter, seconds(1200));
  EXPECT_LE(calls - before, 1);  // the same snapshot is not offered again
  kernel = "smaller";
  pass(reporter, seconds(301));
  EXPECT_THAT(snapshots, ElementsAre("smaller"));
}

TEST_F(ReportTest, AKernelThatCannotBeLookedAtIsLookedAtAgain) {
  kernel.clear();
  auto reporter = make();
  pass(reporter, seconds(1));
  EXPECT_EQ(reporter.counts().failed_looks, 1u);
  kernel = "there";
  pass(reporter, seconds(301));
  EXPECT_THAT(snapshots, ElementsAre("there"));
}

TEST_F(ReportTest, ManyEventsGoInBatches) {
  pace.batch_lines = 3;
  auto reporter = make();
  pass(reporter, seconds(1));
  reporter.add_events({"{1}", "{2}", "{3}", "{4}", "{5}"}, now);
  reporter.step(now);  // a full one waits for nothing
  EXPECT_THAT(events, ElementsAre("{1}\n{2}\n{3}\n"));
  pass(reporter, seconds(1));
  EXPECT_THAT(events, ElementsAre("{1}\n{2}\n{3}\n", "{4}\n{5}\n"));
  EXPECT_EQ(reporter.counts().events, 5u);
}

TEST_F(ReportTest, ADamagedSpoolIsLossThatIsTold) {
  away = "no";
  auto reporter = make();
  pass(reporter, seconds(1));
  reporter.add_events({"{1}", "{2}"}, now);
  pass(reporter, seconds(11));
  for (const auto& file : std::filesystem::directory_iterator(folder_))
    std::ofstream(file.path(), std::ios::trunc) << "damaged";
  away.clear();
  pass(reporter, seconds(600));
  EXPECT_THAT(events, ElementsAre("{\"kind\":\"KernelEventLoss\",\"lost\":2}\n"));
}

}  // namespace
}  // namespace pratique
