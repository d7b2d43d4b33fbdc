// Composer (PHP's version_compare, as OSV has it for Packagist, with the "v" in front that Composer drops): parts
// between dots, '-', '_', '+' and changes between digits and others. At each place
//   other words < dev < alpha = a < beta = b < rc = RC < # = the end < number < pl = p
// Words that share a rank are equal; a known word may have anything behind it ("b" is "beta"). As in PHP, case counts:
// "BETA" is an other word.
//
// Fallback: any text is such a row. A branch ("dev-main") starts with "dev" or an other word and so comes before all
// releases.
#include <array>
#include <utility>

#include "engine/version/order.h"

namespace pratique {
namespace {

enum class Kind { other, dev, alpha, beta, candidate, end, number, patch };

struct Token {
  Kind kind = Kind::end;
  std::string_view digits;
};

Kind kind_of_word(std::string_view word) {
  constexpr std::array<std::pair<std::string_view, Kind>, 7> beginnings = {{{"dev", Kind::dev},
                                                                            {"a", Kind::alpha},
                                                                            {"b", Kind::beta},
                                                                            {"RC", Kind::candidate},
                                                                            {"rc", Kind::candidate},
                                                                            {"#", Kind::end},
                                                                            {"p", Kind::patch}}};
  for (const auto& [beginning, kind] : beginnings)
    if (word.starts_with(beginning)) return kind;
  return Kind::other;
}

constexpr auto separator = [](char c) { return c == '.' || c == '-' || c == '_' || c == '+'; };

// Only the end of the text gives an end that is over; "#" is a part like the others.
bool take_token(std::string_view& text, Token& token) {
  take_while(text, separator);
  if (text.empty()) {
    token = {};
    return false;
  }
  if (digit(text.front())) {
    token = {Kind::number, take_digits(text)};
  } else {
    token = {kind_of_word(take_while(text, [](char c) { return !digit(c) && !separator(c); })), {}};
  }
  return true;
}

std::string_view without_v(std::string_view text) {
  if (!text.empty() && folded(text.front()) == 'v') text.remove_prefix(1);
  return text;
}

}  // namespace

std::strong_ordering compare_composer(std::string_view a, std::string_view b) {
  a = without_v(a);
  b = without_v(b);
  for (;;) {
    Token left;
    Token right;
    const bool left_goes_on = take_token(a, left);
    const bool right_goes_on = take_token(b, right);
    if (left.kind != right.kind) return left.kind <=> right.kind;
    if (const auto order = compare_digits(left.digits, right.digits); order != 0) return order;
    if (!left_goes_on && !right_goes_on) return std::strong_ordering::equal;
  }
}

// Composer's VersionParser::normalize: one to four numbers, a stability with numbers, "dev"; "+build" is dropped.
bool is_composer(std::string_view text) {
  constexpr std::array<std::string_view, 9> stabilities = {"stable", "beta",  "b",  "rc", "alpha",
                                                           "a",      "patch", "pl", "p"};
  text = without_v(text);
  if (const std::size_t plus = text.find('+'); plus != std::string_view::npos && plus + 1 < text.size())
    text = text.substr(0, plus);
  for (int count = 1;; ++count) {
    if (take_digits(text).empty() || count > 4) return false;
    if (text.size() < 2 || text.front() != '.' || !digit(text[1])) break;
    text.remove_prefix(1);
  }
  if (!text.empty() && separator(text.front())) text.remove_prefix(1);
  std::string_view behind = text;
  const std::string_view word = take_while(behind, alpha);
  if (std::any_of(stabilities.begin(), stabilities.end(), [&](auto name) { return equal_folded(word, name); })) {
    text = behind;
    while (!text.empty()) {
      if (behind.front() == '.' || behind.front() == '-') behind.remove_prefix(1);
      if (take_digits(behind).empty()) break;
      text = behind;
    }
    if (take(text, '.') || take(text, '-')) return equal_folded(text, "dev");
  }
  return text.empty() || equal_folded(text, "dev");
}

}  // namespace pratique
