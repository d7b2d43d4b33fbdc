// Ranges of semantic versions with partial versions and wildcards: npm (github.com/npm/node-semver, "Ranges"), cargo,
// hex, pub.
#include <array>

#include "engine/version/native.h"
#include "engine/version/semver.h"
#include "engine/version/version.h"

namespace pratique {
namespace {

// "1.2.x" has two numbers, "*" none.
struct Partial {
  std::vector<std::string_view> numbers;
  std::string pre;  // with its hyphen

  bool is_full() const { return numbers.size() == 3; }
  bool is_anything() const { return numbers.empty(); }
  // The lowest version it can be.
  std::string lower() const {
    std::string text;
    for (std::size_t i = 0; i < 3; ++i) {
      if (i > 0) text += '.';
      text += i < numbers.size() ? numbers[i] : "0";
    }
    return text + pre;
  }
  // The first version above all it can be when the first `count` numbers stay, with zeros behind.
  std::string above(std::size_t count) const {
    std::string text = raised(numbers, count);
    for (std::size_t i = count; i < 3; ++i) text += ".0";
    return text;
  }
};

bool is_wildcard(std::string_view part) { return part == "*" || part == "x" || part == "X"; }

Result<Partial> read_partial(const NativeText& at, std::string_view version) {
  const std::string_view whole = version;
  const auto no_version = [&] { return at.malformed("'" + std::string(whole.substr(0, 80)) + "' is no version here"); };
  take_while(version, [](char c) { return c == 'v' || c == 'V' || c == '='; });
  version = version.substr(0, version.find('+'));
  Partial partial;
  bool wild = false;
  for (int count = 0; count < 3; ++count) {
    const std::string_view part = take_while(version, [](char c) { return c != '.' && c != '-'; });
    wild = wild || is_wildcard(part);
    if (!wild && !all_digits(part)) return no_version();
    if (wild && !is_wildcard(part) && !all_digits(part)) return no_version();
    if (!wild) partial.numbers.push_back(part);
    if (version.empty() || version.front() == '-') break;
    if (count == 2) return no_version();
    take(version, '.');
  }
  if (version.size() == 1) return no_version();
  if (partial.is_full()) partial.pre = std::string(version);
  return partial;
}

// Everything that begins with the partial version.
Steps same(Scheme scheme, const Partial& partial) {
  if (partial.is_anything()) return all_steps(scheme);
  if (partial.is_full()) return steps_where(scheme, Comparator::equal, partial.lower());
  return steps_between(scheme, partial.lower(), partial.above(partial.numbers.size()));
}

// Bounds: a partial version stands for its first or its last, whichever keeps it on the right side.
Steps below(Scheme scheme, const Partial& partial) {
  if (partial.is_anything()) return no_steps(scheme);
  return steps_where(scheme, Comparator::less, partial.lower());
}
Steps not_below(Scheme scheme, const Partial& partial) {
  if (partial.is_anything()) return all_steps(scheme);
  return steps_where(scheme, Comparator::greater_equal, partial.lower());
}
Steps above(Scheme scheme, const Partial& partial) {
  if (partial.is_anything()) return no_steps(scheme);
  if (partial.is_full()) return steps_where(scheme, Comparator::greater, partial.lower());
  return steps_where(scheme, Comparator::greater_equal, partial.above(partial.numbers.size()));
}
Steps not_above(Scheme scheme, const Partial& partial) {
  if (partial.is_anything()) return all_steps(scheme);
  if (partial.is_full()) return steps_where(scheme, Comparator::less_equal, partial.lower());
  return steps_where(scheme, Comparator::less, partial.above(partial.numbers.size()));
}

// From the version up to where the number `kept` changes.
Steps keeping(Scheme scheme, const Partial& partial, std::size_t kept) {
  if (partial.is_anything()) return all_steps(scheme);
  return steps_between(scheme, partial.lower(), partial.above(kept));
}

Result<Steps> mean_partial(Scheme scheme, const NativeText& at, std::string_view op, const Partial& partial) {
  if (op.empty() || op == "=" || op == "==") return same(scheme, partial);
  if (op == "<") return below(scheme, partial);
  if (op == "<=") return not_above(scheme, partial);
  if (op == ">") return above(scheme, partial);
  if (op == ">=") return not_below(scheme, partial);
  if (op == "~" || op == "~>") return keeping(scheme, partial, std::min<std::size_t>(2, partial.numbers.size()));
  if (op == "^") return keeping(scheme, partial, caret_width(partial.numbers));
  return at.malformed("'" + std::string(op.substr(0, 80)) + "' is no operator here");
}

}  // namespace

Result<Steps> mean_node(Scheme scheme, const NativeText& at, std::string_view op, std::string_view version) {
  PRATIQUE_TRY(const Partial partial, read_partial(at, version));
  return mean_partial(scheme, at, op, partial);
}

// Cargo: no operator is a caret, unless there is a wildcard.
Result<Steps> mean_cargo(Scheme scheme, const NativeText& at, std::string_view op, std::string_view version) {
  PRATIQUE_TRY(const Partial partial, read_partial(at, version));
  const bool has_wildcard = version.find_first_of("*xX") != std::string_view::npos && !partial.is_full();
  return mean_partial(scheme, at, op.empty() && !has_wildcard ? "^" : op, partial);
}

// Elixir: "~> 2.1.2" is below 2.2.0, "~> 2.1" below 3.0.0.
Result<Steps> mean_hex(Scheme scheme, const NativeText& at, std::string_view op, std::string_view version) {
  if (op == "!=") return mean_plain(scheme, at, op, version);
  PRATIQUE_TRY(const Partial partial, read_partial(at, version));
  if (op != "~>") return mean_partial(scheme, at, op, partial);
  if (partial.numbers.size() < 2) return at.malformed("two numbers expected behind '~>'");
  return keeping(scheme, partial, partial.numbers.size() - 1);
}

Result<Steps> mean_hyphen(Scheme scheme, const NativeText& at, std::string_view lower, std::string_view upper) {
  PRATIQUE_TRY(const Partial from, read_partial(at, lower));
  PRATIQUE_TRY(const Partial to, read_partial(at, upper));
  return combined(not_below(scheme, from), not_above(scheme, to), SetOperation::intersect);
}

}  // namespace pratique
