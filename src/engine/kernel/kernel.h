// What an eBPF object may do, and what ordinary monitoring no longer sees because of it, in plain sentences: from its
// type, its attach type and the kernel functions it calls; never from its name. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "engine/kernel/tools.h"
#include "model/kernel_object.h"
#include "model/kernel_views.h"

namespace pratique {

// One sentence: what it may see, change or drop. "Sees every packet that arrives at a network interface before anything
// else does, and may drop, rewrite or redirect it." Where the calls of a program could not be read, the sentence says
// so.
std::string what_it_may_do(const KernelObject& object);

// One sentence: which ordinary logs no longer tell the truth because of it; empty when none.
std::string what_it_hides(const KernelObject& object);

// An operation that eBPF programs have taken over on a node.
struct MovedOperation {
  std::string operation;             // "filtering and forwarding packets before the firewall"
  std::vector<std::uint32_t> progs;  // ids
  std::vector<std::string> holders;  // images, executables; also those behind links and maps
  std::vector<std::string> hides;    // which ordinary logs no longer tell the truth, a clause each
  bool operator==(const MovedOperation&) const = default;
};
// Those that hide something first, then by the number of programs. What programs hide is taken from `hides`.
std::vector<MovedOperation> what_has_moved(const KernelInventory& inventory);

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

// Where views of one kernel contradict each other, in the order of objects. A view that was not available says nothing.
// Objects come and go between one view and the next, so one look proves nothing: take what two looks have in common.
std::vector<KernelContradiction> compare_views(const KernelViews& views);
std::vector<KernelContradiction> lasting(const std::vector<KernelContradiction>& before,
                                         std::vector<KernelContradiction> after);

// What `kernel list -o json` wrote, of this or another node; what nobody here asks for is left out. Fault: malformed
// with the place, limit.
Result<KernelInventory> parse_kernel_snapshot(std::string_view bytes, const Limits& limits = {});

// A node that a server knows, as its list of nodes tells it.
struct KernelNode {
  std::string name;
  Time since{}, seen{};         // from when, and when last, its kernel was as it is now
  std::uint64_t snapshots = 0;  // that the server keeps
  bool operator==(const KernelNode&) const = default;
};
// The answer to GET /api/v1/nodes. Fault: malformed with the place, limit.
Result<std::vector<KernelNode>> parse_kernel_nodes(std::string_view bytes, const Limits& limits = {});

// The programs with that tag or that code, 16 hex digits.
std::vector<const KernelObject*> find_programs(const KernelInventory& inventory, std::string_view hash);

struct KernelChange {
  enum class How : std::uint8_t { added, gone, changed };
  How how = How::added;
  KernelObject object;               // as it is now; as it was where it is gone
  std::vector<std::string> details;  // of what changed: "+ attached to xdp eth0", "code 3b18... became 6dee..."
  bool operator==(const KernelChange&) const = default;
};
// By kind and id. Objects are the same by their ids on one node between two starts; elsewhere by what does not change
// from node to node: type, name and tag of programs; type, name and sizes of maps; type, place and program of links. A
// program of the same type and name with another tag is a change. Type tables (BTF) are left out.
std::vector<KernelChange> compare_inventories(const KernelInventory& before, const KernelInventory& after);

struct KernelDeviation {
  enum class How : std::uint8_t { unknown_loader, unusual, missing };
  std::string loader;  // "image shop/agent@sha256:...", "/usr/sbin/agent"
  How how = How::unusual;
  KernelObject prog;
  bool operator==(const KernelDeviation&) const = default;
};
// Where the programs that an image holds (an executable, where no image is known) differ from those it held in the
// baseline: what it never had, and what it always had and lacks. By loader.
std::vector<KernelDeviation> compare_with_baseline(const std::vector<KernelInventory>& baseline,
                                                   const KernelInventory& now);

// Whether BPF_LINK_DETACH ends a link of this type; links of the others live as long as their descriptors and pins.
bool can_be_detached(std::uint32_t link_type);

}  // namespace pratique
