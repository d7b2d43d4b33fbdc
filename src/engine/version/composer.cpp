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

bool separator(char c) { return c == '.' || c == '-' || c == '_' || c == '+'; }

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

// VersionParser::normalize: one to four numbers, a stability with a number, a branch.
bool is_composer(std::string_view text) {
  text = without_v(text);
  if (const std::size_t build = text.find('+'); build != std::string_view::npos && build > 0)
    text = text.substr(0, build);
  for (int count = 1;; ++count) {
    if (take_digits(text).empty() || count > 4) return false;
    if (text.size() < 2 || text.front() != '.' || !digit(text[1])) break;
    text.remove_prefix(1);
  }
  const auto take_mark = [&] {
    if (!text.empty() && separator(text.front())) text.remove_prefix(1);
  };
  for (int stage = 0; stage < 2 && !text.empty(); ++stage) {
    take_mark();
    const std::string_view word = take_while(text, alpha);
    constexpr std::array<std::string_view, 11> known = {"stable", "beta", "b", "rc",  "alpha", "a",
                                                        "patch",  "pl",   "p", "dev", "d"};
    if (std::none_of(known.begin(), known.end(), [&](std::string_view k) { return equal_folded(word, k); }))
      return false;
    while (!text.empty() &&
           (digit(text.front()) || text.front() == '.' || (text.front() == '-' && text.size() > 1 && digit(text[1]))))
      text.remove_prefix(1);
  }
  return text.empty();
}

}  // namespace pratique
