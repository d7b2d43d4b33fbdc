#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/kernel/kernel.h"

namespace pratique {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const KernelId agent{KernelKind::prog, 12}, table{KernelKind::map, 3}, canary{KernelKind::prog, 99};

KernelViews honest() {
  const std::set<KernelKind> all{KernelKind::prog, KernelKind::map, KernelKind::link};
  const std::map<KernelId, std::string> objects{{agent, ""}, {table, ""}, {canary, ""}};
  KernelViews views;
  views.views = {{.name = "listing", .whole = all, .objects = objects},
                 {.name = "probing", .whole = all, .objects = objects},
                 {.name = "iterators", .whole = {KernelKind::prog}, .objects = {{agent, ""}, {canary, ""}}},
                 {.name = "descriptors", .objects = {{agent, "descriptor 4 of process 7"}}}};
  views.canary = {canary};
  views.symbols = {.name = "kallsyms", .tags = {{"aa", "bpf_prog_aa_agent"}, {"bb", "bpf_prog_bb_sub"}}};
  views.code = {{"aa", 12}, {"bb", 12}};
  views.compiled = {{"aa", 12}};
  views.trampolines = {"vfs_read"};
  views.targets = {"vfs_read", "vfs_write"};
  views.touched = {"vfs_read", "vfs_open"};
  views.touched_trampolines = {"vfs_read"};
  return views;
}

TEST(KernelViewsTest, AnHonestKernelContradictsNothing) { EXPECT_THAT(compare_views(honest()), IsEmpty()); }

TEST(KernelViewsTest, AProgramThatTheListingHidesIsFoundByTheOthers) {
  auto views = honest();
  views.views[0].objects.erase(agent);
  views.details[agent] = "kprobe evil aa";
  EXPECT_THAT(compare_views(views),
              ElementsAre(KernelContradiction{
                  .object = "prog 12",
                  .says = "is missing from listing",
                  .evidence = {"probing shows it", "iterators shows it",
                               "descriptors shows it: descriptor 4 of process 7", "it is kprobe evil aa"}}));
}

TEST(KernelViewsTest, WhatOnlyADescriptorShowsIsHiddenEverywhere) {
  auto views = honest();
  for (std::size_t i = 0; i < 3; ++i) views.views[i].objects.erase(agent);
  const auto found = compare_views(views);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].says, "is missing from listing, probing, iterators");
}

TEST(KernelViewsTest, TheCanaryMustBeSeenEverywhere) {
  auto views = honest();
  for (auto& view : views.views) view.objects.erase(canary);
  const auto found = compare_views(views);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].object, "prog 99");
  EXPECT_THAT(found[0].evidence, ElementsAre("we made it ourselves"));
}

TEST(KernelViewsTest, AViewThatCouldNotBeAskedSaysNothing) {
  auto views = honest();
  views.views[2].objects.clear();
  views.views[2].unavailable = "refused";
  views.symbols.tags["cc"] = "bpf_prog_cc";
  views.symbols.unavailable = "hidden";
  views.trampolines.insert("vfs_open");
  views.trampolines_unavailable = views.touched_unavailable = "no tracefs";
  views.touched.clear();
  EXPECT_THAT(compare_views(views), IsEmpty());
}

TEST(KernelViewsTest, CodeAndTrampolinesWithoutAProgramAreFound) {
  auto views = honest();
  views.symbols.tags["cc"] = "bpf_prog_cc_evil";
  views.symbols.tags.erase("aa");
  views.trampolines.insert("__x64_sys_bpf");
  const auto found = compare_views(views);
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0].object, "code cc");
  EXPECT_EQ(found[1].says, "is missing from kallsyms");
  EXPECT_EQ(found[2].object, "function __x64_sys_bpf");
}

TEST(KernelViewsTest, ATrampolineThatOneOfTheTracersListsHidesIsFoundByTheOther) {
  auto views = honest();
  views.trampolines.clear();
  EXPECT_THAT(compare_views(views),
              ElementsAre(KernelContradiction{.object = "function vfs_read",
                                              .says = "calls an eBPF trampoline and is missing from enabled_functions",
                                              .evidence = {"the tracer shows it in touched_functions"}}));
  views = honest();
  views.touched.erase("vfs_read");
  views.touched_trampolines.clear();
  EXPECT_THAT(compare_views(views),
              ElementsAre(KernelContradiction{.object = "function vfs_read",
                                              .says = "calls an eBPF trampoline and is missing from touched_functions",
                                              .evidence = {"the tracer shows it in enabled_functions"}}));
  views = honest();
  views.touched_trampolines.insert("vfs_open");
  views.trampolines.insert("vfs_open");
  EXPECT_THAT(compare_views(views),
              ElementsAre(KernelContradiction{.object = "function vfs_open",
                                              .says = "calls an eBPF trampoline and no listed program is for it",
                                              .evidence = {"the tracer shows it in enabled_functions",
                                                           "the tracer shows it in touched_functions"}}));
}

TEST(KernelViewsTest, WhatPassesInAMomentIsNoFinding) {
  const KernelContradiction stays{.object = "prog 1", .says = "is missing from listing"},
      passes{.object = "prog 2", .says = "is missing from listing"};
  EXPECT_THAT(lasting({stays}, {stays, passes}), ElementsAre(stays));
  EXPECT_THAT(lasting({passes}, {stays}), IsEmpty());
}

}  // namespace
}  // namespace pratique
