// Kubernetes' semver: semantic versions (semver.org 2.0.0), ordered by engine/version.
#include <array>

#include "base/text.h"
#include "engine/cel/run.h"
#include "engine/version/version.h"

namespace pratique::cel {
namespace {

using Arguments = std::span<const Value>;

class Semver final : public Opaque {
 public:
  explicit Semver(std::string_view text) : text_(text) {}
  std::string_view type_name() const override { return "kubernetes.Semver"; }
  bool equals(const Opaque& other) const override { return order(static_cast<const Semver&>(other)) == 0; }
  std::string text() const override { return std::string(text_); }
  std::strong_ordering order(const Semver& other) const {
    return compare_versions(Scheme::semver, text_, other.text_).order;
  }
  // The number behind `dots` dots; empty where it is larger than an int.
  std::optional<std::int64_t> part(std::size_t dots) const {
    auto rest = text_;
    for (; dots > 0; --dots) rest = rest.substr(rest.find('.') + 1);
    const auto number = parse_unsigned(rest.substr(0, rest.find_first_not_of("0123456789")));
    if (!number || *number > INT64_MAX) return std::nullopt;
    return static_cast<std::int64_t>(*number);
  }

 private:
  std::string_view text_;
};

constexpr std::size_t longest = 256;

bool is_strict(std::string_view text) {
  return text.size() <= longest && !text.starts_with('v') && is_valid_version(Scheme::semver, text);
}

// "v1.02" -> "1.2.0": a leading v dropped, missing numbers added where there is neither a pre-release nor a build,
// leading zeros dropped.
std::string normalized(std::string_view text) {
  if (text.starts_with('v')) text.remove_prefix(1);
  const auto end = std::min(text.find_first_of("-+"), text.size());
  auto parts = split(text.substr(0, end), '.');
  if (parts.size() < 3 && end == text.size()) parts.resize(3, "0");
  std::string out;
  for (auto part : parts) {
    while (part.size() > 1 && part.front() == '0') part.remove_prefix(1);
    out.append(out.empty() ? "" : ".").append(part);
  }
  return out.append(text.substr(end));
}

bool reads(Run& run, Arguments a) {
  return a[0].is(Kind::text) && (a.size() == 1 || a[1].is(Kind::boolean)) &&
         run.charge(text_cost(a[0].as_text().size()));
}
std::string wanted(Arguments a) {
  const auto text = a[0].as_text();
  return a.size() == 2 && a[1].as_bool() && text.size() <= longest ? normalized(text) : std::string(text);
}

Value to_semver(Run& run, Arguments a) {
  if (!reads(run, a)) return {};
  const auto text = wanted(a);
  if (!is_strict(text)) return run.fail("not a semantic version", a[0]);
  const auto kept = run.make_text(text);
  auto* memory = run.room(sizeof(Semver));
  return memory == nullptr ? run.stopped : Value::opaque(*new (memory) Semver(kept.as_text()));
}
Value is_semver(Run& run, Arguments a) { return reads(run, a) ? Value::from_bool(is_strict(wanted(a))) : Value(); }

const Semver* semver_of(const Value& value) {
  return value.is(Kind::opaque) && value.as_opaque().type_name() == "kubernetes.Semver"
             ? &static_cast<const Semver&>(value.as_opaque())
             : nullptr;
}

template <std::size_t dots>
Value part(Run& run, Arguments a) {
  const auto* version = semver_of(a[0]);
  if (version == nullptr) return {};
  const auto number = version->part(dots);
  return number ? Value::from_int(*number) : run.fail("not in the range of int", a[0]);
}

template <class Compare>
Value compared(Arguments a, Compare compare) {
  const auto *left = semver_of(a[0]), *right = semver_of(a[1]);
  return left != nullptr && right != nullptr ? compare(left->order(*right)) : Value();
}
Value is_greater(Run&, Arguments a) {
  return compared(a, [](auto order) { return Value::from_bool(order > 0); });
}
Value is_less(Run&, Arguments a) {
  return compared(a, [](auto order) { return Value::from_bool(order < 0); });
}
Value compare_to(Run&, Arguments a) {
  return compared(a, [](auto order) { return Value::from_int(order > 0 ? 1 : order < 0 ? -1 : 0); });
}

constexpr std::array<Definition, 10> definitions = {{
    {"semver(string) -> kubernetes.Semver", to_semver, 0, true},
    {"semver(string, bool) -> kubernetes.Semver", to_semver, 0, true},
    {"isSemver(string) -> bool", is_semver, 0},
    {"isSemver(string, bool) -> bool", is_semver, 0},
    {"kubernetes.Semver.major() -> int", part<0>},
    {"kubernetes.Semver.minor() -> int", part<1>},
    {"kubernetes.Semver.patch() -> int", part<2>},
    {"kubernetes.Semver.isGreaterThan(kubernetes.Semver) -> bool", is_greater},
    {"kubernetes.Semver.isLessThan(kubernetes.Semver) -> bool", is_less},
    {"kubernetes.Semver.compareTo(kubernetes.Semver) -> int", compare_to},
}};

}  // namespace

std::span<const Definition> semver_definitions() { return definitions; }

}  // namespace pratique::cel
