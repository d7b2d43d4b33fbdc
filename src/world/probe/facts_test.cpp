#include <gtest/gtest.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "world/probe/probe.h"

namespace pratique {
namespace {

namespace fs = std::filesystem;

class FactsTest : public testing::Test {
 protected:
  FactsTest() {
    std::string pattern = (fs::temp_directory_path() / "pratique_facts_XXXXXX").string();
    root_ = ::mkdtemp(pattern.data());
    options_ = {.proc = root_ + "/proc", .sys = root_ + "/sys", .boot = root_ + "/boot"};
  }
  ~FactsTest() override { fs::remove_all(root_); }

  void write(const std::string& path, const std::string& text) {
    fs::create_directories(fs::path(root_ + path).parent_path());
    std::ofstream(root_ + path) << text;
  }
  KernelFact fact(const std::string& name) const {
    for (const auto& fact : probe_kernel_facts(options_).facts)
      if (fact.name == name) return fact;
    return {};
  }

  std::string root_;
  ProbeOptions options_;
};

TEST_F(FactsTest, WhatCannotBeReadIsUnknownAndSaysWhy) {
  for (const std::string name :
       {"lockdown", "kernel.unprivileged_bpf_disabled", "CONFIG_BPF_LSM", "CAP_BPF", "files"}) {
    SCOPED_TRACE(name);
    EXPECT_EQ(fact(name).value, std::nullopt);
    EXPECT_NE(fact(name).unknown, "");
  }
}

TEST_F(FactsTest, SysctlsSayWhatTheyMean) {
  write("/proc/sys/kernel/unprivileged_bpf_disabled", "0\n");
  write("/proc/sys/net/core/bpf_jit_harden", "7\n");
  EXPECT_EQ(fact("kernel.unprivileged_bpf_disabled").value, "0");
  EXPECT_EQ(fact("kernel.unprivileged_bpf_disabled").meaning, "every user may load eBPF");
  EXPECT_EQ(fact("net.core.bpf_jit_harden").value, "7");
  EXPECT_EQ(fact("net.core.bpf_jit_harden").meaning, "");
}

TEST_F(FactsTest, LockdownIsTheModeInBrackets) {
  write("/sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
  EXPECT_EQ(fact("lockdown").value, "integrity");
}

TEST_F(FactsTest, ConfigurationFromBoot) {
  utsname system{};
  ::uname(&system);
  write("/boot/config-" + std::string(system.release),
        "CONFIG_BPF_LSM=y\n# CONFIG_KPROBES is not set\nCONFIG_NET_CLS_BPF=m\n");
  EXPECT_EQ(fact("CONFIG_BPF_LSM").value, "y");
  EXPECT_EQ(fact("CONFIG_KPROBES").value, "not set");
  EXPECT_EQ(fact("CONFIG_NET_CLS_BPF").value, "m");
  EXPECT_EQ(fact("CONFIG_NETKIT").value, "not set");  // a kernel that does not know it has it not
}

TEST_F(FactsTest, CapabilitiesAndMitigations) {
  write("/proc/self/status", "Name:\tx\nCapEff:\t0000000000200000\nSeccomp:\t0\n");
  write("/sys/devices/system/cpu/vulnerabilities/spectre_v2", "Mitigation: IBRS\n");
  EXPECT_EQ(fact("CAP_SYS_ADMIN").value, "held");
  EXPECT_EQ(fact("CAP_BPF").value, "missing");
  EXPECT_NE(fact("CAP_BPF").meaning, "");
  EXPECT_EQ(fact("spectre_v2").value, "Mitigation: IBRS");
}

}  // namespace
}  // namespace pratique
