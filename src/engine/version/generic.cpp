// The order of versions that have no scheme of their own: natural order of numbers and words, after libversion.
//
// A version is a row of numbers and words; everything else separates. Rows are compared part by part, the shorter one
// padded with zeros: word before a release ("rc") < 0 < word after a release ("post", "p") < number above 0 < letter
// behind a number ("1.0.2k"). An unknown word counts as before the release.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "engine/version/order.h"

namespace pratique {
namespace {

enum class Kind { before, zero, after, number, letter };

struct Part {
  Kind kind = Kind::zero;
  std::string_view text;
};

bool is_word(char c) { return is_alpha(c) || static_cast<unsigned char>(c) >= 0x80; }

std::size_t run_of(std::string_view text, bool (*belongs)(char)) {
  std::size_t length = 0;
  while (length < text.size() && belongs(text[length])) ++length;
  return length;
}

Kind kind_of_word(std::string_view word) {
  constexpr std::array<std::string_view, 6> after = {"p", "pl", "post", "patch", "errata", "sp"};
  const bool found = std::any_of(after.begin(), after.end(), [&](auto w) { return equal_ignoring_case(w, word); });
  return found ? Kind::after : Kind::before;
}

// Takes the next part off the front; zero for ever at the end.
Part take_part(std::string_view& text) {
  while (!text.empty() && !is_digit(text.front()) && !is_word(text.front())) text.remove_prefix(1);
  if (text.empty()) return {};
  const bool digits = is_digit(text.front());
  std::string_view run = text.substr(0, run_of(text, digits ? is_digit : is_word));
  const char* before = run.data();
  text.remove_prefix(run.size());
  if (digits) {
    run.remove_prefix(std::min(run.find_first_not_of('0'), run.size()));
    return {run.empty() ? Kind::zero : Kind::number, run};
  }
  (void)before;
  return {kind_of_word(run), run};
}

std::strong_ordering compare_words(std::string_view a, std::string_view b) {
  const std::size_t common = std::min(a.size(), b.size());
  for (std::size_t i = 0; i < common; ++i)
    if (const auto order = static_cast<unsigned char>(lower(a[i])) <=> static_cast<unsigned char>(lower(b[i]));
        order != 0)
      return order;
  return a.size() <=> b.size();
}

}  // namespace

std::strong_ordering compare_generic(std::string_view a, std::string_view b) {
  while (!a.empty() || !b.empty()) {
    const Part left = take_part(a);
    const Part right = take_part(b);
    if (left.kind != right.kind) return left.kind <=> right.kind;
    const auto order =
        left.kind == Kind::number ? compare_digits(left.text, right.text) : compare_words(left.text, right.text);
    if (order != 0) return order;
  }
  return std::strong_ordering::equal;
}

bool is_generic(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return is_digit(c) || is_word(c); });
}

}  // namespace pratique
