#include <gtest/gtest.h>

#include "engine/kernel/kernel.h"

namespace pratique {
namespace {

// "holder: how; end", indented below what it keeps.
std::string lines_of(const std::vector<Hold>& holds, const std::string& indent = "") {
  std::string text;
  for (const auto& hold : holds)
    text += indent + hold.holder + ": " + hold.how + "; " + hold.end + "\n" + lines_of(hold.because, indent + "  ");
  return text;
}

KernelObject link(std::uint32_t id, std::uint32_t type, std::uint32_t prog) {
  KernelObject object{.kind = KernelKind::link, .id = id, .type_number = type, .prog_id = prog};
  object.attachments = {{.hook = "xdp", .target = "eth0", .link_id = id}};
  return object;
}

TEST(ExplainTest, GoesFromAMapToTheProcessBehindALink) {
  KernelObject map{.kind = KernelKind::map, .id = 3}, prog{.kind = KernelKind::prog, .id = 12};
  map.held_by = {"prog 12"};
  prog.held_by = {"link 7"};
  prog.attachments = {{.hook = "xdp", .target = "eth0", .link_id = 7}};
  KernelObject xdp = link(7, 6, 12);
  xdp.owners = {{.pid = 34, .comm = "agent", .fd = 5, .pod = "u"}, {.pid = 34, .comm = "agent", .fd = 9, .pod = "u"}};
  xdp.pins = {{.path = "/sys/fs/bpf/x", .mount_ns = 4, .via = "/proc/9/root"}};
  const KernelInventory node{.objects = {map, prog, xdp}};
  EXPECT_EQ(lines_of(explain(node, map)),
            "prog 12: uses it; unload the program that uses it\n"
            "  link 7: runs at xdp eth0; detach the link (bpftool link detach 7)\n"
            "    process 34 (agent) of pod u: its descriptors 5, 9; end the process\n"
            "    the pin /sys/fs/bpf/x: a file that keeps it, seen through /proc/9/root; unlink the file\n");
}

TEST(ExplainTest, SaysWhichLinksCannotBeDetached) {
  KernelObject prog{.kind = KernelKind::prog, .id = 12};
  prog.held_by = {"link 7"};
  const KernelInventory node{.objects = {prog, link(7, 2, 12)}};
  EXPECT_NE(lines_of(explain(node, prog)).find("cannot be detached"), std::string::npos);
}

TEST(ExplainTest, PlacesKeepProgramsThemselves) {
  KernelObject prog{.kind = KernelKind::prog, .id = 12};
  prog.attachments = {{.hook = "tc", .target = "eth0", .netns = 5, .direction = "ingress", .detail = "pref 1"},
                      {.hook = "cgroup_inet_ingress", .cgroup = "/a"},
                      {.hook = "kprobe", .target = "vfs_read", .pid = 34, .fd = 8},
                      {.hook = "socket_filter", .target = "inet raw", .pid = 34, .fd = 9}};
  EXPECT_EQ(lines_of(explain({.objects = {prog}}, prog)),
            "the network: runs at tc eth0 ingress in network namespace 5 (pref 1); remove it there (ip, tc), or the "
            "device or namespace\n"
            "the cgroup /a: runs at cgroup_inet_ingress of cgroup /a; detach it there, or remove the cgroup\n"
            "the perf event at descriptor 8 of process 34: runs at kprobe vfs_read; close the perf event\n"
            "the socket at descriptor 9 of process 34: runs at socket_filter inet raw; close the socket\n");
}

TEST(ExplainTest, ACircleEnds) {
  KernelObject map{.kind = KernelKind::map, .id = 3}, prog{.kind = KernelKind::prog, .id = 12};
  map.held_by = {"prog 12"};
  prog.held_by = {"map 3"};
  EXPECT_EQ(lines_of(explain({.objects = {map, prog}}, prog)),
            "map 3: has it as an entry; remove it from the map\n  prog 12: uses it; unload the program that uses it\n");
}

TEST(ExplainTest, NothingFoundIsNothingSaid) {
  const KernelObject prog{.kind = KernelKind::prog, .id = 12};
  EXPECT_TRUE(explain({.objects = {prog}}, prog).empty());
  KernelObject held = prog;
  held.held_by = {"link 99"};  // which vanished
  EXPECT_EQ(explain({.objects = {held}}, held), (std::vector<Hold>{{.holder = "link 99"}}));
}

}  // namespace
}  // namespace pratique
