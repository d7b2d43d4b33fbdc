#include "model/verdict.h"

#include <array>

#include "model/kernel_object.h"

namespace pratique {

std::string_view name_of(Decision decision) {
  constexpr std::array<std::string_view, 3> names = {"allow", "warn", "deny"};
  return names[static_cast<std::size_t>(decision)];
}

std::string_view name_of(KernelKind kind) {
  constexpr std::array<std::string_view, 3> names = {"prog", "map", "link"};
  return names[static_cast<std::size_t>(kind)];
}

}  // namespace pratique
