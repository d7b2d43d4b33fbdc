// Tree to plan: names become numbers, operators become opcodes, what is constant is computed once.
#include <re2/re2.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "engine/cel/plan.h"
#include "engine/cel/run.h"

namespace pratique::cel {

Plan::Plan() = default;
Plan::~Plan() = default;

namespace {

struct Operator {
  std::string_view name;
  std::uint32_t arguments;
  Op op;
};
constexpr std::array<Operator, 14> operators = {{{"+", 2, Op::add},
                                                 {"-", 2, Op::subtract},
                                                 {"*", 2, Op::multiply},
                                                 {"/", 2, Op::divide},
                                                 {"%", 2, Op::modulo},
                                                 {"-", 1, Op::negate},
                                                 {"==", 2, Op::equal},
                                                 {"!=", 2, Op::unequal},
                                                 {"<", 2, Op::less},
                                                 {"<=", 2, Op::less_equal},
                                                 {">", 2, Op::greater},
                                                 {">=", 2, Op::greater_equal},
                                                 {"in", 2, Op::in},
                                                 {"!", 1, Op::negation}}};

bool is_scalar(TypeRef type) {
  switch (type->kind) {
    case TypeKind::null:
    case TypeKind::boolean:
    case TypeKind::integer:
    case TypeKind::natural:
    case TypeKind::real:
    case TypeKind::timestamp:
    case TypeKind::duration: return true;
    default: return false;
  }
}

// What folding one constant may take; more is left to the run.
constexpr std::uint64_t fold_cost = 100'000;
constexpr std::size_t fold_bytes = std::size_t{1} << 20;

class Planner {
 public:
  Planner(Ast ast, std::uint32_t slots, Plan& plan, std::vector<Issue>& issues)
      : ast_(std::move(ast)), plan_(plan), issues_(issues) {
    plan_.slots = slots;
    plan_.nodes.reserve(ast_.exprs.size());
    plan_.children.reserve(ast_.children.size() + ast_.exprs.size());
    run_.arena = std::move(ast_.arena);
    run_.plan = &plan_;
    run_.environment = plan_.environment;
    lazy_.resize(slots, false);
  }

  void run() {
    plan_.root = plan(ast_.root);
    plan_.stack = static_cast<std::uint32_t>(plan_.children.size() + plan_.nodes.size());
    plan_.arena = std::move(run_.arena);
  }

 private:
  NodeId plan(ExprId id);
  void plan_scope(const Expr& expr, PlanNode& node);
  void plan_name(const Expr& expr, PlanNode& node);
  void plan_select(const Expr& expr, PlanNode& node);
  void plan_path(PlanNode& node);
  void plan_call(const Expr& expr, PlanNode& node);
  void plan_function(const Expr& expr, PlanNode& node);
  void plan_object(const Expr& expr, PlanNode& node);
  void plan_children(std::span<const ExprId> children, PlanNode& node, ExprId receiver = no_expr);
  void plan_pattern(const PlanNode& node);
  void fold(PlanNode& node);
  bool is_constant(NodeId id) const { return plan_.nodes[id].op == Op::constant; }
  Value message(const std::string& text) { return run_.arena.text(text); }
  // Selecting from what is no variable and no field costs one more, as in cel-go.
  std::uint32_t select_cost(NodeId target) const {
    const auto op = plan_.nodes[target].op;
    return op == Op::variable || op == Op::local || op == Op::path || op == Op::lazy || op == Op::select ||
                   op == Op::index
               ? 1
               : 2;
  }

  Ast ast_;
  Plan& plan_;
  std::vector<Issue>& issues_;
  Run run_;
  std::vector<bool> lazy_;  // by slot: a binding's variable
  std::vector<NodeId> waiting_;
};

NodeId Planner::plan(ExprId id) {
  const auto& expr = ast_.exprs[id];
  PlanNode node;
  node.offset = expr.offset;
  node.scalar = is_scalar(expr.type);
  switch (expr.kind) {
    case ExprKind::literal: node.value = expr.literal; break;
    case ExprKind::name: plan_name(expr, node); break;
    case ExprKind::select:
    case ExprKind::present: plan_select(expr, node); break;
    case ExprKind::call: plan_call(expr, node); break;
    case ExprKind::index:
      node.op = expr.optional ? Op::optional_index : Op::index;
      node.target = plan(expr.target);
      node.cost = select_cost(node.target);
      plan_children(ast_.children_of(expr), node);
      break;
    case ExprKind::list:
    case ExprKind::map:
      node.op = expr.kind == ExprKind::list ? Op::list : Op::map;
      node.cost = expr.kind == ExprKind::list ? 10 : 30;
      plan_children(ast_.children_of(expr), node);
      break;
    case ExprKind::object: plan_object(expr, node); break;
    case ExprKind::both:
    case ExprKind::either:
    case ExprKind::choice:
      node.op = expr.kind == ExprKind::both ? Op::both : expr.kind == ExprKind::either ? Op::either : Op::choice;
      plan_children(ast_.children_of(expr), node);
      break;
    case ExprKind::loop:
    case ExprKind::bind:
    case ExprKind::chain: plan_scope(expr, node); break;
  }
  fold(node);
  plan_.nodes.push_back(node);
  return static_cast<NodeId>(plan_.nodes.size() - 1);
}

void Planner::plan_scope(const Expr& expr, PlanNode& node) {
  node.op = expr.kind == ExprKind::loop ? Op::loop : expr.kind == ExprKind::bind ? Op::bind : Op::chain;
  node.loop = expr.loop;
  node.two = !expr.second.empty();
  node.cost = node.op == Op::loop ? 0 : 1;
  node.optional = expr.optional;
  node.slot = expr.resolved;
  lazy_[expr.resolved] = node.op == Op::bind;
  node.target = plan(expr.target);
  plan_children(ast_.children_of(expr), node);
}

void Planner::plan_name(const Expr& expr, PlanNode& node) {
  node.cost = 1;
  node.slot = expr.resolved;
  switch (expr.meaning) {
    case Meaning::local: node.op = lazy_[expr.resolved] ? Op::lazy : Op::local; break;
    case Meaning::variable: node.op = Op::variable; break;
    case Meaning::constant: node.value = expr.literal; break;
    case Meaning::unresolved:
      node.op = Op::failed;
      node.value = message("undeclared reference to '" + std::string(expr.text) + "'");
      break;
  }
  if (expr.meaning == Meaning::variable) node.value = Value::text(expr.text);
}

void Planner::plan_select(const Expr& expr, PlanNode& node) {
  if (expr.meaning != Meaning::unresolved) return plan_name(expr, node);
  node.op = expr.kind == ExprKind::present ? Op::present : expr.optional ? Op::optional_select : Op::select;
  node.optional = expr.optional;
  node.value = Value::text(expr.text);
  node.target = plan(expr.target);
  node.cost = select_cost(node.target);
  if (node.op == Op::select) plan_path(node);
  if (node.op == Op::present) {
    node.slot = static_cast<std::uint32_t>(plan_.steps.size());
    plan_.steps.push_back({node.value, node.offset});
  }
}

// A field of a variable's field of a ...: one node for all of them.
void Planner::plan_path(PlanNode& node) {
  const auto& target = plan_.nodes[node.target];
  const PathStep step{node.value, node.offset};
  const bool longer = target.op == Op::path && target.slot + target.count == plan_.steps.size();
  if (!longer && target.op != Op::variable && target.op != Op::local) return;
  node.op = Op::path;
  node.cost += target.cost;
  node.slot = longer ? target.slot : static_cast<std::uint32_t>(plan_.steps.size());
  node.count = longer ? target.count + 1 : 1;
  node.target = longer ? target.target : node.target;
  plan_.steps.push_back(step);
}

void Planner::plan_call(const Expr& expr, PlanNode& node) {
  const auto* op = std::find_if(operators.begin(), operators.end(), [&](const Operator& o) {
    return o.name == expr.text && o.arguments == expr.count && !expr.receiver;
  });
  if (op == operators.end()) return plan_function(expr, node);
  node.op = op->op;
  plan_children(ast_.children_of(expr), node);
  node.target = plan_.children[node.first];
  node.slot = plan_.children[node.first + node.count - 1];
}

void Planner::plan_function(const Expr& expr, PlanNode& node) {
  const auto* function = plan_.environment->find_function(expr.text);
  const auto arguments = expr.count + (expr.target == no_expr ? 0 : 1);
  if (function == nullptr) {
    node.op = Op::failed;
    node.value = message("undeclared function '" + std::string(expr.text) + "'");
    return;
  }
  node.op = Op::call;
  node.slot = static_cast<std::uint32_t>(plan_.calls.size());
  node.cost = 1;
  PlannedCall call{function->name, expr.receiver, static_cast<std::uint32_t>(plan_.overloads.size()), 0};
  const auto start = static_cast<std::ptrdiff_t>(call.first);
  for (const auto& overload : function->overloads) {
    if (overload.receiver != expr.receiver || overload.parameters.size() != arguments) continue;
    if (plan_.overloads.size() == call.first) node.cost = overload.cost;
    const auto twin = [&](const Overload* o) {
      return o->host == nullptr && o->implementation == overload.implementation;
    };
    if (overload.host != nullptr || std::none_of(plan_.overloads.begin() + start, plan_.overloads.end(), twin))
      plan_.overloads.push_back(&overload);
  }
  call.count = static_cast<std::uint32_t>(plan_.overloads.size()) - call.first;
  plan_.calls.push_back(call);
  plan_children(ast_.children_of(expr), node, expr.target);
  plan_pattern(node);
}

void Planner::plan_object(const Expr& expr, PlanNode& node) {
  const auto* type = expr.meaning == Meaning::constant ? plan_.environment->find_object(expr.text) : nullptr;
  if (type == nullptr) {
    node.op = Op::failed;
    node.value = message("undeclared type '" + std::string(expr.text) + "'");
    return;
  }
  node.op = Op::object;
  node.cost = 40;
  node.slot = static_cast<std::uint32_t>(plan_.objects.size());
  plan_.objects.push_back(type);
  plan_children(ast_.children_of(expr), node);
}

// The receiver of a call counts as its first child. What is planned for one child is over before the next one's number
// is known, so the numbers wait on a stack of their own.
void Planner::plan_children(std::span<const ExprId> children, PlanNode& node, ExprId receiver) {
  const auto mark = waiting_.size();
  if (receiver != no_expr) waiting_.push_back(plan(receiver));
  for (const auto child : children) {
    waiting_.push_back(plan(child));
    node.optional |= ast_.exprs[child].entry_optional;
  }
  node.first = static_cast<std::uint32_t>(plan_.children.size());
  node.count = static_cast<std::uint32_t>(waiting_.size() - mark);
  plan_.children.insert(plan_.children.end(), waiting_.begin() + static_cast<std::ptrdiff_t>(mark), waiting_.end());
  waiting_.resize(mark);
  if (!node.optional) return;
  plan_.optional_parts.resize(plan_.children.size());
  for (std::size_t i = 0; i < children.size(); ++i)
    plan_.optional_parts[node.first + i] = ast_.exprs[children[i]].entry_optional;
}

void Planner::plan_pattern(const PlanNode& node) {
  const auto& call = plan_.calls[node.slot];
  if (call.count == 0 || !plan_.overloads[call.first]->pattern) return;
  const auto& pattern = plan_.nodes[plan_.children[node.first + 1]];
  if (pattern.op != Op::constant || !pattern.value.is(Kind::text)) return;
  auto compiled = compile_pattern(pattern.value.as_text());
  if (compiled->ok())
    plan_.patterns.emplace_back(pattern.value.as_text().data(), std::move(compiled));
  else
    issues_.push_back({pattern.offset, "not a regular expression: " + compiled->error(),
                       "RE2 has no look-around and no back references"});
}

// A node over constants becomes a constant that costs as much as computing it would.
void Planner::fold(PlanNode& node) {
  const bool computes = node.op >= Op::select && node.op <= Op::negation;
  const bool pure_call = node.op == Op::call && plan_.calls[node.slot].count > 0 &&
                         plan_.overloads[plan_.calls[node.slot].first]->host == nullptr;
  if (!computes && !pure_call && node.op != Op::list && node.op != Op::map) return;
  if (node.target != no_node && !is_constant(node.target)) return;
  const auto children = plan_.children_of(node);
  if (!std::all_of(children.begin(), children.end(), [&](NodeId child) { return is_constant(child); })) return;
  run_.cost = 0;
  run_.cost_limit = run_.next_look = fold_cost;
  run_.byte_limit = run_.arena.used() + fold_bytes;
  run_.stopped = Value();
  run_.top = 0;
  run_.stack.resize(std::max<std::size_t>(run_.stack.size(), node.count + 1));
  plan_.nodes.push_back(node);
  run_.nodes = plan_.nodes.data();
  run_.hints.resize(plan_.steps.size());
  const auto value = run_.eval(static_cast<NodeId>(plan_.nodes.size() - 1));
  plan_.nodes.pop_back();
  if (value.is(Kind::error)) {
    if (pure_call && plan_.overloads[plan_.calls[node.slot].first]->literal && !value.failure().fatal)
      issues_.push_back({node.offset, render(value.failure()), ""});
    return;
  }
  const auto offset = node.offset;
  node = PlanNode();
  node.offset = offset;
  node.cost = static_cast<std::uint32_t>(run_.cost);
  node.value = value;
}

}  // namespace

std::unique_ptr<re2::RE2> compile_pattern(std::string_view pattern) {
  constexpr std::int64_t most_memory = 1 << 20;
  re2::RE2::Options options(re2::RE2::Quiet);
  options.set_max_mem(most_memory);
  return std::make_unique<re2::RE2>(re2::StringPiece(pattern.data(), pattern.size()), options);
}

void make_plan(Ast ast, std::uint32_t slots, Plan& plan, std::vector<Issue>& issues) {
  Planner(std::move(ast), slots, plan, issues).run();
}

}  // namespace pratique::cel
