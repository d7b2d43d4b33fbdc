// Dart's pub (pub_semver): semantic versions whose build counts after all else, none before any.
//
// Fallback: the lenient reading of semver.h.
#include "engine/version/semver.h"

namespace pratique {

std::strong_ordering compare_pub(std::string_view a, std::string_view b) {
  if (const auto order = compare_semver(a, b); order != 0) return order;
  const Semver left = read_semver(a);
  const Semver right = read_semver(b);
  if (left.has_build != right.has_build) return left.has_build <=> right.has_build;
  return compare_identifiers(left.build, right.build, compare_bytes);
}

bool is_pub(std::string_view text) { return is_semver(text); }

}  // namespace pratique
