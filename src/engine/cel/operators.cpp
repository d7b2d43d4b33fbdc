// The operators. Arithmetic never wraps: what does not fit is an error.
#include <array>
#include <cmath>
#include <limits>

#include "engine/cel/run.h"
#include "engine/cel/times.h"

namespace pratique::cel {
namespace {

constexpr auto int_min = std::numeric_limits<std::int64_t>::min();

// What comparing two values reads of the smaller one.
std::uint64_t size_of(const Value& value) {
  if (value.is(Kind::text) || value.is(Kind::bytes)) return value.as_text().size();
  return value.is(Kind::list) || value.is(Kind::map) ? value.size() : 1;
}

Value overflow(Run& run) { return run.fail("integer overflow"); }

Value concatenate(Run& run, const Value& a, const Value& b) {
  const auto x = a.as_text(), y = b.as_text();
  if (!run.charge(text_cost(x.size() + y.size()))) return run.stopped;
  auto* out = run.room_for<char>(x.size() + y.size());
  if (out == nullptr) return run.stopped;
  std::copy(y.begin(), y.end(), std::copy(x.begin(), x.end(), out));
  const std::string_view both(out, x.size() + y.size());
  return a.is(Kind::text) ? Value::text(both) : Value::bytes(both);
}

Value* copy_items(const Value& list, Value* out) {
  if (!list.lazy()) return std::copy(list.items().begin(), list.items().end(), out);
  for (std::uint32_t i = 0; i < list.size(); ++i) *out++ = list.at(i);
  return out;
}

// Cost 1 in cel-go, which chains the lists; ours copies, so that long ones cost by their size.
Value join_lists(Run& run, const Value& a, const Value& b) {
  const auto left = a.size(), right = b.size();
  if (!run.charge(1 + large_cost(std::uint64_t{left} + right))) return run.stopped;
  auto* out = run.room_for<Value>(std::size_t{left} + right);
  if (out == nullptr) return run.stopped;
  copy_items(b, copy_items(a, out));
  return Value::list({out, std::size_t{left} + right});
}

}  // namespace

bool Run::same(const Value& a, const Value& b) {
  std::uint64_t work = 0;
  const bool result = equal(a, b, work);
  const auto smaller = std::min(size_of(a), size_of(b));
  charge(std::max(text_cost(smaller), text_cost(work)));
  return result;
}

Value add(Run& run, const Value& a, const Value& b) {
  const bool same_kind = a.kind() == b.kind();
  if (same_kind && (a.is(Kind::text) || a.is(Kind::bytes))) return concatenate(run, a, b);
  if (same_kind && a.is(Kind::list)) return join_lists(run, a, b);
  run.cost += 1;
  if (a.is(Kind::duration) && b.is(Kind::timestamp)) return add_duration(run, b, a.as_int());
  if (a.is(Kind::timestamp) && b.is(Kind::duration)) return add_duration(run, a, b.as_int());
  if (!same_kind) return {};
  std::int64_t sum = 0;
  std::uint64_t natural = 0;
  switch (a.kind()) {
    case Kind::integer:
      return __builtin_add_overflow(a.as_int(), b.as_int(), &sum) ? overflow(run) : Value::from_int(sum);
    case Kind::natural:
      return __builtin_add_overflow(a.as_uint(), b.as_uint(), &natural) ? overflow(run) : Value::from_uint(natural);
    case Kind::real: return Value::from_double(a.as_double() + b.as_double());
    case Kind::duration:
      return __builtin_add_overflow(a.as_int(), b.as_int(), &sum) ? run.fail("duration out of range")
                                                                  : Value::duration(sum);
    default: return {};
  }
}

Value subtract(Run& run, const Value& a, const Value& b) {
  run.cost += 1;
  std::int64_t difference = 0;
  std::uint64_t natural = 0;
  if (a.is(Kind::timestamp) && b.is(Kind::duration))
    return b.as_int() == int_min ? run.fail("duration out of range") : add_duration(run, a, -b.as_int());
  if (a.kind() != b.kind()) return {};
  switch (a.kind()) {
    case Kind::integer:
      return __builtin_sub_overflow(a.as_int(), b.as_int(), &difference) ? overflow(run) : Value::from_int(difference);
    case Kind::natural:
      return __builtin_sub_overflow(a.as_uint(), b.as_uint(), &natural) ? overflow(run) : Value::from_uint(natural);
    case Kind::real: return Value::from_double(a.as_double() - b.as_double());
    case Kind::duration:
      return __builtin_sub_overflow(a.as_int(), b.as_int(), &difference) ? run.fail("duration out of range")
                                                                         : Value::duration(difference);
    case Kind::timestamp: return time_between(run, b, a);
    default: return {};
  }
}

Value multiply(Run& run, const Value& a, const Value& b) {
  run.cost += 1;
  if (a.kind() != b.kind()) return {};
  std::int64_t product = 0;
  std::uint64_t natural = 0;
  switch (a.kind()) {
    case Kind::integer:
      return __builtin_mul_overflow(a.as_int(), b.as_int(), &product) ? overflow(run) : Value::from_int(product);
    case Kind::natural:
      return __builtin_mul_overflow(a.as_uint(), b.as_uint(), &natural) ? overflow(run) : Value::from_uint(natural);
    case Kind::real: return Value::from_double(a.as_double() * b.as_double());
    default: return {};
  }
}

Value divide(Run& run, const Value& a, const Value& b) {
  run.cost += 1;
  if (a.kind() != b.kind()) return {};
  switch (a.kind()) {
    case Kind::integer:
      if (b.as_int() == 0) return run.fail("division by zero");
      return a.as_int() == int_min && b.as_int() == -1 ? overflow(run) : Value::from_int(a.as_int() / b.as_int());
    case Kind::natural:
      return b.as_uint() == 0 ? run.fail("division by zero") : Value::from_uint(a.as_uint() / b.as_uint());
    case Kind::real: {
      // IEEE 754, whatever the divisor; spelled out because C++ leaves division by zero undefined.
      const double x = a.as_double(), y = b.as_double();
      if (y != 0 || std::isnan(x)) return Value::from_double(x / y);
      if (x == 0) return Value::from_double(std::numeric_limits<double>::quiet_NaN());
      return Value::from_double(std::copysign(HUGE_VAL, std::signbit(x) == std::signbit(y) ? 1.0 : -1.0));
    }
    default: return {};
  }
}

Value modulo(Run& run, const Value& a, const Value& b) {
  run.cost += 1;
  if (a.kind() != b.kind()) return {};
  switch (a.kind()) {
    case Kind::integer:
      if (b.as_int() == 0) return run.fail("modulus by zero");
      return a.as_int() == int_min && b.as_int() == -1 ? overflow(run) : Value::from_int(a.as_int() % b.as_int());
    case Kind::natural:
      return b.as_uint() == 0 ? run.fail("modulus by zero") : Value::from_uint(a.as_uint() % b.as_uint());
    default: return {};
  }
}

Value negate(Run& run, const Value& a) {
  run.cost += 1;
  switch (a.kind()) {
    case Kind::integer: return a.as_int() == int_min ? overflow(run) : Value::from_int(-a.as_int());
    case Kind::real: return Value::from_double(-a.as_double());
    default: return {};
  }
}

int compare(const Value& a, const Value& b) {
  if (a.is_number() && b.is_number()) return compare_numbers(a, b);
  if (a.kind() != b.kind()) return 3;
  const auto order = [](auto x, auto y) { return x < y ? -1 : y < x ? 1 : 0; };
  switch (a.kind()) {
    case Kind::text:
    case Kind::bytes: return order(a.as_text().compare(b.as_text()), 0);
    case Kind::boolean: return order(a.as_bool(), b.as_bool());
    case Kind::duration: return order(a.as_int(), b.as_int());
    case Kind::timestamp: {
      const int seconds = order(a.as_int(), b.as_int());
      return seconds != 0 ? seconds : order(a.nanoseconds(), b.nanoseconds());
    }
    default: return 3;
  }
}

// An element costs 1 as in cel-go; a large one by its size as well.
constexpr std::uint64_t element_free = 100;

Value contains(Run& run, const Value& element, const Value& container) {
  if (container.is(Kind::map)) {
    run.cost += 1;
    return Value::from_bool(!container.find(element).is(Kind::absent));
  }
  if (!container.is(Kind::list)) return {};
  const auto size = container.size();
  if (!run.charge(size)) return run.stopped;
  for (std::uint32_t i = 0; i < size; ++i) {
    std::uint64_t work = 0;
    const bool found = equal(element, container.at(i), work);
    if (work > element_free && !run.charge(text_cost(work))) return run.stopped;
    if (found) return Value::from_bool(true);
  }
  return Value::from_bool(false);
}

namespace {

// What most expressions compute with. False: an overflow, or no such case.
bool operate_on_ints(Op op, std::int64_t a, std::int64_t b, Value& out) {
  std::int64_t result = 0;
  switch (op) {
    case Op::add:
      if (__builtin_add_overflow(a, b, &result)) return false;
      break;
    case Op::subtract:
      if (__builtin_sub_overflow(a, b, &result)) return false;
      break;
    case Op::multiply:
      if (__builtin_mul_overflow(a, b, &result)) return false;
      break;
    case Op::divide:
    case Op::modulo:
      if (b == 0 || b == -1) return false;
      result = op == Op::divide ? a / b : a % b;
      break;
    case Op::equal: out = Value::from_bool(a == b); return true;
    case Op::unequal: out = Value::from_bool(a != b); return true;
    case Op::less: out = Value::from_bool(a < b); return true;
    case Op::less_equal: out = Value::from_bool(a <= b); return true;
    case Op::greater: out = Value::from_bool(a > b); return true;
    case Op::greater_equal: out = Value::from_bool(a >= b); return true;
    default: return false;
  }
  out = Value::from_int(result);
  return true;
}

}  // namespace

Value Run::eval_operator(const PlanNode& node) {
  const auto a = operand(node.target);
  if (a.is(Kind::error)) return a;
  if (node.op == Op::negation || node.op == Op::negate) {
    offset = node.offset;
    cost += node.op == Op::negation ? 1 : 0;
    if (node.op == Op::negation && a.is(Kind::boolean)) return Value::from_bool(!a.as_bool());
    const auto result = node.op == Op::negate ? negate(*this, a) : Value();
    return result.is(Kind::absent) ? no_overload(node.op == Op::negate ? "-" : "!", false, std::array{a}) : result;
  }
  const auto b = operand(node.slot);
  if (b.is(Kind::error)) return b;
  Value result;
  if (a.is(Kind::integer) && b.is(Kind::integer) && operate_on_ints(node.op, a.as_int(), b.as_int(), result)) {
    cost += 1;
    return result;
  }
  offset = node.offset;
  return eval_binary(node, a, b);
}

Value Run::eval_binary(const PlanNode& node, const Value& a, const Value& b) {
  constexpr std::array<std::string_view, 13> names = {
      "+", "-", "*", "/", "%", "-", "==", "!=", "<", "<=", ">", ">=", "in"};
  Value result;
  switch (node.op) {
    case Op::add: result = add(*this, a, b); break;
    case Op::subtract: result = subtract(*this, a, b); break;
    case Op::multiply: result = multiply(*this, a, b); break;
    case Op::divide: result = divide(*this, a, b); break;
    case Op::modulo: result = modulo(*this, a, b); break;
    case Op::equal: result = Value::from_bool(same(a, b)); break;
    case Op::unequal: result = Value::from_bool(!same(a, b)); break;
    case Op::in: result = contains(*this, a, b); break;
    default: {
      cost += text_cost(std::min(size_of(a), size_of(b)));
      const int order = compare(a, b);
      if (order == 3) break;
      const bool holds = order == 2                  ? false
                         : node.op == Op::less       ? order < 0
                         : node.op == Op::less_equal ? order <= 0
                         : node.op == Op::greater    ? order > 0
                                                     : order >= 0;
      result = Value::from_bool(holds);
    }
  }
  if (stopped.is(Kind::error)) return stopped;
  if (!result.is(Kind::absent)) return result;
  return no_overload(names[static_cast<std::size_t>(node.op) - static_cast<std::size_t>(Op::add)], false,
                     std::array{a, b});
}

namespace {

// For the checker alone: operators are opcodes, not calls.
constexpr std::array<Definition, 30> definitions = {{
    {"+(int, int) -> int", nullptr},
    {"+(uint, uint) -> uint", nullptr},
    {"+(double, double) -> double", nullptr},
    {"+(string, string) -> string", nullptr},
    {"+(bytes, bytes) -> bytes", nullptr},
    {"+(list(A), list(A)) -> list(A)", nullptr},
    {"+(timestamp, duration) -> timestamp", nullptr},
    {"+(duration, timestamp) -> timestamp", nullptr},
    {"+(duration, duration) -> duration", nullptr},
    {"-(int, int) -> int", nullptr},
    {"-(uint, uint) -> uint", nullptr},
    {"-(double, double) -> double", nullptr},
    {"-(timestamp, timestamp) -> duration", nullptr},
    {"-(timestamp, duration) -> timestamp", nullptr},
    {"-(duration, duration) -> duration", nullptr},
    {"-(int) -> int", nullptr},
    {"-(double) -> double", nullptr},
    {"*(int, int) -> int", nullptr},
    {"*(uint, uint) -> uint", nullptr},
    {"*(double, double) -> double", nullptr},
    {"/(int, int) -> int", nullptr},
    {"/(uint, uint) -> uint", nullptr},
    {"/(double, double) -> double", nullptr},
    {"%(int, int) -> int", nullptr},
    {"%(uint, uint) -> uint", nullptr},
    {"!(bool) -> bool", nullptr},
    {"==(A, A) -> bool", nullptr},
    {"!=(A, A) -> bool", nullptr},
    {"in(A, list(A)) -> bool", nullptr},
    {"in(A, map(A, B)) -> bool", nullptr},
}};

}  // namespace

std::span<const Definition> operator_definitions() {
  static const auto orders = [] {
    std::vector<std::string> all;
    const auto add = [&](std::string_view op, std::string_view a, std::string_view b) {
      all.push_back(std::string(op).append("(").append(a).append(", ").append(b).append(") -> bool"));
    };
    for (const std::string_view op : {"<", "<=", ">", ">="}) {
      for (const std::string_view type : {"bool", "string", "bytes", "timestamp", "duration"}) add(op, type, type);
      for (const std::string_view a : {"int", "uint", "double"})
        for (const std::string_view b : {"int", "uint", "double"}) add(op, a, b);
    }
    return all;
  }();
  static const auto table = [] {
    std::vector<Definition> all(definitions.begin(), definitions.end());
    for (const auto& order : orders) all.push_back({order, nullptr});
    return all;
  }();
  return table;
}

}  // namespace pratique::cel
