#include <algorithm>

#include "engine/cel/cel.h"
#include "engine/cel/checker.h"
#include "engine/cel/plan.h"
#include "engine/cel/run.h"

namespace pratique::cel {
namespace {

// The plan, and what was found on the way; the plan is only good where there is nothing or nobody asked for the
// checker.
std::unique_ptr<Plan> make_plan_of(std::string_view expression, const Environment& environment,
                                   const CompileOptions& options, std::vector<Issue>& issues) {
  auto plan = std::make_unique<Plan>();
  plan->expression = expression;
  plan->environment = &environment.data();
  auto parsed = parse_expression(plan->expression, {options.bytes, options.depth, options.nodes});
  if (auto* issue = std::get_if<Issue>(&parsed)) {
    issues.push_back(std::move(*issue));
    return nullptr;
  }
  auto& ast = std::get<Ast>(parsed);
  Checker checker(ast, environment.data());
  checker.run();
  if (options.checked) {
    issues = checker.issues();
    if (!issues.empty()) return nullptr;
  }
  plan->type = extern_type(ast.exprs[ast.root].type);
  const auto slots = checker.slots();
  std::vector<Issue> refused;
  make_plan(std::move(ast), slots, *plan, refused);
  if (options.checked) issues = std::move(refused);
  return plan;
}

}  // namespace

Result<Program> compile(std::string_view expression, const Environment& environment, const CompileOptions& options) {
  std::vector<Issue> issues;
  auto plan = make_plan_of(expression, environment, options, issues);
  if (!issues.empty()) return error_of(issues.front(), expression);
  return Program(std::move(plan));
}

std::vector<Issue> find_issues(std::string_view expression, const Environment& environment,
                               const CompileOptions& options) {
  std::vector<Issue> issues;
  make_plan_of(expression, environment, options, issues);
  std::stable_sort(issues.begin(), issues.end(), [](const Issue& a, const Issue& b) { return a.offset < b.offset; });
  return issues;
}

Program::Program(std::unique_ptr<const Plan> plan) : plan_(std::move(plan)) {}
Program::Program(Program&&) noexcept = default;
Program& Program::operator=(Program&&) noexcept = default;
Program::~Program() = default;

const std::string& Program::expression() const { return plan_->expression; }
const Type& Program::type() const { return plan_->type; }

std::vector<std::uint32_t> Program::variables() const {
  std::vector<std::uint32_t> numbers;
  for (const auto& node : plan_->nodes)
    if (node.op == Op::variable) numbers.push_back(node.slot);
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  return numbers;
}

Evaluator::Evaluator() : run_(std::make_unique<Run>()) {}
Evaluator::Evaluator(Evaluator&&) noexcept = default;
Evaluator& Evaluator::operator=(Evaluator&&) noexcept = default;
Evaluator::~Evaluator() = default;

Result<Value> Evaluator::run(const Program& program, const Activation& activation, const Budget& budget) {
  return run_->run(program.plan(), activation, budget);
}
std::uint64_t Evaluator::cost() const { return run_->cost; }
const Issue& Evaluator::issue() const { return run_->issue; }

}  // namespace pratique::cel
