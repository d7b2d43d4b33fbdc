// NuGet (learn.microsoft.com/nuget/concepts/package-versioning): one to four numbers, labels compared without case,
// build metadata ignored.
//
// Fallback: the lenient reading of semver.h.
#include "engine/version/semver.h"

namespace pratique {

std::strong_ordering compare_nuget(std::string_view a, std::string_view b) {
  const Semver left = read_semver(a);
  const Semver right = read_semver(b);
  if (const auto order = compare_numbers(left.numbers, right.numbers); order != 0) return order;
  if (left.has_pre != right.has_pre) return right.has_pre <=> left.has_pre;
  return compare_identifiers(left.pre, right.pre, compare_folded);
}

bool is_nuget(std::string_view text) {
  for (int count = 1;; ++count) {
    if (take_digits(text).empty() || count > 4) return false;
    if (!take(text, '.')) break;
  }
  const auto allowed = [](char c) { return alnum(c) || c == '-' || c == '.'; };
  if (take(text, '-') && take_while(text, allowed).empty()) return false;
  return text.empty() || (take(text, '+') && !text.empty() && all_of(text, allowed));
}

}  // namespace pratique
