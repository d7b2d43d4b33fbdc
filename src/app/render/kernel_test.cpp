#include "app/render/kernel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace pratique {
namespace {

using testing::HasSubstr;
using testing::Not;

KernelInventory node() {
  KernelObject prog{
      .kind = KernelKind::prog, .id = 12, .type = "kprobe", .name = "evil\x1b[2J", .tag = "3b185187f1855c4c"};
  prog.loaded = Time(std::chrono::milliseconds(1'700'000'000'000));
  prog.uid = 0;
  prog.map_ids = {3};
  prog.held_by = {"link 7"};
  prog.does = "Sees.";
  prog.hides = "Logs.";
  KernelObject map{.kind = KernelKind::map, .id = 3, .type = "hash", .name = "m"};
  map.held_by = {"prog 12"};
  map.pins = {{.path = "/sys/fs/bpf/\xe2\x80\xae"
                       "x",
               .mount_ns = 4,
               .via = "/proc/9/root",
               .mode = 0666,
               .uid = 5}};
  KernelObject link{.kind = KernelKind::link, .id = 7, .type = "perf_event", .prog_id = 12};
  link.owners = {
      {.pid = 9, .tid = 11, .comm = "agent\r", .exe = "/x", .fd = 4, .container = std::string(64, 'a'), .pod = "u"}};
  link.attachments = {{.hook = "kprobe", .target = "vfs_read", .link_id = 7}};
  prog.attachments = link.attachments;
  KernelObject orphan{.kind = KernelKind::prog, .id = 13, .type = "999"};
  return {.node = "n",
          .release = "6.1",
          .boot = "c0ffee",
          .objects = {prog, orphan, map, link},
          .incomplete = {"pins are not listed: refused"}};
}

TEST(KernelRenderTest, TheTableNamesTheProcessBehindALink) {
  const auto text = render_kernel_table(node(), false, {});
  EXPECT_THAT(text, HasSubstr("agent\\x0d (9) by link 7"));
  EXPECT_THAT(text, HasSubstr("kprobe vfs_read"));
  EXPECT_THAT(text, HasSubstr("13    999"));
}

TEST(KernelRenderTest, NothingHostileReachesATerminal) {
  for (const auto& text :
       {render_kernel_table(node(), false, {}), render_kernel_table(node(), true, {}), render_kernel_names(node())}) {
    EXPECT_THAT(text, Not(HasSubstr("\x1b")));
    EXPECT_THAT(text, Not(HasSubstr("\r")));
    EXPECT_THAT(text, Not(HasSubstr("\xe2\x80\xae")));
  }
}

TEST(KernelRenderTest, JsonIsWhatTheSurfacePromises) {
  const auto json = nlohmann::json::parse(render_kernel_json(node()));
  EXPECT_EQ(json["boot"], "c0ffee");
  EXPECT_EQ(json["apiVersion"], "pratique/v1");
  EXPECT_EQ(json["incomplete"].size(), 1u);
  EXPECT_EQ(json["ledger"]["prog"], 2);
  EXPECT_EQ(json["ledger"]["without_known_holder"], 1);
  const auto& prog = json["items"][0];
  EXPECT_EQ(prog["kind"], "prog");
  EXPECT_EQ(prog["id"], 12);
  EXPECT_EQ(prog["name"], "evil\x1b[2J");
  EXPECT_EQ(prog["tag"], "3b185187f1855c4c");
  EXPECT_EQ(prog["loaded"], "2023-11-14T22:13:20Z");
  EXPECT_EQ(prog["held_by"], nlohmann::json({"link 7"}));
  EXPECT_EQ(prog["attachments"][0]["link_id"], 7);
  EXPECT_TRUE(prog["calls"].is_null());  // not readable is not none
  EXPECT_EQ(prog["hides"], "Logs.");
  const auto& pin = json["items"][2]["pins"][0];
  EXPECT_EQ(pin["mount_ns"], 4);
  EXPECT_EQ(pin["via"], "/proc/9/root");
  EXPECT_EQ(pin["mode"], "0666");
  const auto& owner = json["items"][3]["owners"][0];
  EXPECT_EQ(owner["pid"], 9);
  EXPECT_EQ(owner["tid"], 11);
  EXPECT_EQ(owner["how"], "fd");
  EXPECT_EQ(owner["pod"], "u");
}

TEST(KernelRenderTest, TheTreePutsEachHolderBelowWhatItKeeps) {
  const KernelInventory inventory = node();
  const auto holds = explain(inventory, inventory.objects[2]);
  const auto text = render_explanation_tree(inventory.objects[2], holds, {});
  EXPECT_THAT(text, HasSubstr("map 3 hash m\nis alive because of\n- the pin /sys/fs/bpf/\\u202ex"));
  EXPECT_THAT(text, HasSubstr("- prog 12: uses it"));
  EXPECT_THAT(text, HasSubstr("\n  - link 7: runs at kprobe vfs_read"));
  EXPECT_THAT(text, HasSubstr("\n    - process 9 (agent\\x0d) of pod u: its descriptor 4"));
  const auto json = nlohmann::json::parse(render_explanation_json(inventory, inventory.objects[2], holds));
  EXPECT_EQ(json["object"], "map 3");
  EXPECT_EQ(json["because"][1]["because"][0]["holder"], "link 7");
  EXPECT_THAT(render_explanation_tree(inventory.objects[1], {}, {}), HasSubstr("could not be seen"));
}

TEST(KernelRenderTest, DetailsLeaveOutWhatIsNotThere) {
  const auto text = render_kernel_details(node().objects[0], {});
  EXPECT_THAT(text, HasSubstr("loaded"));
  EXPECT_THAT(text, HasSubstr("calls        not readable"));
  EXPECT_THAT(text, Not(HasSubstr("pins")));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

TEST(KernelRenderTest, UnknownFactsSayWhy) {
  const KernelFacts facts{.node = "n",
                          .facts = {{.group = "sysctl", .name = "a", .value = "0", .meaning = "every user"},
                                    {.group = "security", .name = "lockdown", .unknown = "no file"}}};
  EXPECT_THAT(render_facts_table(facts, {}), HasSubstr("unknown: no file"));
  const auto json = nlohmann::json::parse(render_facts_json(facts));
  EXPECT_EQ(json["items"][0]["value"], "0");
  EXPECT_TRUE(json["items"][1]["value"].is_null());
  EXPECT_EQ(json["ledger"]["unknown"], 1);
}

TEST(KernelRenderTest, TheLedgerCounts) {
  EXPECT_EQ(render_kernel_ledger(node()),
            "4 objects: 2 programs, 1 map, 1 link; 1 without a known holder; 1 thing could not be read");
  EXPECT_EQ(render_kernel_ledger({}), "0 objects");
  EXPECT_EQ(render_kernel_table({}, true, {}), "");
}

}  // namespace
}  // namespace pratique
