// What the kernel calls its functions, asked of the kernel itself by programs of our own: a tenth of what reading
// /proc/kallsyms costs. Private to the probe.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "world/probe/types.h"

namespace pratique {

// The functions at these distances from __bpf_call_base. Empty, and nothing was learnt, where the programs may not be
// loaded (before Linux 5.16, without CAP_BPF and CAP_PERFMON), where the kernel hides its addresses, and where one of
// the functions has no name.
std::optional<std::map<std::int32_t, std::string>> ask_call_names(const KernelTypes& types,
                                                                  const std::set<std::int32_t>& distances);

}  // namespace pratique
