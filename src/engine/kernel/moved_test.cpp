#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/kernel/kernel.h"

namespace pratique {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

KernelObject prog(std::uint32_t id, std::uint32_t type) {
  KernelObject object{.kind = KernelKind::prog, .id = id, .type_number = type, .type = prog_type_name(type)};
  object.calls.emplace();
  return object;
}

TEST(KernelMovedTest, PutsProgramsTogetherByWhatTheyHaveTakenOver) {
  auto watching = prog(1, 2), also = prog(2, 5), filter = prog(3, 6);
  watching.owners = {{.pid = 7, .comm = "agent", .exe = "/bin/agent"}};
  also.owners = {{.pid = 8, .comm = "agent", .exe = "/bin/agent", .pod = "u"}};
  filter.held_by = {"link 9"};
  filter.hides = what_it_hides(filter);
  KernelObject link{.kind = KernelKind::link, .id = 9};
  link.owners = {{.pid = 8, .comm = "cni", .exe = "/bin/cni", .pod = "u", .image = "cni:1"}};
  const auto moved = what_has_moved({.objects = {watching, also, filter, link}});
  ASSERT_EQ(moved.size(), 2u);
  EXPECT_EQ(moved[0].operation, "filtering and forwarding packets before the firewall");
  EXPECT_THAT(moved[0].progs, ElementsAre(3));
  EXPECT_THAT(moved[0].holders, ElementsAre("cni:1"));
  EXPECT_THAT(moved[0].hides, ElementsAre(HasSubstr("tcpdump, netfilter and connection tracking never see")));
  EXPECT_EQ(moved[1].operation, "watching the kernel and processes from inside");
  EXPECT_THAT(moved[1].progs, ElementsAre(1, 2));
  EXPECT_THAT(moved[1].holders, ElementsAre("/bin/agent", "/bin/agent of pod u"));
  EXPECT_TRUE(moved[1].hides.empty());
}

TEST(KernelMovedTest, AllTypesThatAreNamedHaveAnOperation) {
  for (std::uint32_t type = 1; type <= 32; ++type) {
    const auto moved = what_has_moved({.objects = {prog(1, type)}});
    ASSERT_EQ(moved.size(), 1u);
    EXPECT_EQ(moved[0].operation.find("does not know"), std::string::npos) << prog_type_name(type);
  }
  EXPECT_THAT(what_has_moved({.objects = {prog(1, 999)}})[0].operation, HasSubstr("does not know"));
}

TEST(KernelMovedTest, ANodeWithoutProgramsHasMovedNothing) { EXPECT_TRUE(what_has_moved({}).empty()); }

}  // namespace
}  // namespace pratique
