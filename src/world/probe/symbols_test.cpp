#include "world/probe/symbols.h"

#include <gtest/gtest.h>

namespace pratique {
namespace {

TEST(KernelSymbolsTest, FindsCompiledPrograms) {
  const auto tags = parse_program_symbols(
      "ffffffff814cced0 t __bpf_prog_array_free_sleepable_cb\n"
      "ffffffffc0001000 t bpf_prog_3b185187f1855c4c_agent\t[bpf]\n"
      "ffffffffc0002000 t bpf_prog_6deef7357e7b4530\t[bpf]\n"
      "0000000000000000 t bpf_prog_0123456789abcdef_a_b\t[bpf]\n"
      "ffffffffc0003000 t bpf_prog_0123_short\t[bpf]\n"
      "ffffffffc0003000 t bpf_prog_0123456789abcdefg\t[bpf]\n"
      "ffffffffc0004000 t bpf_trampoline_6442503243\t[bpf]\n"
      "ffffffffc0005000 t bpf_prog_aaaaaaaaaaaaaaaa_evil\t[some_module]\n"
      "ffffffffc0006000 t bpf_prog_bbbbbbbbbbbbbbbb");
  EXPECT_EQ(tags, (std::map<std::string, std::string>{{"3b185187f1855c4c", "bpf_prog_3b185187f1855c4c_agent"},
                                                      {"6deef7357e7b4530", "bpf_prog_6deef7357e7b4530"},
                                                      {"0123456789abcdef", "bpf_prog_0123456789abcdef_a_b"}}));
}

TEST(KernelSymbolsTest, FindsFunctionsThatCallATrampoline) {
  EXPECT_EQ(parse_trampolines("__x64_sys_bpf (1) R   D   M \ttramp: ftrace_regs_caller+0x0/0x65 "
                              "(call_direct_funcs+0x0/0x20)\n\tdirect-->bpf_trampoline_6442503243+0x0/0x6d\n"
                              "bpf_lsm_bpf (1)           D     direct-->bpf_trampoline_1+0x0/0x10\n"
                              "vfs_read (1) R I \ttramp: 0xffffffffc0001000 (kprobe_ftrace_handler+0x0/0x1c0)\n"),
            (std::set<std::string>{"__x64_sys_bpf", "bpf"}));
  EXPECT_TRUE(parse_trampolines("\tdirect-->bpf_trampoline_1\n").empty());
  EXPECT_TRUE(parse_trampolines("").empty());
}

TEST(KernelSymbolsTest, FindsEveryFunctionThatWasTraced) {
  EXPECT_EQ(parse_traced_functions("bpf_lsm_bpf (1)           D   M \n\tdirect-->bpf_trampoline_1+0x0/0x10\n"
                                   "vfs_read (0)                M \nvfs_open (0)\n\n"),
            (std::set<std::string>{"bpf", "vfs_open", "vfs_read"}));
  EXPECT_TRUE(parse_traced_functions("").empty());
}

}  // namespace
}  // namespace pratique
