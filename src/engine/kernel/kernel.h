// What an eBPF object may do, and what ordinary monitoring no longer sees because of it, in plain sentences: from its
// type, its attach type and the kernel functions it calls; never from its name. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/kernel_object.h"

namespace pratique {

// One sentence: what it may see, change or drop. "Sees every packet that arrives at a network interface before anything
// else does, and may drop, rewrite or redirect it." Where the calls of a program could not be read, the sentence says
// so.
std::string what_it_may_do(const KernelObject& object);

// One sentence: which ordinary logs no longer tell the truth because of it; empty when none.
std::string what_it_hides(const KernelObject& object);

// The helper behind a kernel function, by the names of bpf.h: "bpf_xdp_redirect_map" is "redirect_map". Empty for
// functions that are no helper (kfuncs, operations of map types).
std::string_view helper_behind(std::string_view function);

// One thing that keeps an object alive.
struct Hold {
  std::string holder;         // "link 7", "process 34 (agent)", "the pin /sys/fs/bpf/x", "the network"
  std::string how;            // "its descriptor 5", "runs at tc eth0 ingress"
  std::string end;            // what would end it: "end the process", "unlink the file"
  std::vector<Hold> because;  // what keeps the holder, where that is an object itself
  bool operator==(const Hold&) const = default;
};

// Why it is still alive, as a tree. Empty: nothing was found, so a reference is inside the kernel or its holder was not
// seen. An object that holds itself through others is told once on each way down.
std::vector<Hold> explain(const KernelInventory& inventory, const KernelObject& object);

// Whether BPF_LINK_DETACH ends a link of this type; links of the others live as long as their descriptors and pins.
bool can_be_detached(std::uint32_t link_type);

}  // namespace pratique
