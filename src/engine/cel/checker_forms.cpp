// The checker, second half: literals of lists, maps and objects, logic, loops and bindings.
#include <algorithm>

#include "engine/cel/checker.h"

namespace pratique::cel {

// `?x` in a literal holds what the optional x holds.
TypeRef Checker::element_of(TypeRef type, ExprId entry) {
  if (!ast_.exprs[entry].entry_optional) return type;
  const auto* resolved = unifier_.resolve(type);
  if (is_optional(resolved)) return resolved->parameters[0];
  if (resolved->kind != TypeKind::dyn && resolved->kind != TypeKind::parameter)
    report(ast_.exprs[entry].offset, "'?' needs an optional value, not " + show(resolved));
  return &types::dyn;
}

TypeRef Checker::infer_list(const Expr& expr) {
  TypeRef element = nullptr;
  for (const auto child : ast_.children_of(expr)) {
    const auto* type = element_of(infer(child), child);
    if (element == nullptr)
      element = type;
    else if (const auto* joined = unifier_.join(element, type))
      element = joined;
    else
      element = &types::dyn;
  }
  return make_list(ast_.arena, element == nullptr ? unifier_.fresh() : element);
}

TypeRef Checker::infer_map(const Expr& expr) {
  TypeRef key = nullptr, value = nullptr;
  const auto join = [&](TypeRef before, TypeRef type) {
    if (before == nullptr) return type;
    const auto* joined = unifier_.join(before, type);
    return joined == nullptr ? &types::dyn : joined;
  };
  const auto parts = ast_.children_of(expr);
  for (std::size_t i = 0; i < parts.size(); i += 2) {
    key = join(key, infer(parts[i]));
    const auto child = parts[i + 1];
    value = join(value, element_of(infer(child), child));
  }
  if (key == nullptr) return make_map(ast_.arena, unifier_.fresh(), unifier_.fresh());
  return make_map(ast_.arena, key, value);
}

TypeRef Checker::infer_object(Expr& expr) {
  const ObjectType* object = nullptr;
  for (const auto& scope : environment_.scopes) {
    if (expr.rooted && !scope.empty()) continue;
    object = environment_.find_object(std::string(scope).append(expr.text));
    if (object != nullptr) break;
  }
  if (object == nullptr)
    report(expr.offset, "undeclared type '" + std::string(expr.text) + "'");
  else
    expr.text = object->name;
  const auto parts = ast_.children_of(expr);
  for (std::size_t i = 0; i < parts.size(); i += 2) {
    const auto& name = ast_.exprs[parts[i]];
    const auto child = parts[i + 1];
    const auto* type = element_of(infer(child), child);
    if (object == nullptr) continue;
    const auto field = name.literal.as_text();
    const auto place = object->find(field);
    if (place < 0) {
      report_field(name.offset, field, *object);
    } else if (!unifier_.assignable(object->types[static_cast<std::size_t>(place)], type)) {
      report(ast_.exprs[child].offset, "the field '" + std::string(field) + "' is " +
                                           show(object->types[static_cast<std::size_t>(place)]) + ", not " +
                                           show(type));
    }
  }
  expr.meaning = object == nullptr ? Meaning::unresolved : Meaning::constant;
  return object == nullptr ? &types::dyn : object->type;
}

void Checker::want_bool(ExprId id, std::string_view where) {
  const auto* type = ast_.exprs[id].type;
  if (!unifier_.assignable(&types::boolean, type))
    report(ast_.exprs[id].offset, std::string(where) + " needs a bool, not " + show(type));
}

TypeRef Checker::infer_logical(const Expr& expr) {
  const std::string_view name = expr.kind == ExprKind::both ? "'&&'" : "'||'";
  for (const auto child : ast_.children_of(expr)) {
    infer(child);
    want_bool(child, name);
  }
  return &types::boolean;
}

TypeRef Checker::infer_choice(const Expr& expr) {
  const auto parts = ast_.children_of(expr);
  infer(parts[0]);
  want_bool(parts[0], "a condition");
  const auto* then = infer(parts[1]);
  const auto* other = infer(parts[2]);
  if (const auto* joined = unifier_.join(then, other)) return joined;
  report(expr.offset, "the two values of '?:' have different types: " + show(then) + " and " + show(other),
         "put dyn() around one of them");
  return &types::dyn;
}

TypeRef Checker::infer_loop(Expr& expr) {
  const auto* range = unifier_.resolve(infer(expr.target));
  TypeRef first = &types::dyn, second = &types::dyn;
  const bool two = !expr.second.empty();
  if (range->kind == TypeKind::list) {
    first = two ? &types::integer : range->parameters[0];
    second = range->parameters[0];
  } else if (range->kind == TypeKind::map) {
    first = range->parameters[0];
    second = range->parameters[1];
  } else if (range->kind == TypeKind::parameter) {
    unifier_.assignable(&types::dyn, range);
  } else if (range->kind != TypeKind::dyn) {
    report(ast_.exprs[expr.target].offset, "a value of type " + show(range) + " cannot be iterated over",
           "iterate over a list or a map");
  }
  const auto slot = push(expr.text, first);
  if (two) push(expr.second, second);
  expr.resolved = slot;
  const auto* result = infer_body(expr, first);
  pop(two ? 2 : 1);
  return result;
}

TypeRef Checker::infer_body(const Expr& loop, TypeRef element) {
  const auto kind = loop.loop;
  const auto parts = ast_.children_of(loop);
  const auto body = parts.back();
  const bool predicate = kind <= LoopKind::filter;
  if (predicate || parts.size() == 2) {
    infer(parts[0]);
    want_bool(parts[0], "a condition");
  }
  if (kind == LoopKind::filter) return make_list(ast_.arena, element);
  if (predicate) return &types::boolean;
  const auto* value = infer(body);
  switch (kind) {
    case LoopKind::transform: return make_list(ast_.arena, value);
    case LoopKind::transform_map: return make_map(ast_.arena, element, value);
    case LoopKind::sort_by: return make_list(ast_.arena, element);
    default: break;
  }
  const auto* entry = unifier_.resolve(value);
  if (entry->kind == TypeKind::map) return entry;
  if (entry->kind != TypeKind::dyn)
    report(ast_.exprs[body].offset, "transformMapEntry needs a map of one entry, not " + show(entry));
  return make_map(ast_.arena, &types::dyn, &types::dyn);
}

TypeRef Checker::infer_bind(Expr& expr) {
  const auto* type = infer(expr.target);
  expr.resolved = push(expr.text, type);
  const auto* result = infer(ast_.children[expr.first]);
  pop(1);
  return result;
}

TypeRef Checker::infer_chain(Expr& expr) {
  const auto* type = unifier_.resolve(infer(expr.target));
  if (!is_optional(type) && type->kind != TypeKind::dyn && type->kind != TypeKind::parameter)
    report(expr.offset, "optMap and optFlatMap need an optional value, not " + show(type));
  expr.resolved = push(expr.text, is_optional(type) ? type->parameters[0] : &types::dyn);
  const auto* result = unifier_.resolve(infer(ast_.children[expr.first]));
  pop(1);
  if (!expr.optional) return make_optional(ast_.arena, result);
  if (!is_optional(result) && result->kind != TypeKind::dyn)
    report(expr.offset, "optFlatMap needs an optional result, not " + show(result));
  return is_optional(result) ? result : make_optional(ast_.arena, &types::dyn);
}

}  // namespace pratique::cel
