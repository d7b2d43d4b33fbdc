// Bitnami (github.com/bitnami/go-version): semantic versions where what stands behind the hyphen is a revision, so that
// 1.2.3 < 1.2.3-1 < 1.2.3-2.
//
// Fallback: the lenient reading of semver.h.
#include "engine/version/semver.h"

namespace pratique {

std::strong_ordering compare_bitnami(std::string_view a, std::string_view b) {
  const Semver left = read_semver(a);
  const Semver right = read_semver(b);
  if (const auto order = compare_numbers(left.numbers, right.numbers); order != 0) return order;
  if (left.has_pre != right.has_pre) return left.has_pre <=> right.has_pre;
  return compare_identifiers(left.pre, right.pre, compare_bytes);
}

bool is_bitnami(std::string_view text) { return is_semver(text); }

}  // namespace pratique
