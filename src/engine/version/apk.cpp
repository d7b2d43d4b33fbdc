// Alpine (apk-tools, apk-package(5)): number{.number}{letter}{_suffix{number}}{~hash}{-rN}; wolfi and chainguard too.
//
// A number behind a letter (OpenSSH's "8.3p1") is one that apk-tools 2 reads. Fallback: gentoo_like.cpp.
#include <array>

#include "engine/version/gentoo_like.h"

namespace pratique {
namespace {

constexpr std::array<std::string_view, 10> suffixes = {"alpha", "beta", "pre", "rc", "",
                                                       "cvs",   "svn",  "git", "hg", "p"};
constexpr GentooLike rules{suffixes, 4, false, true, true};

}  // namespace

std::strong_ordering compare_apk(std::string_view a, std::string_view b) { return compare_gentoo_like(rules, a, b); }
bool is_apk(std::string_view text) { return is_gentoo_like(rules, text); }

}  // namespace pratique
