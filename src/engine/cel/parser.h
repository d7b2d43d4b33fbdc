// Tokens to tree by recursive descent: the grammar of the CEL language definition, section "Syntax", with the optional
// syntax (.?, [?], {?k: v}). Macros are expanded as their call is read. Private.
#pragma once

#include <initializer_list>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/cel/ast.h"
#include "engine/cel/lexer.h"

namespace pratique::cel {

class Parser {
 public:
  Parser(std::string_view text, const ParseLimits& limits) : text_(text), limits_(limits), lexer_(text, ast_.arena) {}
  std::variant<Ast, Issue> run();

 private:
  // Each gives no_expr once an issue was found.
  ExprId read_expr();
  ExprId read_either();
  ExprId read_both();
  ExprId read_relation();
  ExprId read_addition();
  ExprId read_multiplication();
  ExprId read_unary();
  ExprId read_member();
  ExprId read_primary();
  ExprId read_name(bool rooted);
  ExprId read_select(ExprId target);
  ExprId read_index(ExprId target);
  ExprId read_list();
  ExprId read_map();
  ExprId read_object(ExprId type);
  ExprId read_negative(std::uint32_t offset, bool odd);
  bool read_arguments(std::vector<ExprId>& arguments);

  ExprId literal(Value value, std::uint32_t offset);
  ExprId integer(const Token& magnitude, bool negative);
  ExprId binary(std::string_view name, ExprId left, ExprId right, std::uint32_t offset);
  ExprId call(ExprId target, std::string_view name, const std::vector<ExprId>& arguments, std::uint32_t offset);
  ExprId add(Expr expr, std::span<const ExprId> children = {});

  // macros.cpp. Empty where the call is no macro; no_expr within where it is one that is not well formed.
  std::optional<ExprId> expand(ExprId target, std::string_view name, const std::vector<ExprId>& arguments,
                               std::uint32_t offset);
  std::optional<ExprId> expand_loop(ExprId target, std::string_view name, const std::vector<ExprId>& arguments,
                                    std::uint32_t offset);
  std::optional<ExprId> expand_cel(std::string_view name, const std::vector<ExprId>& arguments, std::uint32_t offset);
  std::optional<ExprId> expand_proto(std::string_view name, const std::vector<ExprId>& arguments, std::uint32_t offset);
  ExprId expand_has(ExprId argument, std::uint32_t offset);
  ExprId expand_block(const std::vector<ExprId>& arguments, std::uint32_t offset);
  ExprId expand_bind(ExprId variable, ExprId value, ExprId body, std::uint32_t offset);
  bool is_variable(ExprId id, std::string_view macro);
  bool is_plain_name(ExprId id, std::string_view name) const;
  std::string_view qualified_name(ExprId id);

  bool at(std::string_view symbol) const { return token_.kind == TokenKind::symbol && token_.text == symbol; }
  bool take(std::string_view symbol);
  bool expect(std::string_view symbol);
  void advance();
  ExprId fail(std::uint32_t offset, std::string text, std::string remedy = {}, Fault fault = Fault::malformed);
  ExprId fail_unexpected(std::string_view expected);

  std::string_view text_;
  ParseLimits limits_;
  Ast ast_;
  Lexer lexer_;
  Token token_;
  std::optional<Issue> issue_;
  std::uint16_t nesting_ = 0;
};

// A word that cannot be a variable's or a function's name.
bool is_reserved(std::string_view word);

}  // namespace pratique::cel
