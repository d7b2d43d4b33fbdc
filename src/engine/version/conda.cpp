// Conda (conda.models.version.VersionOrder): [epoch!]version[+local], components between '.', '_' and '-', each a row
// of numbers and words; missing ones are 0. At each place "dev" < other words without case < number < "post".
//
// Fallback for what the grammar forbids: an epoch that is no number belongs to the version, the first '+' begins the
// local version, an empty component is 0.
#include "engine/version/order.h"

namespace pratique {
namespace {

struct Conda {
  std::string_view epoch;
  std::string_view version;
  std::string_view local;
};

Conda read_conda(std::string_view text) {
  take_while(text, blank);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  Conda parts;
  std::string_view rest = text;
  if (const std::string_view epoch = take_digits(rest); !epoch.empty() && take(rest, '!')) {
    parts.epoch = epoch;
    text = rest;
  }
  const std::size_t plus = text.find('+');
  parts.version = text.substr(0, plus);
  if (plus != std::string_view::npos) parts.local = text.substr(plus + 1);
  return parts;
}

constexpr auto separator = [](char c) { return c == '.' || c == '_' || c == '-'; };

enum class Kind { dev, word, number, post };

struct Token {
  Kind kind = Kind::number;
  std::string_view text;
};

// Components start with a number, so one that starts with a word has a 0 in front.
Token take_token(std::string_view& component, bool at_begin) {
  if (component.empty() || (at_begin && !digit(component.front()))) return {};
  if (digit(component.front())) return {Kind::number, take_digits(component)};
  const std::string_view word = take_while(component, [](char c) { return !digit(c); });
  if (equal_folded(word, "dev")) return {Kind::dev, {}};
  if (equal_folded(word, "post")) return {Kind::post, {}};
  return {Kind::word, word};
}

std::strong_ordering compare_components(std::string_view a, std::string_view b) {
  for (bool at_begin = true; at_begin || !a.empty() || !b.empty(); at_begin = false) {
    const Token left = take_token(a, at_begin);
    const Token right = take_token(b, at_begin);
    if (left.kind != right.kind) return left.kind <=> right.kind;
    const auto order =
        left.kind == Kind::number ? compare_digits(left.text, right.text) : compare_folded(left.text, right.text);
    if (order != 0) return order;
  }
  return std::strong_ordering::equal;
}

// An underscore or hyphen at the very end belongs to the last component ("1.0.1_" < "1.0.1a", for openssl).
std::string_view take_component(std::string_view& text) {
  std::size_t end = 0;
  while (end < text.size() && !(separator(text[end]) && (text[end] == '.' || end + 1 < text.size()))) ++end;
  const std::string_view component = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return component;
}

std::strong_ordering compare_rows(std::string_view a, std::string_view b) {
  while (!a.empty() || !b.empty())
    if (const auto order = compare_components(take_component(a), take_component(b)); order != 0) return order;
  return std::strong_ordering::equal;
}

}  // namespace

std::strong_ordering compare_conda(std::string_view a, std::string_view b) {
  const Conda left = read_conda(a);
  const Conda right = read_conda(b);
  if (const auto order = compare_digits(left.epoch, right.epoch); order != 0) return order;
  if (const auto order = compare_rows(left.version, right.version); order != 0) return order;
  return compare_rows(left.local, right.local);
}

bool is_conda(std::string_view text) {
  const Conda parts = read_conda(text);
  const auto is_part = [](std::string_view part) {
    if (part.find('-') != std::string_view::npos && part.find('_') != std::string_view::npos) return false;
    if (part.size() > 1 && (part.back() == '_' || part.back() == '-')) part.remove_suffix(1);
    bool at_begin = true;
    for (const char c : part) {
      if (separator(c) ? at_begin : !alnum(c)) return false;
      at_begin = separator(c);
    }
    return !at_begin;
  };
  return is_part(parts.version) && (text.find('+') == std::string_view::npos || is_part(parts.local));
}

}  // namespace pratique
