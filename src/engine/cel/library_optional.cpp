// Optional values.
#include <array>

#include "engine/cel/object.h"
#include "engine/cel/run.h"

namespace pratique::cel {
namespace {

using Arguments = std::span<const Value>;

// The zero of its type: false, 0, "", an empty list or map, the epoch, an object with nothing set; null too.
bool is_zero(const Value& value) {
  switch (value.kind()) {
    case Kind::null: return true;
    case Kind::boolean:
    case Kind::integer:
    case Kind::natural:
    case Kind::duration: return value.as_int() == 0;
    case Kind::real: return value.as_double() == 0;
    case Kind::text:
    case Kind::bytes: return value.as_text().empty();
    case Kind::timestamp: return value.as_int() == 0 && value.nanoseconds() == 0;
    case Kind::list:
    case Kind::map: return value.size() == 0;
    case Kind::object: return is_empty_object(value);
    case Kind::optional: return value.held() == nullptr;
    default: return false;
  }
}

Value of(Run& run, Arguments a) { return run.make_optional(a[0]); }
Value none(Run&, Arguments) { return Value::optional(nullptr); }
Value of_non_zero(Run& run, Arguments a) { return is_zero(a[0]) ? Value::optional(nullptr) : run.make_optional(a[0]); }

Value has_value(Run&, Arguments a) {
  return a[0].is(Kind::optional) ? Value::from_bool(a[0].held() != nullptr) : Value();
}

Value value(Run& run, Arguments a) {
  if (!a[0].is(Kind::optional)) return {};
  return a[0].held() == nullptr ? run.fail("optional.none() has no value") : *a[0].held();
}

Value or_else(Run&, Arguments a) {
  if (!a[0].is(Kind::optional) || !a[1].is(Kind::optional)) return {};
  return a[0].held() != nullptr ? a[0] : a[1];
}

Value or_value(Run&, Arguments a) {
  if (!a[0].is(Kind::optional)) return {};
  return a[0].held() != nullptr ? *a[0].held() : a[1];
}

Value unwrap(Run& run, Arguments a) {
  if (!a[0].is(Kind::list) || !run.charge(a[0].size())) return {};
  std::vector<Value> held;
  for (std::uint32_t i = 0; i < a[0].size(); ++i) {
    const auto item = a[0].at(i);
    if (!item.is(Kind::optional)) return {};
    if (item.held() != nullptr) held.push_back(*item.held());
  }
  return run.make_list(held);
}

constexpr std::array<Definition, 9> definitions = {{
    {"optional.of(A) -> optional_type(A)", of},
    {"optional.none() -> optional_type(A)", none},
    {"optional.ofNonZeroValue(A) -> optional_type(A)", of_non_zero},
    {"optional.unwrap(list(optional_type(A))) -> list(A)", unwrap, 0},
    {"list(optional_type(A)).unwrapOpt() -> list(A)", unwrap, 0},
    {"optional_type(A).hasValue() -> bool", has_value},
    {"optional_type(A).value() -> A", value},
    {"optional_type(A).or(optional_type(A)) -> optional_type(A)", or_else},
    {"optional_type(A).orValue(A) -> A", or_value},
}};

}  // namespace

std::span<const Definition> optional_definitions() { return definitions; }

}  // namespace pratique::cel
