// Time zones of the machine's zone database (package tzdata). Thread safe; a zone is read once and kept.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace pratique {

// How many seconds local time in the zone ("Europe/Paris", "US/Central") is ahead of UTC at that time. Empty for a name
// that the database does not have: names come from policies and what they read, so nothing outside the database is
// opened.
std::optional<std::int32_t> zone_offset(std::string_view zone, std::int64_t unix_seconds);

}  // namespace pratique
