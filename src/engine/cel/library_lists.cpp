// Lists as cel-go and Kubernetes extend them, and sets.
#include <algorithm>
#include <array>

#include "engine/cel/run.h"

namespace pratique::cel {
namespace {

using Arguments = std::span<const Value>;

bool lists(Arguments a, std::size_t count) {
  return std::all_of(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(count),
                     [](const Value& v) { return v.is(Kind::list); });
}

// Looking at an element costs 1, a long text more.
bool looks(Run& run, const Value& element) {
  return run.charge(1 + (element.is(Kind::text) || element.is(Kind::bytes) ? large_cost(element.as_text().size()) : 0));
}

Value is_sorted(Run& run, Arguments a) {
  if (!lists(a, 1)) return {};
  for (std::uint32_t i = 1; i < a[0].size(); ++i) {
    if (!looks(run, a[0].at(i))) return run.stopped;
    const int order = compare(a[0].at(i - 1), a[0].at(i));
    if (order == 3) return {};
    if (order > 0) return Value::from_bool(false);
  }
  return Value::from_bool(true);
}

Value sum(Run& run, Arguments a) {
  if (!lists(a, 1)) return {};
  if (a[0].size() == 0) return Value::from_int(0);
  Value total = a[0].at(0);
  if (!total.is_number() && !total.is(Kind::duration)) return {};
  for (std::uint32_t i = 1; i < a[0].size(); ++i) {
    if (!run.charge(0)) return run.stopped;
    total = add(run, total, a[0].at(i));
    if (total.is(Kind::absent) || total.is(Kind::error)) return total;
  }
  return total;
}

template <int wanted>
Value extreme(Run& run, Arguments a) {
  if (!lists(a, 1)) return {};
  if (a[0].size() == 0) return run.fail("no least and no greatest element of an empty list");
  Value best = a[0].at(0);
  if (compare(best, best) == 3) return {};
  for (std::uint32_t i = 1; i < a[0].size(); ++i) {
    const auto next = a[0].at(i);
    if (!looks(run, next)) return run.stopped;
    const int order = compare(next, best);
    if (order == 3) return {};
    if (order == wanted) best = next;
  }
  return best;
}

Value index_of(Run& run, Arguments a) {
  if (!lists(a, 1)) return {};
  for (std::uint32_t i = 0; i < a[0].size(); ++i) {
    const bool found = run.same(a[0].at(i), a[1]);
    if (run.stopped.is(Kind::error)) return run.stopped;
    if (found) return Value::from_int(i);
  }
  return Value::from_int(-1);
}

Value last_index_of(Run& run, Arguments a) {
  if (!lists(a, 1)) return {};
  for (std::uint32_t i = a[0].size(); i-- > 0;) {
    const bool found = run.same(a[0].at(i), a[1]);
    if (run.stopped.is(Kind::error)) return run.stopped;
    if (found) return Value::from_int(i);
  }
  return Value::from_int(-1);
}

// A new list of the elements that item(i) gives for 0..size.
template <class Item>
Value made(Run& run, std::size_t size, Item item) {
  if (!run.charge(10 + size)) return run.stopped;
  auto* items = run.room_for<Value>(size);
  if (items == nullptr) return run.stopped;
  for (std::size_t i = 0; i < size; ++i) items[i] = item(static_cast<std::uint32_t>(i));
  return Value::list({items, size});
}

Value slice(Run& run, Arguments a) {
  if (!lists(a, 1) || !a[1].is(Kind::integer) || !a[2].is(Kind::integer)) return {};
  const auto start = a[1].as_int(), end = a[2].as_int();
  if (start < 0 || start > end) return run.fail("a slice that starts outside the list", a[1]);
  if (end > a[0].size()) return run.fail("a slice that ends outside the list", a[2]);
  return made(run, static_cast<std::size_t>(end - start),
              [&](std::uint32_t i) { return a[0].at(static_cast<std::uint32_t>(start) + i); });
}

Value reverse(Run& run, Arguments a) {
  if (!lists(a, 1)) return {};
  const auto size = a[0].size();
  return made(run, size, [&](std::uint32_t i) { return a[0].at(size - 1 - i); });
}

Value range(Run& run, Arguments a) {
  if (!a[0].is(Kind::integer)) return {};
  const auto size = static_cast<std::size_t>(std::clamp<std::int64_t>(a[0].as_int(), 0, UINT32_MAX));
  return made(run, size, [](std::uint32_t i) { return Value::from_int(i); });
}

bool flatten_into(Run& run, const Value& list, std::int64_t depth, std::vector<Value>& out) {
  for (std::uint32_t i = 0; i < list.size(); ++i) {
    if (!run.charge(1) || out.size() * sizeof(Value) > run.byte_limit) return false;
    const auto item = list.at(i);
    if (depth == 0 || !item.is(Kind::list))
      out.push_back(item);
    else if (!flatten_into(run, item, depth - 1, out))
      return false;
  }
  return true;
}

Value flatten(Run& run, Arguments a) {
  if (!lists(a, 1) || (a.size() == 2 && !a[1].is(Kind::integer))) return {};
  if (a.size() == 2 && a[1].as_int() < 0) return run.fail("a depth below zero", a[1]);
  std::vector<Value> out;
  if (!flatten_into(run, a[0], a.size() == 2 ? a[1].as_int() : 1, out))
    return run.stop(Fault::limit, "over the limit on memory");
  return run.make_list(out);
}

Value distinct(Run& run, Arguments a) {
  if (!lists(a, 1)) return {};
  std::vector<Value> out;
  for (std::uint32_t i = 0; i < a[0].size(); ++i) {
    const auto item = a[0].at(i);
    const bool known = std::any_of(out.begin(), out.end(), [&](const Value& v) { return run.same(v, item); });
    if (run.stopped.is(Kind::error)) return run.stopped;
    if (!known) out.push_back(item);
  }
  return run.charge(10) ? run.make_list(out) : run.stopped;
}

Value sort(Run& run, Arguments a) {
  if (!lists(a, 1)) return {};
  auto* pairs = run.room_for<Entry>(a[0].size());
  if (pairs == nullptr) return run.stopped;
  for (std::uint32_t i = 0; i < a[0].size(); ++i) pairs[i] = {a[0].at(i), a[0].at(i)};
  return run.sort_pairs({pairs, a[0].size()});
}

Value first(Run& run, Arguments a) {
  if (!lists(a, 1)) return {};
  return a[0].size() == 0 ? Value::optional(nullptr) : run.make_optional(a[0].at(0));
}

Value last(Run& run, Arguments a) {
  if (!lists(a, 1)) return {};
  return a[0].size() == 0 ? Value::optional(nullptr) : run.make_optional(a[0].at(a[0].size() - 1));
}

bool holds(Run& run, const Value& list, const Value& item) {
  for (std::uint32_t i = 0; i < list.size(); ++i) {
    if (run.same(list.at(i), item)) return true;
    if (run.stopped.is(Kind::error)) return false;
  }
  return false;
}

bool holds_all(Run& run, const Value& list, const Value& items) {
  for (std::uint32_t i = 0; i < items.size(); ++i)
    if (!holds(run, list, items.at(i))) return false;
  return true;
}

Value sets_contains(Run& run, Arguments a) {
  return lists(a, 2) ? Value::from_bool(holds_all(run, a[0], a[1])) : Value();
}

Value sets_equivalent(Run& run, Arguments a) {
  return lists(a, 2) ? Value::from_bool(holds_all(run, a[0], a[1]) && holds_all(run, a[1], a[0])) : Value();
}

Value sets_intersects(Run& run, Arguments a) {
  if (!lists(a, 2)) return {};
  for (std::uint32_t i = 0; i < a[0].size(); ++i)
    if (holds(run, a[1], a[0].at(i))) return Value::from_bool(true);
  return Value::from_bool(false);
}

constexpr std::array<Definition, 22> definitions = {{
    {"list(A).isSorted() -> bool", is_sorted, 0},
    {"list(int).sum() -> int", sum, 0},
    {"list(uint).sum() -> uint", sum, 0},
    {"list(double).sum() -> double", sum, 0},
    {"list(duration).sum() -> duration", sum, 0},
    {"list(A).min() -> A", extreme<-1>, 0},
    {"list(A).max() -> A", extreme<1>, 0},
    {"list(A).indexOf(A) -> int", index_of, 0},
    {"list(A).lastIndexOf(A) -> int", last_index_of, 0},
    {"list(A).slice(int, int) -> list(A)", slice, 0},
    {"list(A).reverse() -> list(A)", reverse, 0},
    {"list(list(A)).flatten() -> list(A)", flatten, 0},
    {"list(dyn).flatten() -> list(dyn)", flatten, 0},
    {"list(dyn).flatten(int) -> list(dyn)", flatten, 0},
    {"list(A).distinct() -> list(A)", distinct, 0},
    {"list(A).sort() -> list(A)", sort, 0},
    {"list(A).first() -> optional_type(A)", first},
    {"list(A).last() -> optional_type(A)", last},
    {"lists.range(int) -> list(int)", range, 0},
    {"sets.contains(list(A), list(A)) -> bool", sets_contains, 0},
    {"sets.equivalent(list(A), list(A)) -> bool", sets_equivalent, 0},
    {"sets.intersects(list(A), list(A)) -> bool", sets_intersects, 0},
}};

}  // namespace

std::span<const Definition> list_definitions() { return definitions; }

}  // namespace pratique::cel
