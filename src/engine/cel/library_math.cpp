// math.*
#include <array>
#include <cmath>

#include "engine/cel/run.h"

namespace pratique::cel {
namespace {

using Arguments = std::span<const Value>;

template <int wanted>
Value extreme(Run& run, Arguments a) {
  run.cost += 1;
  if (a.size() == 1 && a[0].is_number()) return a[0];
  if (a.size() == 2) {
    if (!a[0].is_number() || !a[1].is_number()) return {};
    return compare_numbers(a[1], a[0]) == wanted ? a[1] : a[0];
  }
  if (a.size() != 1 || !a[0].is(Kind::list)) return {};
  if (!run.charge(a[0].size())) return run.stopped;
  if (a[0].size() == 0) return run.fail("no least and no greatest element of an empty list");
  Value best = a[0].at(0);
  if (!best.is_number()) return {};
  for (std::uint32_t i = 1; i < a[0].size(); ++i) {
    const auto next = a[0].at(i);
    if (!next.is_number()) return {};
    if (compare_numbers(next, best) == wanted) best = next;
  }
  return best;
}

template <double (*function)(double)>
Value of_double(Run&, Arguments a) {
  return a[0].is(Kind::real) ? Value::from_double(function(a[0].as_double())) : Value();
}
double ceil_of(double d) { return std::ceil(d); }
double floor_of(double d) { return std::floor(d); }
double round_of(double d) { return std::round(d); }
double trunc_of(double d) { return std::trunc(d); }

Value absolute(Run& run, Arguments a) {
  switch (a[0].kind()) {
    case Kind::natural: return a[0];
    case Kind::real: return Value::from_double(std::fabs(a[0].as_double()));
    case Kind::integer:
      if (a[0].as_int() == INT64_MIN) return run.fail("integer overflow");
      return Value::from_int(std::abs(a[0].as_int()));
    default: return {};
  }
}

Value sign(Run&, Arguments a) {
  switch (a[0].kind()) {
    case Kind::natural: return Value::from_uint(a[0].as_uint() > 0 ? 1 : 0);
    case Kind::integer: return Value::from_int(a[0].as_int() > 0 ? 1 : a[0].as_int() < 0 ? -1 : 0);
    case Kind::real: {
      const double d = a[0].as_double();
      return Value::from_double(d > 0 ? 1.0 : d < 0 ? -1.0 : d);
    }
    default: return {};
  }
}

Value is_nan(Run&, Arguments a) {
  return a[0].is(Kind::real) ? Value::from_bool(std::isnan(a[0].as_double())) : Value();
}
Value is_inf(Run&, Arguments a) {
  return a[0].is(Kind::real) ? Value::from_bool(std::isinf(a[0].as_double())) : Value();
}
Value is_finite(Run&, Arguments a) {
  return a[0].is(Kind::real) ? Value::from_bool(std::isfinite(a[0].as_double())) : Value();
}

Value square_root(Run&, Arguments a) {
  switch (a[0].kind()) {
    case Kind::real: return Value::from_double(std::sqrt(a[0].as_double()));
    case Kind::integer: return Value::from_double(std::sqrt(static_cast<double>(a[0].as_int())));
    case Kind::natural: return Value::from_double(std::sqrt(static_cast<double>(a[0].as_uint())));
    default: return {};
  }
}

Value with_bits(const Value& like, std::uint64_t bits) {
  return like.is(Kind::integer) ? Value::from_int(static_cast<std::int64_t>(bits)) : Value::from_uint(bits);
}
bool whole(const Value& v) { return v.is(Kind::integer) || v.is(Kind::natural); }

Value bit_and(Run&, Arguments a) {
  return whole(a[0]) && a[0].kind() == a[1].kind() ? with_bits(a[0], a[0].as_uint() & a[1].as_uint()) : Value();
}
Value bit_or(Run&, Arguments a) {
  return whole(a[0]) && a[0].kind() == a[1].kind() ? with_bits(a[0], a[0].as_uint() | a[1].as_uint()) : Value();
}
Value bit_xor(Run&, Arguments a) {
  return whole(a[0]) && a[0].kind() == a[1].kind() ? with_bits(a[0], a[0].as_uint() ^ a[1].as_uint()) : Value();
}
Value bit_not(Run&, Arguments a) { return whole(a[0]) ? with_bits(a[0], ~a[0].as_uint()) : Value(); }

// The sign bit is shifted like any other; 64 and more leaves nothing.
template <bool left>
Value bit_shift(Run& run, Arguments a) {
  if (!whole(a[0]) || !a[1].is(Kind::integer)) return {};
  const auto by = a[1].as_int();
  if (by < 0) return run.fail("a shift by less than zero", a[1]);
  if (by >= 64) return with_bits(a[0], 0);
  return with_bits(a[0], left ? a[0].as_uint() << by : a[0].as_uint() >> by);
}

constexpr std::array<Definition, 58> definitions = {{
    {"math.greatest(int) -> int", extreme<1>, 0},
    {"math.greatest(uint) -> uint", extreme<1>, 0},
    {"math.greatest(double) -> double", extreme<1>, 0},
    {"math.greatest(int, int) -> int", extreme<1>, 0},
    {"math.greatest(uint, uint) -> uint", extreme<1>, 0},
    {"math.greatest(double, double) -> double", extreme<1>, 0},
    {"math.greatest(int, uint) -> dyn", extreme<1>, 0},
    {"math.greatest(int, double) -> dyn", extreme<1>, 0},
    {"math.greatest(uint, int) -> dyn", extreme<1>, 0},
    {"math.greatest(uint, double) -> dyn", extreme<1>, 0},
    {"math.greatest(double, int) -> dyn", extreme<1>, 0},
    {"math.greatest(double, uint) -> dyn", extreme<1>, 0},
    {"math.greatest(list(int)) -> int", extreme<1>, 0},
    {"math.greatest(list(uint)) -> uint", extreme<1>, 0},
    {"math.greatest(list(double)) -> double", extreme<1>, 0},
    {"math.least(int) -> int", extreme<-1>, 0},
    {"math.least(uint) -> uint", extreme<-1>, 0},
    {"math.least(double) -> double", extreme<-1>, 0},
    {"math.least(int, int) -> int", extreme<-1>, 0},
    {"math.least(uint, uint) -> uint", extreme<-1>, 0},
    {"math.least(double, double) -> double", extreme<-1>, 0},
    {"math.least(int, uint) -> dyn", extreme<-1>, 0},
    {"math.least(int, double) -> dyn", extreme<-1>, 0},
    {"math.least(uint, int) -> dyn", extreme<-1>, 0},
    {"math.least(uint, double) -> dyn", extreme<-1>, 0},
    {"math.least(double, int) -> dyn", extreme<-1>, 0},
    {"math.least(double, uint) -> dyn", extreme<-1>, 0},
    {"math.least(list(int)) -> int", extreme<-1>, 0},
    {"math.least(list(uint)) -> uint", extreme<-1>, 0},
    {"math.least(list(double)) -> double", extreme<-1>, 0},
    {"math.ceil(double) -> double", of_double<ceil_of>},
    {"math.floor(double) -> double", of_double<floor_of>},
    {"math.round(double) -> double", of_double<round_of>},
    {"math.trunc(double) -> double", of_double<trunc_of>},
    {"math.abs(int) -> int", absolute},
    {"math.abs(uint) -> uint", absolute},
    {"math.abs(double) -> double", absolute},
    {"math.sign(int) -> int", sign},
    {"math.sign(uint) -> uint", sign},
    {"math.sign(double) -> double", sign},
    {"math.isNaN(double) -> bool", is_nan},
    {"math.isInf(double) -> bool", is_inf},
    {"math.isFinite(double) -> bool", is_finite},
    {"math.sqrt(double) -> double", square_root},
    {"math.sqrt(int) -> double", square_root},
    {"math.sqrt(uint) -> double", square_root},
    {"math.bitAnd(int, int) -> int", bit_and},
    {"math.bitAnd(uint, uint) -> uint", bit_and},
    {"math.bitOr(int, int) -> int", bit_or},
    {"math.bitOr(uint, uint) -> uint", bit_or},
    {"math.bitXor(int, int) -> int", bit_xor},
    {"math.bitXor(uint, uint) -> uint", bit_xor},
    {"math.bitNot(int) -> int", bit_not},
    {"math.bitNot(uint) -> uint", bit_not},
    {"math.bitShiftLeft(int, int) -> int", bit_shift<true>},
    {"math.bitShiftLeft(uint, int) -> uint", bit_shift<true>},
    {"math.bitShiftRight(int, int) -> int", bit_shift<false>},
    {"math.bitShiftRight(uint, int) -> uint", bit_shift<false>},
}};

}  // namespace

std::span<const Definition> math_definitions() { return definitions; }

}  // namespace pratique::cel
