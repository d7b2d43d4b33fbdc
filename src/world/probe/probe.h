// What the kernel says about eBPF on this machine: programs, maps, links, who holds them, where they are pinned and
// attached. libbpf inside. Reads only: attaches and changes nothing.
#pragma once

#include <string>

#include "base/result.h"
#include "model/kernel_facts.h"
#include "model/kernel_object.h"

namespace pratique {

enum class Looking {
  by_iterators,  // our eBPF iterators ask the kernel; where it refuses them, by_proc
  by_proc,       // nothing is loaded: /proc alone, which costs more and does not tell what sockets hold
};

struct ProbeOptions {
  std::string proc = "/proc";  // another root in tests; then nothing is loaded
  std::string sys = "/sys";    // the same, for facts
  std::string boot = "/boot";
  Looking looking = Looking::by_iterators;
};

// A partial answer says so in `incomplete` (not root, a refusal, a kernel that does not tell). Fault: unavailable when
// there is no bpf() or no /proc at all. Starts a short-lived thread to look into other namespaces; may be called from
// any thread.
Result<KernelInventory> probe_kernel(const ProbeOptions& options = {});

// Facts about the kernel. Never fails: what cannot be read is unknown, with the reason.
KernelFacts probe_kernel_facts(const ProbeOptions& options = {});

}  // namespace pratique
