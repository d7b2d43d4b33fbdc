// Kubernetes' quantity: a decimal number with a unit, exact to a billionth.
#include <array>
#include <cmath>

#include "base/text.h"
#include "engine/cel/numbers.h"
#include "engine/cel/run.h"

namespace pratique::cel {
namespace {

using Arguments = std::span<const Value>;
using Nano = __int128;  // billionths

constexpr Nano giga = 1'000'000'000;
constexpr Nano most = (Nano{1} << 126);

struct Suffix {
  std::string_view text;
  int ten;  // power of ten, or
  int two;  // power of two
};
constexpr std::array<Suffix, 16> suffixes = {{{"Ki", 0, 10},
                                              {"Mi", 0, 20},
                                              {"Gi", 0, 30},
                                              {"Ti", 0, 40},
                                              {"Pi", 0, 50},
                                              {"Ei", 0, 60},
                                              {"n", -9, 0},
                                              {"u", -6, 0},
                                              {"m", -3, 0},
                                              {"", 0, 0},
                                              {"k", 3, 0},
                                              {"M", 6, 0},
                                              {"G", 9, 0},
                                              {"T", 12, 0},
                                              {"P", 15, 0},
                                              {"E", 18, 0}}};

// "", "Ki", "e3": false where it is none of these.
bool parse_suffix(std::string_view text, int& ten, int& two) {
  for (const auto& suffix : suffixes)
    if (suffix.text == text) {
      ten = suffix.ten;
      two = suffix.two;
      return true;
    }
  if (text.size() < 2 || (text[0] != 'e' && text[0] != 'E')) return false;
  const auto exponent = parse_int(text.substr(1));
  if (!exponent || *exponent < -30 || *exponent > 30) return false;
  ten = static_cast<int>(*exponent);
  return true;
}

// Empty where it is no quantity or too large. What is finer than a billionth is rounded away from zero.
std::optional<Nano> parse_quantity(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  Nano digits = 0;
  int scale = 9;
  std::size_t count = 0, at = 0;
  bool point = false, rest = false;
  for (; at < text.size() && (is_digit(text[at]) || (text[at] == '.' && !point)); ++at) {
    if (text[at] == '.') {
      point = true;
      continue;
    }
    ++count;
    if (digits > most / 100) {
      if (!point) return std::nullopt;
      rest = rest || text[at] != '0';
      continue;
    }
    digits = digits * 10 + (text[at] - '0');
    scale -= point ? 1 : 0;
  }
  int ten = 0, two = 0;
  if (count == 0 || !parse_suffix(text.substr(at), ten, two)) return std::nullopt;
  for (; two > 0; --two, digits *= 2)
    if (digits > most / 2) return std::nullopt;
  for (scale += ten; scale > 0; --scale, digits *= 10)
    if (digits > most / 10) return std::nullopt;
  for (; scale < 0; ++scale) {
    rest = rest || digits % 10 != 0;
    digits /= 10;
  }
  digits += rest ? 1 : 0;
  return negative ? -digits : digits;
}

std::string render_quantity(Nano nano) {
  const bool negative = nano < 0;
  if (negative) nano = -nano;
  std::string out;
  for (Nano whole = nano / giga; whole > 0; whole /= 10)
    out.insert(out.begin(), static_cast<char>('0' + static_cast<int>(whole % 10)));
  if (out.empty()) out = "0";
  if (auto rest = static_cast<std::uint32_t>(nano % giga); rest != 0) {
    auto digits = std::to_string(rest);
    digits.insert(0, 9 - digits.size(), '0');
    while (digits.ends_with('0')) digits.pop_back();
    out.append(".").append(digits);
  }
  return negative ? "-" + out : out;
}

class Quantity final : public Opaque {
 public:
  Quantity(Nano nano, std::string_view written)
      : high_(static_cast<std::int64_t>(nano >> 64)), low_(static_cast<std::uint64_t>(nano)), written_(written) {}
  std::string_view type_name() const override { return "kubernetes.Quantity"; }
  bool equals(const Opaque& other) const override { return nano() == static_cast<const Quantity&>(other).nano(); }
  std::string text() const override { return written_.empty() ? render_quantity(nano()) : std::string(written_); }
  Nano nano() const { return static_cast<Nano>(high_) << 64 | low_; }

 private:
  std::int64_t high_;  // in halves: the arena aligns to 8
  std::uint64_t low_;
  std::string_view written_;  // as it was read; empty for a computed one
};

std::optional<Nano> quantity_of(const Value& value) {
  if (!value.is(Kind::opaque) || value.as_opaque().type_name() != "kubernetes.Quantity") return std::nullopt;
  return static_cast<const Quantity&>(value.as_opaque()).nano();
}

Value boxed(Run& run, Nano nano, std::string_view written = {}) {
  auto* memory = run.room(sizeof(Quantity));
  return memory == nullptr ? run.stopped : Value::opaque(*new (memory) Quantity(nano, written));
}

bool reads(Run& run, const Value& text) { return text.is(Kind::text) && run.charge(text_cost(text.as_text().size())); }

Value to_quantity(Run& run, Arguments a) {
  if (!reads(run, a[0])) return {};
  const auto nano = parse_quantity(a[0].as_text());
  return nano ? boxed(run, *nano, a[0].as_text()) : run.fail("not a quantity", a[0]);
}
Value is_quantity(Run& run, Arguments a) {
  return reads(run, a[0]) ? Value::from_bool(parse_quantity(a[0].as_text()).has_value()) : Value();
}
Value sign(Run&, Arguments a) {
  const auto q = quantity_of(a[0]);
  return q ? Value::from_int(*q > 0 ? 1 : *q < 0 ? -1 : 0) : Value();
}
bool fits_int(Nano nano) { return nano % giga == 0 && nano / giga <= INT64_MAX && nano / giga >= INT64_MIN; }
Value is_integer(Run&, Arguments a) {
  const auto q = quantity_of(a[0]);
  return q ? Value::from_bool(fits_int(*q)) : Value();
}
Value as_integer(Run& run, Arguments a) {
  const auto q = quantity_of(a[0]);
  if (!q) return {};
  return fits_int(*q) ? Value::from_int(static_cast<std::int64_t>(*q / giga)) : run.fail("a quantity that is no int");
}
Value as_float(Run&, Arguments a) {
  const auto q = quantity_of(a[0]);
  return q ? Value::from_double(static_cast<double>(*q / giga) + static_cast<double>(*q % giga) / 1e9) : Value();
}

template <int direction>
Value combined(Run& run, Arguments a) {
  const auto left = quantity_of(a[0]);
  const auto right = a[1].is(Kind::integer) ? std::optional<Nano>(a[1].as_int() * giga) : quantity_of(a[1]);
  if (!left || !right) return {};
  const auto result = *left + direction * *right;
  return result > most || result < -most ? run.fail("a quantity that is too large") : boxed(run, result);
}

template <class Compare>
Value compared(Arguments a, Compare compare) {
  const auto left = quantity_of(a[0]), right = quantity_of(a[1]);
  return left && right ? compare(*left, *right) : Value();
}
Value is_greater(Run&, Arguments a) {
  return compared(a, [](Nano x, Nano y) { return Value::from_bool(x > y); });
}
Value is_less(Run&, Arguments a) {
  return compared(a, [](Nano x, Nano y) { return Value::from_bool(x < y); });
}
Value compare_to(Run&, Arguments a) {
  return compared(a, [](Nano x, Nano y) { return Value::from_int(x > y ? 1 : x < y ? -1 : 0); });
}

constexpr std::array<Definition, 13> definitions = {{
    {"quantity(string) -> kubernetes.Quantity", to_quantity, 0, true},
    {"isQuantity(string) -> bool", is_quantity, 0},
    {"kubernetes.Quantity.sign() -> int", sign},
    {"kubernetes.Quantity.isInteger() -> bool", is_integer},
    {"kubernetes.Quantity.asInteger() -> int", as_integer},
    {"kubernetes.Quantity.asApproximateFloat() -> double", as_float},
    {"kubernetes.Quantity.add(kubernetes.Quantity) -> kubernetes.Quantity", combined<1>},
    {"kubernetes.Quantity.add(int) -> kubernetes.Quantity", combined<1>},
    {"kubernetes.Quantity.sub(kubernetes.Quantity) -> kubernetes.Quantity", combined<-1>},
    {"kubernetes.Quantity.sub(int) -> kubernetes.Quantity", combined<-1>},
    {"kubernetes.Quantity.isGreaterThan(kubernetes.Quantity) -> bool", is_greater},
    {"kubernetes.Quantity.isLessThan(kubernetes.Quantity) -> bool", is_less},
    {"kubernetes.Quantity.compareTo(kubernetes.Quantity) -> int", compare_to},
}};

}  // namespace

std::span<const Definition> quantity_definitions() { return definitions; }

}  // namespace pratique::cel
