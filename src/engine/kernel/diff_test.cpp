#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/kernel/kernel.h"

namespace pratique {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using How = KernelChange::How;

KernelObject prog(std::uint32_t id, std::string name, std::string tag) {
  KernelObject object{.kind = KernelKind::prog, .id = id, .type = "kprobe", .name = std::move(name)};
  object.tag = std::move(tag);
  object.owners = {{.pid = id, .comm = "agent", .exe = "/bin/agent"}};
  return object;
}

KernelObject link(std::uint32_t id, std::uint32_t prog_id) {
  KernelObject object{.kind = KernelKind::link, .id = id, .type = "perf_event"};
  object.prog_id = prog_id;
  object.attachments = {{.hook = "kprobe", .target = "vfs_read", .link_id = id}};
  return object;
}

KernelInventory node(std::string name, std::vector<KernelObject> objects) {
  return {.node = std::move(name), .objects = std::move(objects)};
}

std::vector<std::string> told(const std::vector<KernelChange>& changes) {
  std::vector<std::string> texts;
  for (const auto& change : changes) {
    std::string text = change.how == How::added ? "+" : change.how == How::gone ? "-" : "~";
    text += label_of(change.object);
    for (const auto& detail : change.details) text += "; " + detail;
    texts.push_back(text);
  }
  return texts;
}

TEST(KernelDiffTest, TheSameNodeWithItselfDiffersInNothing) {
  const auto look = node("a", {prog(1, "p", "aa"), prog(2, "p", "aa"), link(7, 1)});
  EXPECT_THAT(compare_inventories(look, look), IsEmpty());
}

// After a restart, and on another node, ids and pids are others.
TEST(KernelDiffTest, TheSameProgramsUnderOtherNumbersAreTheSame) {
  const auto before = node("a", {prog(1, "p", "aa"), prog(2, "p", "aa"), link(7, 1)});
  const auto after = node("b", {prog(51, "p", "aa"), prog(52, "p", "aa"), link(57, 51)});
  EXPECT_THAT(compare_inventories(before, after), IsEmpty());
}

// Many machines are called localhost; what has the same id there has nothing to do with each other.
TEST(KernelDiffTest, NodesOfOneNameAreToldApartByTheirStart) {
  auto before = node("localhost", {prog(1, "p", "aa"), link(7, 1)});
  auto after = node("localhost", {prog(1, "q", "bb"), link(7, 1)});
  before.boot = after.boot = "x";
  EXPECT_THAT(told(compare_inventories(before, after)), ElementsAre("-prog 1", "+prog 1"));
  after.boot = "y";
  EXPECT_THAT(told(compare_inventories(before, after)), ElementsAre("-prog 1", "+prog 1", "-link 7", "+link 7"));
}

TEST(KernelDiffTest, TellsWhatCameWentAndChanged) {
  auto changed = prog(3, "c", "cc");
  changed.pins = {{.path = "/sys/fs/bpf/c"}};
  changed.attachments = {{.hook = "xdp", .target = "eth0"}};
  changed.owners = {{.pid = 9, .comm = "other", .exe = "/bin/other", .container = std::string(64, 'a')}};
  const auto before = node("a", {prog(1, "p", "aa"), prog(2, "q", "bb"), prog(3, "c", "cc")});
  const auto after = node("a", {prog(1, "p", "aa"), changed, prog(4, "new", "dd")});
  EXPECT_THAT(told(compare_inventories(before, after)),
              ElementsAre("-prog 2",
                          "~prog 3; + attached to xdp eth0; + held by /bin/other in a container; - held by /bin/agent; "
                          "+ pinned at /sys/fs/bpf/c",
                          "+prog 4"));
}

TEST(KernelDiffTest, OtherCodeUnderTheSameNameIsAChange) {
  EXPECT_THAT(told(compare_inventories(node("a", {prog(1, "p", "aa")}), node("a", {prog(8, "p", "bb")}))),
              ElementsAre("~prog 8; code aa became bb"));
  auto patched = prog(1, "p", "aa"), original = patched;
  original.code = "11";
  patched.code = "22";
  EXPECT_THAT(told(compare_inventories(node("a", {original}), node("a", {patched}))),
              ElementsAre("~prog 1; instructions 11 became 22 behind the same tag"));
}

TEST(KernelDiffTest, OneOfTwoAlikeIsGone) {
  EXPECT_THAT(
      told(compare_inventories(node("a", {prog(1, "p", "aa"), prog(2, "p", "aa")}), node("b", {prog(5, "p", "aa")}))),
      ElementsAre("-prog 2"));
}

TEST(KernelDiffTest, ALinkToAnotherProgramIsAChange) {
  const auto before = node("a", {prog(1, "p", "aa"), prog(2, "q", "bb"), link(7, 1)});
  auto after = before;
  after.objects[2].prog_id = 2;
  EXPECT_THAT(told(compare_inventories(before, after)), ElementsAre("~link 7; prog 1 became prog 2"));
}

TEST(KernelBaselineTest, NamesWhatAnImageNeverLoadedAndWhatItLacks) {
  const auto of_image = [](KernelObject object, const std::string& image) {
    object.owners[0].image = image;
    return object;
  };
  const std::vector<KernelInventory> baseline{node("a", {of_image(prog(1, "usual", "aa"), "agent@1")}),
                                              node("b", {of_image(prog(4, "also", "ab"), "agent@1")})};
  using Deviation = KernelDeviation::How;
  const auto found = compare_with_baseline(
      baseline, node("c", {of_image(prog(5, "usual", "aa"), "agent@1"), of_image(prog(6, "usual", "ff"), "agent@1"),
                           of_image(prog(7, "x", "aa"), "other@1")}));
  std::vector<std::string> texts;
  for (const auto& each : found)
    texts.push_back(each.loader +
                    (each.how == Deviation::unusual   ? " unusual "
                     : each.how == Deviation::missing ? " lacks "
                                                      : " is new with ") +
                    each.prog.name + " " + each.prog.tag);
  EXPECT_THAT(texts, ElementsAre("image agent@1 unusual usual ff", "image agent@1 lacks also ab",
                                 "image other@1 is new with x aa"));
}

}  // namespace
}  // namespace pratique
