#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/kernel/kernel.h"

namespace pratique {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

KernelObject prog(std::uint32_t id, std::string name, std::string exe = "") {
  KernelObject object{.kind = KernelKind::prog, .id = id, .type = "sched_cls", .name = std::move(name)};
  if (!exe.empty()) object.owners = {{.pid = id + 100, .exe = std::move(exe)}};
  return object;
}

TEST(KernelToolsTest, RecognisesToolsByEveryKindOfEvidence) {
  auto pinned = prog(3, "x"), of_image = prog(4, "y", "/app");
  pinned.pins = {{.path = "/sys/fs/bpf/tetragon/x"}};
  of_image.owners[0].image = "ghcr.io/sustainable/kepler:1@sha256:00";
  const auto tools = recognise_tools({.objects = {prog(1, "cil_from_netdev"), prog(2, "z", "/usr/bin/cilium-agent"),
                                                  pinned, of_image, prog(5, "mine")}});
  ASSERT_EQ(tools.size(), 3u);
  EXPECT_EQ(tools[0].name, "Cilium");
  EXPECT_THAT(tools[0].evidence,
              ElementsAre("prog 1 is called cil_from_netdev", "process 102 runs /usr/bin/cilium-agent"));
  EXPECT_THAT(tools[0].objects, ElementsAre("prog 1", "prog 2"));
  EXPECT_THAT(tools[0].pids, ElementsAre(102));
  EXPECT_FALSE(tools[0].voices.empty());
  EXPECT_EQ(tools[1].name, "Tetragon");
  EXPECT_THAT(tools[1].evidence, ElementsAre("prog 3 is pinned at /sys/fs/bpf/tetragon/x"));
  EXPECT_EQ(tools[2].name, "Kepler");
}

TEST(KernelToolsTest, WhatNoToolAccountsForIsABlindSpot) {
  auto through_link = prog(6, "w");
  through_link.held_by = {"link 9"};
  KernelObject link{.kind = KernelKind::link, .id = 9};
  link.owners = {{.pid = 1, .exe = "/bin/falco"}};
  const KernelInventory node{.objects = {prog(1, "cil_x"), prog(5, "mine"), through_link, link}};
  EXPECT_THAT(programs_of_no_tool(node, recognise_tools(node)), ElementsAre("prog 5"));
}

TEST(KernelToolsTest, NoEvidenceIsNoTool) {
  EXPECT_THAT(recognise_tools({}), IsEmpty());
  EXPECT_THAT(recognise_tools({.objects = {prog(1, "a_cil_b", "/opt/falco/other")}}), IsEmpty());
}

TEST(KernelToolEventsTest, ReadsTheLinesOfEachTool) {
  const auto told = parse_tool_events(
      R"({"process_exec":{"process":{"pid":52,"binary":"/bin/sh","arguments":"-c id","pod":{"namespace":"shop","name":"web","container":{"id":"containerd://aa"}}}},"node_name":"n","time":"2026-11-25T00:00:00.5Z"}
{"hostname":"n","output":"A shell was spawned","priority":"Notice","rule":"Terminal shell","time":"2026-11-25T00:00:01.000000000Z","output_fields":{"proc.pid":7,"proc.exepath":"/bin/bash","k8s.pod.name":"web","k8s.ns.name":"shop","container.id":"ab"}}
{"timestamp":1764028800000000000,"hostProcessId":9,"processName":"cat","eventName":"security_file_open","executable":{"path":"/bin/cat"},"container":{"id":"cd"},"kubernetes":{"podName":"db","podNamespace":"data"}}
{"flow":{"time":"2026-11-25T00:00:02Z","verdict":"DROPPED","IP":{"source":"10.0.0.1","destination":"10.0.0.2"},"l4":{"TCP":{"source_port":40000,"destination_port":80}},"source":{"namespace":"shop","pod_name":"web"}},"time":"2026-11-25T00:00:02Z"}
not json
{"something":"else"}
)");
  ASSERT_EQ(told.events.size(), 4u);
  EXPECT_EQ(told.rejected, 2u);
  const auto& tetragon = told.events[0];
  EXPECT_EQ(tetragon.tool, "Tetragon");
  EXPECT_EQ(tetragon.what, "process_exec");
  EXPECT_EQ(tetragon.pid, 52u);
  EXPECT_EQ(tetragon.pod, "web");
  EXPECT_EQ(tetragon.detail, "-c id");
  EXPECT_EQ(render_time(*tetragon.at), "2026-11-25T00:00:00.500Z");
  EXPECT_EQ(told.events[1].what, "Terminal shell");
  EXPECT_EQ(told.events[1].exe, "/bin/bash");
  EXPECT_EQ(told.events[2].tool, "Tracee");
  EXPECT_EQ(told.events[2].name_space, "data");
  EXPECT_EQ(render_time(*told.events[2].at), "2025-11-25T00:00:00Z");
  EXPECT_EQ(told.events[3].what, "DROPPED");
  EXPECT_EQ(told.events[3].detail, "10.0.0.1:40000 -> 10.0.0.2:80");
}

TEST(KernelToolEventsTest, HostileLinesAreCountedAndLeftOut) {
  const std::string deep = std::string(1000, '[') + std::string(1000, ']');
  const auto told = parse_tool_events(
      "{\"rule\":7,\"output\":\"x\"}\n{\"flow\":[]}\n{\"process_exec\":7}\n{\"eventName\":\"x\",\"timestamp\":1e300}"
      "\n" +
      deep + "\n{\"flow\":{\"verdict\":\"A\",\"l4\":7,\"IP\":[1]}}\n");
  EXPECT_EQ(told.rejected, 5u);
  ASSERT_EQ(told.events.size(), 1u);
  EXPECT_EQ(told.events[0].detail, " -> ");
  EXPECT_EQ(parse_tool_events("{\"rule\":\"a\",\"output\":\"b\"}\n", {.text = 5}).rejected, 1u);
}

TEST(KernelMetricsTest, CountsFamiliesAndSamples) {
  const auto summary = parse_metrics(
      "# HELP up Whether it is.\n# TYPE up gauge\nup 1\n"
      "wait_seconds_bucket{le=\"+Inf\",path=\"/a b{}\"} 3 1700000000\nwait_seconds_sum 1.5e-3\nwait_seconds_count 3\n"
      "loss_total{why=\"x\"} NaN\n<html>\n\n7\nname_without_value\n# EOF\n");
  EXPECT_EQ(summary, (MetricsSummary{.families = 3, .samples = 5, .rejected = 3}));
  EXPECT_EQ(parse_metrics(""), MetricsSummary{});
}

}  // namespace
}  // namespace pratique
