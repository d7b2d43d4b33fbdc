// Names for what the kernel tells only by number: types in its BTF, and functions by their address. Private to the
// probe.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "world/probe/descriptor.h"

namespace pratique {

// BTF by object id, loaded when first asked for. Not thread safe.
class BtfNames {
 public:
  BtfNames();
  ~BtfNames();
  BtfNames(const BtfNames&) = delete;
  BtfNames& operator=(const BtfNames&) = delete;

  // The name of a type in the BTF object `btf_id`; 0 is the kernel's own. Empty where either cannot be read.
  std::string name(std::uint32_t btf_id, std::uint32_t type_id);
  // The same, where that type is a function.
  std::string function(std::uint32_t btf_id, std::uint32_t type_id);
  // The same for what a program is attached to, without what the kernel puts before its name: "sched_switch" for
  // "btf_trace_sched_switch", "file_open" for "bpf_lsm_file_open".
  std::string hook(std::uint32_t btf_id, std::uint32_t type_id);

 private:
  struct Tables;
  std::unique_ptr<Tables> tables_;
};

// The kernel functions at these distances from __bpf_call_base, the way the verifier writes a call. Reads
// /proc/kallsyms up to the last one wanted (a third of a microsecond a symbol). A distance that no symbol has is left
// out; all are where the kernel hides its addresses.
std::map<std::int32_t, std::string> find_call_symbols(int proc, const std::set<std::int32_t>& distances);

// The pure part of it: text as /proc/kallsyms has it, whole lines.
std::map<std::int32_t, std::string> call_symbols_in(std::string_view kallsyms, const std::set<std::int32_t>& distances);

}  // namespace pratique
