// kernel as a user types it; what a machine really runs is in tests/kernel.
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "app/cli/command.h"

namespace pratique {
namespace {

struct Ran {
  int code = 0;
  std::string out, err;
};

Ran run(const std::vector<std::string>& words) {
  std::ostringstream out, err;
  std::istringstream in;
  Console console{.in = in, .out = out, .err = err, .clock = [] { return parse_time("2026-11-24T00:00:00Z").value(); }};
  const int code = run_command_line(words, console, [](const char*) -> const char* { return nullptr; });
  return {code, out.str(), err.str()};
}

TEST(KernelCommand, FactsNeverFail) {
  const auto ran = run({"kernel", "facts", "--no-load", "-o", "json"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  const auto json = nlohmann::json::parse(ran.out);
  EXPECT_EQ(json["kind"], "KernelFacts");
  EXPECT_GT(json["items"].size(), 30u);
}

TEST(KernelCommand, AKindThatIsNoneIsAMistakeOfTheUser) {
  const auto ran = run({"kernel", "list", "programs"});
  EXPECT_EQ(ran.code, exit_code::usage);
  EXPECT_NE(ran.err.find("name prog, map, link, btf or classic"), std::string::npos) << ran.err;
}

TEST(KernelCommand, ListsWithALedgerAndWhatItMayNotRead) {
  const auto ran = run({"kernel", "list", "--no-load", "-o", "json"});
  const auto json = nlohmann::json::parse(ran.out);
  EXPECT_EQ(json["kind"], "KernelInventory");
  EXPECT_EQ(json["ledger"]["examined"], json["items"].size());
  EXPECT_EQ(json["ledger"]["incomplete"], json["incomplete"].size());
  if (::geteuid() != 0) {
    EXPECT_EQ(ran.code, exit_code::refused);
    EXPECT_NE(ran.err.find("not read: not running as root"), std::string::npos) << ran.err;
  }
}

TEST(KernelCommand, AnObjectThatIsNotThereIsNotFound) {
  for (const std::string verb : {"show", "explain"}) {
    const auto ran = run({"kernel", verb, "prog", "4294967295", "--no-load"});
    EXPECT_EQ(ran.code, exit_code::not_found) << verb;
    EXPECT_NE(ran.err.find("no eBPF object prog 4294967295"), std::string::npos) << ran.err;
  }
}

TEST(KernelCommand, AWatchEndsWhenItsTimeIsOver) {
  const auto ran = run({"kernel", "watch", "--for", "200ms", "-o", "jsonl"});
  if (::geteuid() != 0) {
    EXPECT_EQ(ran.code, exit_code::refused) << ran.err;
    return;
  }
  EXPECT_EQ(ran.code, 0) << ran.err;
  const auto first = nlohmann::json::parse(ran.out.substr(0, ran.out.find('\n')));
  EXPECT_EQ(first["kind"], "KernelWatch");
  EXPECT_FALSE(first["misses"].empty());
  EXPECT_NE(ran.err.find("watching by " + first["source"].get<std::string>()), std::string::npos) << ran.err;
}

std::string saved(const std::string& name, const std::string& items) {
  const std::string path = testing::TempDir() + name + std::to_string(::getpid());
  std::ofstream(path) << R"({"kind":"KernelInventory","node":"n","release":"6.1","items":[)" << items << "]}";
  return path;
}

TEST(KernelCommand, TwoSnapshotsDifferByWhatCameAndWent) {
  const std::string
      agent =
          R"({"kind":"prog","id":1,"type":"kprobe","name":"agent","tag":"aa","owners":[{"pid":1,"exe":"/bin/agent"}]})",
      other =
          R"({"kind":"prog","id":2,"type":"xdp","name":"other","tag":"bb","owners":[{"pid":2,"exe":"/bin/agent"}]})";
  const auto before = saved("before", agent), after = saved("after", agent + "," + other);
  EXPECT_EQ(run({"kernel", "diff", before, before}).code, exit_code::ok);
  const auto ran = run({"kernel", "diff", before, after, "-o", "json"});
  EXPECT_EQ(ran.code, exit_code::gate) << ran.err;
  const auto json = nlohmann::json::parse(ran.out);
  ASSERT_EQ(json["items"].size(), 1u);
  EXPECT_EQ(json["items"][0]["change"], "added");
  EXPECT_EQ(json["items"][0]["name"], "other");
  EXPECT_EQ(run({"kernel", "diff", "--baseline", after, after}).code, exit_code::ok);
  const auto unusual = run({"kernel", "diff", "--baseline", before, after});
  EXPECT_EQ(unusual.code, exit_code::gate) << unusual.err;
  EXPECT_NE(unusual.out.find("unusual"), std::string::npos) << unusual.out;
  EXPECT_NE(unusual.err.find("1 deviation from 1 snapshot"), std::string::npos) << unusual.err;
}

TEST(KernelCommand, WhatIsNoSnapshotIsMalformed) {
  const auto broken = saved("broken", "7");
  EXPECT_EQ(run({"kernel", "diff", broken, broken}).code, exit_code::malformed);
  EXPECT_EQ(run({"kernel", "diff"}).code, exit_code::usage);
  EXPECT_EQ(run({"kernel", "diff", "/nonexistent/a", broken}).code, exit_code::not_found);
}

TEST(KernelCommand, ATimeWithoutUnitIsAMistakeOfTheUser) {
  for (const std::string span : {"10", "s", "1d", "-5s", "99999999999999999999s"}) {
    const auto ran = run({"kernel", "watch", "--for", span});
    EXPECT_EQ(ran.code, exit_code::usage) << span << ran.err;
  }
}

}  // namespace
}  // namespace pratique
