#include "engine/cel/parser.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/text.h"

namespace pratique::cel {
namespace {

constexpr std::array<std::string_view, 4> keywords = {"false", "in", "null", "true"};
constexpr std::array<std::string_view, 17> reserved = {"as",       "break",  "const",  "continue", "else", "for",
                                                       "function", "if",     "import", "let",      "loop", "namespace",
                                                       "package",  "return", "var",    "void",     "while"};

bool is_keyword(std::string_view word) { return std::find(keywords.begin(), keywords.end(), word) != keywords.end(); }

}  // namespace

bool is_reserved(std::string_view word) {
  return is_keyword(word) || std::find(reserved.begin(), reserved.end(), word) != reserved.end();
}

std::variant<Ast, Issue> parse_expression(std::string_view expression, const ParseLimits& limits) {
  if (expression.size() > limits.bytes)
    return Issue{0,
                 "an expression of " + with_commas(expression.size()) + " bytes is over the limit of " +
                     with_commas(limits.bytes),
                 "split it", Fault::limit};
  if (!is_utf8(expression)) return Issue{0, "an expression that is not UTF-8", "", Fault::malformed};
  return Parser(expression, limits).run();
}

std::variant<Ast, Issue> Parser::run() {
  ast_.exprs.reserve(text_.size() / 6 + 8);
  ast_.children.reserve(text_.size() / 8 + 8);
  advance();
  ast_.root = read_expr();
  if (!issue_ && token_.kind != TokenKind::end) fail_unexpected("the end of the expression or an operator");
  if (issue_) return std::move(*issue_);
  return std::move(ast_);
}

void Parser::advance() {
  token_ = lexer_.next();
  if (token_.kind == TokenKind::failed && !issue_) issue_ = lexer_.issue();
}

bool Parser::take(std::string_view symbol) {
  if (!at(symbol)) return false;
  advance();
  return true;
}

bool Parser::expect(std::string_view symbol) {
  if (take(symbol)) return true;
  fail_unexpected("'" + std::string(symbol) + "'");
  return false;
}

ExprId Parser::fail(std::uint32_t offset, std::string text, std::string remedy, Fault fault) {
  if (!issue_) issue_ = Issue{offset, std::move(text), std::move(remedy), fault};
  return no_expr;
}

ExprId Parser::fail_unexpected(std::string_view expected) {
  const std::string found =
      token_.kind == TokenKind::end ? "the expression ends" : "'" + printable(token_.text) + "' stands";
  return fail(token_.offset, found + " where " + std::string(expected) + " is expected");
}

ExprId Parser::add(Expr expr, std::span<const ExprId> children) {
  std::uint16_t deepest = expr.target == no_expr ? 0 : ast_.exprs[expr.target].depth;
  for (const auto child : children) deepest = std::max(deepest, ast_.exprs[child].depth);
  expr.depth = static_cast<std::uint16_t>(deepest + 1);
  if (expr.depth > limits_.depth)
    return fail(expr.offset, "an expression nested deeper than " + std::to_string(limits_.depth), "split it",
                Fault::limit);
  if (ast_.exprs.size() >= limits_.nodes)
    return fail(expr.offset, "an expression of more than " + with_commas(limits_.nodes) + " parts", "split it",
                Fault::limit);
  expr.first = static_cast<std::uint32_t>(ast_.children.size());
  expr.count = static_cast<std::uint32_t>(children.size());
  ast_.children.insert(ast_.children.end(), children.begin(), children.end());
  ast_.exprs.push_back(expr);
  return static_cast<ExprId>(ast_.exprs.size() - 1);
}

ExprId Parser::literal(Value value, std::uint32_t offset) {
  Expr expr;
  expr.offset = offset;
  expr.literal = value;
  return add(expr);
}

ExprId Parser::integer(const Token& magnitude, bool negative) {
  constexpr auto edge = std::uint64_t{1} << 63;
  const auto value = magnitude.literal.as_uint();
  if (value > edge || (value == edge && !negative))
    return fail(magnitude.offset, "an integer that does not fit into 64 bits", "put u behind it for a uint");
  return literal(Value::from_int(static_cast<std::int64_t>(negative ? 0 - value : value)), magnitude.offset);
}

ExprId Parser::binary(std::string_view name, ExprId left, ExprId right, std::uint32_t offset) {
  if (left == no_expr || right == no_expr) return no_expr;
  Expr expr;
  expr.kind = ExprKind::call;
  expr.offset = offset;
  expr.text = name;
  return add(expr, std::array{left, right});
}

// Expr = ConditionalOr ["?" ConditionalOr ":" Expr]
ExprId Parser::read_expr() {
  if (nesting_ >= limits_.depth)
    return fail(token_.offset, "an expression nested deeper than " + std::to_string(limits_.depth), "split it",
                Fault::limit);
  ++nesting_;
  auto result = read_either();
  if (result != no_expr && at("?")) {
    Expr expr;
    expr.kind = ExprKind::choice;
    expr.offset = token_.offset;
    advance();
    const auto then = read_either();
    if (then == no_expr || !expect(":")) return no_expr;
    const auto other = read_expr();
    if (other == no_expr) return no_expr;
    result = add(expr, std::array{result, then, other});
  }
  --nesting_;
  return result;
}

ExprId Parser::read_either() {
  auto first = read_both();
  if (first == no_expr || !at("||")) return first;
  Expr expr;
  expr.kind = ExprKind::either;
  expr.offset = token_.offset;
  std::vector<ExprId> parts{first};
  while (take("||")) {
    parts.push_back(read_both());
    if (parts.back() == no_expr) return no_expr;
  }
  return add(expr, parts);
}

ExprId Parser::read_both() {
  auto first = read_relation();
  if (first == no_expr || !at("&&")) return first;
  Expr expr;
  expr.kind = ExprKind::both;
  expr.offset = token_.offset;
  std::vector<ExprId> parts{first};
  while (take("&&")) {
    parts.push_back(read_relation());
    if (parts.back() == no_expr) return no_expr;
  }
  return add(expr, parts);
}

ExprId Parser::read_relation() {
  auto left = read_addition();
  constexpr std::array<std::string_view, 6> operators = {"==", "!=", "<=", ">=", "<", ">"};
  while (left != no_expr) {
    const bool in = token_.kind == TokenKind::name && token_.text == "in";
    const auto* op =
        token_.kind == TokenKind::symbol ? std::find(operators.begin(), operators.end(), token_.text) : operators.end();
    if (!in && op == operators.end()) return left;
    const auto offset = token_.offset;
    advance();
    left = binary(in ? "in" : *op, left, read_addition(), offset);
  }
  return left;
}

ExprId Parser::read_addition() {
  auto left = read_multiplication();
  while (left != no_expr && (at("+") || at("-"))) {
    const auto offset = token_.offset;
    const auto name = token_.text;
    advance();
    left = binary(name, left, read_multiplication(), offset);
  }
  return left;
}

ExprId Parser::read_multiplication() {
  auto left = read_unary();
  while (left != no_expr && (at("*") || at("/") || at("%"))) {
    const auto offset = token_.offset;
    const auto name = token_.text;
    advance();
    left = binary(name, left, read_unary(), offset);
  }
  return left;
}

// A row of one operator counts by its parity.
ExprId Parser::read_unary() {
  if (!at("!") && !at("-")) return read_member();
  const auto name = token_.text;
  const auto offset = token_.offset;
  bool odd = false;
  while (take(name)) odd = !odd;
  if (name == "-") return read_negative(offset, odd);
  const auto operand = read_member();
  if (!odd || operand == no_expr) return operand;
  Expr expr;
  expr.kind = ExprKind::call;
  expr.offset = offset;
  expr.text = "!";
  return add(expr, std::array{operand});
}

// The sign belongs to a number that follows, so that the least int can be written.
ExprId Parser::read_negative(std::uint32_t offset, bool odd) {
  const bool number =
      token_.kind == TokenKind::integer || (token_.kind == TokenKind::literal && token_.literal.is(Kind::real));
  if (number) {
    if (token_.kind == TokenKind::literal && odd) token_.literal = Value::from_double(-token_.literal.as_double());
    if (token_.kind == TokenKind::integer && odd) token_.text = "-";
    return read_member();
  }
  const auto operand = read_member();
  if (!odd || operand == no_expr) return operand;
  Expr expr;
  expr.kind = ExprKind::call;
  expr.offset = offset;
  expr.text = "-";
  return add(expr, std::array{operand});
}

ExprId Parser::read_member() {
  auto member = read_primary();
  while (member != no_expr) {
    if (at("."))
      member = read_select(member);
    else if (at("["))
      member = read_index(member);
    else if (at("{") && !qualified_name(member).empty())
      member = read_object(member);
    else
      return member;
  }
  return member;
}

ExprId Parser::read_select(ExprId target) {
  advance();
  const bool optional = take("?");
  const bool quoted = token_.kind == TokenKind::quoted_name;
  if (!quoted && (token_.kind != TokenKind::name || is_keyword(token_.text))) return fail_unexpected("a field's name");
  const auto name = token_;
  advance();
  if (at("(") && !quoted && !optional) {
    std::vector<ExprId> arguments;
    return read_arguments(arguments) ? call(target, name.text, arguments, name.offset) : no_expr;
  }
  Expr expr;
  expr.kind = ExprKind::select;
  expr.target = target;
  expr.optional = optional;
  expr.offset = name.offset;
  expr.text = name.text;
  return add(expr);
}

ExprId Parser::read_index(ExprId target) {
  Expr expr;
  expr.kind = ExprKind::index;
  expr.target = target;
  expr.offset = token_.offset;
  advance();
  expr.optional = take("?");
  const auto index = read_expr();
  if (index == no_expr || !expect("]")) return no_expr;
  return add(expr, std::array{index});
}

ExprId Parser::read_primary() {
  const auto token = token_;
  switch (token.kind) {
    case TokenKind::literal: advance(); return literal(token.literal, token.offset);
    case TokenKind::integer: advance(); return integer(token, token.text == "-");
    case TokenKind::name: return read_name(false);
    default: break;
  }
  if (take("(")) {
    const auto inner = read_expr();
    return inner != no_expr && expect(")") ? inner : no_expr;
  }
  if (at("[")) return read_list();
  if (at("{")) return read_map();
  if (take(".")) return read_name(true);
  return fail_unexpected("a value");
}

ExprId Parser::read_name(bool rooted) {
  const auto token = token_;
  if (token.kind != TokenKind::name) return fail_unexpected("a name");
  if (!rooted && (token.text == "true" || token.text == "false")) {
    advance();
    return literal(Value::from_bool(token.text == "true"), token.offset);
  }
  if (!rooted && token.text == "null") {
    advance();
    return literal(Value::null(), token.offset);
  }
  if (is_reserved(token.text)) return fail(token.offset, "'" + std::string(token.text) + "' is a reserved word");
  advance();
  Expr expr;
  expr.offset = token.offset;
  expr.text = token.text;
  expr.rooted = rooted;
  if (at("(")) {
    std::vector<ExprId> arguments;
    if (!read_arguments(arguments)) return no_expr;
    if (!rooted) return call(no_expr, token.text, arguments, token.offset);
    expr.kind = ExprKind::call;
    return add(expr, arguments);
  }
  expr.kind = ExprKind::name;
  return add(expr);
}

bool Parser::read_arguments(std::vector<ExprId>& arguments) {
  advance();
  if (take(")")) return true;
  do {
    const auto argument = read_expr();
    if (argument == no_expr) return false;
    arguments.push_back(argument);
  } while (take(","));
  return expect(")");
}

ExprId Parser::call(ExprId target, std::string_view name, const std::vector<ExprId>& arguments, std::uint32_t offset) {
  if (const auto expanded = expand(target, name, arguments, offset)) return *expanded;
  Expr expr;
  expr.kind = ExprKind::call;
  expr.target = target;
  expr.receiver = target != no_expr;
  expr.offset = offset;
  expr.text = name;
  return add(expr, arguments);
}

ExprId Parser::read_list() {
  Expr expr;
  expr.kind = ExprKind::list;
  expr.offset = token_.offset;
  advance();
  std::vector<ExprId> elements;
  while (!at("]")) {
    const bool optional = take("?");
    const auto element = read_expr();
    if (element == no_expr) return no_expr;
    elements.push_back(element);
    if (optional) ast_.exprs[element].entry_optional = true;
    if (!take(",")) break;
  }
  return expect("]") ? add(expr, elements) : no_expr;
}

ExprId Parser::read_map() {
  Expr expr;
  expr.kind = ExprKind::map;
  expr.offset = token_.offset;
  advance();
  std::vector<ExprId> parts;
  while (!at("}")) {
    const bool optional = take("?");
    const auto key = read_expr();
    if (key == no_expr || !expect(":")) return no_expr;
    const auto value = read_expr();
    if (value == no_expr) return no_expr;
    if (optional) ast_.exprs[value].entry_optional = true;
    parts.insert(parts.end(), {key, value});
    if (!take(",")) break;
  }
  return expect("}") ? add(expr, parts) : no_expr;
}

ExprId Parser::read_object(ExprId type) {
  Expr expr;
  expr.kind = ExprKind::object;
  expr.offset = ast_.exprs[type].offset;
  expr.text = qualified_name(type);
  expr.rooted = expr.text.front() == '.';
  if (expr.rooted) expr.text.remove_prefix(1);
  advance();
  std::vector<ExprId> parts;
  while (!at("}")) {
    const bool optional = take("?");
    if (token_.kind != TokenKind::quoted_name && (token_.kind != TokenKind::name || is_keyword(token_.text)))
      return fail_unexpected("a field's name");
    const auto field = literal(Value::text(token_.text), token_.offset);
    advance();
    if (field == no_expr || !expect(":")) return no_expr;
    const auto value = read_expr();
    if (value == no_expr) return no_expr;
    if (optional) ast_.exprs[value].entry_optional = true;
    parts.insert(parts.end(), {field, value});
    if (!take(",")) break;
  }
  return expect("}") ? add(expr, parts) : no_expr;
}

// "a.b.c", with a leading dot where it was rooted; empty where the expression is no such name.
std::string_view Parser::qualified_name(ExprId id) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto& expr = ast_.exprs[id];
    if ((expr.kind != ExprKind::name && expr.kind != ExprKind::select) || expr.optional || expr.text.starts_with('@'))
      return {};
    parts.push_back(expr.text);
    if (expr.kind == ExprKind::name) {
      if (expr.rooted) parts.emplace_back();
      break;
    }
    id = expr.target;
  }
  if (parts.size() == 1) return parts.front();
  std::string joined;
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
    if (part != parts.rbegin()) joined += '.';
    joined += *part;
  }
  return ast_.arena.text(joined).as_text();
}

}  // namespace pratique::cel
