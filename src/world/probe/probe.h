// What the kernel says about eBPF on this machine: programs, maps, links, who holds them, where they are pinned and attached.
// libbpf inside. Reads only; never loads, attaches or changes anything.
#pragma once

#include <string>

#include "base/result.h"
#include "model/kernel_object.h"

namespace pratique {

struct ProbeOptions {
  std::string proc = "/proc";  // another root in tests
};

// A partial answer says so in `incomplete` (not root, no CAP_BPF, an object that vanished, a kernel too old). Fault: unavailable
// when there is no bpf() at all.
Result<KernelInventory> probe_kernel(const ProbeOptions& options = {});

}  // namespace pratique
