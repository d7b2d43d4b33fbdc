#include "app/render/kernel_events.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace pratique {
namespace {

using testing::HasSubstr;
using testing::Not;

KernelEvent load() {
  KernelEvent event{.at = parse_time("2026-11-25T02:00:00.5Z").value(),
                    .id = 12,
                    .type = "kprobe",
                    .name = "evil\x1b[2J",
                    .tag = "3b185187f1855c4c",
                    .uid = 5,
                    .source = "tracepoint"};
  event.by = {.pid = 9, .comm = "agent\n", .exe = "/bin/agent", .container = std::string(64, 'c'), .pod = "p"};
  return event;
}

TEST(KernelEventsTest, JsonIsOneLineWithWhoDidIt) {
  const auto text = render_event_json(load());
  EXPECT_THAT(text, Not(HasSubstr("\n")));
  const auto json = nlohmann::json::parse(text);
  EXPECT_EQ(json["at"], "2026-11-25T02:00:00.500Z");
  EXPECT_EQ(json["action"], "load");
  EXPECT_EQ(json["kind"], "prog");
  EXPECT_EQ(json["id"], 12);
  EXPECT_EQ(json["pid"], 9);
  EXPECT_EQ(json["uid"], 5);
  EXPECT_EQ(json["pod"], "p");
  EXPECT_EQ(json["exe"], "/bin/agent");
  EXPECT_FALSE(json.contains("failed"));
}

TEST(KernelEventsTest, WhatNobodyDidNamesNobody) {
  KernelEvent event = load();
  event.action = KernelAction::unload;
  event.by = {};
  EXPECT_FALSE(nlohmann::json::parse(render_event_json(event)).contains("pid"));
  EXPECT_TRUE(render_event_row(event).ends_with(" -"));
}

TEST(KernelEventsTest, ARowIsOneSafeLine) {
  KernelEvent event = load();
  event.failed = "EPERM";
  const auto row = render_event_row(event);
  EXPECT_THAT(row, Not(HasSubstr("\x1b")));
  EXPECT_THAT(row, Not(HasSubstr("\n")));
  EXPECT_THAT(row, HasSubstr("load    prog 12     kprobe evil\\x1b[2J failed: EPERM"));
  EXPECT_THAT(row, HasSubstr("agent\\n (9) /bin/agent pod p"));
}

}  // namespace
}  // namespace pratique
