#include "engine/cel/checker.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace pratique::cel {
namespace {

constexpr std::size_t most_issues = 20;

std::string join_types(const std::vector<std::string>& types) {
  std::string out;
  for (const auto& type : types) out.append(out.empty() ? "" : ", ").append(type);
  return out;
}

}  // namespace

void Checker::run() {
  const auto* type = infer(ast_.root);
  ast_.exprs[ast_.root].type = unifier_.resolve(type, Unifier::Rest::dyn);
}

void Checker::report(std::uint32_t offset, std::string text, std::string remedy) {
  if (issues_.size() < most_issues) issues_.push_back({offset, std::move(text), std::move(remedy)});
}

// "did you mean 'x'?" where one is near; nothing once nobody will read it.
std::string Checker::suggest(std::string_view word, const std::vector<std::string_view>& known) const {
  constexpr std::size_t longest = 64;
  if (issues_.size() >= most_issues || word.size() > longest) return "";
  const auto near = nearest(word, known);
  return near.empty() ? "" : "did you mean '" + std::string(near) + "'?";
}

void Checker::report_field(std::uint32_t offset, std::string_view field, const ObjectType& object) {
  std::vector<std::string_view> known;
  for (const auto& declared : *object.fields) known.push_back(declared.name);
  report(offset, "undefined field '" + std::string(field) + "' of " + std::string(object.name), suggest(field, known));
}

void Checker::report_name(const Expr& name) {
  std::vector<std::string_view> known;
  for (const auto& local : locals_) known.push_back(local.name);
  for (const auto& variable : environment_.declarations.variables) known.push_back(variable.name);
  report(name.offset, "undeclared reference to '" + std::string(name.text) + "'", suggest(name.text, known));
}

void Checker::report_function(const Expr& call) {
  std::vector<std::string_view> known;
  for (const auto& [name, entry] : standard_library().functions) known.push_back(name);
  for (const auto& [name, entry] : environment_.own.functions) known.push_back(name);
  std::sort(known.begin(), known.end());
  report(call.offset, "undeclared function '" + std::string(call.text) + "'", suggest(call.text, known));
}

std::string Checker::show(TypeRef type) { return render(extern_type(unifier_.resolve(type, Unifier::Rest::dyn))); }

TypeRef Checker::infer(ExprId id) {
  auto& expr = ast_.exprs[id];
  switch (expr.kind) {
    case ExprKind::literal: expr.type = infer_literal(expr); break;
    case ExprKind::name: expr.type = infer_name(expr); break;
    case ExprKind::select:
    case ExprKind::present: expr.type = infer_select(id); break;
    case ExprKind::call: expr.type = infer_call(id); break;
    case ExprKind::index: expr.type = infer_index(expr); break;
    case ExprKind::list: expr.type = infer_list(expr); break;
    case ExprKind::map: expr.type = infer_map(expr); break;
    case ExprKind::object: expr.type = infer_object(expr); break;
    case ExprKind::both:
    case ExprKind::either: expr.type = infer_logical(expr); break;
    case ExprKind::choice: expr.type = infer_choice(expr); break;
    case ExprKind::loop: expr.type = infer_loop(expr); break;
    case ExprKind::bind: expr.type = infer_bind(expr); break;
    case ExprKind::chain: expr.type = infer_chain(expr); break;
  }
  return expr.type;
}

TypeRef Checker::infer_literal(const Expr& expr) const {
  switch (expr.literal.kind()) {
    case Kind::null: return &types::null;
    case Kind::boolean: return &types::boolean;
    case Kind::integer: return &types::integer;
    case Kind::natural: return &types::natural;
    case Kind::real: return &types::real;
    case Kind::text: return &types::text;
    case Kind::bytes: return &types::bytes;
    default: return &types::dyn;
  }
}

const Local* Checker::find_local(std::string_view name) const {
  const auto found =
      std::find_if(locals_.rbegin(), locals_.rend(), [&](const Local& local) { return local.name == name; });
  return found == locals_.rend() ? nullptr : &*found;
}

std::uint32_t Checker::push(std::string_view name, TypeRef type) {
  const auto slot = slots_++;  // never given twice: a binding may be evaluated deep within its body
  locals_.push_back({name, type, slot});
  return slot;
}

void Checker::pop(std::size_t count) { locals_.resize(locals_.size() - count, Local{}); }

bool Checker::resolve_constant_or_variable(Expr& expr, std::string_view name, bool rooted) {
  std::string joined;
  for (const auto& scope : environment_.scopes) {
    if (rooted && !scope.empty()) continue;
    auto candidate = name;
    if (!scope.empty()) candidate = joined.assign(scope).append(name);
    if (const auto found = environment_.variables.find(candidate); found != environment_.variables.end()) {
      expr.meaning = Meaning::variable;
      expr.resolved = found->second;
      expr.type = environment_.variable_types[found->second];
      return true;
    }
    if (const auto constant = environment_.find_constant(candidate); !constant.is(Kind::absent)) {
      expr.meaning = Meaning::constant;
      expr.literal = constant;
      expr.type = constant.is(Kind::type) ? &types::type : infer_literal(expr);
      return true;
    }
  }
  return false;
}

TypeRef Checker::infer_name(Expr& expr) {
  if (const auto* local = expr.rooted ? nullptr : find_local(expr.text)) {
    expr.meaning = Meaning::local;
    expr.resolved = local->slot;
    return local->type;
  }
  if (resolve_constant_or_variable(expr, expr.text, expr.rooted)) return expr.type;
  report_name(expr);
  return &types::dyn;
}

std::string_view Checker::chain_name(ExprId id, bool& rooted, std::string_view& root) {
  ExprId bottom = id;
  while (ast_.exprs[bottom].kind == ExprKind::select && !ast_.exprs[bottom].optional)
    bottom = ast_.exprs[bottom].target;
  const auto& name = ast_.exprs[bottom];
  if (name.kind != ExprKind::name || (!name.rooted && find_local(name.text) != nullptr)) return {};
  rooted = name.rooted;
  root = name.text;
  if (bottom == id) return root;
  std::string joined;
  for (ExprId at = id; at != bottom; at = ast_.exprs[at].target)
    joined.insert(0, std::string(ast_.exprs[at].text)).insert(0, ".");
  joined.insert(0, std::string(root));
  return ast_.arena.text(joined).as_text();
}

// A dotted name that is a variable, a constant or a type as a whole. The longest one wins because a chain is asked from
// its end.
bool Checker::resolve_qualified(ExprId id) {
  ExprId bottom = id;
  while (ast_.exprs[bottom].kind == ExprKind::select) bottom = ast_.exprs[bottom].target;
  if (ast_.exprs[bottom].kind != ExprKind::name) return false;
  if (environment_.scopes.size() == 1 && !environment_.roots.contains(ast_.exprs[bottom].text)) return false;
  bool rooted = false;
  std::string_view root;
  const auto name = chain_name(id, rooted, root);
  return !name.empty() && resolve_constant_or_variable(ast_.exprs[id], name, rooted);
}

TypeRef Checker::field_type(const Expr& expr, TypeRef target) {
  switch (target->kind) {
    case TypeKind::dyn: return &types::dyn;
    case TypeKind::map: return target->parameters[1];
    case TypeKind::parameter: unifier_.assignable(&types::dyn, target); return &types::dyn;
    case TypeKind::named: break;
    default: report(expr.offset, "a value of type " + show(target) + " has no fields"); return &types::dyn;
  }
  const auto* object = environment_.find_object(target->name);
  if (object == nullptr) {
    report(expr.offset, "a value of type " + show(target) + " has no fields");
    return &types::dyn;
  }
  if (const auto place = object->find(expr.text); place >= 0) return object->types[static_cast<std::size_t>(place)];
  report_field(expr.offset, expr.text, *object);
  return &types::dyn;
}

TypeRef Checker::infer_select(ExprId id) {
  const auto& expr = ast_.exprs[id];
  if (expr.kind == ExprKind::select && !expr.optional && resolve_qualified(id)) return expr.type;
  const auto* target = unifier_.resolve(infer(expr.target));
  const bool within = is_optional(target);
  if (within) target = target->parameters[0];
  const auto* field = field_type(expr, target);
  if (expr.kind == ExprKind::present) return &types::boolean;
  if (!within && !expr.optional) return field;
  return is_optional(field) ? field : make_optional(ast_.arena, field);
}

TypeRef Checker::index_type(const Expr& expr, TypeRef target, TypeRef index) {
  if (target->kind == TypeKind::list && unifier_.assignable(&types::integer, index)) return target->parameters[0];
  if (target->kind == TypeKind::map && unifier_.assignable(target->parameters[0], index)) return target->parameters[1];
  if (target->kind == TypeKind::parameter) unifier_.assignable(&types::dyn, target);
  if (target->kind != TypeKind::dyn && target->kind != TypeKind::parameter)
    report(expr.offset, "no element of " + show(target) + " is found by " + show(index));
  return &types::dyn;
}

TypeRef Checker::infer_index(const Expr& expr) {
  const auto* target = unifier_.resolve(infer(expr.target));
  const auto* index = infer(ast_.children_of(expr)[0]);
  const bool within = is_optional(target);
  const auto* element = index_type(expr, within ? target->parameters[0] : target, index);
  return within || expr.optional ? make_optional(ast_.arena, element) : element;
}

// `a.b.f(x)` is a call of the function "a.b.f" where there is one and a is no local.
bool Checker::resolve_function(ExprId id) {
  const auto target = ast_.exprs[id].target;
  ExprId bottom = target;
  while (ast_.exprs[bottom].kind == ExprKind::select) bottom = ast_.exprs[bottom].target;
  if (ast_.exprs[bottom].kind != ExprKind::name) return false;
  const auto root = ast_.exprs[bottom].text;
  if (environment_.scopes.size() == 1 && !standard_library().roots.contains(root) &&
      !environment_.own.roots.contains(root))
    return false;
  bool rooted = false;
  std::string_view ignored;
  const auto chain = chain_name(target, rooted, ignored);
  if (chain.empty()) return false;
  for (const auto& scope : environment_.scopes) {
    if (rooted && !scope.empty()) continue;
    const auto name = std::string(scope).append(chain).append(".").append(ast_.exprs[id].text);
    const auto* function = environment_.find_function(name);
    if (function == nullptr) continue;
    auto& expr = ast_.exprs[id];
    expr.target = no_expr;
    expr.receiver = false;
    expr.text = function->name;
    return true;
  }
  return false;
}

const FunctionEntry* Checker::find_function(const Expr& call) const {
  if (!call.receiver && !call.rooted && environment_.scopes.size() > 1)
    for (const auto& scope : environment_.scopes)
      if (const auto* function = environment_.find_function(std::string(scope).append(call.text))) return function;
  return environment_.find_function(call.text);
}

TypeRef Checker::infer_call(ExprId id) {
  auto& expr = ast_.exprs[id];
  if (expr.receiver) resolve_function(id);
  std::vector<TypeRef> arguments;
  arguments.reserve(expr.count + 1);
  if (expr.target != no_expr) arguments.push_back(infer(expr.target));
  for (const auto child : ast_.children_of(expr)) arguments.push_back(infer(child));
  const auto* function = find_function(expr);
  if (function == nullptr) {
    report_function(expr);
    return &types::dyn;
  }
  expr.text = function->name;
  return resolve_overload(expr, *function, arguments);
}

TypeRef Checker::resolve_overload(const Expr& expr, const FunctionEntry& function, std::span<const TypeRef> arguments) {
  TypeRef result = nullptr;
  std::vector<TypeRef> wanted;
  for (const auto& overload : function.overloads) {
    if (overload.receiver != expr.receiver || overload.parameters.size() != arguments.size()) continue;
    std::array<TypeRef, 8> fresh{};
    for (std::uint32_t i = 0; i < overload.variables; ++i) fresh[i] = unifier_.fresh();
    wanted.clear();
    for (const auto* parameter : overload.parameters) wanted.push_back(unifier_.instantiate(parameter, fresh));
    if (!unifier_.assignable(wanted, arguments)) continue;
    const auto* type = unifier_.resolve(unifier_.instantiate(overload.result, fresh));
    if (result == nullptr)
      result = type;
    else if (result != type && extern_type(result) != extern_type(type))
      result = &types::dyn;
  }
  if (result != nullptr) return result;
  std::vector<std::string> shown;
  for (const auto* argument : arguments) shown.push_back(show(argument));
  if (expr.receiver) {
    const auto receiver = shown.front();
    shown.erase(shown.begin());
    report(expr.offset,
           "no overload of '" + receiver + "." + std::string(expr.text) + "' takes (" + join_types(shown) + ")");
  } else {
    report(expr.offset, "no overload of '" + std::string(expr.text) + "' takes (" + join_types(shown) + ")");
  }
  return &types::dyn;
}

}  // namespace pratique::cel
