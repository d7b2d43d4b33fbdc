#include <gtest/gtest.h>

#include "engine/kernel/kernel.h"

namespace pratique {
namespace {

TEST(KernelSnapshotTest, ReadsWhatItCompares) {
  const auto snapshot = parse_kernel_snapshot(
      R"({"apiVersion":"pratique/v1","kind":"KernelInventory","node":"n","release":"6.1","boot":"b",
    "ledger":{"examined":1},"incomplete":["pins are not listed: refused"],"items":[
    {"kind":"prog","id":12,"type":"kprobe","name":"p","tag":"3b185187f1855c4c","code":"0011223344556677","loaded":"2026-11-25T00:00:00Z","uid":0,
     "gpl":true,"map_ids":[3],"calls":["bpf_probe_read"],"new_member":{"x":[1]},
     "owners":[{"pid":7,"comm":"c","exe":"/x","how":"fd","fd":4,"image":"i"}],
     "pins":[{"path":"/sys/fs/bpf/p","mount_ns":4,"via":"","mode":"0600","uid":0}],
     "attachments":[{"hook":"kprobe","target":"vfs_read","link_id":9}],"held_by":["link 9"]},
    {"kind":"classic","key":"socket 4 of pid 7","type":"socket_filter","calls":null}]})");
  ASSERT_TRUE(snapshot) << render(snapshot.error());
  EXPECT_EQ(snapshot->node, "n");
  EXPECT_EQ(snapshot->boot, "b");
  EXPECT_EQ(snapshot->incomplete.size(), 1u);
  ASSERT_EQ(snapshot->objects.size(), 2u);
  const auto& prog = snapshot->objects[0];
  EXPECT_EQ(prog.id, 12u);
  EXPECT_EQ(prog.code, "0011223344556677");
  EXPECT_EQ(prog.map_ids, std::vector<std::uint32_t>{3});
  EXPECT_EQ(prog.owners[0].fd, 4);
  EXPECT_EQ(prog.owners[0].image, "i");
  EXPECT_EQ(prog.pins[0].path, "/sys/fs/bpf/p");
  EXPECT_EQ(prog.attachments[0].target, "vfs_read");
  EXPECT_EQ(prog.calls->size(), 1u);
  EXPECT_EQ(snapshot->objects[1].key, "socket 4 of pid 7");
  EXPECT_FALSE(snapshot->objects[1].calls);
}

TEST(KernelSnapshotTest, NamesThePlaceOfAMistake) {
  const auto broken = [](const std::string& items) {
    const auto snapshot = parse_kernel_snapshot(R"({"kind":"KernelInventory","items":)" + items + "}");
    return snapshot ? "none" : render(snapshot.error());
  };
  EXPECT_EQ(broken("[]"), "none");
  EXPECT_EQ(broken("{}"), "/items: a list expected");
  EXPECT_EQ(broken("null"), "/items: a list expected") << "nothing said is not nothing there";
  EXPECT_EQ(broken("[7]"), "/items/0: an object expected");
  EXPECT_EQ(broken(R"([{"kind":"program"}])"), "/items/0/kind: prog, map, link, btf or classic expected");
  EXPECT_EQ(broken(R"([{"kind":"prog","id":-1}])"), "/items/0/id: a number expected");
  EXPECT_EQ(broken(R"([{"kind":"prog","id":4294967296}])"), "/items/0/id: a number expected");
  EXPECT_EQ(broken(R"([{"kind":"prog","map_ids":[4294967296]}])"), "/items/0/map_ids: numbers expected");
  EXPECT_EQ(broken(R"([{"kind":"prog"},{"kind":"prog","owners":[{"comm":7}]}])"),
            "/items/1/owners/0/comm: a text expected");
}

TEST(KernelSnapshotTest, WhatIsNoSnapshotIsRefused) {
  for (const std::string text : {"", "{", "[]", "{}", R"({"kind":"List","items":[]})", R"({"kind":"KernelInventory"})"})
    EXPECT_FALSE(parse_kernel_snapshot(text)) << text;
  EXPECT_EQ(parse_kernel_snapshot(std::string(100, '['), {.depth = 64}).error().fault, Fault::limit);
  EXPECT_EQ(parse_kernel_snapshot("{}", {.bytes = 1}).error().fault, Fault::limit);
  EXPECT_EQ(
      parse_kernel_snapshot(R"({"kind":"KernelInventory","items":[{"kind":"prog"},{"kind":"map"}]})", {.entries = 1})
          .error()
          .fault,
      Fault::limit);
}

TEST(KernelNodesTest, ReadsTheServersList) {
  const auto nodes = parse_kernel_nodes(
      R"({"kind":"NodeList","items":[{"name":"a","since":"2026-03-01T12:00:00Z","seen":"2026-03-01T12:05:00Z",
          "snapshot":"sha256:00","snapshots":3},{"name":"b","since":"2026-03-01T12:00:00Z",
          "seen":"2026-03-01T12:00:00Z"}]})");
  ASSERT_TRUE(nodes) << render(nodes.error());
  ASSERT_EQ(nodes->size(), 2u);
  EXPECT_EQ((*nodes)[0].name, "a");
  EXPECT_EQ(render_time((*nodes)[0].seen), "2026-03-01T12:05:00Z");
  EXPECT_EQ((*nodes)[0].snapshots, 3u);
  EXPECT_EQ(render(parse_kernel_nodes(R"({"kind":"NodeList","items":[{"name":"a","since":"soon"}]})").error()),
            "/items/0/since: a time expected");
  EXPECT_EQ(parse_kernel_nodes("[]").error().fault, Fault::malformed);
  EXPECT_EQ(parse_kernel_nodes(R"({"kind":"NodeList"})").error().fault, Fault::malformed);
}

TEST(KernelNodesTest, FindsAProgramByItsTagOrItsCode) {
  KernelInventory inventory;
  inventory.objects = {{.kind = KernelKind::prog, .id = 1, .tag = "aa", .code = "bb"},
                       {.kind = KernelKind::prog, .id = 2, .tag = "bb", .code = "cc"},
                       {.kind = KernelKind::prog, .id = 3},
                       {.kind = KernelKind::map, .id = 4, .tag = "aa"}};
  const auto ids = [&](std::string_view hash) {
    std::vector<std::uint32_t> found;
    for (const auto* object : find_programs(inventory, hash)) found.push_back(object->id);
    return found;
  };
  EXPECT_EQ(ids("aa"), (std::vector<std::uint32_t>{1}));
  EXPECT_EQ(ids("bb"), (std::vector<std::uint32_t>{1, 2}));
  EXPECT_EQ(ids("dd"), (std::vector<std::uint32_t>{}));
  EXPECT_EQ(ids(""), (std::vector<std::uint32_t>{}));
}

}  // namespace
}  // namespace pratique
