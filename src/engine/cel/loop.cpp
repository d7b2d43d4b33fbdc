// Walking the plan: the comprehensions. Each charges what the fold that the language definition expands it to costs in
// cel-go: 2 to look at the condition of the loop, 1 for each read of the accumulator, and the step.
#include <algorithm>
#include <bit>

#include "engine/cel/run.h"

namespace pratique::cel {
namespace {

constexpr std::uint64_t list_cost = 10, map_cost = 30;

}  // namespace

Value Run::eval_loop(const PlanNode& node) {
  const auto range = eval(node.target);
  if (range.is(Kind::error)) return range;
  offset = node.offset;
  if (!range.is(Kind::list) && !range.is(Kind::map))
    return fail("no elements in a value of type", Value::type(type_name(range)));
  Value result;
  switch (node.loop) {
    case LoopKind::all:
    case LoopKind::exists: result = loop_quantifier(node, range); break;
    case LoopKind::exists_one: result = loop_exists_one(node, range); break;
    case LoopKind::filter:
    case LoopKind::transform: result = loop_list(node, range); break;
    case LoopKind::transform_map:
    case LoopKind::transform_map_entry: result = loop_map(node, range); break;
    case LoopKind::sort_by: result = loop_sort(node, range); break;
  }
  return stopped.is(Kind::error) ? stopped : result;
}

void Run::set_element(const PlanNode& node, const Value& range, std::uint32_t index) {
  const bool map = range.is(Kind::map);
  if (!node.two) {
    locals[node.slot] = map ? range.key_at(index) : range.at(index);
    return;
  }
  locals[node.slot] = map ? range.key_at(index) : Value::from_int(index);
  locals[node.slot + 1] = range.at(index);
}

Value Run::loop_quantifier(const PlanNode& node, const Value& range) {
  const bool decides = node.loop == LoopKind::exists;
  const auto size = range.size();
  const auto body = plan->children[node.first];
  const std::uint64_t step = decides ? 4 : 3;
  Value failure;
  for (std::uint32_t i = 0; i < size; ++i) {
    if (!charge(step)) return stopped;
    const auto mark = arena.mark();
    const auto before = pinned;
    set_element(node, range, i);
    const auto value = eval(body);
    if (value.is(Kind::boolean)) {
      if (value.as_bool() == decides) {
        cost += 1;
        return value;
      }
    } else if (stopped.is(Kind::error)) {
      return stopped;
    } else if (failure.is(Kind::absent)) {
      offset = plan->nodes[body].offset;
      failure = no_condition(value);
      continue;
    }
    if (pinned == before) arena.rewind(mark);  // nothing of this element is left
  }
  cost += 1;
  return failure.is(Kind::absent) ? Value::from_bool(!decides) : failure;
}

// The first child's bool, and the error where it gives none. What it took is given back.
Value Run::eval_condition(const PlanNode& node, bool& holds) {
  const auto mark = arena.mark();
  const auto before = pinned;
  const auto condition = plan->children[node.first];
  const auto value = eval(condition);
  if (!value.is(Kind::boolean)) {
    offset = plan->nodes[condition].offset;
    return no_condition(value);
  }
  if (pinned == before) arena.rewind(mark);
  holds = value.as_bool();
  return {};
}

Value Run::loop_exists_one(const PlanNode& node, const Value& range) {
  const auto size = range.size();
  std::uint32_t found = 0;
  for (std::uint32_t i = 0; i < size; ++i) {
    if (!charge(1)) return stopped;
    set_element(node, range, i);
    bool taken = false;
    if (const auto failure = eval_condition(node, taken); failure.is(Kind::error)) return failure;
    if (!taken) continue;
    cost += 1;
    ++found;
  }
  cost += 2;
  return Value::from_bool(found == 1);
}

// filter, map, transformList. The last child makes the element; where there are two, the first one says whether.
Value Run::loop_list(const PlanNode& node, const Value& range) {
  const auto size = range.size();
  const bool filter = node.loop == LoopKind::filter;
  const bool conditional = filter || node.count == 2;
  auto* items = room_for<Value>(size);
  if (items == nullptr) return stopped;
  std::size_t kept = 0;
  cost += list_cost;
  for (std::uint32_t i = 0; i < size; ++i) {
    if (!charge(1)) return stopped;
    set_element(node, range, i);
    if (conditional) {
      bool taken = false;
      if (const auto failure = eval_condition(node, taken); failure.is(Kind::error)) return failure;
      if (!taken) continue;
    }
    cost += list_cost + 1;
    if (filter) {
      cost += 1;
      items[kept++] = locals[node.slot];
      continue;
    }
    const auto value = eval(plan->children[node.first + node.count - 1]);
    if (value.is(Kind::error)) return value;
    items[kept++] = value;
  }
  cost += 1;
  return Value::list({items, kept});
}

Value Run::loop_map(const PlanNode& node, const Value& range) {
  const auto size = range.size();
  auto* entries = room_for<Entry>(size);
  if (entries == nullptr) return stopped;
  std::size_t kept = 0;
  cost += map_cost;
  for (std::uint32_t i = 0; i < size; ++i) {
    if (!charge(3)) return stopped;
    set_element(node, range, i);
    if (node.count == 2) {
      bool taken = false;
      if (const auto failure = eval_condition(node, taken); failure.is(Kind::error)) return failure;
      if (!taken) continue;
    }
    const auto value = eval(plan->children[node.first + node.count - 1]);
    if (value.is(Kind::error)) return value;
    if (node.loop == LoopKind::transform_map) {
      entries[kept++] = {locals[node.slot], value};
      continue;
    }
    offset = node.offset;
    if (!value.is(Kind::map) || value.size() != 1) return fail("transformMapEntry needs a map of one entry");
    entries[kept++] = {value.key_at(0), value.at(0)};
  }
  cost += 1;
  offset = node.offset;
  return make_map({entries, kept});
}

Value Run::loop_sort(const PlanNode& node, const Value& range) {
  if (!range.is(Kind::list)) return no_overload("sortBy", true, std::array{range});
  const auto size = range.size();
  auto* pairs = room_for<Entry>(size);
  if (pairs == nullptr || !charge(list_cost)) return stopped;
  for (std::uint32_t i = 0; i < size; ++i) {
    if (!charge(2)) return stopped;
    set_element(node, range, i);
    const auto key = eval(plan->children[node.first]);
    if (key.is(Kind::error)) return key;
    pairs[i] = {key, range.at(i)};
  }
  offset = node.offset;
  return sort_pairs({pairs, size});
}

// By key, stable; the values in that order.
Value Run::sort_pairs(std::span<Entry> pairs) {
  std::uint64_t each = 0;
  for (const auto& pair : pairs)
    each += 1 + (pair.key.is(Kind::text) || pair.key.is(Kind::bytes) ? large_cost(pair.key.as_text().size()) : 0);
  if (!charge(1 + each * static_cast<std::uint64_t>(std::bit_width(pairs.size())))) return stopped;
  for (const auto& pair : pairs)
    if (pair.key.kind() != pairs.front().key.kind() || compare(pair.key, pair.key) == 3)
      return fail("elements of this type cannot be sorted", Value::type(type_name(pair.key)));
  std::stable_sort(pairs.begin(), pairs.end(),
                   [](const Entry& a, const Entry& b) { return compare(a.key, b.key) < 0; });
  auto* items = room_for<Value>(pairs.size());
  if (items == nullptr) return stopped;
  for (std::size_t i = 0; i < pairs.size(); ++i) items[i] = pairs[i].value;
  return Value::list({items, pairs.size()});
}

}  // namespace pratique::cel
