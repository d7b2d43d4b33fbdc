// What the comparators share. One file an order: compare_X is a total order of all byte strings in linear time, is_X
// says whether the scheme's own grammar allows the text.
//
// A comparator walks both texts token by token and stops at the first difference. It is total because each text maps to
// one row of tokens of a totally ordered kind, and rows are compared from the left with a fixed rank for "the row ends
// here". What would break that (looking at the other text to decide how to read this one) is not done.
#pragma once

#include <algorithm>
#include <compare>
#include <string>
#include <string_view>

namespace pratique {

// Kinds of characters, as objects: handed to take_while they are compiled into its loop.
inline constexpr auto digit = [](char c) { return c >= '0' && c <= '9'; };
inline constexpr auto lower_alpha = [](char c) { return c >= 'a' && c <= 'z'; };
inline constexpr auto alpha = [](char c) { return lower_alpha(c) || (c >= 'A' && c <= 'Z'); };
inline constexpr auto alnum = [](char c) { return digit(c) || alpha(c); };
inline constexpr auto blank = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
inline constexpr char folded(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

// Bytes as unsigned numbers; the shorter of two equal beginnings first.
inline std::strong_ordering compare_bytes(std::string_view a, std::string_view b) { return a.compare(b) <=> 0; }

inline std::strong_ordering compare_folded(std::string_view a, std::string_view b) {
  const std::size_t common = std::min(a.size(), b.size());
  for (std::size_t i = 0; i < common; ++i) {
    const auto x = static_cast<unsigned char>(folded(a[i]));
    const auto y = static_cast<unsigned char>(folded(b[i]));
    if (x != y) return x <=> y;
  }
  return a.size() <=> b.size();
}

inline std::string_view without_zeros(std::string_view digits) {
  while (!digits.empty() && digits.front() == '0') digits.remove_prefix(1);
  return digits;
}

// Decimal digits of any length, leading zeros ignored; an empty text is zero. Numbers in versions are short: a loop is
// quicker than a call of memcmp.
inline std::strong_ordering compare_digits(std::string_view a, std::string_view b) {
  a = without_zeros(a);
  b = without_zeros(b);
  if (a.size() != b.size()) return a.size() <=> b.size();
  for (std::size_t i = 0; i < a.size(); ++i)
    if (a[i] != b[i]) return a[i] <=> b[i];
  return std::strong_ordering::equal;
}

// The longest beginning whose characters all belong, taken off the front; may be empty.
template <class Belongs>
std::string_view take_while(std::string_view& text, Belongs belongs) {
  std::size_t length = 0;
  while (length < text.size() && belongs(text[length])) ++length;
  const std::string_view taken = text.substr(0, length);
  text.remove_prefix(length);
  return taken;
}
inline std::string_view take_digits(std::string_view& text) { return take_while(text, digit); }

// The character off the front when it is there.
inline bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

// [epoch:]version[-release], as rpm and pacman write it. An epoch that is no number is part of the version.
struct EpochVersionRelease {
  std::string_view epoch;
  std::string_view version;
  bool has_release = false;
  std::string_view release;
};
inline EpochVersionRelease read_epoch_version_release(std::string_view text) {
  EpochVersionRelease parts;
  std::string_view rest = text;
  if (const std::string_view epoch = take_digits(rest); take(rest, ':')) {
    parts.epoch = epoch;
    text = rest;
  }
  const std::size_t hyphen = text.rfind('-');
  parts.version = text.substr(0, hyphen);
  parts.has_release = hyphen != std::string_view::npos;
  if (parts.has_release) parts.release = text.substr(hyphen + 1);
  return parts;
}

template <class Belongs>
bool all_of(std::string_view text, Belongs belongs) {
  return std::all_of(text.begin(), text.end(), belongs);
}
inline bool all_digits(std::string_view text) { return !text.empty() && all_of(text, digit); }

inline bool starts_folded(std::string_view text, std::string_view lower_word) {
  return text.size() >= lower_word.size() && compare_folded(text.substr(0, lower_word.size()), lower_word) == 0;
}
inline bool equal_folded(std::string_view text, std::string_view lower_word) {
  return text.size() == lower_word.size() && starts_folded(text, lower_word);
}

// Those that read a text once for its order and its validity answer both.
struct Order;
Order order_openssl(std::string_view a, std::string_view b);
Order order_pypi(std::string_view a, std::string_view b);
Order order_rpm(std::string_view a, std::string_view b);

std::strong_ordering compare_alpm(std::string_view a, std::string_view b);
std::strong_ordering compare_apk(std::string_view a, std::string_view b);
std::strong_ordering compare_bitnami(std::string_view a, std::string_view b);
std::strong_ordering compare_composer(std::string_view a, std::string_view b);
std::strong_ordering compare_conan(std::string_view a, std::string_view b);
std::strong_ordering compare_conda(std::string_view a, std::string_view b);
std::strong_ordering compare_cran(std::string_view a, std::string_view b);
std::strong_ordering compare_datetime(std::string_view a, std::string_view b);
std::strong_ordering compare_deb(std::string_view a, std::string_view b);
std::strong_ordering compare_ebuild(std::string_view a, std::string_view b);
std::strong_ordering compare_gem(std::string_view a, std::string_view b);
std::strong_ordering compare_generic(std::string_view a, std::string_view b);
std::strong_ordering compare_golang(std::string_view a, std::string_view b);
std::strong_ordering compare_hackage(std::string_view a, std::string_view b);
std::strong_ordering compare_intdot(std::string_view a, std::string_view b);
std::strong_ordering compare_linux(std::string_view a, std::string_view b);
std::strong_ordering compare_maven(std::string_view a, std::string_view b);
std::strong_ordering compare_nuget(std::string_view a, std::string_view b);
std::strong_ordering compare_pub(std::string_view a, std::string_view b);
std::strong_ordering compare_semver(std::string_view a, std::string_view b);

bool is_alpm(std::string_view text);
bool is_apk(std::string_view text);
bool is_bitnami(std::string_view text);
bool is_composer(std::string_view text);
bool is_conan(std::string_view text);
bool is_conda(std::string_view text);
bool is_cran(std::string_view text);
bool is_datetime(std::string_view text);
bool is_deb(std::string_view text);
bool is_ebuild(std::string_view text);
bool is_gem(std::string_view text);
bool is_generic(std::string_view text);
bool is_golang(std::string_view text);
bool is_hackage(std::string_view text);
bool is_intdot(std::string_view text);
bool is_lexicographic(std::string_view text);
bool is_linux(std::string_view text);
bool is_maven(std::string_view text);
bool is_nginx(std::string_view text);
bool is_npm(std::string_view text);
bool is_nuget(std::string_view text);
bool is_openssl(std::string_view text);
bool is_pub(std::string_view text);
bool is_pypi(std::string_view text);
bool is_rpm(std::string_view text);
bool is_semver(std::string_view text);
bool is_swift(std::string_view text);

// An instant with the 'T' and 'Z' that canonical VERS asks for; any other text as it is.
std::string canonical_datetime(std::string text);

}  // namespace pratique
