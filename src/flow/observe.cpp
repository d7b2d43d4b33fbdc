#include "flow/observe.h"

#include "engine/kernel/kernel.h"

namespace pratique {

Result<KernelInventory> observe_kernel(const ProbeOptions& options) {
  PRATIQUE_TRY(KernelInventory inventory, probe_kernel(options));
  for (auto& object : inventory.objects) {
    object.does = what_it_may_do(object);
    object.hides = what_it_hides(object);
  }
  return inventory;
}

Result<KernelVerification> verify_kernel() {
  KernelVerification result;
  for (int look = 0; look < 3; ++look) {
    PRATIQUE_TRY(result.views, probe_kernel_views());
    auto found = compare_views(result.views);
    result.contradictions = look == 0 ? std::move(found) : lasting(result.contradictions, std::move(found));
    if (result.contradictions.empty()) break;
  }
  return result;
}

}  // namespace pratique
