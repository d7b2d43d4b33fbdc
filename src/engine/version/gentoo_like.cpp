// Numbers and letters are compared first, then suffixes, then the revision (none is 0). What cannot be read stays over:
// a text with such a rest comes before the same text without it, and rests are compared as bytes, except that a rest
// behind the revision or starting with '-' is only there or not.
#include "engine/version/gentoo_like.h"

namespace pratique {
namespace {

// The order of what may stand at one place of the numbers: "1.2" < "1.2b" < "1.2b1" < "1.2.0".
enum class Kind { end, letter, number_behind_letter, number };

struct Token {
  Kind kind = Kind::end;
  std::string_view text;
};

class Numbers {
 public:
  Numbers(const GentooLike& rules, std::string_view text) : rules_(rules), rest_(text) {}

  Token take_token() {
    const Kind before = last_;
    if (before == Kind::end && !first_) return {};
    if (first_) {
      first_ = false;
      return number(Kind::number);
    }
    if (before != Kind::letter && rest_.size() > 1 && rest_[0] == '.' && digit(rest_[1])) {
      rest_.remove_prefix(1);
      return number(Kind::number);
    }
    if (before == Kind::letter && rules_.has_number_behind_letter) return number(Kind::number_behind_letter);
    if (before == Kind::number && !rest_.empty() && lower_alpha(rest_.front())) {
      last_ = Kind::letter;
      const Token letter{Kind::letter, rest_.substr(0, 1)};
      rest_.remove_prefix(1);
      return letter;
    }
    last_ = Kind::end;
    return {};
  }

  std::string_view rest() const { return rest_; }

 private:
  Token number(Kind kind) {
    const std::string_view digits = take_digits(rest_);
    last_ = digits.empty() ? Kind::end : kind;
    return {last_, digits};
  }

  const GentooLike& rules_;
  std::string_view rest_;
  bool first_ = true;
  Kind last_ = Kind::end;
};

// What Numbers walks over, in one go; false when there is no number.
bool skip_numbers(const GentooLike& rules, std::string_view& text) {
  const auto number_follows = [&] { return text.size() > 1 && text[0] == '.' && digit(text[1]); };
  if (take_digits(text).empty()) return false;
  do {
    while (number_follows()) {
      text.remove_prefix(1);
      take_digits(text);
    }
    if (text.empty() || !lower_alpha(text.front())) return true;
    text.remove_prefix(1);
  } while (rules.has_number_behind_letter && !take_digits(text).empty() && number_follows());
  return true;
}

std::strong_ordering compare_fractions(const GentooLike& rules, std::string_view a, std::string_view b) {
  const bool left = a.front() == '0';
  const bool right = b.front() == '0';
  if (!left && !right) return compare_digits(a, b);
  if (left != right) return right <=> left;
  if (rules.drops_zeros_at_the_end) {
    a = a.substr(0, a.find_last_not_of('0') + 1);
    b = b.substr(0, b.find_last_not_of('0') + 1);
  }
  return compare_bytes(a, b);
}

// Takes "_rc2" off the front; the rank is that of `release` when there is none.
struct Suffix {
  std::size_t rank = 0;
  std::string_view number;
};
Suffix take_suffix(const GentooLike& rules, std::string_view& text) {
  if (!text.empty() && text.front() == '_') {
    std::string_view rest = text.substr(1);
    const std::string_view word = take_while(rest, lower_alpha);
    for (std::size_t i = 0; i < rules.suffixes.size(); ++i)
      if (word == rules.suffixes[i]) {
        text = rest;
        return {i, take_digits(text)};
      }
  }
  return {rules.release, {}};
}

struct Tail {
  std::string_view revision;
  std::string_view rest;
};
Tail read_tail(const GentooLike& rules, std::string_view text) {
  if (rules.has_commit_hash && !text.empty() && text.front() == '~') {
    std::string_view behind = text.substr(1);
    if (!take_while(behind, [](char c) { return digit(c) || (c >= 'a' && c <= 'f'); }).empty()) text = behind;
  }
  Tail tail;
  const bool has_revision = text.size() > 1 && text[0] == '-' && text[1] == 'r';
  if (has_revision) {
    text.remove_prefix(2);
    tail.revision = take_digits(text);
  }
  const bool opaque = !text.empty() && (has_revision || text.front() == '-');
  tail.rest = opaque ? std::string_view("-") : text;
  return tail;
}

std::strong_ordering compare_tails(const Tail& a, const Tail& b) {
  if (const auto order = compare_digits(a.revision, b.revision); order != 0) return order;
  if (a.rest.empty() || b.rest.empty()) return a.rest.empty() <=> b.rest.empty();
  return compare_bytes(a.rest, b.rest);
}

}  // namespace

std::strong_ordering compare_gentoo_like(const GentooLike& rules, std::string_view a, std::string_view b) {
  Numbers numbers_a(rules, a);
  Numbers numbers_b(rules, b);
  for (bool first = true;; first = false) {
    const Token left = numbers_a.take_token();
    const Token right = numbers_b.take_token();
    if (left.kind != right.kind) return left.kind <=> right.kind;
    if (left.kind == Kind::end) break;
    const auto order = left.kind == Kind::letter            ? compare_bytes(left.text, right.text)
                       : first || left.kind != Kind::number ? compare_digits(left.text, right.text)
                                                            : compare_fractions(rules, left.text, right.text);
    if (order != 0) return order;
  }
  std::string_view rest_a = numbers_a.rest();
  std::string_view rest_b = numbers_b.rest();
  for (;;) {
    const Suffix left = take_suffix(rules, rest_a);
    const Suffix right = take_suffix(rules, rest_b);
    if (left.rank != right.rank) return left.rank <=> right.rank;
    if (const auto order = compare_digits(left.number, right.number); order != 0) return order;
    if (left.rank == rules.release) break;
  }
  return compare_tails(read_tail(rules, rest_a), read_tail(rules, rest_b));
}

bool is_gentoo_like(const GentooLike& rules, std::string_view text) {
  if (!skip_numbers(rules, text)) return false;
  while (take_suffix(rules, text).rank != rules.release) continue;
  const Tail tail = read_tail(rules, text);
  return tail.rest.empty() && !text.ends_with("-r");
}

}  // namespace pratique
