#include "world/probe/call_names.h"

#include <bpf/bpf.h>
#include <linux/bpf.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <vector>

#include "base/text.h"
#include "world/probe/descriptor.h"

namespace pratique {
namespace {

constexpr int lookup_name = 179, print = 126;  // helpers, by their numbers in include/uapi/linux/bpf.h
constexpr std::uint8_t argument_1 = 1, argument_2 = 2, argument_3 = 3, argument_4 = 4, argument_5 = 5, kept = 6,
                       frame = 10;

constexpr bpf_insn copy(std::uint8_t to, std::uint8_t from) {
  return {.code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = to, .src_reg = from, .off = 0, .imm = 0};
}
constexpr bpf_insn set(std::uint8_t to, int value) {
  return {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = to, .src_reg = 0, .off = 0, .imm = value};
}
constexpr bpf_insn add(std::uint8_t to, int value) {
  return {.code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = to, .src_reg = 0, .off = 0, .imm = value};
}
constexpr bpf_insn load(std::uint8_t to, std::uint8_t from, std::int16_t offset) {
  return {.code = BPF_LDX | BPF_MEM | BPF_DW, .dst_reg = to, .src_reg = from, .off = offset, .imm = 0};
}
constexpr bpf_insn store(std::uint8_t to, std::int16_t offset, std::uint8_t from) {
  return {.code = BPF_STX | BPF_MEM | BPF_DW, .dst_reg = to, .src_reg = from, .off = offset, .imm = 0};
}
constexpr bpf_insn call(int helper) {
  return {.code = BPF_JMP | BPF_CALL, .dst_reg = 0, .src_reg = 0, .off = 0, .imm = helper};
}
constexpr bpf_insn end() { return {.code = BPF_JMP | BPF_EXIT, .dst_reg = 0, .src_reg = 0, .off = 0, .imm = 0}; }
constexpr bpf_insn second_half(std::uint64_t value) {
  return {.code = 0, .dst_reg = 0, .src_reg = 0, .off = 0, .imm = static_cast<int>(value >> 32)};
}
constexpr bpf_insn first_half(std::uint8_t to, std::uint64_t value) {
  return {.code = BPF_LD | BPF_IMM | BPF_DW,
          .dst_reg = to,
          .src_reg = 0,
          .off = 0,
          .imm = static_cast<int>(value & 0xffffffff)};
}

constexpr bpf_insn leave_unless(std::uint8_t comparison, std::uint8_t what, std::size_t next, std::size_t last) {
  return {.code = static_cast<std::uint8_t>(BPF_JMP | comparison | BPF_K),
          .dst_reg = what,
          .src_reg = 0,
          .off = static_cast<std::int16_t>(last - next),
          .imm = 0};
}

using Code = std::vector<bpf_insn>;

std::uint64_t letters(const char* text) {
  std::uint64_t value = 0;
  std::memcpy(&value, text, sizeof value);
  return value;
}

void store_constant(Code& code, std::int16_t offset, std::uint64_t value) {
  for (const auto& each : {first_half(argument_1, value), second_half(value), store(frame, offset, argument_1)})
    code.push_back(each);
}

// Where __bpf_call_base is; 0 where the kernel does not say. No map belongs to this program: the memory of one that may
// sleep is given back late, and a map of it would be listed until then.
std::uint64_t ask_base() {
  constexpr std::int16_t name = -24, address = -8;
  Code code{copy(kept, argument_1)};
  store_constant(code, name, letters("__bpf_ca"));
  store_constant(code, name + 8, letters("ll_base"));
  store_constant(code, address, 0);
  for (const auto& each : {copy(argument_1, frame), add(argument_1, name), set(argument_2, sizeof "__bpf_call_base"),
                           set(argument_3, 0), copy(argument_4, frame), add(argument_4, address), call(lookup_name),
                           load(argument_1, frame, address), store(kept, 0, argument_1), set(0, 0), end()})
    code.push_back(each);
  constexpr std::uint32_t program_of_calls = 31, may_sleep = 1 << 4;  // BPF_PROG_TYPE_SYSCALL, BPF_F_SLEEPABLE
  LIBBPF_OPTS(bpf_prog_load_opts, options, .prog_flags = may_sleep);
  const Descriptor prog(bpf_prog_load(static_cast<bpf_prog_type>(program_of_calls), "pratique_base", "GPL", code.data(),
                                      code.size(), &options));
  std::uint64_t base = 0;
  LIBBPF_OPTS(bpf_test_run_opts, run, .ctx_in = &base, .ctx_size_in = sizeof base);
  return prog && bpf_prog_test_run_opts(prog.get(), &run) == 0 ? base : 0;
}

// Prints the symbol at each address, a line each, when it is called for the first program of the walk.
Code printer_of(const std::vector<std::uint64_t>& addresses) {
  constexpr std::int16_t format = -16, address = -8;
  constexpr std::size_t each = 11, before = 9;
  const std::size_t last = before + each * addresses.size();
  // struct bpf_iter_meta { struct seq_file *seq; u64 session_id, seq_num; }
  Code code{load(kept, argument_1, 0),
            load(argument_2, argument_1, 8),
            leave_unless(BPF_JEQ, argument_2, 3, last),
            load(argument_1, kept, 16),
            leave_unless(BPF_JNE, argument_1, 5, last),
            load(kept, kept, 0)};
  store_constant(code, format, letters("%ps\n\0\0\0"));
  for (const auto at : addresses) {
    store_constant(code, address, at);
    for (const auto& next :
         {copy(argument_1, kept), copy(argument_2, frame), add(argument_2, format), set(argument_3, sizeof "%ps\n"),
          copy(argument_4, frame), add(argument_4, address), set(argument_5, 8), call(print)})
      code.push_back(next);
  }
  code.push_back(set(0, 0));
  code.push_back(end());
  return code;
}

std::optional<std::string> print_symbols(const KernelTypes& types, const std::vector<std::uint64_t>& addresses) {
  const Code code = printer_of(addresses);
  LIBBPF_OPTS(bpf_prog_load_opts, options, .expected_attach_type = BPF_TRACE_ITER,
              .attach_btf_id = types.find_function("bpf_iter_bpf_prog"));
  if (options.attach_btf_id == 0) return {};
  const Descriptor prog(
      bpf_prog_load(BPF_PROG_TYPE_TRACING, "pratique_names", "GPL", code.data(), code.size(), &options));
  const Descriptor link(prog ? bpf_link_create(prog.get(), 0, BPF_TRACE_ITER, nullptr) : -1);
  const Descriptor reader(link ? bpf_iter_create(link.get()) : -1);
  if (!reader) return {};
  std::string text;
  char piece[1 << 12];
  for (;;) {
    const ssize_t got = ::read(reader.get(), piece, sizeof piece);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got < 0) return {};
    if (got == 0) return text;
    text.append(piece, static_cast<std::size_t>(got));
  }
}

}  // namespace

std::optional<std::map<std::int32_t, std::string>> ask_call_names(const KernelTypes& types,
                                                                  const std::set<std::int32_t>& distances) {
  constexpr std::size_t most = 1000;  // a jump over more is longer than an instruction can say
  const std::uint64_t base = distances.empty() || distances.size() > most ? 0 : ask_base();
  if (base == 0) return {};
  std::vector<std::uint64_t> addresses;
  for (const auto distance : distances) addresses.push_back(base + static_cast<std::uint64_t>(std::int64_t{distance}));
  const auto text = print_symbols(types, addresses);
  if (!text) return {};
  std::map<std::int32_t, std::string> names;
  auto distance = distances.begin();
  for (const auto line : split(*text, '\n')) {
    if (line.empty()) continue;
    const auto name = line.substr(0, line.find(' '));  // behind which a module would be named
    if (distance == distances.end() || name.starts_with("0x")) return {};
    names.emplace(*distance++, name);
  }
  if (distance != distances.end()) return {};
  return names;
}

}  // namespace pratique
