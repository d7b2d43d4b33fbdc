// Snapshots of a kernel, and lists of nodes. Beyond not crashing: a snapshot differs from itself in nothing, nor from
// its own baseline.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "engine/kernel/kernel.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pratique;
  const auto snapshot = parse_kernel_snapshot({reinterpret_cast<const char*>(data), size}, {.bytes = 1 << 16});
  if (!snapshot) {
    const auto nodes = parse_kernel_nodes({reinterpret_cast<const char*>(data), size}, {.bytes = 1 << 16});
    check(!nodes || nodes->size() <= size, "no more nodes than bytes");
    return 0;
  }
  check(compare_with_baseline({*snapshot}, *snapshot).empty(), "nothing deviates from itself");
  compare_inventories(*snapshot, KernelInventory{});
  compare_inventories(KernelInventory{}, *snapshot);
  for (const auto& object : snapshot->objects) explain(*snapshot, object);
  return 0;
}
