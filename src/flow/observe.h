// One look at the node we run on: what the kernel holds, and what that means.
#pragma once

#include <vector>

#include "base/result.h"
#include "model/kernel_object.h"
#include "model/kernel_views.h"
#include "model/workload.h"
#include "world/probe/probe.h"

namespace pratique {

// The inventory with `does` and `hides` filled in. Fault: as probe_kernel.
Result<KernelInventory> observe_kernel(const ProbeOptions& options = {});

// Fills in the images of owners by their pods. A pod with several images names them all ("a or b"): the cgroup tells
// the container by an id that the list of pods does not have.
void name_images(KernelInventory& inventory, const std::vector<Workload>& workloads);

// Several ways of asking this kernel for its objects, and where they contradict each other for longer than a moment.
struct KernelVerification {
  KernelViews views;  // the last look
  std::vector<KernelContradiction> contradictions;
};
// Looks once, and up to twice more where something differs. Fault: as probe_kernel_views.
Result<KernelVerification> verify_kernel();

}  // namespace pratique
