#include <algorithm>

#include "engine/cel/checker.h"

namespace pratique::cel {
namespace {

bool is_dyn(TypeRef type) { return type->kind == TypeKind::dyn; }
bool is_variable(TypeRef type) { return type->kind == TypeKind::parameter; }

bool same(TypeRef a, TypeRef b) {
  if (a == b) return true;
  return a->kind == b->kind && a->variable == b->variable && a->name == b->name &&
         std::equal(a->parameters.begin(), a->parameters.end(), b->parameters.begin(), b->parameters.end(), same);
}

bool nullable(TypeRef type) {
  return type->kind == TypeKind::null || type->kind == TypeKind::wrapper || type->kind == TypeKind::named ||
         type->kind == TypeKind::timestamp || type->kind == TypeKind::duration;
}

// A type that says no more than the other: dyn, a parameter, or the same.
bool no_more_specific(TypeRef a, TypeRef b) {
  if (is_dyn(a) || is_variable(a)) return true;
  if (is_dyn(b) || is_variable(b)) return false;
  if (b->kind == TypeKind::null) return nullable(a);
  if (a->kind == TypeKind::wrapper && b->kind != TypeKind::wrapper) return same(a->parameters[0], b);
  if (a->kind != b->kind || a->name != b->name) return false;
  if (a->kind == TypeKind::type) return true;
  return std::equal(a->parameters.begin(), a->parameters.end(), b->parameters.begin(), b->parameters.end(),
                    no_more_specific);
}

TypeRef most_general(TypeRef a, TypeRef b) { return no_more_specific(a, b) ? a : b; }

}  // namespace

TypeRef Unifier::fresh() {
  bound_.push_back(nullptr);
  return arena_.make<TypeNode>(TypeKind::parameter, static_cast<std::uint32_t>(bound_.size() - 1), 1U,
                               std::string_view("_"), std::span<const TypeRef>{});
}

TypeRef Unifier::instantiate(TypeRef type, std::span<const TypeRef> fresh) {
  if (is_variable(type)) return fresh[type->variable - 1];
  if (type->parameters.empty()) return type;
  TypeRef parameters[8] = {};
  for (std::size_t i = 0; i < type->parameters.size(); ++i) parameters[i] = instantiate(type->parameters[i], fresh);
  return make_type(arena_, type->kind, {parameters, type->parameters.size()}, type->name);
}

void Unifier::bind(TypeRef variable, TypeRef type) {
  trail_.push_back({variable->variable, bound_[variable->variable]});
  bound_[variable->variable] = type;
}

bool Unifier::assignable(TypeRef to, TypeRef from) { return assignable(std::span(&to, 1), std::span(&from, 1)); }

bool Unifier::assignable(std::span<const TypeRef> to, std::span<const TypeRef> from) {
  const auto mark = trail_.size();
  if (matches_all(to, from)) return true;
  for (; trail_.size() > mark; trail_.pop_back()) bound_[trail_.back().variable] = trail_.back().before;
  return false;
}

bool Unifier::matches(TypeRef to, TypeRef from) {
  if (to == from) return true;
  if (is_variable(from)) {
    bool known = false;
    if (substitutes(to, from, known)) return true;
    if (known) return false;
  }
  if (is_variable(to)) {
    bool known = false;
    return substitutes(from, to, known);
  }
  if (is_dyn(to) || is_dyn(from)) return true;
  if (from->kind == TypeKind::null) return nullable(to);
  if (to->kind == TypeKind::null) return nullable(from);
  if (to->kind == TypeKind::wrapper) return matches(to->parameters[0], from);
  if (from->kind == TypeKind::wrapper) return matches(to, from->parameters[0]);
  if (to->kind != from->kind || to->name != from->name) return false;
  return to->kind == TypeKind::type || matches_all(to->parameters, from->parameters);
}

bool Unifier::matches_all(std::span<const TypeRef> to, std::span<const TypeRef> from) {
  if (to.size() != from.size()) return false;
  for (std::size_t i = 0; i < to.size(); ++i)
    if (!matches(to[i], from[i])) return false;
  return true;
}

// `type` may stand for `variable`; `known` tells whether something stood for it before.
bool Unifier::substitutes(TypeRef type, TypeRef variable, bool& known) {
  known = true;
  if (is_variable(type) && type->variable == variable->variable) return true;
  if (const auto* before = bound_[variable->variable]) {
    if (same(type, before)) return true;
    if (!matches(type, before)) return false;
    const auto* together = most_general(type, before);
    if (!mentions(variable, together)) bind(variable, together);
    return true;
  }
  known = false;
  if (mentions(variable, type)) return false;
  bind(variable, type);
  return true;
}

bool Unifier::mentions(TypeRef variable, TypeRef within) const {
  if (is_variable(within)) {
    if (within->variable == variable->variable) return true;
    const auto* bound = bound_[within->variable];
    return bound != nullptr && mentions(variable, bound);
  }
  return std::any_of(within->parameters.begin(), within->parameters.end(),
                     [&](TypeRef parameter) { return mentions(variable, parameter); });
}

TypeRef Unifier::join(TypeRef previous, TypeRef current) {
  return assignable(previous, current) ? most_general(resolve(previous), resolve(current)) : nullptr;
}

TypeRef Unifier::resolve(TypeRef type, Rest rest) {
  if (is_variable(type)) {
    if (const auto* bound = bound_[type->variable]) return resolve(bound, rest);
    return rest == Rest::dyn ? &types::dyn : type;
  }
  if (type->parameters.empty()) return type;
  TypeRef parameters[8] = {};
  bool changed = false;
  for (std::size_t i = 0; i < type->parameters.size(); ++i) {
    parameters[i] = resolve(type->parameters[i], rest);
    changed |= parameters[i] != type->parameters[i];
  }
  return changed ? make_type(arena_, type->kind, {parameters, type->parameters.size()}, type->name) : type;
}

}  // namespace pratique::cel
