// Semantic Versioning 2.0.0, as semver, npm, cargo, hex and swift order it: build metadata counts for nothing.
//
// Fallback for what the grammar forbids: the lenient reading of semver.h. "1.2" is 1.2.0, "1.2.3.4" is above 1.2.3,
// "1.2.3rc1" is a pre-release, "foo" is a pre-release of 0.
#include "engine/version/semver.h"

namespace pratique {
namespace {

constexpr auto identifier_character = [](char c) { return alnum(c) || c == '-'; };

// Takes the identifier in front of the next dot; `more` says whether one follows.
std::string_view take_identifier(std::string_view& row, bool& more) {
  const std::string_view identifier = take_while(row, [](char c) { return c != '.'; });
  more = take(row, '.');
  return identifier;
}

bool are_identifiers(std::string_view row, bool numbers_may_start_with_zero) {
  for (bool more = true; more;) {
    const std::string_view identifier = take_identifier(row, more);
    if (identifier.empty() || !all_of(identifier, identifier_character)) return false;
    if (!numbers_may_start_with_zero && identifier.size() > 1 && identifier.front() == '0' && all_digits(identifier))
      return false;
  }
  return true;
}

bool take_plain_number(std::string_view& text) {
  const std::string_view number = take_digits(text);
  return !number.empty() && (number.size() == 1 || number.front() != '0');
}

}  // namespace

Semver read_semver(std::string_view text) {
  take_while(text, [](char c) { return blank(c) || c == '=' || c == 'v' || c == 'V'; });
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  Semver version;
  if (const std::size_t plus = text.find('+'); plus != std::string_view::npos) {
    version.has_build = true;
    version.build = text.substr(plus + 1);
    text = text.substr(0, plus);
  }
  std::size_t end = 0;
  while (end < text.size() && digit(text[end])) {
    while (end < text.size() && digit(text[end])) ++end;
    if (end + 1 >= text.size() || text[end] != '.' || !digit(text[end + 1])) break;
    ++end;
  }
  version.numbers = text.substr(0, end);
  version.pre = text.substr(end);
  version.has_pre = !version.pre.empty();
  take(version.pre, '-');
  return version;
}

std::strong_ordering compare_numbers(std::string_view a, std::string_view b) {
  while (!a.empty() || !b.empty()) {
    if (const auto order = compare_digits(take_digits(a), take_digits(b)); order != 0) return order;
    take(a, '.');
    take(b, '.');
  }
  return std::strong_ordering::equal;
}

std::strong_ordering compare_identifiers(std::string_view a, std::string_view b,
                                         std::strong_ordering (*compare_words)(std::string_view, std::string_view)) {
  for (bool more_a = true, more_b = true;;) {
    const std::string_view left = take_identifier(a, more_a);
    const std::string_view right = take_identifier(b, more_b);
    const bool left_is_word = !all_digits(left);
    const bool right_is_word = !all_digits(right);
    if (left_is_word != right_is_word) return left_is_word <=> right_is_word;
    const auto order = left_is_word ? compare_words(left, right) : compare_digits(left, right);
    if (order != 0) return order;
    if (!more_a || !more_b) return more_a <=> more_b;
  }
}

std::strong_ordering compare_semver(std::string_view a, std::string_view b) {
  const Semver left = read_semver(a);
  const Semver right = read_semver(b);
  if (const auto order = compare_numbers(left.numbers, right.numbers); order != 0) return order;
  if (left.has_pre != right.has_pre) return right.has_pre <=> left.has_pre;
  return compare_identifiers(left.pre, right.pre, compare_bytes);
}

bool is_semver(std::string_view text) {
  if (!take_plain_number(text) || !take(text, '.')) return false;
  if (!take_plain_number(text) || !take(text, '.') || !take_plain_number(text)) return false;
  if (take(text, '-')) {
    if (!are_identifiers(take_while(text, [](char c) { return c != '+'; }), false)) return false;
  }
  return text.empty() || (take(text, '+') && are_identifiers(text, true));
}

// node-semver allows one 'v' in front, and numbers and lengths that JavaScript can count with.
bool is_npm(std::string_view text) {
  constexpr std::string_view largest = "9007199254740991";
  take(text, 'v');
  if (text.size() > 256 || !is_semver(text)) return false;
  if (text.size() < largest.size()) return true;
  for (std::string_view numbers = read_semver(text).numbers; !numbers.empty(); take(numbers, '.'))
    if (compare_digits(take_digits(numbers), largest) > 0) return false;
  return true;
}

// A Swift package's version is a tag, with or without 'v'.
bool is_swift(std::string_view text) {
  take(text, 'v');
  return is_semver(text);
}

}  // namespace pratique
