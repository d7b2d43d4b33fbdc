// Arch Linux (vercmp(8), PKGBUILD(5)): [epoch:]version[-release].
//
// Where libalpm itself is no order, this one is, and the difference is here: libalpm ignores the release when one side
// has none, so that 1-1 = 1 = 1-2; here a missing release is 1, the first that Arch gives. And separators at the very
// end ("1..") rank by their length between a word and a number behind separators of that length.
// Fallback: every byte string has such a row; an epoch that is no number is part of the version.
#include "engine/version/order.h"

namespace pratique {
namespace {

enum class Kind { word, end, number };

struct Token {
  std::size_t separators = 0;  // how many characters before it
  Kind kind = Kind::end;
  std::string_view text;
};

Token take_token(std::string_view& text) {
  Token token;
  token.separators = take_while(text, [](char c) { return !alnum(c); }).size();
  if (text.empty()) return token;
  token.kind = digit(text.front()) ? Kind::number : Kind::word;
  token.text = token.kind == Kind::number ? take_digits(text) : take_while(text, alpha);
  return token;
}

std::strong_ordering compare_part(std::string_view a, std::string_view b) {
  for (;;) {
    const Token left = take_token(a);
    const Token right = take_token(b);
    if (left.separators != right.separators) return left.separators <=> right.separators;
    if (left.kind != right.kind) return left.kind <=> right.kind;
    if (left.kind == Kind::end) return std::strong_ordering::equal;
    const auto order =
        left.kind == Kind::number ? compare_digits(left.text, right.text) : compare_bytes(left.text, right.text);
    if (order != 0) return order;
  }
}

}  // namespace

std::strong_ordering compare_alpm(std::string_view a, std::string_view b) {
  const EpochVersionRelease left = read_epoch_version_release(a);
  const EpochVersionRelease right = read_epoch_version_release(b);
  if (const auto order = compare_digits(left.epoch, right.epoch); order != 0) return order;
  if (const auto order = compare_part(left.version, right.version); order != 0) return order;
  const auto release_of = [](const EpochVersionRelease& parts) { return parts.has_release ? parts.release : "1"; };
  return compare_part(release_of(left), release_of(right));
}

bool is_alpm(std::string_view text) {
  const EpochVersionRelease parts = read_epoch_version_release(text);
  const auto allowed = [](char c) { return c > ' ' && c < 0x7f && c != ':' && c != '/' && c != '-'; };
  if (parts.version.empty() || !all_of(parts.version, allowed)) return false;
  if (!parts.has_release) return true;
  std::string_view release = parts.release;
  if (take_digits(release).empty()) return false;
  return release.empty() || (take(release, '.') && all_digits(release));
}

}  // namespace pratique
