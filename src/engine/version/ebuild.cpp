// Gentoo (Package Manager Specification 3.2 and 3.3): number{.number}{letter}{_suffix{number}}{-rN}.
//
// Fallback: gentoo_like.cpp.
#include <array>

#include "engine/version/gentoo_like.h"

namespace pratique {
namespace {

constexpr std::array<std::string_view, 6> suffixes = {"alpha", "beta", "pre", "rc", "", "p"};
constexpr GentooLike rules{suffixes, 4, true, false, false};

}  // namespace

std::strong_ordering compare_ebuild(std::string_view a, std::string_view b) { return compare_gentoo_like(rules, a, b); }
bool is_ebuild(std::string_view text) { return is_gentoo_like(rules, text); }

}  // namespace pratique
