// One look at the node we run on: what the kernel holds, and what that means.
#pragma once

#include "base/result.h"
#include "model/kernel_object.h"
#include "world/probe/probe.h"

namespace pratique {

// The inventory with `does` and `hides` filled in. Fault: as probe_kernel.
Result<KernelInventory> observe_kernel(const ProbeOptions& options = {});

}  // namespace pratique
