// The macros: has, the comprehensions of one and two variables, bindings, optionals, protobuf extensions.
#include <algorithm>
#include <array>

#include "engine/cel/parser.h"

namespace pratique::cel {
namespace {

struct LoopMacro {
  std::string_view name;
  LoopKind kind;
  std::size_t variables;
  bool filter;  // a condition may stand in front of the last argument
};

// A name may come twice: with one variable and with two.
constexpr std::array<LoopMacro, 14> loops = {{
    {"all", LoopKind::all, 1, false},
    {"all", LoopKind::all, 2, false},
    {"exists", LoopKind::exists, 1, false},
    {"exists", LoopKind::exists, 2, false},
    {"exists_one", LoopKind::exists_one, 1, false},
    {"exists_one", LoopKind::exists_one, 2, false},
    {"existsOne", LoopKind::exists_one, 1, false},
    {"existsOne", LoopKind::exists_one, 2, false},
    {"filter", LoopKind::filter, 1, false},
    {"map", LoopKind::transform, 1, true},
    {"sortBy", LoopKind::sort_by, 1, false},
    {"transformList", LoopKind::transform, 2, true},
    {"transformMap", LoopKind::transform_map, 2, true},
    {"transformMapEntry", LoopKind::transform_map_entry, 2, true},
}};

}  // namespace

std::optional<ExprId> Parser::expand(ExprId target, std::string_view name, const std::vector<ExprId>& arguments,
                                     std::uint32_t offset) {
  if (target == no_expr) {
    if (name == "has" && arguments.size() == 1) return expand_has(arguments[0], offset);
    return std::nullopt;
  }
  if (is_plain_name(target, "cel")) return expand_cel(name, arguments, offset);
  if (is_plain_name(target, "proto")) return expand_proto(name, arguments, offset);
  if (is_plain_name(target, "math") && (name == "greatest" || name == "least") && arguments.size() > 2) {
    Expr list;
    list.kind = ExprKind::list;
    list.offset = offset;
    const auto together = add(list, arguments);
    if (together == no_expr) return no_expr;
    return call(target, name, {together}, offset);
  }
  if ((name == "optMap" || name == "optFlatMap") && arguments.size() == 2) {
    if (!is_variable(arguments[0], name)) return no_expr;
    Expr chain;
    chain.kind = ExprKind::chain;
    chain.offset = offset;
    chain.target = target;
    chain.text = ast_.exprs[arguments[0]].text;
    chain.optional = name == "optFlatMap";
    return add(chain, std::array{arguments[1]});
  }
  return expand_loop(target, name, arguments, offset);
}

ExprId Parser::expand_has(ExprId argument, std::uint32_t offset) {
  auto& field = ast_.exprs[argument];
  if (field.kind != ExprKind::select)
    return fail(offset, "has() needs a field: has(object.field)", "write \"key\" in map for a key that is no name");
  field.kind = ExprKind::present;
  return argument;
}

std::optional<ExprId> Parser::expand_loop(ExprId target, std::string_view name, const std::vector<ExprId>& arguments,
                                          std::uint32_t offset) {
  const auto* macro = std::find_if(loops.begin(), loops.end(), [&](const LoopMacro& m) {
    const auto bodies = arguments.size() - std::min(arguments.size(), m.variables);
    return m.name == name && (bodies == 1 || (bodies == 2 && m.filter));
  });
  if (macro == loops.end()) return std::nullopt;
  Expr loop;
  loop.kind = ExprKind::loop;
  loop.loop = macro->kind;
  loop.target = target;
  loop.offset = offset;
  for (std::size_t i = 0; i < macro->variables; ++i)
    if (!is_variable(arguments[i], name)) return no_expr;
  loop.text = ast_.exprs[arguments[0]].text;
  if (macro->variables == 2) loop.second = ast_.exprs[arguments[1]].text;
  if (loop.text == loop.second) return fail(offset, "the two variables of '" + std::string(name) + "' have one name");
  return add(loop, std::span(arguments).subspan(macro->variables));
}

std::optional<ExprId> Parser::expand_cel(std::string_view name, const std::vector<ExprId>& arguments,
                                         std::uint32_t offset) {
  if (name == "bind" && arguments.size() == 3)
    return is_variable(arguments[0], "cel.bind") ? expand_bind(arguments[0], arguments[1], arguments[2], offset)
                                                 : no_expr;
  if (name == "block" && arguments.size() == 2) return expand_block(arguments, offset);
  const bool index = name == "index" && arguments.size() == 1, iterator = name == "iterVar" && arguments.size() == 2;
  if (!index && !iterator) return std::nullopt;
  std::string variable = index ? "@index" : "@it";
  for (const auto argument : arguments) {
    const auto& number = ast_.exprs[argument];
    if (number.kind != ExprKind::literal || !number.literal.is(Kind::integer) || number.literal.as_int() < 0)
      return fail(offset, "cel." + std::string(name) + " needs numbers");
    variable += ":" + std::to_string(number.literal.as_int());
  }
  Expr expr;
  expr.kind = ExprKind::name;
  expr.offset = offset;
  expr.text = ast_.arena.text(variable).as_text();
  return add(expr);
}

ExprId Parser::expand_bind(ExprId variable, ExprId value, ExprId body, std::uint32_t offset) {
  Expr bind;
  bind.kind = ExprKind::bind;
  bind.offset = offset;
  bind.target = value;
  bind.text = ast_.exprs[variable].text;
  return add(bind, std::array{body});
}

// cel.block([a, b], e) binds cel.index(0) to a and cel.index(1) to b, which may use the ones before it.
ExprId Parser::expand_block(const std::vector<ExprId>& arguments, std::uint32_t offset) {
  const auto list = ast_.exprs[arguments[0]];
  if (list.kind != ExprKind::list) return fail(offset, "cel.block needs a list of values");
  auto body = arguments[1];
  for (std::uint32_t i = list.count; i-- > 0 && body != no_expr;) {
    Expr bind;
    bind.kind = ExprKind::bind;
    bind.offset = offset;
    bind.target = ast_.children[list.first + i];
    bind.text = ast_.arena.text("@index:" + std::to_string(i)).as_text();
    body = add(bind, std::array{body});
  }
  return body;
}

// proto.getExt(message, full.name) selects the field `full.name`; proto.hasExt tests it.
std::optional<ExprId> Parser::expand_proto(std::string_view name, const std::vector<ExprId>& arguments,
                                           std::uint32_t offset) {
  if ((name != "getExt" && name != "hasExt") || arguments.size() != 2) return std::nullopt;
  Expr field;
  field.kind = name == "getExt" ? ExprKind::select : ExprKind::present;
  field.offset = offset;
  field.target = arguments[0];
  field.text = qualified_name(arguments[1]);
  if (field.text.empty()) return fail(offset, "proto." + std::string(name) + " needs an extension's full name");
  return add(field);
}

bool Parser::is_variable(ExprId id, std::string_view macro) {
  const auto& expr = ast_.exprs[id];
  if (expr.kind == ExprKind::name && !expr.rooted) return true;
  fail(expr.offset, "'" + std::string(macro) + "' needs a simple name for its variable");
  return false;
}

bool Parser::is_plain_name(ExprId id, std::string_view name) const {
  const auto& expr = ast_.exprs[id];
  return expr.kind == ExprKind::name && !expr.rooted && expr.text == name;
}

}  // namespace pratique::cel
