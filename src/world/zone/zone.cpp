#include "world/zone/zone.h"

#include <absl/time/time.h>

#include <algorithm>
#include <filesystem>
#include <string>

#include "base/text.h"

namespace pratique {
namespace {

constexpr const char* database = "/usr/share/zoneinfo";

// Parts of letters, digits, '_', '+' and '-' with '/' between; so no "..", no absolute path.
bool is_zone_name(std::string_view name) {
  constexpr std::size_t longest = 64;
  if (name.empty() || name.size() > longest) return false;
  const auto allowed = [](char c) { return is_alpha(c) || is_digit(c) || c == '_' || c == '+' || c == '-'; };
  for (const auto part : split(name, '/'))
    if (part.empty() || !std::all_of(part.begin(), part.end(), allowed)) return false;
  return true;
}

}  // namespace

std::optional<std::int32_t> zone_offset(std::string_view zone, std::int64_t unix_seconds) {
  std::error_code error;
  const std::string name(zone);
  if (!is_zone_name(zone) || !std::filesystem::is_regular_file(std::filesystem::path(database) / name, error))
    return std::nullopt;
  absl::TimeZone loaded;
  if (!absl::LoadTimeZone(name, &loaded)) return std::nullopt;
  return loaded.At(absl::FromUnixSeconds(unix_seconds)).offset;
}

}  // namespace pratique
