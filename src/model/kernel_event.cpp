#include "model/kernel_event.h"

#include <array>

namespace pratique {

std::string_view name_of(KernelAction action) {
  constexpr std::array<std::string_view, 8> names{"load",   "create", "attach", "update",
                                                  "detach", "pin",    "freeze", "unload"};
  return names.at(static_cast<std::size_t>(action));
}

}  // namespace pratique
