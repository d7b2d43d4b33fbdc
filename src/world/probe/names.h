// Names for what the kernel tells only by number: types in its BTF, and functions by their address. Private to the
// probe.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "world/probe/types.h"

namespace pratique {

// BTF by object id: the kernel's own from `types`, that of modules and programs loaded when first asked for. Not thread
// safe.
class BtfNames {
 public:
  explicit BtfNames(const KernelTypes& types);
  ~BtfNames();
  BtfNames(const BtfNames&) = delete;
  BtfNames& operator=(const BtfNames&) = delete;

  // The name of a type in the BTF object `btf_id`; 0 is the kernel's own. Empty where either cannot be read.
  std::string name(std::uint32_t btf_id, std::uint32_t type_id);
  // The same in the kernel's own, where that type is a function.
  std::string function(std::uint32_t type_id);
  // The same for what a program is attached to, without what the kernel puts before its name: "sched_switch" for
  // "btf_trace_sched_switch", "file_open" for "bpf_lsm_file_open".
  std::string hook(std::uint32_t btf_id, std::uint32_t type_id);
  const KernelTypes& kernel() const;
  // Whether that BTF object is the kernel's own or a module's.
  bool is_of_kernel(std::uint32_t btf_id);

 private:
  struct Tables;
  std::unique_ptr<Tables> tables_;
};

// The kernel functions at these distances from __bpf_call_base, the way the verifier writes a call. Reads
// /proc/kallsyms up to the last one wanted (a third of a microsecond a symbol). A distance that no symbol has is left
// out; all are where the kernel hides its addresses.
std::map<std::int32_t, std::string> find_call_symbols(int proc, const std::set<std::int32_t>& distances);

// The pure part of it, which reads the text of /proc/kallsyms piece by piece.
class CallSymbols {
 public:
  explicit CallSymbols(const std::set<std::int32_t>& distances) : wanted_(distances) {}
  bool add(std::string_view text);  // false when nothing that is wanted can follow
  const std::map<std::int32_t, std::string>& names() const { return names_; }

 private:
  void look_for_base(std::uint64_t address, std::string_view name);
  void note(std::uint64_t address, std::string_view name);

  const std::set<std::int32_t>& wanted_;
  std::string rest_;  // a line that is not whole yet
  std::deque<std::pair<std::uint64_t, std::string>> before_;
  std::uint64_t base_ = 0;
  std::map<std::int32_t, std::string> names_;
};

}  // namespace pratique
