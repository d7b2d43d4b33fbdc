// One evaluation: the walk over a plan, and what functions of the library use. Private.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/cel/cel.h"
#include "engine/cel/data.h"
#include "engine/cel/environment.h"
#include "engine/cel/plan.h"

namespace pratique::cel {

// What reading that much text costs: a tenth of a unit for a byte, as in cel-go.
inline std::uint64_t text_cost(std::uint64_t bytes) { return (bytes + 9) / 10; }

// For what costs 1 in cel-go whatever its size, and takes longer for a large one: nothing up to 256 bytes or elements.
inline std::uint64_t large_cost(std::uint64_t size) { return size <= 256 ? 0 : size / 64; }

// Compiled patterns that came up while running; the oldest goes first. Keeps a copy of each pattern's text.
class PatternCache {
 public:
  PatternCache();
  ~PatternCache();
  const re2::RE2* find(std::string_view pattern) const;
  const re2::RE2* add(std::string_view pattern);

 private:
  static constexpr std::size_t capacity = 32;
  std::vector<std::unique_ptr<re2::RE2>> patterns_;
  std::size_t next_ = 0;
};

struct Run {
  Arena arena;
  const Plan* plan = nullptr;
  const PlanNode* nodes = nullptr;  // of the plan
  const EnvironmentData* environment = nullptr;
  const Activation* activation = nullptr;
  std::uint64_t cost = 0;
  std::uint64_t cost_limit = 0;
  std::uint64_t next_look = 0;  // the cost at which limit and cancellation are looked at again
  std::size_t byte_limit = 0;
  const std::function<bool()>* cancelled = nullptr;
  Value stopped;             // the fatal error, once there is one
  std::uint32_t offset = 0;  // of the node whose function is called
  std::vector<Value> locals;
  std::vector<NodeId> lazies;        // by slot: what a binding evaluates
  std::vector<std::uint32_t> hints;  // by step: where in its map it was found last; a guess, whatever map comes
  std::vector<Value> stack;
  std::uint32_t top = 0;
  std::uint64_t pinned = 0;  // counts what was put into locals from within and must outlive a loop's element
  PatternCache patterns;
  Issue issue;  // of the last run that failed

  Result<Value> run(const Plan& plan, const Activation& activation, const Budget& budget);
  Value eval(NodeId id);
  // The same where a literal or a loop's variable is likely.
  Value operand(NodeId id) {
    const auto& node = nodes[id];
    if (node.op != Op::constant && node.op != Op::local) return eval(id);
    cost += node.cost;
    return node.op == Op::constant ? node.value : locals[node.slot];
  }

  // False: over the limit or cancelled, and `stopped` says so.
  bool charge(std::uint64_t more) {
    cost += more;
    return cost < next_look || look();
  }
  // Memory for a value; nullptr over the limit, and `stopped` says so.
  void* room(std::size_t bytes);
  template <class T>
  T* room_for(std::size_t count) {
    return static_cast<T*>(room(count * sizeof(T)));
  }
  Value make_text(std::string_view text);  // copied
  Value make_list(std::span<const Value> items);
  Value make_map(std::span<const Entry> entries);  // borrowed; refuses keys that cannot be and keys that come twice
  Value make_optional(Value held);
  Value fail(std::string_view text, Value about = {});  // `text` is borrowed: a literal
  Value stop(Fault fault, std::string_view text);
  // By text: compiled with the plan, or once and kept. nullptr where it is no pattern.
  const re2::RE2* pattern(const Value& text);
  // equal(), charged by what it looks at.
  bool same(const Value& a, const Value& b);
  Value sort_pairs(std::span<Entry> pairs);  // the values in the order of their keys

  Value select(const Value& target, const Value& name);
  Value select_optional(const Value& target, const Value& name);
  Value index(const Value& target, const Value& key);
  Value index_optional(const Value& target, const Value& key);

 private:
  bool look();
  Value eval_variable(const PlanNode& node);
  [[gnu::noinline]] Value eval_path(const PlanNode& node);
  [[gnu::noinline]] Value eval_lazy(const PlanNode& node);
  [[gnu::noinline]] Value eval_select(const PlanNode& node);
  [[gnu::noinline]] Value eval_index(const PlanNode& node);
  [[gnu::noinline]] Value eval_present(const PlanNode& node);
  [[gnu::noinline]] Value eval_operator(const PlanNode& node);
  [[gnu::noinline]] Value eval_binary(const PlanNode& node, const Value& a, const Value& b);
  [[gnu::noinline]] Value eval_logical(const PlanNode& node, bool decides);
  [[gnu::noinline]] Value eval_choice(const PlanNode& node);
  [[gnu::noinline]] Value eval_call(const PlanNode& node);
  [[gnu::noinline]] Value eval_list(const PlanNode& node);
  [[gnu::noinline]] Value eval_map(const PlanNode& node);
  [[gnu::noinline]] Value eval_object(const PlanNode& node);
  [[gnu::noinline]] Value eval_chain(const PlanNode& node);
  [[gnu::noinline]] Value eval_bind(const PlanNode& node);
  [[gnu::noinline]] Value eval_failed(const PlanNode& node);
  [[gnu::noinline]] Value eval_loop(const PlanNode& node);
  const Value* find_step(const MapTable& table, std::uint32_t step);
  Value eval_condition(const PlanNode& node, bool& holds);
  Value loop_quantifier(const PlanNode& node, const Value& range);
  Value loop_exists_one(const PlanNode& node, const Value& range);
  Value loop_list(const PlanNode& node, const Value& range);
  Value loop_map(const PlanNode& node, const Value& range);
  Value loop_sort(const PlanNode& node, const Value& range);
  void set_element(const PlanNode& node, const Value& range, std::uint32_t index);
  Value dispatch(const PlannedCall& call, std::span<const Value> arguments);
  Value no_overload(std::string_view name, bool receiver, std::span<const Value> arguments);
  Value no_condition(const Value& value);
  bool unwrap_part(Value& part, bool& skip);
};

// Operators where the fast path of both being int does not hold. Absent: no overload.
Value add(Run& run, const Value& a, const Value& b);
Value subtract(Run& run, const Value& a, const Value& b);
Value multiply(Run& run, const Value& a, const Value& b);
Value divide(Run& run, const Value& a, const Value& b);
Value modulo(Run& run, const Value& a, const Value& b);
Value negate(Run& run, const Value& a);
Value contains(Run& run, const Value& element, const Value& container);
// -1, 0, 1; 2 where a NaN is not ordered; 3 where the two have no order.
int compare(const Value& a, const Value& b);

}  // namespace pratique::cel
