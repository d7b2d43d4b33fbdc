// RubyGems (Gem::Version): numbers and words, a word before a number, the missing one 0; "-" means ".pre.". CocoaPods
// compares the same way. Zeros right before the first word count for nothing, as those at the end.
//
// Fallback: whatever is neither letter nor digit separates.
#include "engine/version/order.h"

namespace pratique {
namespace {

struct Token {
  bool is_end = false;
  bool is_number = true;
  std::string_view text;  // of a number: without leading zeros

  bool is_zero() const { return !is_end && is_number && text.empty(); }
};

Token take_raw(std::string_view& text) {
  take_while(text, [](char c) { return !alnum(c) && c != '-'; });
  if (text.empty()) return {true, true, {}};
  if (take(text, '-')) return {false, false, "pre"};
  if (digit(text.front())) return {false, true, without_zeros(take_digits(text))};
  return {false, false, take_while(text, alpha)};
}

class Row {
 public:
  explicit Row(std::string_view text) : rest_(text) {}

  Token take_token() {
    if (may_drop_) drop_zeros();
    return take_raw(rest_);
  }

 private:
  // Each run of zeros is looked through once: `kept_` is what is left behind the zeros that stay.
  void drop_zeros() {
    if (rest_.size() > kept_) return;
    for (std::string_view ahead = rest_;;) {
      const std::string_view before = ahead;
      const Token token = take_raw(ahead);
      if (token.is_zero()) continue;
      may_drop_ = !token.is_end && token.is_number;
      if (!may_drop_) rest_ = before;
      kept_ = ahead.size();
      return;
    }
  }

  std::string_view rest_;
  std::size_t kept_ = static_cast<std::size_t>(-1);
  bool may_drop_ = true;  // no word was seen
};

}  // namespace

std::strong_ordering compare_gem(std::string_view a, std::string_view b) {
  Row row_a(a);
  Row row_b(b);
  for (;;) {
    const Token left = row_a.take_token();
    const Token right = row_b.take_token();
    if (left.is_end && right.is_end) return std::strong_ordering::equal;
    if (left.is_number != right.is_number) return left.is_number <=> right.is_number;
    const auto order = left.is_number ? compare_digits(left.text, right.text) : compare_bytes(left.text, right.text);
    if (order != 0) return order;
  }
}

bool is_gem(std::string_view text) {
  const auto segments = [&](auto allowed) {
    do {
      if (take_while(text, allowed).empty()) return false;
    } while (take(text, '.'));
    return true;
  };
  take_while(text, blank);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  if (text.empty() || !digit(text.front())) return false;
  if (take_digits(text).empty() || (take(text, '.') && !segments(alnum))) return false;
  return text.empty() || (take(text, '-') && segments([](char c) { return alnum(c) || c == '-'; }) && text.empty());
}

}  // namespace pratique
