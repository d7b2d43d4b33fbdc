// The tree of an expression, macros expanded, names not yet resolved. Private.
//
// Expressions stand in one vector, a child always before its parent; children and names are numbers and views, so that
// reading an expression takes a handful of allocations.
#pragma once

#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/cel/issue.h"
#include "engine/cel/types.h"
#include "engine/cel/value.h"

namespace pratique::cel {

using ExprId = std::uint32_t;
inline constexpr ExprId no_expr = ~ExprId{0};

enum class ExprKind : std::uint8_t {
  literal,
  name,     // `text`, `rooted` with a leading dot
  select,   // `target`.`text`
  present,  // has(`target`.`text`)
  call,     // [target.]text(children)
  index,    // target[children[0]]
  list,
  map,     // children: key, value, key, value ...
  object,  // text{...}; children: a literal with the field's name, value ...
  both,    // &&, children
  either,  // ||, children
  choice,  // children: condition, then, else
  loop,    // target.macro(text[, second], children)
  bind,    // `text` is `target`, lazily, in children[0]
  chain,   // optMap, optFlatMap: `text` is what the optional `target` holds, in children[0]
};

enum class LoopKind : std::uint8_t {
  all,
  exists,
  exists_one,
  filter,               // children: condition
  transform,            // map, transformList: children: [condition,] element
  transform_map,        // children: [condition,] value
  transform_map_entry,  // children: [condition,] map of the entry
  sort_by,              // children: key
};

// What a name turned out to be. The checker fills it in.
enum class Meaning : std::uint8_t { unresolved, local, variable, constant };

struct Expr {
  ExprKind kind = ExprKind::literal;
  LoopKind loop = LoopKind::all;
  bool optional = false;        // .?text, [?index], optFlatMap
  bool entry_optional = false;  // ?element, ?key: value
  bool rooted = false;
  bool receiver = false;  // a call in receiver style
  Meaning meaning = Meaning::unresolved;
  std::uint16_t depth = 0;
  std::uint32_t offset = 0;  // where an error points to
  ExprId target = no_expr;
  std::uint32_t first = 0, count = 0;  // of Ast::children
  std::string_view text, second;
  std::uint32_t resolved = 0;  // a local's slot, a variable's number, a function's or object's number
  Value literal;               // also a resolved constant
  TypeRef type = &types::dyn;
};

struct Ast {
  std::vector<Expr> exprs;
  std::vector<ExprId> children;
  ExprId root = no_expr;
  Arena arena;  // of literals' text and types

  std::span<const ExprId> children_of(const Expr& expr) const { return {children.data() + expr.first, expr.count}; }
};

struct ParseLimits {
  std::size_t bytes = 100'000;  // of the expression
  std::uint16_t depth = 200;    // nesting, and operators of one precedence in a row
  std::size_t nodes = 50'000;   // after the macros are expanded
};

// The expression's views point into `expression` and the Ast's arena.
std::variant<Ast, Issue> parse_expression(std::string_view expression, const ParseLimits& limits);

}  // namespace pratique::cel
