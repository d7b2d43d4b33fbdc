#include "flow/listen.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pratique {
namespace {

using testing::ElementsAre;

KernelObject prog(std::uint32_t id, const std::string& name) {
  return {.kind = KernelKind::prog, .id = id, .type_number = 6, .type = "xdp", .name = name};
}

TEST(ListenTest, ToolsThatSayNothingAndProgramsOfNobodyAreBlindSpots) {
  const KernelInventory node{.objects = {prog(1, "kepler_trace"), prog(2, "sd_fw_ingress"), prog(3, "mine")}};
  HeardTool kepler{.tool = {.name = "Kepler", .objects = {"prog 1"}}, .voices = {{.hearing = Hearing::heard}}},
      quiet{.tool = {.name = "systemd", .objects = {"prog 2"}}};
  EXPECT_THAT(
      find_blind_spots(node, {kepler, quiet}),
      ElementsAre("systemd has 1 object in the kernel, and tells nothing of them by itself",
                  "filtering and forwarding packets before the firewall: 1 program that no known tool accounts for"));
  kepler.voices[0].hearing = Hearing::silent;
  EXPECT_EQ(find_blind_spots(node, {kepler, quiet}).front(),
            "Kepler has 1 object in the kernel, and none of its voices was heard");
}

TEST(ListenTest, AsksEveryVoiceAndSaysWhyNothingWasHeard) {
  const auto heard = listen_to_tools({.objects = {prog(1, "event_execve")}}, {.time = std::chrono::milliseconds(200)});
  ASSERT_EQ(heard.size(), 1u);
  ASSERT_EQ(heard[0].voices.size(), 2u);
  EXPECT_EQ(heard[0].voices[0].place, "http://127.0.0.1:2112/metrics");
  for (const auto& voice : heard[0].voices) EXPECT_FALSE(voice.says.empty()) << voice.place;
}

}  // namespace
}  // namespace pratique
