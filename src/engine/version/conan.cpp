// Conan 2 (conan.internal.model.version): items between dots, then the pre-release behind the first '-', the build
// behind the last '+'. Zeros at the end count for nothing; a pre-release comes before none, a build behind none.
//
// Conan compares a number with a word as text, which goes in circles (2 < "1a" < 100). Here an item is its number and
// what is behind it ("1a" between 1 and 2), words below and above the digits in ASCII stay below and above all numbers.
// Fallback: any text has these parts.
#include "engine/version/order.h"

namespace pratique {
namespace {

struct Conan {
  std::string_view items;
  bool has_pre = false;
  std::string_view pre;
  bool has_build = false;
  std::string_view build;
};

Conan read_conan(std::string_view text) {
  Conan version;
  if (const std::size_t plus = text.rfind('+'); plus != std::string_view::npos) {
    version.has_build = true;
    version.build = text.substr(plus + 1);
    text = text.substr(0, plus);
  }
  if (const std::size_t hyphen = text.find('-'); hyphen != std::string_view::npos) {
    version.has_pre = true;
    version.pre = text.substr(hyphen + 1);
    text = text.substr(0, hyphen);
  }
  version.items = text;
  return version;
}

bool is_zero(std::string_view item) {
  return !item.empty() && all_of(item, [](char c) { return c == '0'; });
}

// The row without the zeros at its end.
std::string_view trimmed(std::string_view items) {
  for (;;) {
    const std::size_t dot = items.rfind('.');
    const std::size_t begin = dot == std::string_view::npos ? 0 : dot + 1;
    if (!is_zero(items.substr(begin))) return items;
    if (begin == 0) return {};
    items = items.substr(0, dot);
  }
}

int rank_of(std::string_view item) {
  if (item.empty() || static_cast<unsigned char>(item.front()) < '0') return 0;
  return digit(item.front()) ? 1 : 2;
}

std::strong_ordering compare_items(std::string_view a, std::string_view b) {
  const int left = rank_of(a);
  const int right = rank_of(b);
  if (left != right) return left <=> right;
  if (left != 1) return compare_bytes(a, b);
  if (const auto order = compare_digits(take_digits(a), take_digits(b)); order != 0) return order;
  return compare_bytes(a, b);
}

// `a` and `b` are trimmed. An empty text between dots is an item too; "" is a row with one only where `has_items` says
// so.
std::strong_ordering compare_rows(std::string_view a, bool a_has_items, std::string_view b, bool b_has_items) {
  while (a_has_items && b_has_items) {
    const auto no_dot = [](char c) { return c != '.'; };
    const std::string_view left = take_while(a, no_dot);
    const std::string_view right = take_while(b, no_dot);
    if (const auto order = compare_items(left, right); order != 0) return order;
    a_has_items = take(a, '.');
    b_has_items = take(b, '.');
  }
  return a_has_items <=> b_has_items;
}

std::strong_ordering compare_rows(std::string_view a, std::string_view b) {
  const std::string_view left = trimmed(a);
  const std::string_view right = trimmed(b);
  return compare_rows(left, !left.empty() || a.empty(), right, !right.empty() || b.empty());
}

}  // namespace

std::strong_ordering compare_conan(std::string_view a, std::string_view b) {
  const Conan left = read_conan(a);
  const Conan right = read_conan(b);
  if (const auto order = compare_rows(left.items, right.items); order != 0) return order;
  if (left.has_pre != right.has_pre) return right.has_pre <=> left.has_pre;
  if (left.has_pre)
    if (const auto order = compare_rows(left.pre, right.pre); order != 0) return order;
  if (left.has_build != right.has_build) return left.has_build <=> right.has_build;
  return left.has_build ? compare_rows(left.build, right.build) : std::strong_ordering::equal;
}

// Conan's references: lower case, at least one and at most a hundred and one characters.
bool is_conan(std::string_view text) {
  return !text.empty() && text.size() <= 101 &&
         (lower_alpha(text.front()) || digit(text.front()) || text.front() == '_') && all_of(text, [](char c) {
           return lower_alpha(c) || digit(c) || c == '_' || c == '+' || c == '.' || c == '-';
         });
}

}  // namespace pratique
