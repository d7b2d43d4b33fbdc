// Any bytes as a list of pods, and of what leads to them (services, ingresses, routes): one Error, or workloads whose
// images parse again to what they are.
#include <cstddef>
#include <cstdint>

#include "engine/format/format.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pratique;
  const auto list = read_workloads(Bytes::copy_of({reinterpret_cast<const char*>(data), size}), "north");
  if (!list) {
    check(!render(list.error()).empty(), "an error says something");
    return 0;
  }
  for (const Workload& workload : list->workloads) {
    check(!workload.kind.empty() || !workload.name.empty(), "a workload is called somehow");
    for (const auto& way : workload.exposure) check(!way.empty(), "a way to it is called somehow");
    for (const Container& container : workload.containers) {
      const auto again = parse_image(container.image.text());
      check(again && *again == container.image, "an image has one text");
    }
  }
  return 0;
}
