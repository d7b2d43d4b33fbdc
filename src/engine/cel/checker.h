// Names and types: what each part of the tree means and what it can be. Private.
//
// Gradual: what is dyn fits everything and is decided where the expression runs. Follows the language definition,
// sections "Name Resolution" and "Gradual Type Checking"; type parameters are inferred by unification as in cel-go, so
// that the deduced types agree.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/cel/ast.h"
#include "engine/cel/environment.h"

namespace pratique::cel {

// Type parameters of one expression and what they stand for.
class Unifier {
 public:
  explicit Unifier(Arena& arena) : arena_(arena) {}

  TypeRef fresh();
  // A declaration's type with its own parameters (numbered from 1) replaced by fresh ones.
  TypeRef instantiate(TypeRef type, std::span<const TypeRef> fresh);
  // A value of type `from` may stand where `to` is wanted. On success what the parameters stand for is kept, else
  // undone.
  bool assignable(TypeRef to, TypeRef from);
  bool assignable(std::span<const TypeRef> to, std::span<const TypeRef> from);
  // The type that holds both, nullptr where only dyn does.
  TypeRef join(TypeRef previous, TypeRef current);
  // Parameters replaced by what they stand for; by dyn where nothing is known and `final`.
  enum class Rest { keep, dyn };
  TypeRef resolve(TypeRef type, Rest rest = Rest::keep);

 private:
  struct Undo {
    std::uint32_t variable;
    TypeRef before;
  };
  bool matches(TypeRef to, TypeRef from);
  bool matches_all(std::span<const TypeRef> to, std::span<const TypeRef> from);
  bool substitutes(TypeRef type, TypeRef variable, bool& known);
  bool mentions(TypeRef variable, TypeRef within) const;
  void bind(TypeRef variable, TypeRef type);

  Arena& arena_;
  std::vector<TypeRef> bound_{nullptr};  // by the parameter's number; numbers start at 1
  std::vector<Undo> trail_;
};

// A loop's or binding's variable.
struct Local {
  std::string_view name;
  TypeRef type;
  std::uint32_t slot;
};

class Checker {
 public:
  Checker(Ast& ast, const EnvironmentData& environment) : ast_(ast), environment_(environment), unifier_(ast.arena) {}

  void run();
  const std::vector<Issue>& issues() const { return issues_; }
  std::uint32_t slots() const { return slots_; }

 private:
  TypeRef infer(ExprId id);
  TypeRef infer_literal(const Expr& expr) const;
  TypeRef infer_name(Expr& expr);
  TypeRef infer_select(ExprId id);
  TypeRef infer_call(ExprId id);
  TypeRef infer_index(const Expr& expr);
  TypeRef infer_list(const Expr& expr);
  TypeRef infer_map(const Expr& expr);
  TypeRef infer_object(Expr& expr);
  TypeRef infer_logical(const Expr& expr);
  TypeRef infer_choice(const Expr& expr);
  TypeRef infer_loop(Expr& expr);
  TypeRef infer_body(const Expr& loop, TypeRef element);
  TypeRef infer_bind(Expr& expr);
  TypeRef infer_chain(Expr& expr);

  TypeRef element_of(TypeRef type, ExprId entry);  // what `?x` in a literal holds
  TypeRef field_type(const Expr& expr, TypeRef target);
  TypeRef index_type(const Expr& expr, TypeRef target, TypeRef index);
  TypeRef resolve_overload(const Expr& expr, const FunctionEntry& function, std::span<const TypeRef> arguments);
  bool resolve_qualified(ExprId id);
  bool resolve_constant_or_variable(Expr& expr, std::string_view name, bool rooted);
  bool resolve_function(ExprId id);
  const FunctionEntry* find_function(const Expr& call) const;
  void want_bool(ExprId id, std::string_view where);

  const Local* find_local(std::string_view name) const;
  std::uint32_t push(std::string_view name, TypeRef type);
  void pop(std::size_t count);
  // "a.b.c" of a chain of selects down to a name that is no local; empty otherwise.
  std::string_view chain_name(ExprId id, bool& rooted, std::string_view& root);

  void report(std::uint32_t offset, std::string text, std::string remedy = {});
  void report_field(std::uint32_t offset, std::string_view field, const ObjectType& object);
  void report_name(const Expr& name);
  void report_function(const Expr& call);
  std::string suggest(std::string_view word, const std::vector<std::string_view>& known) const;
  std::string show(TypeRef type);

  Ast& ast_;
  const EnvironmentData& environment_;
  Unifier unifier_;
  std::vector<Local> locals_;
  std::vector<Issue> issues_;
  std::uint32_t slots_ = 0;
};

}  // namespace pratique::cel
