#include "world/probe/tidings.h"

#include <gtest/gtest.h>
#include <linux/bpf.h>

#include <cerrno>
#include <cstring>

namespace pratique {
namespace {

void put_word(Event& event, std::size_t offset, std::uint32_t word) {
  std::memcpy(event.attr + offset, &word, sizeof word);
}

void put_path(EventPath& path, const std::vector<std::string>& parts) {
  for (std::size_t i = 0; i < parts.size(); ++i) std::strncpy(path.part[i], parts[i].c_str(), EVENT_PART - 1);
}

KernelEvent parse(const Event& event) {
  const KernelTypes none("");
  BtfNames names(none);
  return parse_event(event, names).value();
}

TEST(KernelTidingsTest, AFailedLoadIsToldByWhatWasAskedFor) {
  Event event{};
  event.command = BPF_PROG_LOAD;
  event.result = -EPERM;
  event.has_attr = 1;
  put_word(event, 0, 6);
  std::strcpy(reinterpret_cast<char*>(event.attr) + 48, "filter");
  const auto told = parse(event);
  EXPECT_EQ(told.action, KernelAction::load);
  EXPECT_EQ(told.kind, KernelKind::prog);
  EXPECT_EQ(told.id, 0u);
  EXPECT_EQ(told.type, "xdp");
  EXPECT_EQ(told.name, "filter");
  EXPECT_EQ(told.failed, "EPERM");
}

TEST(KernelTidingsTest, TellsWhoDidItWhenTheProcessIsGone) {
  Event event{};
  event.command = BPF_MAP_CREATE;
  event.result = 3;
  event.kind = event_map;
  event.id = 7;
  event.type = 1;
  event.pid = 9;
  event.tid = 10;
  event.uid = 1000;
  std::strcpy(event.comm, "agent");
  std::strcpy(event.name, "table");
  put_path(event.exe, {"agent", "bin", "usr"});
  const std::string id(64, 'a');
  put_path(event.cgroup,
           {"cri-containerd-" + id + ".scope", "kubepods-burstable-pod0f6a7e2c_1111_2222_3333_444455556666.slice",
            "kubepods-burstable.slice", "kubepods.slice"});
  const auto told = parse(event);
  EXPECT_EQ(told.action, KernelAction::create);
  EXPECT_EQ(told.id, 7u);
  EXPECT_EQ(told.type, "hash");
  EXPECT_EQ(told.by.pid, 9u);
  EXPECT_EQ(told.by.tid, 10u);
  EXPECT_EQ(told.uid, 1000u);
  EXPECT_EQ(told.by.exe, "/usr/bin/agent");
  EXPECT_EQ(told.by.container, id);
  EXPECT_EQ(told.by.pod, "0f6a7e2c-1111-2222-3333-444455556666");
}

TEST(KernelTidingsTest, APathThatMayBeLongerSaysSo) {
  Event event{};
  event.command = BPF_MAP_CREATE;
  put_path(event.exe, {"e", "d", "c", "b", "a"});
  EXPECT_EQ(parse(event).by.exe, ".../a/b/c/d/e");
}

TEST(KernelTidingsTest, TellsPlacesOfCgroupsAndPins) {
  Event event{};
  event.command = BPF_PROG_ATTACH;
  event.has_attr = 1;
  event.kind = event_prog;
  put_word(event, 8, BPF_CGROUP_INET_EGRESS);
  put_path(event.target, {"shop.slice"});
  EXPECT_EQ(parse(event).hook, "cgroup_inet_egress");
  EXPECT_EQ(parse(event).target, "/shop.slice");
  put_word(event, 8, BPF_SK_SKB_VERDICT);  // on a map: its descriptor has no path that means anything
  EXPECT_EQ(parse(event).target, "");

  event = {};
  event.command = BPF_OBJ_PIN;
  event.has_attr = 1;
  event.kind = event_link;
  event.id = 4;
  std::strcpy(event.text, "/sys/fs/bpf/x");
  EXPECT_EQ(parse(event).kind, KernelKind::link);
  EXPECT_EQ(parse(event).target, "/sys/fs/bpf/x");
}

TEST(KernelTidingsTest, TextsThatFillTheirRoomEndThere) {
  Event event{};
  event.command = BPF_MAP_CREATE;
  event.kind = event_map;
  std::memset(event.name, 'n', sizeof event.name);
  std::memset(event.comm, 'c', sizeof event.comm);
  std::memset(&event.exe, 'e', sizeof event.exe);
  const auto told = parse(event);
  EXPECT_EQ(told.name, std::string(16, 'n'));
  EXPECT_EQ(told.by.comm, std::string(16, 'c'));
  EXPECT_EQ(told.by.exe.size(), 3 + 5 * (1 + EVENT_PART));
}

TEST(KernelTidingsTest, OtherCommandsAreNoEvents) {
  const KernelTypes none("");
  BtfNames names(none);
  Event event{};
  event.command = BPF_PROG_GET_NEXT_ID;
  EXPECT_FALSE(parse_event(event, names));
}

}  // namespace
}  // namespace pratique
