// Walking the plan: names, fields, logic. Loops are in loop.cpp, calls and literals in calls.cpp, operators in
// operators.cpp.
#include "engine/cel/run.h"

#include <re2/re2.h>

#include <algorithm>

namespace pratique::cel {
namespace {

constexpr std::uint64_t look_interval = 10'000;  // in units of cost

}  // namespace

PatternCache::PatternCache() = default;
PatternCache::~PatternCache() = default;

const re2::RE2* PatternCache::find(std::string_view pattern) const {
  for (const auto& known : patterns_)
    if (known->pattern() == pattern) return known.get();
  return nullptr;
}

const re2::RE2* PatternCache::add(std::string_view pattern) {
  auto compiled = compile_pattern(pattern);
  if (!compiled->ok()) return nullptr;
  if (patterns_.size() < capacity) return patterns_.emplace_back(std::move(compiled)).get();
  auto& oldest = patterns_[next_++ % capacity];
  oldest = std::move(compiled);
  return oldest.get();
}

Result<Value> Run::run(const Plan& wanted, const Activation& bindings, const Budget& budget) {
  arena.reset();
  plan = &wanted;
  nodes = wanted.nodes.data();
  environment = wanted.environment;
  activation = &bindings;
  cost = 0;
  cost_limit = budget.cost;
  cancelled = budget.cancelled ? &budget.cancelled : nullptr;
  next_look = cancelled != nullptr ? 0 : cost_limit;
  byte_limit = budget.bytes;
  stopped = Value();
  top = 0;
  pinned = 0;
  if (locals.size() < wanted.slots) {
    locals.resize(wanted.slots);
    lazies.resize(wanted.slots);
  }
  if (hints.size() < wanted.steps.size()) hints.resize(wanted.steps.size());
  if (stack.size() < wanted.stack) stack.resize(wanted.stack);
  Value value = cancelled != nullptr && !look() ? stopped : eval(wanted.root);
  if (cost > cost_limit) charge(0);
  if (stopped.is(Kind::error)) value = stopped;
  if (!value.is(Kind::error)) return value;
  const auto& failure = value.failure();
  issue = {failure.offset, render(failure), failure.fault == Fault::limit ? "raise the limit or ask for less" : "",
           failure.fault};
  return error_of(issue, wanted.expression);
}

bool Run::look() {
  if (stopped.is(Kind::error)) return false;
  if (cost > cost_limit) {
    stop(Fault::limit, "over the limit on cost");
    return false;
  }
  if (cancelled != nullptr && (*cancelled)()) {
    stop(Fault::interrupted, "cancelled");
    return false;
  }
  next_look = cancelled == nullptr ? cost_limit + 1 : std::min(cost_limit + 1, cost + look_interval);
  return true;
}

void* Run::room(std::size_t bytes) {
  if (bytes <= byte_limit && arena.used() + bytes <= byte_limit) return arena.allocate(bytes);
  stop(Fault::limit, "over the limit on memory");
  return nullptr;
}

Value Run::stop(Fault fault, std::string_view text) {
  if (!stopped.is(Kind::error)) {
    next_look = 0;  // every charge sees it from here on
    stopped = Value::error(*arena.make<Failure>(fault, true, offset, text, Value()));
  }
  return stopped;
}

Value Run::make_text(std::string_view text) {
  auto* copy = room_for<char>(text.size());
  if (copy == nullptr) return stopped;
  std::copy(text.begin(), text.end(), copy);
  return Value::text({copy, text.size()});
}

Value Run::make_list(std::span<const Value> items) {
  auto* copy = room_for<Value>(items.size());
  if (copy == nullptr) return stopped;
  std::copy(items.begin(), items.end(), copy);
  return Value::list({copy, items.size()});
}

Value Run::make_optional(Value held) {
  auto* box = room_for<Value>(1);
  if (box == nullptr) return stopped;
  *box = held;
  return Value::optional(box);
}

Value Run::fail(std::string_view text, Value about) {
  return Value::error(*arena.make<Failure>(Fault::malformed, false, offset, text, about));
}

const re2::RE2* Run::pattern(const Value& text) {
  for (const auto& [address, compiled] : plan->patterns)
    if (address == text.as_text().data() && compiled->pattern() == text.as_text()) return compiled.get();
  if (const auto* known = patterns.find(text.as_text())) return known;
  // Compiling takes more than matching: as much as reading the pattern 20 times.
  if (!charge(2 * text.as_text().size())) return nullptr;
  return patterns.add(text.as_text());
}

// A jump for each node and nothing else: what needs a frame is a function of its own.
Value Run::eval(NodeId id) {
  const auto& node = nodes[id];
  cost += node.cost;
  switch (node.op) {
    case Op::constant: return node.value;
    case Op::variable: return eval_variable(node);
    case Op::local: return locals[node.slot];
    case Op::path: return eval_path(node);
    case Op::lazy: return eval_lazy(node);
    case Op::select:
    case Op::optional_select: return eval_select(node);
    case Op::present: return eval_present(node);
    case Op::index:
    case Op::optional_index: return eval_index(node);
    case Op::both: return eval_logical(node, false);
    case Op::either: return eval_logical(node, true);
    case Op::choice: return eval_choice(node);
    case Op::call: return eval_call(node);
    case Op::list: return eval_list(node);
    case Op::map: return eval_map(node);
    case Op::object: return eval_object(node);
    case Op::loop: return eval_loop(node);
    case Op::chain: return eval_chain(node);
    case Op::bind: return eval_bind(node);
    case Op::failed: return eval_failed(node);
    default: return eval_operator(node);
  }
}

// Objects of one shape come again and again: the field is where it was the last time.
inline const Value* Run::find_step(const MapTable& table, std::uint32_t step) {
  auto& hint = hints[step];
  const auto& name = plan->steps[step].name;
  if (hint < table.size && same_name(table.entries[hint].key, name)) return &table.entries[hint].value;
  const auto place = find_entry(table, name);
  if (place < 0) return nullptr;
  hint = static_cast<std::uint32_t>(place);
  return &table.entries[place].value;
}

Value Run::eval_path(const PlanNode& node) {
  const auto& base = nodes[node.target];
  auto value = base.op == Op::local ? locals[base.slot] : eval_variable(base);
  for (auto step = node.slot; step < node.slot + node.count; ++step) {
    if (value.is(Kind::map) && !value.lazy()) {
      if (const auto* found = find_step(value.as_map(), step)) {
        value = *found;
        continue;
      }
    }
    offset = plan->steps[step].offset;
    value = select(value, plan->steps[step].name);
    if (value.is(Kind::error)) return value;
  }
  return value;
}

Value Run::eval_select(const PlanNode& node) {
  const auto target = eval(node.target);
  offset = node.offset;
  return node.op == Op::select ? select(target, node.value) : select_optional(target, node.value);
}

Value Run::eval_index(const PlanNode& node) {
  const auto target = eval(node.target);
  if (target.is(Kind::error)) return target;
  const auto key = operand(plan->children[node.first]);
  offset = node.offset;
  return node.op == Op::index ? index(target, key) : index_optional(target, key);
}

Value Run::eval_bind(const PlanNode& node) {
  locals[node.slot] = Value();
  lazies[node.slot] = node.target;
  const auto result = eval(plan->children[node.first]);
  if (!locals[node.slot].is(Kind::absent)) --pinned;  // the binding is over, and with it what it kept
  return result;
}

Value Run::eval_failed(const PlanNode& node) {
  offset = node.offset;
  return fail(node.value.as_text());
}

Value Run::eval_variable(const PlanNode& node) {
  const auto value = activation->value_of(node.slot);
  if (!value.is(Kind::absent)) return value;
  offset = node.offset;
  return fail("no value for the variable", Value::type(node.value.as_text()));
}

Value Run::eval_lazy(const PlanNode& node) {
  auto value = locals[node.slot];
  if (!value.is(Kind::absent)) return value;
  value = eval(lazies[node.slot]);
  locals[node.slot] = value;
  ++pinned;
  return value;
}

Value Run::select(const Value& target, const Value& name) {
  switch (target.kind()) {
    case Kind::map: {
      const auto found = target.find(name);
      return found.is(Kind::absent) ? fail("no such key", name) : found;
    }
    case Kind::object: {
      if (target.lazy()) {
        const auto found = target.find(name);
        return found.is(Kind::absent) ? fail("no such field", name) : found;
      }
      const auto place = target.as_object().type->find(name.as_text());
      if (place < 0) return fail("no such field", name);
      return read_field(target.as_object(), static_cast<std::uint32_t>(place), *environment, arena);
    }
    case Kind::optional: return target.held() == nullptr ? target : select_optional(target, name);
    case Kind::error: return target;
    default: return fail("no fields in a value of type", Value::type(type_name(target)));
  }
}

// optional.none() where there is no such key; also what `.` does to an optional.
Value Run::select_optional(const Value& target, const Value& name) {
  const auto held = target.is(Kind::optional) ? (target.held() == nullptr ? Value() : *target.held()) : target;
  switch (held.kind()) {
    case Kind::absent: return target;
    case Kind::error: return held;
    case Kind::map: {
      const auto found = held.find(name);
      return found.is(Kind::absent) ? Value::optional(nullptr) : make_optional(found);
    }
    case Kind::object: {
      if (!held.lazy()) {
        const auto place = held.as_object().type->find(name.as_text());
        if (place < 0) return fail("no such field", name);
        if (!has_field(held.as_object(), static_cast<std::uint32_t>(place))) return Value::optional(nullptr);
        return make_optional(select(held, name));
      }
      const auto found = held.find(name);
      return found.is(Kind::absent) ? Value::optional(nullptr) : make_optional(found);
    }
    default: return fail("no fields in a value of type", Value::type(type_name(held)));
  }
}

Value Run::eval_present(const PlanNode& node) {
  auto target = eval(node.target);
  offset = node.offset;
  if (target.is(Kind::optional)) {
    if (target.held() == nullptr) return Value::from_bool(false);
    target = *target.held();
  }
  switch (target.kind()) {
    case Kind::error: return target;
    case Kind::map:
      if (!target.lazy()) return Value::from_bool(find_step(target.as_map(), node.slot) != nullptr);
      return Value::from_bool(!target.find(node.value).is(Kind::absent));
    case Kind::object: {
      if (target.lazy()) return Value::from_bool(!target.find(node.value).is(Kind::absent));
      const auto place = target.as_object().type->find(node.value.as_text());
      if (place < 0) return fail("no such field", node.value);
      return Value::from_bool(has_field(target.as_object(), static_cast<std::uint32_t>(place)));
    }
    default: return fail("no fields in a value of type", Value::type(type_name(target)));
  }
}

namespace {

// A list's index from a number of any kind that is a whole number; -1 otherwise.
std::int64_t list_index(const Value& key) {
  if (key.is(Kind::integer)) return key.as_int();
  if (key.is(Kind::natural)) return key.as_uint() > INT64_MAX ? -1 : key.as_int();
  if (!key.is(Kind::real)) return -1;
  const double d = key.as_double();
  return d >= 0 && d < 9e15 && d == static_cast<double>(static_cast<std::int64_t>(d)) ? static_cast<std::int64_t>(d)
                                                                                      : -1;
}

// Absent where there is none.
Value find_element(const Value& target, const Value& key) {
  if (target.is(Kind::map)) return target.find(key);
  const auto place = list_index(key);
  return place < 0 || place >= target.size() ? Value() : target.at(static_cast<std::uint32_t>(place));
}

}  // namespace

Value Run::index(const Value& target, const Value& key) {
  if (target.is(Kind::error)) return target;
  if (key.is(Kind::error)) return key;
  if (target.is(Kind::optional)) return index_optional(target, key);
  if (!target.is(Kind::map) && !target.is(Kind::list)) return no_overload("[]", false, std::array{target, key});
  if (key.is(Kind::text)) cost += large_cost(key.as_text().size());
  const auto found = find_element(target, key);
  if (!found.is(Kind::absent)) return found;
  if (target.is(Kind::map)) return fail("no such key", key);
  if (!key.is_number()) return no_overload("[]", false, std::array{target, key});
  return fail("index out of bounds", key);
}

Value Run::index_optional(const Value& target, const Value& key) {
  if (key.is(Kind::error)) return key;
  if (target.is(Kind::optional) && target.held() == nullptr) return target;
  const auto held = target.is(Kind::optional) ? *target.held() : target;
  if (!held.is(Kind::map) && !held.is(Kind::list)) return no_overload("[?]", false, std::array{held, key});
  if (key.is(Kind::text)) cost += large_cost(key.as_text().size());
  const auto found = find_element(held, key);
  return found.is(Kind::absent) ? Value::optional(nullptr) : make_optional(found);
}

Value Run::no_condition(const Value& value) {
  return value.is(Kind::error) ? value : fail("no such overload: a bool is needed, not", Value::type(type_name(value)));
}

// `decides` is what settles the whole: true for ||. An error counts only where nothing does.
Value Run::eval_logical(const PlanNode& node, bool decides) {
  Value failure;
  for (const auto child : plan->children_of(node)) {
    const auto value = eval(child);
    if (value.is(Kind::boolean)) {
      if (value.as_bool() == decides) return value;
      continue;
    }
    if (stopped.is(Kind::error)) return stopped;
    offset = plan->nodes[child].offset;
    if (failure.is(Kind::absent)) failure = no_condition(value);
  }
  return failure.is(Kind::absent) ? Value::from_bool(!decides) : failure;
}

Value Run::eval_choice(const PlanNode& node) {
  const auto condition = eval(plan->children[node.first]);
  if (condition.is(Kind::boolean)) return operand(plan->children[node.first + (condition.as_bool() ? 1 : 2)]);
  offset = node.offset;
  return no_condition(condition);
}

Value Run::eval_chain(const PlanNode& node) {
  const auto target = eval(node.target);
  if (target.is(Kind::error)) return target;
  offset = node.offset;
  if (!target.is(Kind::optional)) return no_overload(node.optional ? "optFlatMap" : "optMap", true, std::array{target});
  if (target.held() == nullptr) return target;
  locals[node.slot] = *target.held();
  const auto result = eval(plan->children[node.first]);
  if (result.is(Kind::error)) return result;
  offset = node.offset;
  if (!node.optional) return make_optional(result);
  return result.is(Kind::optional) ? result : no_overload("optFlatMap", true, std::array{target, result});
}

}  // namespace pratique::cel
