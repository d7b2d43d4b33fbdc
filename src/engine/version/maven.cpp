// Maven (maven.apache.org/pom.html, "Version Order Specification"; ComparableVersion of Maven 3).
//
// A version is a row of numbers and qualifiers, each behind a '.' or a '-'; a change between digits and other
// characters is a '-'. Null values (0, "", ga, final, release) go when only nulls stand between them and the end or a
// '-'. At each place
//   .qualifier from before the release (alpha = a1 < beta = b1 < milestone = m1 < rc = cr < snapshot) < the same behind
//   '-' < the end < .sp < .word < -sp < -word < -number < .number
// A null that stays because a ".alpha" follows comes right before the end: 1-rc1 < 1.0.rc1 < 1.0 < 1-foo.
//
// Maven's own comparison goes in circles there (1.0.rc1 < 1 < 1-foo < 1.0.rc1), and where 1.sp meets 1-alpha; this
// order is total and agrees with it elsewhere. Any text is a row, so the fallback is the same order.
#include <array>
#include <utility>

#include "engine/version/order.h"

namespace pratique {
namespace {

enum class Kind { alpha, beta, milestone, candidate, snapshot, sinking, end, release, service_pack, word, number };

struct Token {
  Kind kind = Kind::end;
  bool behind_hyphen = false;
  std::string_view text;

  bool is_null() const { return kind == Kind::release || (kind == Kind::number && without_zeros(text).empty()); }
  bool is_before_release() const { return kind < Kind::sinking; }
  // What is compared before the qualifier, the number and the word.
  int rank() const {
    if (is_before_release()) return behind_hyphen ? 1 : 0;
    if (kind <= Kind::release) return 2 + static_cast<int>(kind) - static_cast<int>(Kind::sinking);
    if (kind == Kind::number) return behind_hyphen ? 7 : 8;
    return behind_hyphen ? 6 : 5;
  }
};

constexpr std::array<std::pair<std::string_view, Kind>, 11> qualifiers = {{{"alpha", Kind::alpha},
                                                                           {"beta", Kind::beta},
                                                                           {"milestone", Kind::milestone},
                                                                           {"rc", Kind::candidate},
                                                                           {"cr", Kind::candidate},
                                                                           {"snapshot", Kind::snapshot},
                                                                           {"ga", Kind::release},
                                                                           {"final", Kind::release},
                                                                           {"release", Kind::release},
                                                                           {"sp", Kind::service_pack},
                                                                           {"", Kind::release}}};

Kind kind_of_word(std::string_view word, bool number_follows) {
  if (number_follows && word.size() == 1) {
    const char c = folded(word.front());
    if (c == 'a') return Kind::alpha;
    if (c == 'b') return Kind::beta;
    if (c == 'm') return Kind::milestone;
  }
  for (const auto& [name, kind] : qualifiers)
    if (equal_folded(word, name)) return kind;
  return Kind::word;
}

// The tokens of one text from left to right, nulls included.
struct Cursor {
  std::string_view rest;
  bool hyphen = false;  // what stands before the next token

  Token take_token() {
    Token token;
    if (rest.empty()) return token;
    token.behind_hyphen = hyphen;
    if (digit(rest.front()) || rest.front() == '.' || rest.front() == '-') {
      token.kind = Kind::number;
      token.text = take_digits(rest);  // nothing between two separators is 0
    } else {
      token.text = take_while(rest, [](char c) { return !digit(c) && c != '.' && c != '-'; });
      token.kind = kind_of_word(token.text, !rest.empty() && digit(rest.front()));
    }
    hyphen = !take(rest, '.');
    if (hyphen) take(rest, '-');
    return token;
  }
};

// The tokens without the nulls that go. Linear: a run of nulls is looked through once, and what stays is remembered.
class Row {
 public:
  explicit Row(std::string_view text) : cursor_{text} {}

  Token take_token() {
    if (!first_ && cursor_.rest.size() <= unread_behind_kept_ && may_be_null()) drop_nulls();
    first_ = false;
    Token token = cursor_.take_token();
    if (sinks_ && token.is_null()) token.kind = Kind::sinking;
    return token;
  }

 private:
  bool may_be_null() const {
    constexpr std::string_view beginnings = "0.-gGfFrR";
    return !cursor_.rest.empty() && beginnings.find(cursor_.rest.front()) != std::string_view::npos;
  }

  void drop_nulls() {
    Cursor kept = cursor_;
    for (Cursor ahead = cursor_;;) {
      const Cursor before = ahead;
      const Token token = ahead.take_token();
      if (token.behind_hyphen || token.kind == Kind::end) kept = before;
      if (token.is_null()) continue;
      cursor_ = kept;
      unread_behind_kept_ = ahead.rest.size();
      sinks_ = token.is_before_release();
      return;
    }
  }

  Cursor cursor_;
  bool first_ = true;
  bool sinks_ = false;  // the nulls that are kept stand before a qualifier from before the release
  std::size_t unread_behind_kept_ = static_cast<std::size_t>(-1);
};

std::strong_ordering compare_tokens(const Token& a, const Token& b) {
  if (const int left = a.rank(), right = b.rank(); left != right) return left <=> right;
  if (a.kind != b.kind) return a.kind <=> b.kind;
  if (a.kind == Kind::number) return compare_digits(a.text, b.text);
  return a.kind == Kind::word ? compare_folded(a.text, b.text) : std::strong_ordering::equal;
}

}  // namespace

std::strong_ordering compare_maven(std::string_view a, std::string_view b) {
  Row left(a);
  Row right(b);
  for (;;) {
    const Token token = left.take_token();
    if (const auto order = compare_tokens(token, right.take_token()); order != 0 || token.kind == Kind::end)
      return order;
  }
}

bool is_maven(std::string_view text) {
  constexpr std::string_view forbidden = "\\/:\"<>|?*[](){},";
  return !text.empty() && digit(text.front()) &&
         all_of(text, [&](char c) { return c > ' ' && c < 0x7f && forbidden.find(c) == std::string_view::npos; });
}

}  // namespace pratique
