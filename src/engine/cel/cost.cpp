// What a program can cost, before it runs: a bound from above and from below for every node, from the sizes of what it
// reads.
#include <algorithm>
#include <limits>

#include "engine/cel/plan.h"
#include "engine/cel/run.h"

namespace pratique::cel {
namespace {

constexpr auto unbounded = std::numeric_limits<std::uint64_t>::max();

std::uint64_t plus(std::uint64_t a, std::uint64_t b) { return a > unbounded - b ? unbounded : a + b; }
std::uint64_t times(std::uint64_t a, std::uint64_t b) {
  std::uint64_t product = 0;
  return __builtin_mul_overflow(a, b, &product) ? unbounded : product;
}
std::uint64_t tenth(std::uint64_t size) { return size == unbounded ? unbounded : text_cost(size); }

// A node's cost, how many bytes or elements its value has at most, and how much is in it all told.
struct Estimate {
  Range cost;
  Range size{1, 1};
  std::uint64_t deep = 1;
  std::string path;  // empty where it is not read straight from a variable

  void add(const Range& more) { cost = {plus(cost.least, more.least), plus(cost.most, more.most)}; }
};

std::uint64_t deep_size(const Value& value) {
  switch (value.kind()) {
    case Kind::text:
    case Kind::bytes: return value.as_text().size() + 1;
    case Kind::list:
    case Kind::map: {
      std::uint64_t sum = 1;
      for (std::uint32_t i = 0; i < value.size(); ++i)
        sum += deep_size(value.at(i)) + (value.is(Kind::map) ? deep_size(value.key_at(i)) : 0);
      return sum;
    }
    default: return 1;
  }
}

std::uint64_t flat_size(const Value& value) {
  if (value.is(Kind::text) || value.is(Kind::bytes)) return value.as_text().size();
  return value.is(Kind::list) || value.is(Kind::map) ? value.size() : 1;
}

class Estimator {
 public:
  Estimator(const Plan& plan, const SizeHint& hint) : plan_(plan), hint_(hint), locals_(plan.slots) {}

  Estimate estimate(NodeId id) {
    const auto& node = plan_.nodes[id];
    auto result = estimate_node(node);
    result.add({node.cost, node.cost});
    if (node.scalar) {
      result.size = {1, 1};
      result.deep = 1;
    }
    return result;
  }

 private:
  Estimate estimate_node(const PlanNode& node) {
    switch (node.op) {
      case Op::constant: {
        const auto size = flat_size(node.value);
        return {{}, {size, size}, deep_size(node.value), {}};
      }
      case Op::variable: return read(std::string(node.value.as_text()));
      case Op::local: return with_cost(locals_[node.slot], {});
      case Op::path: {
        auto result = with_cost(estimate(node.target), {});
        for (std::uint32_t i = 0; i < node.count; ++i)
          result = part(result, "." + std::string(plan_.steps[node.slot + i].name.as_text()));
        return result;
      }
      case Op::lazy: return with_cost(locals_[node.slot], {});
      case Op::select:
      case Op::optional_select: return part(estimate(node.target), "." + std::string(node.value.as_text()));
      case Op::present: return with_cost({}, estimate(node.target).cost);
      case Op::index:
      case Op::optional_index: {
        auto element = part(estimate(node.target), "[]");
        const auto key = estimate(plan_.children[node.first]);
        element.add(key.cost);
        element.add({0, key.size.most <= 256 ? 0 : key.size.most / 64});
        return element;
      }
      case Op::both:
      case Op::either: return logical(node);
      case Op::choice: return choice(node);
      case Op::call: return call(node);
      case Op::list:
      case Op::map:
      case Op::object: return literal(node);
      case Op::loop: return loop(node);
      case Op::bind:
      case Op::chain: return binding(node);
      case Op::failed: return {};
      default: return operation(node);
    }
  }

  static Estimate with_cost(Estimate estimate, Range cost) {
    estimate.cost = cost;
    return estimate;
  }

  Estimate read(std::string path) {
    Estimate result{{}, {0, unbounded}, unbounded, std::move(path)};
    const auto size = hint_ ? hint_(result.path) : std::nullopt;
    if (!size) return result;
    result.size = *size;
    const auto element = hint_(result.path + "[]");
    result.deep = plus(1, times(plus(size->most, 1), element ? plus(element->most, 1) : 1));
    return result;
  }

  // A field or an element of what `whole` is.
  Estimate part(const Estimate& whole, const std::string& step) {
    auto result = whole.path.empty() ? Estimate{{}, {0, whole.deep}, whole.deep, {}} : read(whole.path + step);
    result.cost = whole.cost;
    return result;
  }

  Estimate logical(const PlanNode& node) {
    Estimate result;
    for (std::uint32_t i = 0; i < node.count; ++i) {
      const auto cost = estimate(plan_.children[node.first + i]).cost;
      result.add({i == 0 ? cost.least : 0, cost.most});
    }
    return result;
  }

  Estimate choice(const PlanNode& node) {
    const auto condition = estimate(plan_.children[node.first]);
    const auto then = estimate(plan_.children[node.first + 1]), other = estimate(plan_.children[node.first + 2]);
    Estimate result{condition.cost,
                    {std::min(then.size.least, other.size.least), std::max(then.size.most, other.size.most)},
                    std::max(then.deep, other.deep),
                    {}};
    result.add({std::min(then.cost.least, other.cost.least), std::max(then.cost.most, other.cost.most)});
    return result;
  }

  Estimate literal(const PlanNode& node) {
    Estimate result{{}, {node.count, node.count}, 1, {}};
    for (const auto child : plan_.children_of(node)) {
      const auto value = estimate(child);
      result.add(value.cost);
      result.deep = plus(result.deep, value.deep);
    }
    return result;
  }

  Estimate operation(const PlanNode& node) {
    const auto a = estimate(plan_.children[node.first]);
    if (node.count == 1) return with_cost({}, {plus(a.cost.least, 1), plus(a.cost.most, 1)});
    const auto b = estimate(plan_.children[node.first + 1]);
    Estimate result;
    result.add(a.cost);
    result.add(b.cost);
    if (node.op == Op::add) {
      result.size = {plus(a.size.least, b.size.least), plus(a.size.most, b.size.most)};
      result.deep = plus(a.deep, b.deep);
      result.add({0, plus(1, tenth(result.size.most))});
    } else if (node.op == Op::in) {
      result.add({0, plus(plus(1, b.size.most), tenth(times(b.size.most, plus(std::min(a.deep, b.deep), 1))))});
    } else {
      const auto smaller = std::min(a.deep, b.deep);
      result.add({0, plus(1, tenth(smaller == 1 ? 1 : times(3, smaller)))});
    }
    return result;
  }

  // Functions that charge by size are bounded by the square of what they are given: no one of them compares more.
  Estimate call(const PlanNode& node) {
    const auto& planned = plan_.calls[node.slot];
    Estimate result;
    std::vector<Estimate> arguments;
    std::uint64_t deep = 0;
    for (const auto child : plan_.children_of(node)) {
      arguments.push_back(estimate(child));
      result.add(arguments.back().cost);
      deep = plus(deep, arguments.back().deep);
    }
    const auto name = planned.name;
    const auto bytes = [&](std::size_t i) { return arguments[i].size.most; };
    if (node.cost > 0 && name != "dyn") {
      result.size = {0, 64};
      result.deep = name == "type" ? 1 : 64;
      result.add({0, deep <= 256 ? 0 : plus(deep / 64, 20)});
      const bool host = planned.count > 0 && plan_.overloads[planned.first]->host != nullptr;
      if (host || name == "value" || name == "orValue" || name == "or")
        result.size = {0, unbounded}, result.deep = unbounded;
      return result;
    }
    if (name == "dyn") return with_cost(arguments[0], result.cost);
    if (name == "startsWith" || name == "endsWith") {
      result.add({0, tenth(bytes(1))});
    } else if (name == "contains") {
      result.add({0, times(tenth(bytes(0)), tenth(bytes(1)))});
    } else if (name == "matches") {
      const auto compiling = times(2, bytes(1));
      result.add({1, plus(compiling, times(tenth(plus(bytes(0), 1)), plus(bytes(1), 3) / 4))});
    } else {
      constexpr std::uint64_t fixed = 100, digits = 1500;  // a clause of format() may write a thousand digits
      const auto most = name == "lists.range" ? unbounded : plus(plus(fixed, times(digits, deep)), times(deep, deep));
      result.add({0, most});
      result.size = {0, most};
      result.deep = most;
    }
    return result;
  }

  Estimate loop(const PlanNode& node) {
    auto result = estimate(node.target);
    const auto range = result;
    auto element = part(range, "[]");
    if (range.path.empty()) element.size = {0, range.deep};
    locals_[node.slot] = element;
    if (node.two) locals_[node.slot + 1] = element;
    constexpr std::uint64_t around = 45, each = 16;  // the loops' own charges, from above
    std::uint64_t body = 0, kept = element.deep;
    for (const auto child : plan_.children_of(node)) {
      const auto value = estimate(child);
      body = plus(body, value.cost.most);
      if (node.loop == LoopKind::transform || node.loop == LoopKind::transform_map ||
          node.loop == LoopKind::transform_map_entry)
        kept = plus(value.deep, element.deep);
    }
    result.cost.most = plus(plus(result.cost.most, around), times(range.size.most, plus(body, each)));
    if (node.loop == LoopKind::sort_by)
      result.cost.most = plus(result.cost.most, times(range.size.most, times(64, plus(1, kept))));
    result.size = {0, range.size.most};
    result.deep = node.loop <= LoopKind::exists_one ? 1 : plus(1, times(range.size.most, kept));
    result.path.clear();
    return result;
  }

  Estimate binding(const PlanNode& node) {
    const auto value = estimate(node.target);
    locals_[node.slot] = node.op == Op::chain ? part(value, "") : value;
    auto result = estimate(plan_.children[node.first]);
    result.cost = {node.op == Op::bind ? result.cost.least : value.cost.least, plus(value.cost.most, result.cost.most)};
    result.path.clear();
    return result;
  }

  const Plan& plan_;
  const SizeHint& hint_;
  std::vector<Estimate> locals_;
};

}  // namespace

Range Program::estimate_cost(const SizeHint& hint) const { return Estimator(*plan_, hint).estimate(plan_->root).cost; }

}  // namespace pratique::cel
