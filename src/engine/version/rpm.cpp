// rpm (rpm-version(7), rpmvercmp): [epoch:]version[-release]; no epoch is epoch 0, no release is before any release.
//
// A part is a row of numbers and words, everything between them separates. At each place
// '~' < the end < '^' < word < number. Every byte string has such a row, so the fallback is the same order; an epoch
// that is no number is part of the version.
#include "engine/version/order.h"
#include "engine/version/version.h"

namespace pratique {
namespace {

struct Rpm {
  std::string_view epoch;
  std::string_view version;
  bool has_release = false;
  std::string_view release;
};

Rpm read_rpm(std::string_view text) {
  Rpm parts;
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

std::strong_ordering compare_rpm(const Rpm& a, const Rpm& b) {
  if (const auto order = compare_digits(a.epoch, b.epoch); order != 0) return order;
  if (const auto order = compare_part(a.version, b.version); order != 0) return order;
  if (a.has_release != b.has_release) return a.has_release <=> b.has_release;
  return compare_part(a.release, b.release);
}

bool is_valid(const Rpm& parts) {
  if (parts.version.empty() || !all_of(parts.version, part_character)) return false;
  return !parts.has_release || (!parts.release.empty() && all_of(parts.release, part_character));
}

}  // namespace

Order order_rpm(std::string_view a, std::string_view b) {
  const Rpm left = read_rpm(a);
  const Rpm right = read_rpm(b);
  return {compare_rpm(left, right), !is_valid(left) || !is_valid(right)};
}

bool is_rpm(std::string_view text) { return is_valid(read_rpm(text)); }

}  // namespace pratique
