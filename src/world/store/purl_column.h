// A component's purl beside its package key, which mostly says its larger part; and its context. Private to the store.
#pragma once

#include <string>
#include <string_view>

#include "model/part_context.h"

namespace pratique {

// "@1.2.3?arch=amd64" behind the key where the canonical purl begins with that; the whole purl where it does not; "-"
// for none. No rest of a purl begins with either.
inline std::string_view shortened_purl(std::string_view purl, std::string_view package) {
  if (purl.empty()) return "-";
  return purl.starts_with(package) ? purl.substr(package.size()) : purl;
}

inline std::string whole_purl(std::string_view column, std::string_view package) {
  if (column == "-") return {};
  if (column.starts_with("pkg:")) return std::string(column);
  return std::string(package).append(column);
}

// The column `context`.
inline std::string_view context_column(const PartContext& context) {
  return context.is_examined ? std::string_view(context.release) : std::string_view("-");
}
inline PartContext context_of(std::string_view column) {
  if (column == "-") return {false, {}};
  return {true, std::string(column)};
}

}  // namespace pratique
