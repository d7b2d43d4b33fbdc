// What the comparators share. One file a scheme: compare_X is a total order of all byte strings in linear time,
// is_X says whether the scheme's own grammar allows the text.
#pragma once

#include <compare>
#include <string_view>

namespace pratique {

// Decimal digits of any length, leading zeros ignored; an empty text is zero.
inline std::strong_ordering compare_digits(std::string_view a, std::string_view b) {
  while (!a.empty() && a.front() == '0') a.remove_prefix(1);
  while (!b.empty() && b.front() == '0') b.remove_prefix(1);
  if (a.size() != b.size()) return a.size() <=> b.size();
  return a.compare(b) <=> 0;
}

std::strong_ordering compare_generic(std::string_view a, std::string_view b);
bool is_generic(std::string_view text);

}  // namespace pratique
