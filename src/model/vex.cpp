#include "model/vex.h"

#include <array>

namespace pratique {

std::string_view name_of(VexStatus status) {
  constexpr std::array<std::string_view, 4> names = {"under_investigation", "affected", "not_affected", "fixed"};
  return names[static_cast<std::size_t>(status)];
}

}  // namespace pratique
