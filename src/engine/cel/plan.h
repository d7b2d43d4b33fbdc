// The compiled form of an expression: nodes in one vector, children before parents. Private.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/cel/ast.h"
#include "engine/cel/environment.h"

namespace re2 {
class RE2;
}

namespace pratique::cel {

using NodeId = std::uint32_t;
inline constexpr NodeId no_node = ~NodeId{0};

enum class Op : std::uint8_t {
  constant,
  variable,
  local,
  path,  // fields selected from a variable or local, one behind the other
  lazy,  // a binding's variable: evaluated where it is first read
  select,
  optional_select,
  present,
  index,
  optional_index,
  add,
  subtract,
  multiply,
  divide,
  modulo,
  negate,
  equal,
  unequal,
  less,
  less_equal,
  greater,
  greater_equal,
  in,
  negation,
  both,
  either,
  choice,
  call,
  list,
  map,
  object,
  loop,
  bind,
  chain,
  failed,  // a name or function that nobody declared: an error where it is reached
};

struct PlanNode {
  Op op = Op::constant;
  LoopKind loop = LoopKind::all;
  bool two = false;       // a loop of two variables
  bool scalar = false;    // its type says that it has no size: a number, a bool, a time
  bool optional = false;  // optFlatMap; has(x.?y); a literal with `?` parts, which optional_parts tells
  std::uint32_t offset = 0;
  std::uint32_t cost = 0;   // charged whenever the node is evaluated
  std::uint32_t slot = 0;   // of local, lazy, loop, bind, chain; a variable's number; of call: of Plan::calls
  NodeId target = no_node;  // what a field or element is selected from; of an operator its first child, `slot` its last
  std::uint32_t first = 0, count = 0;  // of Plan::children
  Value value;                         // of constant; the field's name of select and present; of failed what to say
};

// One step of a path.
struct PathStep {
  Value name;
  std::uint32_t offset = 0;
};

struct PlannedCall {
  std::string_view name;
  bool receiver = false;
  std::uint32_t first = 0, count = 0;  // of Plan::overloads: those of that name, style and number of arguments
};

struct Plan {
  std::string expression;
  const EnvironmentData* environment = nullptr;
  Arena arena;  // literals, folded constants
  std::vector<PlanNode> nodes;
  std::vector<NodeId> children;
  std::vector<bool> optional_parts;  // along children: of list, map, object
  std::vector<PathStep> steps;       // of paths: `count` of them from `slot` on
  std::vector<PlannedCall> calls;
  std::vector<const Overload*> overloads;
  std::vector<const ObjectType*> objects;                                   // of object nodes, by slot
  std::vector<std::pair<const char*, std::unique_ptr<re2::RE2>>> patterns;  // by the literal's address
  NodeId root = no_node;
  std::uint32_t slots = 0;
  std::uint32_t stack = 0;  // how many arguments can be in the making at once
  Type type;

  Plan();
  ~Plan();
  std::span<const NodeId> children_of(const PlanNode& node) const { return {children.data() + node.first, node.count}; }
  std::span<const Overload* const> overloads_of(const PlannedCall& call) const {
    return {overloads.data() + call.first, call.count};
  }
};

// Within the limits that bound what a pattern takes; ask ok().
std::unique_ptr<re2::RE2> compile_pattern(std::string_view pattern);

// `ast` was checked; its arena moves into the plan. Literals that a function refuses are added to `issues`.
void make_plan(Ast ast, std::uint32_t slots, Plan& plan, std::vector<Issue>& issues);

}  // namespace pratique::cel
