// rpm (rpm-version(7), rpmvercmp): [epoch:]version[-release]; no epoch is epoch 0, no release is before any release.
//
// A part is a row of numbers and words, everything between them separates. At each place
// '~' < the end < '^' < word < number. Every byte string has such a row, so the fallback is the same order; an epoch
// that is no number is part of the version.
#include "engine/version/order.h"
#include "engine/version/version.h"

namespace pratique {
namespace {

enum class Kind { tilde, end, caret, word, number };

struct Token {
  Kind kind = Kind::end;
  std::string_view text;
};

Token take_token(std::string_view& text) {
  take_while(text, [](char c) { return !alnum(c) && c != '~' && c != '^'; });
  if (text.empty()) return {};
  if (take(text, '~')) return {Kind::tilde, {}};
  if (take(text, '^')) return {Kind::caret, {}};
  if (digit(text.front())) return {Kind::number, take_digits(text)};
  return {Kind::word, take_while(text, alpha)};
}

std::strong_ordering compare_part(std::string_view a, std::string_view b) {
  for (;;) {
    const Token left = take_token(a);
    const Token right = take_token(b);
    if (left.kind != right.kind) return left.kind <=> right.kind;
    if (left.kind == Kind::end) return std::strong_ordering::equal;
    const auto order =
        left.kind == Kind::number ? compare_digits(left.text, right.text) : compare_bytes(left.text, right.text);
    if (order != 0) return order;
  }
}

constexpr auto part_character = [](char c) {
  return alnum(c) || c == '.' || c == '_' || c == '+' || c == '~' || c == '^';
};

std::strong_ordering compare_rpm(const EpochVersionRelease& a, const EpochVersionRelease& b) {
  if (const auto order = compare_digits(a.epoch, b.epoch); order != 0) return order;
  if (const auto order = compare_part(a.version, b.version); order != 0) return order;
  if (a.has_release != b.has_release) return a.has_release <=> b.has_release;
  return compare_part(a.release, b.release);
}

bool is_valid(const EpochVersionRelease& parts) {
  if (parts.version.empty() || !all_of(parts.version, part_character)) return false;
  return !parts.has_release || (!parts.release.empty() && all_of(parts.release, part_character));
}

}  // namespace

Order order_rpm(std::string_view a, std::string_view b) {
  const EpochVersionRelease left = read_epoch_version_release(a);
  const EpochVersionRelease right = read_epoch_version_release(b);
  return {compare_rpm(left, right), !is_valid(left) || !is_valid(right)};
}

bool is_rpm(std::string_view text) { return is_valid(read_epoch_version_release(text)); }

}  // namespace pratique
