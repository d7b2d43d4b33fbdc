#include "flow/observe.h"

#include <map>
#include <set>

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

void name_images(KernelInventory& inventory, const std::vector<Workload>& workloads) {
  std::map<std::string, std::set<std::string>> images;  // by pod
  for (const auto& pod : workloads)
    for (const auto& container : pod.containers)
      if (container.kind != ContainerKind::image_volume) images[pod.uid].insert(container.image.text());
  for (auto& object : inventory.objects)
    for (auto& owner : object.owners)
      if (const auto known = images.find(owner.pod); !owner.pod.empty() && known != images.end())
        for (const auto& image : known->second) owner.image.append(owner.image.empty() ? "" : " or ").append(image);
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
