// The Linux kernel's own versions (kernel.org/category/releases.html): "6.6", "6.6.14", "2.6.32.71", "6.7-rc3". A
// release candidate comes before its release; missing numbers are 0.
//
// Fallback: what a distribution adds ("5.15.0-105-generic") comes after the plain version, in generic order.
#include "engine/version/semver.h"

namespace pratique {
namespace {

struct Linux {
  std::string_view numbers;
  bool is_candidate = false;
  std::string_view candidate;
  std::string_view rest;
};

Linux read_linux(std::string_view text) {
  Linux version;
  if (text.starts_with('v')) text.remove_prefix(1);
  if (text.empty() || !digit(text.front())) {
    version.rest = text;
    return version;
  }
  version.numbers = read_semver(text).numbers;
  text.remove_prefix(version.numbers.size());
  std::string_view behind = text;
  if (behind.starts_with("-rc")) {
    behind.remove_prefix(3);
    version.candidate = take_digits(behind);
    version.is_candidate = !version.candidate.empty();
    if (version.is_candidate) text = behind;
  }
  version.rest = text;
  return version;
}

}  // namespace

std::strong_ordering compare_linux(std::string_view a, std::string_view b) {
  const Linux left = read_linux(a);
  const Linux right = read_linux(b);
  if (const auto order = compare_numbers(left.numbers, right.numbers); order != 0) return order;
  if (left.is_candidate != right.is_candidate) return right.is_candidate <=> left.is_candidate;
  if (const auto order = compare_digits(left.candidate, right.candidate); order != 0) return order;
  if (left.rest.empty() || right.rest.empty()) return right.rest.empty() <=> left.rest.empty();
  return compare_generic(left.rest, right.rest);
}

bool is_linux(std::string_view text) {
  const Linux version = read_linux(text);
  const auto dots = std::count(version.numbers.begin(), version.numbers.end(), '.');
  return dots >= 1 && dots <= 3 && version.rest.empty();
}

}  // namespace pratique
