// The rows of the tables behind kernel.h. Private to the engine.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace pratique {

// Clauses without a full stop.
struct Effect {
  std::uint32_t type = 0;
  int attach = -1;  // an attach type, or -1 for any
  std::string_view does, hides;
};

// Empty for a type that the table does not know.
const Effect* find_program_effect(std::uint32_t type, std::optional<std::uint32_t> attach_type);
const Effect* find_map_effect(std::uint32_t type);

// What calling a helper adds.
struct HelperEffect {
  std::string_view helper;  // "probe_write_user"
  std::string_view does;    // "writes into the memory of processes"
  std::string_view hides;
};
const HelperEffect* find_helper_effect(std::string_view helper);

}  // namespace pratique
