// Text to tokens: the lexis of the CEL language definition, section "Syntax". Private.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "engine/cel/issue.h"
#include "engine/cel/value.h"

namespace pratique::cel {

enum class TokenKind : std::uint8_t {
  end,
  name,         // also a reserved word
  quoted_name,  // `a-b`
  literal,      // text, bytes, uint, double
  integer,      // a magnitude; the parser puts the sign to it
  symbol,       // one of . , ? : ( ) [ ] { } + - * / % ! < > <= >= == != && ||
  failed,
};

struct Token {
  TokenKind kind = TokenKind::end;
  std::uint32_t offset = 0;
  std::string_view text;  // the token itself; of a quoted name what is between the quotes
  Value literal;          // of literal; of integer its magnitude as a uint
};

class Lexer {
 public:
  // Text with escapes is unescaped into `arena`.
  Lexer(std::string_view text, Arena& arena) : text_(text), arena_(arena) {}
  Token next();
  const Issue& issue() const { return issue_; }  // behind a failed token

 private:
  Token token(TokenKind kind, std::size_t start) const;
  Token fail(std::size_t offset, std::string text, std::string remedy = {});
  void skip_blanks();
  Token read_number();
  Token read_name();
  Token read_quoted_name();
  Token read_text(std::size_t start, bool raw, bool bytes);
  Token read_symbol();
  bool unescape(std::string_view body, std::size_t offset, bool bytes, std::string_view& out);
  bool read_escape(std::string_view body, std::size_t& at, std::size_t offset, bool bytes, char*& out);
  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

  std::string_view text_;
  Arena& arena_;
  std::size_t at_ = 0;
  Issue issue_;
};

}  // namespace pratique::cel
