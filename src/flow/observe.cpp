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

}  // namespace pratique
