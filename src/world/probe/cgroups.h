// The unified cgroup tree: what its numbers are called, and the programs attached to each. Private to the probe.
#pragma once

#include <vector>

#include "model/kernel_object.h"
#include "world/probe/census.h"

namespace pratique {

// Gives links the path of their cgroup and adds to programs the attachments that no link stands for. Asks only for the
// hooks that the listed programs can be attached to, so the tree is not walked where there are none.
void add_cgroup_attachments(int proc, const Census& census, std::vector<KernelObject>& objects, Gaps& gaps);

}  // namespace pratique
