// The order of versions that have no scheme of their own: natural order of numbers and words, after libversion.
//
// A version is a row of numbers and words; everything else separates, and a 'v' in front of a number goes. At each
// place
//   other words ("rc") < 0 = "final" = the end < words after a release ("post", "p1") < a letter ("1.0.2k") < number
// Any text is such a row; one without a digit is no version, and is_generic says so.
#include <array>

#include "engine/version/order.h"

namespace pratique {
namespace {

enum class Kind { before, zero, after, letter, number };

struct Token {
  Kind kind = Kind::zero;
  std::string_view text;
};

constexpr auto in_word = [](char c) { return alpha(c) || static_cast<unsigned char>(c) >= 0x80; };

Kind kind_of_word(std::string_view word, bool number_before, bool number_behind) {
  constexpr std::array<std::string_view, 6> after = {"p", "pl", "post", "patch", "errata", "sp"};
  constexpr std::array<std::string_view, 4> release = {"final", "ga", "release", "stable"};
  const auto is_word = [&](std::string_view name) { return equal_folded(word, name); };
  if (word.size() == 1 && number_before && !number_behind) return Kind::letter;
  if (std::any_of(after.begin(), after.end(), is_word)) return Kind::after;
  return std::any_of(release.begin(), release.end(), is_word) ? Kind::zero : Kind::before;
}

class Row {
 public:
  explicit Row(std::string_view text) : rest_(text) {
    if (rest_.size() > 1 && folded(rest_[0]) == 'v' && digit(rest_[1])) rest_.remove_prefix(1);
  }

  bool at_end() const { return rest_.empty(); }

  // Zero for ever behind the end.
  Token take_token() {
    if (!take_while(rest_, [](char c) { return !digit(c) && !in_word(c); }).empty()) number_before_ = false;
    if (rest_.empty()) return {};
    if (digit(rest_.front())) {
      number_before_ = true;
      const std::string_view number = without_zeros(take_digits(rest_));
      return {number.empty() ? Kind::zero : Kind::number, number};
    }
    const std::string_view word = take_while(rest_, in_word);
    const Kind kind = kind_of_word(word, number_before_, !rest_.empty() && digit(rest_.front()));
    number_before_ = false;
    return {kind, kind == Kind::zero ? std::string_view{} : word};
  }

 private:
  std::string_view rest_;
  bool number_before_ = false;
};

}  // namespace

std::strong_ordering compare_generic(std::string_view a, std::string_view b) {
  Row row_a(a);
  Row row_b(b);
  while (!row_a.at_end() || !row_b.at_end()) {
    const Token left = row_a.take_token();
    const Token right = row_b.take_token();
    if (left.kind != right.kind) return left.kind <=> right.kind;
    const auto order =
        left.kind == Kind::number ? compare_digits(left.text, right.text) : compare_folded(left.text, right.text);
    if (order != 0) return order;
  }
  return std::strong_ordering::equal;
}

bool is_generic(std::string_view text) { return std::any_of(text.begin(), text.end(), digit); }

}  // namespace pratique
