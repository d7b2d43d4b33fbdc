// Go modules (go.dev/ref/mod#versions, golang.org/x/mod/semver): semantic versions, pseudo-versions among them, with a
// 'v' that databases leave out. "+incompatible" is build metadata and counts for nothing.
//
// "0" is what OSV writes for "since ever": below everything, the pseudo-versions v0.0.0-2021... of untagged modules
// too. Fallback: the lenient reading of semver.h, "go" dropped in front (go1.21rc2). "(devel)" and the empty text name
// no version; they come before all but "0".
#include "engine/version/semver.h"

namespace pratique {
namespace {

bool is_since_ever(std::string_view text) { return text == "0"; }
bool names_none(std::string_view text) { return text.empty() || text == "(devel)"; }

int rank_of(std::string_view text) { return is_since_ever(text) ? 0 : names_none(text) ? 1 : 2; }

std::string_view without_go(std::string_view text) {
  if (text.size() > 2 && text.starts_with("go") && digit(text[2])) text.remove_prefix(2);
  return text;
}

}  // namespace

std::strong_ordering compare_golang(std::string_view a, std::string_view b) {
  const int left = rank_of(a);
  const int right = rank_of(b);
  if (left != right || left < 2) return left <=> right;
  return compare_semver(without_go(a), without_go(b));
}

bool is_golang(std::string_view text) {
  if (is_since_ever(text)) return true;
  take(text, 'v');
  return is_semver(text);
}

}  // namespace pratique
