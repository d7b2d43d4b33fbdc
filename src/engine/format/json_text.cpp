#include "engine/format/json_text.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <vector>

#include "base/text.h"

namespace pratique {

namespace {

bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

// Eight bytes at a time: the high bit of a byte in the answer says that this byte, or one of lower address, is one
// looked for.
constexpr std::uint64_t each(std::uint8_t byte) { return byte * std::uint64_t{0x0101010101010101}; }
constexpr std::uint64_t zero_bytes(std::uint64_t word) { return (word - each(0x01)) & ~word & each(0x80); }

std::uint64_t eight(const char* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  return word;
}

// A quote, a backslash or a control character.
const char* to_end_of_plain(const char* at, const char* end) {
  for (; end - at >= 8; at += 8) {
    const std::uint64_t word = eight(at);
    const std::uint64_t control = (word - each(0x20)) & ~word & each(0x80);
    if (zero_bytes(word ^ each('"')) | zero_bytes(word ^ each('\\')) | control) break;
  }
  while (at < end && *at != '"' && *at != '\\' && static_cast<unsigned char>(*at) >= 0x20) ++at;
  return at;
}

// A quote or a bracket of either kind; '[' and '{', ']' and '}' differ in one bit.
const char* to_quote_or_bracket(const char* at, const char* end) {
  constexpr std::uint64_t bit = each(0x20);
  for (; end - at >= 8; at += 8) {
    const std::uint64_t word = eight(at) | bit;
    if (zero_bytes(word ^ each('"')) | zero_bytes(word ^ each('{')) | zero_bytes(word ^ each('}'))) break;
  }
  while (at < end && *at != '"' && *at != '{' && *at != '[' && *at != '}' && *at != ']') ++at;
  return at;
}

Reached scalar_end(const char* at, const char* end) {
  while (at < end && !is_blank(*at) && *at != ',' && *at != '}' && *at != ']') ++at;
  return {at};
}

bool is_hex(char c) { return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'f'); }

}  // namespace

const char* after_blanks(const char* at, const char* end) {
  while (at != end && is_blank(*at)) ++at;
  return at;
}

std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  return text;
}

Reached string_end(const char* at, const char* end, bool& escaped) {
  for (;; at += 2) {
    at = to_end_of_plain(at, end);
    if (at >= end) return {end, "the document ends inside a string"};
    if (*at == '"') return {at + 1};
    if (*at != '\\') return {at, "a control character in a string"};
    escaped = true;
  }
}

Reached value_end(const char* at, const char* end, std::size_t depth_left) {
  if (at >= end || (*at != '"' && *at != '{' && *at != '[')) return scalar_end(at, end);
  std::vector<char> open;  // the brackets that would close what is open
  bool escaped = false;
  do {
    at = to_quote_or_bracket(at, end);
    if (at >= end) break;
    const char c = *at++;
    if (c == '"') {
      const Reached closed = string_end(at, end, escaped);
      if (closed.what) return closed;
      at = closed.at;
    } else if (c == '{' || c == '[') {
      if (open.size() >= depth_left) return {at - 1, "nested deeper than the limit", Fault::limit};
      open.push_back(c == '{' ? '}' : ']');
    } else if (open.back() != c) {
      return {at - 1, c == '}' ? "']' expected, found '}'" : "'}' expected, found ']'"};
    } else {
      open.pop_back();
    }
  } while (!open.empty());
  if (open.empty()) return {at};
  return {end, open.back() == '}' ? "the document ends inside an object" : "the document ends inside an array"};
}

bool is_json_number(std::string_view text) {
  const auto digits = [&] {
    const auto count = std::min(text.find_first_not_of("0123456789"), text.size());
    text.remove_prefix(count);
    return count;
  };
  if (text.starts_with('-')) text.remove_prefix(1);
  const bool zero = text.starts_with('0');
  const auto whole = digits();
  if (whole == 0 || (zero && whole > 1)) return false;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    if (digits() == 0) return false;
  }
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
    if (digits() == 0) return false;
  }
  return text.empty();
}

const char* bad_escape(std::string_view inner) {
  for (auto at = inner.find('\\'); at != std::string_view::npos; at = inner.find('\\', at + 2)) {
    const char c = at + 1 < inner.size() ? inner[at + 1] : '\0';
    const std::string_view hex = inner.substr(std::min(at + 2, inner.size()), 4);
    const bool good = c == 'u' ? hex.size() == 4 && std::all_of(hex.begin(), hex.end(), is_hex)
                               : c != '\0' && std::string_view("\"\\/bfnrt").find(c) != std::string_view::npos;
    if (!good) return inner.data() + at;
  }
  return nullptr;
}

}  // namespace pratique
