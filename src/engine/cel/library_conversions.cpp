// bool, bytes, double, duration, dyn, int, string, timestamp, type, uint; base64.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "engine/cel/numbers.h"
#include "engine/cel/run.h"
#include "engine/cel/times.h"

namespace pratique::cel {
namespace {

using Arguments = std::span<const Value>;

bool reads(Run& run, const Value& text) { return run.charge(large_cost(text.as_text().size())); }

Value to_bool(Run& run, Arguments a) {
  if (a[0].is(Kind::boolean)) return a[0];
  if (!a[0].is(Kind::text)) return {};
  constexpr std::array<std::string_view, 6> yes = {"1", "t", "T", "true", "TRUE", "True"};
  constexpr std::array<std::string_view, 6> no = {"0", "f", "F", "false", "FALSE", "False"};
  if (std::find(yes.begin(), yes.end(), a[0].as_text()) != yes.end()) return Value::from_bool(true);
  if (std::find(no.begin(), no.end(), a[0].as_text()) != no.end()) return Value::from_bool(false);
  return run.fail("not a bool", a[0]);
}

Value to_bytes(Run& run, Arguments a) {
  if (a[0].is(Kind::bytes)) return a[0];
  if (!a[0].is(Kind::text)) return {};
  run.charge(text_cost(a[0].as_text().size()));
  return Value::bytes(a[0].as_text());
}

Value to_double(Run& run, Arguments a) {
  switch (a[0].kind()) {
    case Kind::real: return a[0];
    case Kind::integer: return Value::from_double(static_cast<double>(a[0].as_int()));
    case Kind::natural: return Value::from_double(static_cast<double>(a[0].as_uint()));
    case Kind::text: {
      if (!reads(run, a[0])) return run.stopped;
      const auto value = parse_double(a[0].as_text());
      return value ? Value::from_double(*value) : run.fail("not a double", a[0]);
    }
    default: return {};
  }
}

Value to_int(Run& run, Arguments a) {
  const auto ranged = [&](std::optional<std::int64_t> value) {
    return value ? Value::from_int(*value) : run.fail("not in the range of int", a[0]);
  };
  switch (a[0].kind()) {
    case Kind::integer: return a[0];
    case Kind::natural: return a[0].as_uint() > INT64_MAX ? ranged(std::nullopt) : Value::from_int(a[0].as_int());
    case Kind::real: return ranged(double_to_int(a[0].as_double()));
    case Kind::text: {
      if (!reads(run, a[0])) return run.stopped;
      const auto value = parse_int(a[0].as_text());
      return value ? Value::from_int(*value) : run.fail("not an int", a[0]);
    }
    case Kind::timestamp:
    case Kind::duration: return Value::from_int(a[0].as_int());
    default: return {};
  }
}

Value to_uint(Run& run, Arguments a) {
  const auto ranged = [&](std::optional<std::uint64_t> value) {
    return value ? Value::from_uint(*value) : run.fail("not in the range of uint", a[0]);
  };
  switch (a[0].kind()) {
    case Kind::natural: return a[0];
    case Kind::integer: return a[0].as_int() < 0 ? ranged(std::nullopt) : Value::from_uint(a[0].as_uint());
    case Kind::real: return ranged(double_to_uint(a[0].as_double()));
    case Kind::text: {
      if (!reads(run, a[0])) return run.stopped;
      const auto value = parse_uint(a[0].as_text());
      return value ? Value::from_uint(*value) : run.fail("not a uint", a[0]);
    }
    default: return {};
  }
}

Value to_string(Run& run, Arguments a) {
  switch (a[0].kind()) {
    case Kind::text: return a[0];
    case Kind::boolean: return Value::text(a[0].as_bool() ? "true" : "false");
    case Kind::integer: return run.make_text(std::to_string(a[0].as_int()));
    case Kind::natural: return run.make_text(std::to_string(a[0].as_uint()));
    case Kind::real: return run.make_text(render_general(a[0].as_double()));
    case Kind::bytes:
      if (!run.charge(text_cost(a[0].as_text().size()))) return run.stopped;
      return is_utf8(a[0].as_text()) ? Value::text(a[0].as_text()) : run.fail("bytes that are not UTF-8");
    case Kind::timestamp: return run.make_text(render_timestamp(a[0]));
    case Kind::duration: return run.make_text(render_duration(a[0].as_int()));
    case Kind::opaque: return run.make_text(a[0].as_opaque().text());
    default: return {};
  }
}

Value to_timestamp(Run& run, Arguments a) {
  if (a[0].is(Kind::timestamp)) return a[0];
  if (a[0].is(Kind::integer)) return make_timestamp(run, a[0].as_int(), 0);
  if (!a[0].is(Kind::text)) return {};
  const auto time = parse_timestamp(a[0].as_text());
  return time ? *time : run.fail("not a timestamp in range", a[0]);
}

Value to_duration(Run& run, Arguments a) {
  if (a[0].is(Kind::duration)) return a[0];
  if (!a[0].is(Kind::text)) return {};
  if (!reads(run, a[0])) return run.stopped;
  const auto nanoseconds = parse_duration(a[0].as_text());
  return nanoseconds ? Value::duration(*nanoseconds) : run.fail("not a duration in range", a[0]);
}

Value to_dyn(Run&, Arguments a) { return a[0]; }
Value type_of(Run&, Arguments a) { return Value::type(type_name(a[0])); }

Value base64_encode(Run& run, Arguments a) {
  if (!a[0].is(Kind::bytes) || !run.charge(text_cost(a[0].as_text().size()))) return {};
  return run.make_text(encode_base64(a[0].as_text()));
}

Value base64_decode(Run& run, Arguments a) {
  if (!a[0].is(Kind::text) || !run.charge(text_cost(a[0].as_text().size()))) return {};
  const auto bytes = decode_base64(a[0].as_text());
  if (!bytes) return run.fail("not base64");
  const auto copy = run.make_text(*bytes);
  return copy.is(Kind::error) ? copy : Value::bytes(copy.as_text());
}

constexpr std::array<Definition, 40> definitions = {{
    {"bool(bool) -> bool", to_bool},
    {"bool(string) -> bool", to_bool},
    {"bytes(bytes) -> bytes", to_bytes},
    {"bytes(string) -> bytes", to_bytes},
    {"double(double) -> double", to_double},
    {"double(int) -> double", to_double},
    {"double(uint) -> double", to_double},
    {"double(string) -> double", to_double},
    {"duration(duration) -> duration", to_duration},
    {"duration(string) -> duration", to_duration, 1, true},
    {"dyn(A) -> dyn", to_dyn, 0},
    {"int(int) -> int", to_int},
    {"int(uint) -> int", to_int},
    {"int(double) -> int", to_int},
    {"int(string) -> int", to_int},
    {"int(timestamp) -> int", to_int},
    {"int(duration) -> int", to_int},
    {"string(string) -> string", to_string},
    {"string(bool) -> string", to_string},
    {"string(int) -> string", to_string},
    {"string(uint) -> string", to_string},
    {"string(double) -> string", to_string},
    {"string(bytes) -> string", to_string},
    {"string(timestamp) -> string", to_string},
    {"string(duration) -> string", to_string},
    {"string(net.IP) -> string", to_string},
    {"string(net.CIDR) -> string", to_string},
    {"string(kubernetes.URL) -> string", to_string},
    {"string(kubernetes.Quantity) -> string", to_string},
    {"string(kubernetes.Semver) -> string", to_string},
    {"timestamp(timestamp) -> timestamp", to_timestamp},
    {"timestamp(int) -> timestamp", to_timestamp},
    {"timestamp(string) -> timestamp", to_timestamp, 1, true},
    {"type(A) -> type(A)", type_of},
    {"uint(uint) -> uint", to_uint},
    {"uint(int) -> uint", to_uint},
    {"uint(double) -> uint", to_uint},
    {"uint(string) -> uint", to_uint},
    {"base64.encode(bytes) -> string", base64_encode, 0},
    {"base64.decode(string) -> bytes", base64_decode, 0},
}};

}  // namespace

std::span<const Definition> conversion_definitions() { return definitions; }

}  // namespace pratique::cel
