// The offsets of the few zones that the test data asks for, at the times it asks for them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace pratique::cel::spec {

inline std::optional<std::int32_t> test_zone_offset(std::string_view zone, std::int64_t) {
  constexpr std::int32_t hour = 3600;
  if (zone == "Australia/Sydney") return 11 * hour;
  if (zone == "US/Central") return -6 * hour;
  if (zone == "America/St_Johns") return -7 * hour / 2;
  if (zone == "Asia/Kathmandu") return 23 * hour / 4;
  return std::nullopt;
}

}  // namespace pratique::cel::spec
