// The row that Gentoo's ebuild and Alpine's apk share: numbers, letter, suffixes, revision.
#pragma once

#include <span>

#include "engine/version/order.h"

namespace pratique {

// Where the two differ.
struct GentooLike {
  // In order; those before `release` come before the version without a suffix. A longer word before its beginning.
  std::span<const std::string_view> suffixes;
  std::size_t release = 0;
  // Numbers behind the first that start with '0' are read as fractions: bytes, with or without the zeros at their end.
  bool drops_zeros_at_the_end = false;
  bool has_number_behind_letter = false;  // "5.1p1"
  bool has_commit_hash = false;           // "~3fa09c"; counts for nothing
};

std::strong_ordering compare_gentoo_like(const GentooLike& rules, std::string_view a, std::string_view b);

// Whether the whole text is such a row.
bool is_gentoo_like(const GentooLike& rules, std::string_view text);

}  // namespace pratique
