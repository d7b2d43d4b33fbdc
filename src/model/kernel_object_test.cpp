#include "model/kernel_object.h"

#include <gtest/gtest.h>

namespace pratique {
namespace {

TEST(KernelNamesTest, AreTheKernelsOwn) {
  EXPECT_EQ(prog_type_name(1), "socket_filter");
  EXPECT_EQ(prog_type_name(26), "tracing");
  EXPECT_EQ(prog_type_name(32), "netfilter");
  EXPECT_EQ(map_type_name(1), "hash");
  EXPECT_EQ(map_type_name(27), "ringbuf");
  EXPECT_EQ(map_type_name(33), "arena");
  EXPECT_EQ(link_type_name(2), "tracing");
  EXPECT_EQ(link_type_name(14), "sockmap");
  EXPECT_EQ(attach_type_name(0), "cgroup_inet_ingress");
  EXPECT_EQ(attach_type_name(37), "xdp");
  EXPECT_EQ(attach_type_name(46), "tcx_ingress");
  EXPECT_EQ(attach_type_name(57), "trace_uprobe_session");
  EXPECT_EQ(helper_name(36), "probe_write_user");
  EXPECT_EQ(helper_name(211), "cgrp_storage_delete");
}

TEST(KernelNamesTest, ANumberOfANewerKernelStaysANumber) {
  EXPECT_EQ(prog_type_name(33), "33");
  EXPECT_EQ(map_type_name(999), "999");
  EXPECT_EQ(link_type_name(4294967295u), "4294967295");
  EXPECT_EQ(attach_type_name(1000), "1000");
  EXPECT_EQ(helper_name(212), "212");
}

TEST(KernelNamesTest, HelpersAreFoundByName) {
  EXPECT_EQ(find_helper("probe_write_user"), 36u);
  EXPECT_EQ(find_helper("override_return"), 58u);
  EXPECT_EQ(find_helper("send_signal"), 109u);
  EXPECT_EQ(find_helper("sys_bpf"), 166u);
  EXPECT_EQ(find_helper("unspec"), std::nullopt);
  EXPECT_EQ(find_helper(""), std::nullopt);
  for (std::uint32_t number = 1; number <= 211; ++number) EXPECT_EQ(find_helper(helper_name(number)), number);
}

TEST(KernelNamesTest, KindsAndLabels) {
  for (const auto kind : {KernelKind::prog, KernelKind::map, KernelKind::link, KernelKind::btf, KernelKind::classic})
    EXPECT_EQ(kernel_kind_named(name_of(kind)), kind);
  EXPECT_EQ(kernel_kind_named("program"), std::nullopt);
  EXPECT_EQ(label_of({.kind = KernelKind::link, .id = 7}), "link 7");
  EXPECT_EQ(label_of({.kind = KernelKind::classic, .key = "socket 4"}), "classic socket 4");
}

}  // namespace
}  // namespace pratique
