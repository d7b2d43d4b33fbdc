#include "engine/kernel/kernel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/kernel/effects.h"

namespace pratique {
namespace {

using testing::HasSubstr;
using testing::Not;

KernelObject prog(std::uint32_t type, std::optional<std::uint32_t> attach = {}, std::vector<std::string> calls = {}) {
  return {.kind = KernelKind::prog, .id = 1, .type_number = type, .attach_type = attach, .calls = std::move(calls)};
}

TEST(KernelSentencesTest, EveryProgramTypeHasOne) {
  for (std::uint32_t type = 1; type <= 32; ++type) {
    SCOPED_TRACE(prog_type_name(type));
    const auto* effect = find_program_effect(type, {});
    ASSERT_NE(effect, nullptr);
    const auto sentence = what_it_may_do(prog(type));
    EXPECT_TRUE(sentence.ends_with(".") && !sentence.ends_with("..")) << sentence;
    EXPECT_TRUE(sentence[0] >= 'A' && sentence[0] <= 'Z') << sentence;
  }
}

TEST(KernelSentencesTest, ATypeOfANewerKernelIsSaidToBeUnknown) {
  EXPECT_THAT(what_it_may_do(prog(999)), HasSubstr("newer kernel"));
  EXPECT_EQ(what_it_hides(prog(999)), "");
}

TEST(KernelSentencesTest, NamesDoNotMatter) {
  auto innocent = prog(6), guilty = prog(6);
  guilty.name = "rootkit_hide";
  EXPECT_EQ(what_it_may_do(innocent), what_it_may_do(guilty));
  EXPECT_EQ(what_it_hides(innocent), what_it_hides(guilty));
}

TEST(KernelSentencesTest, TheAttachTypeDecidesBetweenRowsOfOneType) {
  EXPECT_THAT(what_it_may_do(prog(26, 26)), HasSubstr("Replaces the result"));
  EXPECT_THAT(what_it_may_do(prog(26, 28)), HasSubstr("Lists kernel objects"));
  EXPECT_NE(what_it_hides(prog(26, 26)), "");
  EXPECT_EQ(what_it_hides(prog(26, 24)), "");
}

TEST(KernelSentencesTest, CallsAddToIt) {
  const auto kprobe =
      prog(2, {}, {"bpf_get_current_comm", "bpf_override_return", "bpf_perf_event_output_tp", "bpf_probe_write_user"});
  const auto does = what_it_may_do(kprobe);
  EXPECT_THAT(does, HasSubstr("writes into the memory of processes; makes kernel functions fail"));
  EXPECT_THAT(does, HasSubstr("sends what it sees to a process"));
  EXPECT_THAT(what_it_hides(kprobe), HasSubstr("procfs readers"));
  EXPECT_THAT(what_it_hides(kprobe), HasSubstr("look like ordinary errors"));
  EXPECT_EQ(what_it_hides(prog(2, {}, {"bpf_probe_read_kernel"})), "");
}

TEST(KernelSentencesTest, AClauseIsToldOnce) {
  const auto does = what_it_may_do(prog(6, {}, {"bpf_xdp_redirect", "bpf_xdp_redirect_map"}));
  const auto first = does.find("sends packets elsewhere");
  ASSERT_NE(first, std::string::npos);
  EXPECT_EQ(does.find("sends packets elsewhere", first + 1), std::string::npos);
}

TEST(KernelSentencesTest, CallsThatCouldNotBeReadAreNotNone) {
  auto unreadable = prog(2);
  unreadable.calls.reset();
  EXPECT_THAT(what_it_may_do(unreadable), HasSubstr("could not be read"));
  EXPECT_THAT(what_it_may_do(prog(2)), Not(HasSubstr("could not be read")));
}

TEST(KernelSentencesTest, FunctionsThatStandForAHelper) {
  EXPECT_EQ(helper_behind("bpf_probe_write_user"), "probe_write_user");
  EXPECT_EQ(helper_behind("bpf_xdp_redirect_map"), "redirect_map");
  EXPECT_EQ(helper_behind("bpf_sk_setsockopt"), "setsockopt");
  EXPECT_EQ(helper_behind("htab_map_update_elem"), "");
  EXPECT_EQ(helper_behind("bpf_"), "");
  EXPECT_EQ(helper_behind(""), "");
}

TEST(KernelSentencesTest, MapsAndLinksHaveOneToo) {
  for (std::uint32_t type = 1; type <= 40; ++type)
    EXPECT_NE(what_it_may_do({.kind = KernelKind::map, .type_number = type}), "");
  KernelObject link{.kind = KernelKind::link, .id = 3, .prog_id = 9};
  link.attachments.push_back({.hook = "cgroup_inet_ingress", .cgroup = "/a"});
  EXPECT_EQ(what_it_may_do(link), "Keeps prog 9 attached at cgroup_inet_ingress of cgroup /a.");
  EXPECT_EQ(what_it_hides(link), "");
}

}  // namespace
}  // namespace pratique
