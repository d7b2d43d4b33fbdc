#include "engine/cel/lexer.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/text.h"
#include "engine/cel/utf8.h"

namespace pratique::cel {
namespace {

bool is_hex(char c) { return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'f'); }
bool starts_name(char c) { return is_alpha(c) || c == '_'; }
bool in_name(char c) { return starts_name(c) || is_digit(c); }

std::uint32_t hex_value(char c) { return static_cast<std::uint32_t>(is_digit(c) ? c - '0' : lower(c) - 'a' + 10); }

}  // namespace

Token Lexer::token(TokenKind kind, std::size_t start) const {
  return {kind, static_cast<std::uint32_t>(start), text_.substr(start, at_ - start), {}};
}

Token Lexer::fail(std::size_t offset, std::string text, std::string remedy) {
  issue_ = {static_cast<std::uint32_t>(offset), std::move(text), std::move(remedy)};
  return {TokenKind::failed, static_cast<std::uint32_t>(offset), {}, {}};
}

void Lexer::skip_blanks() {
  for (;;) {
    while (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r' || peek() == '\f') ++at_;
    if (peek() != '/' || peek(1) != '/') return;
    at_ = std::min(text_.find('\n', at_), text_.size());
  }
}

Token Lexer::next() {
  skip_blanks();
  if (at_ >= text_.size()) return token(TokenKind::end, at_);
  const char c = peek();
  if (is_digit(c) || (c == '.' && is_digit(peek(1)))) return read_number();
  if (c == '"' || c == '\'') return read_text(at_, false, false);
  if (starts_name(c)) return read_name();
  if (c == '`') return read_quoted_name();
  return read_symbol();
}

// INT_LIT, UINT_LIT and FLOAT_LIT without the sign.
Token Lexer::read_number() {
  const auto start = at_;
  const bool hexadecimal = peek() == '0' && (peek(1) == 'x' || peek(1) == 'X');
  bool real = false;
  if (hexadecimal) {
    at_ += 2;
    while (is_hex(peek())) ++at_;
  } else {
    while (is_digit(peek())) ++at_;
    if (peek() == '.' && is_digit(peek(1))) {
      real = true;
      for (++at_; is_digit(peek());) ++at_;
    }
    const std::size_t sign = peek(1) == '+' || peek(1) == '-' ? 1 : 0;
    if ((peek() == 'e' || peek() == 'E') && is_digit(peek(1 + sign))) {
      real = true;
      for (at_ += 1 + sign; is_digit(peek());) ++at_;
    }
  }
  const char* first = text_.data() + start;
  const char* last = text_.data() + at_;
  if (real) {
    double value = 0;
    if (std::from_chars(first, last, value).ec != std::errc()) {
      long double wide = 0;  // reaches further down: what is too small for a double is zero, not an error
      const auto read = std::from_chars(first, last, wide);
      value = static_cast<double>(wide);
      if (read.ec != std::errc() || std::isinf(value)) return fail(start, "a double that is out of range");
    }
    auto found = token(TokenKind::literal, start);
    found.literal = Value::from_double(value);
    return found;
  }
  std::uint64_t magnitude = 0;
  const auto read = std::from_chars(first + (hexadecimal ? 2 : 0), last, magnitude, hexadecimal ? 16 : 10);
  if (read.ec == std::errc::invalid_argument) return fail(start, "digits are expected behind '0x'");
  if (read.ec != std::errc()) return fail(start, "an integer that does not fit into 64 bits");
  const bool natural = peek() == 'u' || peek() == 'U';
  if (natural) ++at_;
  if (in_name(peek())) return fail(at_, "a number runs into a name");
  auto found = token(natural ? TokenKind::literal : TokenKind::integer, start);
  found.literal = Value::from_uint(magnitude);
  return found;
}

// A name, or the prefix of a text literal: r, b, rb, br in either case.
Token Lexer::read_name() {
  const auto start = at_;
  bool raw = false, bytes = false;
  for (std::size_t ahead = 0; ahead < 3; ++ahead) {
    const char c = lower(peek(ahead));
    if (c == '"' || c == '\'') {
      at_ += ahead;
      return read_text(start, raw, bytes);
    }
    if (c == 'r' && !raw)
      raw = true;
    else if (c == 'b' && !bytes)
      bytes = true;
    else
      break;
  }
  while (in_name(peek())) ++at_;
  return token(TokenKind::name, start);
}

Token Lexer::read_quoted_name() {
  const auto start = at_++;
  const auto allowed = [](char c) { return in_name(c) || c == '.' || c == '-' || c == '/' || c == ' '; };
  while (allowed(peek())) ++at_;
  if (peek() != '`' || at_ == start + 1)
    return fail(start, "'`' does not quote a field name",
                "letters, digits, '_', '.', '-', '/' and blanks may stand between '`'");
  ++at_;
  auto found = token(TokenKind::quoted_name, start);
  found.text = found.text.substr(1, found.text.size() - 2);
  return found;
}

Token Lexer::read_text(std::size_t start, bool raw, bool bytes) {
  const char quote = peek();
  const bool triple = peek(1) == quote && peek(2) == quote;
  const std::size_t width = triple ? 3 : 1;
  at_ += width;
  const auto body_start = at_;
  bool escapes = false;
  for (;; ++at_) {
    if (at_ >= text_.size()) return fail(start, "a string that does not end", "close it with the quote it began with");
    const char c = peek();
    if (c == quote && (!triple || (peek(1) == quote && peek(2) == quote))) break;
    if (!triple && (c == '\n' || c == '\r'))
      return fail(start, "a string that does not end on its line", "close it, or write it between three quotes");
    if (c == '\\' && !raw) {
      escapes = true;
      ++at_;
    }
  }
  auto body = text_.substr(body_start, at_ - body_start);
  at_ += width;
  if (escapes && !unescape(body, body_start, bytes, body)) return {TokenKind::failed, issue_.offset, {}, {}};
  auto found = token(TokenKind::literal, start);
  found.literal = bytes ? Value::bytes(body) : Value::text(body);
  return found;
}

bool Lexer::unescape(std::string_view body, std::size_t offset, bool bytes, std::string_view& out) {
  auto* const buffer = static_cast<char*>(arena_.allocate(body.size(), 1));  // no escape is shorter than what it means
  char* end = buffer;
  for (std::size_t at = 0; at < body.size();) {
    if (body[at] != '\\')
      *end++ = body[at++];
    else if (!read_escape(body, at, offset, bytes, end))
      return false;
  }
  out = {buffer, static_cast<std::size_t>(end - buffer)};
  return true;
}

bool Lexer::read_escape(std::string_view body, std::size_t& at, std::size_t offset, bool bytes, char*& out) {
  const auto bad = [&](std::string text) {
    fail(offset + at, std::move(text), "double the backslash, or put r in front of the quote");
    return false;
  };
  constexpr std::string_view letters = "abfnrtv\\?\"'`", meanings = "\a\b\f\n\r\t\v\\?\"'`";
  const char c = at + 1 < body.size() ? body[at + 1] : '\0';
  if (const auto place = letters.find(c); c != '\0' && place != std::string_view::npos) {
    *out++ = meanings[place];
    at += 2;
    return true;
  }
  const bool octal = c >= '0' && c <= '3';
  const std::size_t digits = octal ? 3 : c == 'x' || c == 'X' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
  const std::size_t first = at + (octal ? 1 : 2);
  if (digits == 0) return bad("'\\" + std::string(1, c) + "' is no escape sequence");
  if (bytes && digits > 3) return bad("a code point in bytes");
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    const char digit = first + i < body.size() ? body[first + i] : '\0';
    if (octal ? digit < '0' || digit > '7' : !is_hex(digit)) return bad("an escape sequence with too few digits");
    value = value * (octal ? 8 : 16) + hex_value(digit);
  }
  if (bytes)
    *out++ = static_cast<char>(value);
  else if (is_scalar(value))
    out += encode_utf8(value, out);
  else
    return bad("an escape sequence that is no Unicode scalar value");
  at = first + digits;
  return true;
}

Token Lexer::read_symbol() {
  const auto start = at_;
  const auto pair = text_.substr(at_, 2);
  for (const std::string_view two : {"&&", "||", "==", "!=", "<=", ">="})
    if (pair == two) {
      at_ += 2;
      return token(TokenKind::symbol, start);
    }
  constexpr std::string_view singles = ".,?:()[]{}+-*/%!<>";
  if (singles.find(peek()) == std::string_view::npos) {
    std::size_t end = at_;
    decode_utf8(text_, end);
    return fail(start, "'" + printable(text_.substr(start, end - start)) + "' has no meaning here",
                peek() == '='                    ? "compare with '=='"
                : peek() == '&' || peek() == '|' ? "write it twice"
                                                 : "");
  }
  ++at_;
  return token(TokenKind::symbol, start);
}

}  // namespace pratique::cel
