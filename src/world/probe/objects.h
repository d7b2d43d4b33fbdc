// The objects that the kernel lists by id, with what it says about each. Private to the probe.
#pragma once

#include <vector>

#include "model/kernel_object.h"
#include "world/probe/descriptor.h"
#include "world/probe/kernel_abi.h"
#include "world/probe/names.h"
#include "world/probe/probe.h"

namespace pratique {

// Programs, maps, links and BTF, by kind and then id. One that vanishes meanwhile is left out; a listing that the
// kernel refuses becomes a gap. `proc` is a folder with kallsyms and stat. By iterators: a program of ours may be
// loaded for a moment.
std::vector<KernelObject> read_objects(int proc, Looking looking, BtfNames& names, Gaps& gaps);

// One object through a descriptor of it, for those that the listing did not have; nothing is added where it cannot be
// read.
void read_object(int fd, KernelKind kind, BtfNames& names, std::vector<KernelObject>& objects, Gaps& gaps);

// Where a link runs, and the other program that it watches or replaces a function of, if it does that.
struct LinkTold {
  LinkTold(KernelAttachment place, std::uint32_t program = 0) : at(std::move(place)), target_prog(program) {}
  KernelAttachment at;
  std::uint32_t target_prog;
};
// From what its descriptor says. A cgroup is named by its id in `detail` until its path is known.
LinkTold describe_link(int fd, const abi::LinkInfo& info, BtfNames& names);

}  // namespace pratique
