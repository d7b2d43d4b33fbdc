// What the comparators of each notation mean, as bounds that VERS can say.
//
// VERS has no rule for pre-releases. An upper bound that a notation makes up ("^1.2" ends at 2) is written as the
// notation's users write it, "<2.0.0", and so holds the pre-releases of that version; PyPI, conda, apk and conan have a
// lowest version of each release, and theirs ends there.
#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "engine/version/native.h"
#include "engine/version/version.h"

namespace pratique {
namespace {

constexpr std::pair<std::string_view, Comparator> comparators[] = {
    {"", Comparator::equal},           {"=", Comparator::equal},     {"==", Comparator::equal},
    {"!=", Comparator::not_equal},     {"<", Comparator::less},      {"<=", Comparator::less_equal},
    {"=<", Comparator::less_equal},    {">", Comparator::greater},   {">=", Comparator::greater_equal},
    {"=>", Comparator::greater_equal}, {"<>", Comparator::not_equal}};

std::optional<Comparator> comparator_of(std::string_view op) {
  for (const auto& [text, comparator] : comparators)
    if (text == op) return comparator;
  return std::nullopt;
}

Error unknown_operator(const NativeText& at, std::string_view op) {
  return at.malformed("'" + std::string(op.substr(0, 80)) + "' is no operator here");
}

// The whole numbers plus one, by hand: they may have any length.
std::string plus_one(std::string_view digits) {
  std::string number(without_zeros(digits));
  std::size_t i = number.size();
  while (i > 0 && number[i - 1] == '9') number[--i] = '0';
  if (i > 0) {
    ++number[i - 1];
  } else {
    number.insert(number.begin(), '1');
  }
  return number;
}

std::string joined(const std::vector<std::string_view>& numbers, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) text += '.';
    text += i < numbers.size() ? numbers[i] : "0";
  }
  return text;
}

// "1.2.*" -> "1.2"; nothing when there is no wildcard.
std::optional<std::string_view> before_wildcard(std::string_view version) {
  if (version == "*") return std::string_view{};
  if (version.ends_with(".*")) return version.substr(0, version.size() - 2);
  return std::nullopt;
}

}  // namespace

Steps steps_between(Scheme scheme, std::string lower, std::string upper) {
  return combined(steps_where(scheme, Comparator::greater_equal, std::move(lower)),
                  steps_where(scheme, Comparator::less, std::move(upper)), SetOperation::intersect);
}

Numbers read_numbers(std::string_view version) {
  Numbers result;
  for (;;) {
    const std::string_view number = take_digits(version);
    if (number.empty()) break;
    result.numbers.push_back(number);
    if (version.size() < 2 || version[0] != '.' || !digit(version[1])) break;
    version.remove_prefix(1);
  }
  result.rest = version;
  return result;
}

std::string raised(const std::vector<std::string_view>& numbers, std::size_t count) {
  std::string text = joined(numbers, count - 1);
  if (count > 1) text += '.';
  return text + plus_one(count <= numbers.size() ? numbers[count - 1] : "0");
}

std::size_t caret_width(const std::vector<std::string_view>& numbers) {
  std::size_t zeros = 0;
  while (zeros < numbers.size() && without_zeros(numbers[zeros]).empty()) ++zeros;
  return std::min(zeros + 1, numbers.size());
}

Result<Steps> mean_plain(Scheme scheme, const NativeText& at, std::string_view op, std::string_view version) {
  const std::optional<Comparator> comparator = comparator_of(op);
  if (!comparator) return unknown_operator(at, op);
  if (version.empty() || version.find('*') != std::string_view::npos) return at.malformed("no '*' goes here");
  return steps_where(scheme, *comparator, std::string(version));
}

// Debian Policy 7.1. "<" and ">" once meant "<=" and ">=", which nobody expects.
Result<Steps> mean_deb(Scheme scheme, const NativeText& at, std::string_view op, std::string_view version) {
  if (op == "<<") return steps_where(scheme, Comparator::less, std::string(version));
  if (op == ">>") return steps_where(scheme, Comparator::greater, std::string(version));
  if (op == "<" || op == ">")
    return at.malformed("'" + std::string(op) + "' has two meanings in Debian", "write '<<', '<=', '>=' or '>>'");
  if (op != "=" && op != "<=" && op != ">=") return unknown_operator(at, op);
  return mean_plain(scheme, at, op, version);
}

// apk-world(5): "~1.2" is whatever begins with 1.2.
Result<Steps> mean_apk(Scheme scheme, const NativeText& at, std::string_view op, std::string_view version) {
  if (op != "~" && op != "=~") return mean_plain(scheme, at, op, version);
  const Numbers parts = read_numbers(version);
  if (parts.numbers.empty() || !parts.rest.empty()) return at.malformed("numbers expected behind '~'");
  return steps_between(scheme, std::string(version) + "_alpha", raised(parts.numbers, parts.numbers.size()) + "_alpha");
}

// "~> 2.2.1" is >= 2.2.1 and below 2.3; "~> 2" is below 3.
Result<Steps> mean_gem(Scheme scheme, const NativeText& at, std::string_view op, std::string_view version) {
  if (op != "~>") return mean_plain(scheme, at, op, version);
  const Numbers parts = read_numbers(version);
  if (parts.numbers.empty()) return at.malformed("a number expected behind '~>'");
  const std::size_t kept = std::max<std::size_t>(1, parts.numbers.size() - 1);
  return steps_between(scheme, std::string(version), raised(parts.numbers, kept));
}

// PEP 440, "Version specifiers". A prefix match begins at the release's first development release.
Result<Steps> mean_pypi(Scheme scheme, const NativeText& at, std::string_view op, std::string_view version) {
  const auto prefix = [&](std::string_view begin) -> Result<Steps> {
    std::string_view release = begin;
    const std::size_t epoch = release.find('!');
    const std::string_view epoch_text =
        epoch == std::string_view::npos ? std::string_view{} : release.substr(0, epoch + 1);
    release.remove_prefix(epoch_text.size());
    const Numbers parts = read_numbers(release);
    if (parts.numbers.empty() || !parts.rest.empty()) return at.malformed("numbers expected before '.*'");
    const std::string upper = std::string(epoch_text) + raised(parts.numbers, parts.numbers.size());
    return steps_between(scheme, std::string(begin) + ".dev0", upper + ".dev0");
  };
  if (op.empty() || op == "=") return at.malformed("an operator expected", "write '==' in front of the version");
  if (op == "===") return mean_plain(scheme, at, "==", version);
  if (const auto begin = before_wildcard(version)) {
    if (op != "==" && op != "!=") return at.malformed("'.*' goes with '==' and '!=' alone");
    PRATIQUE_TRY(Steps steps, prefix(*begin));
    return op == "==" ? steps : steps_of(complement_of(vers_of(std::move(steps))));
  }
  if (!is_valid_version(scheme, version))
    return at.malformed("'" + std::string(version.substr(0, 80)) + "' is no PEP 440 version");
  if (op != "~=") return mean_plain(scheme, at, op, version);
  const std::size_t epoch = version.find('!');
  const Numbers parts = read_numbers(version.substr(epoch == std::string_view::npos ? 0 : epoch + 1));
  if (parts.numbers.size() < 2) return at.malformed("two numbers expected behind '~='");
  const char* end = parts.numbers[parts.numbers.size() - 2].data() + parts.numbers[parts.numbers.size() - 2].size();
  PRATIQUE_TRY(const Steps same, prefix(version.substr(0, static_cast<std::size_t>(end - version.data()))));
  return combined(steps_where(scheme, Comparator::greater_equal, std::string(version)), same, SetOperation::intersect);
}

// Cabal's "^>= 1.2.3" and "== 1.2.*" (Package Versioning Policy).
Result<Steps> mean_hackage(Scheme scheme, const NativeText& at, std::string_view op, std::string_view version) {
  const auto begin = before_wildcard(version);
  const Numbers parts = read_numbers(begin.value_or(version));
  if (parts.numbers.empty() || !parts.rest.empty()) return at.malformed("numbers between dots expected");
  if (begin) {
    if (op != "==" && !op.empty()) return at.malformed("'.*' goes with '==' alone");
    return steps_between(scheme, std::string(*begin), raised(parts.numbers, parts.numbers.size()));
  }
  if (op == "^>=") return steps_between(scheme, std::string(version), raised(parts.numbers, 2));
  return mean_plain(scheme, at, op, version);
}

// Conda's match specifications: "=1.2" and "1.2.*" are whatever begins with 1.2, "~=1.2.3" is >=1.2.3,1.2.*.
Result<Steps> mean_conda(Scheme scheme, const NativeText& at, std::string_view op, std::string_view version) {
  const auto begins_with = [&](std::string_view begin, std::size_t dropped) -> Result<Steps> {
    const Numbers parts = read_numbers(begin);
    if (parts.numbers.size() <= dropped || !parts.rest.empty()) return at.malformed("numbers between dots expected");
    const std::size_t count = parts.numbers.size() - dropped;
    return steps_between(scheme, joined(parts.numbers, count) + "dev", raised(parts.numbers, count) + "dev");
  };
  const auto begin = before_wildcard(version);
  if (op == "~=" && !begin) {
    PRATIQUE_TRY(const Steps same, begins_with(version, 1));
    return combined(steps_where(scheme, Comparator::greater_equal, std::string(version)), same,
                    SetOperation::intersect);
  }
  if (op == "=" || (begin && (op.empty() || op == "==" || op == "!="))) {
    PRATIQUE_TRY(Steps same, begins_with(begin.value_or(version), 0));
    return op == "!=" ? steps_of(complement_of(vers_of(std::move(same)))) : same;
  }
  // ">=1.2.*" is written for ">=1.2".
  return mean_plain(scheme, at, op, begin.value_or(version));
}

// Conan: bounds it makes up end with "-", below every pre-release. "*" is what has no pre-release below 0.0.0.
Result<Steps> mean_conan(Scheme scheme, const NativeText& at, std::string_view op, std::string_view version) {
  if (version.ends_with('-')) version.remove_suffix(1);
  if (version == "*" && op.empty()) return steps_where(scheme, Comparator::greater_equal, "0.0.0");
  if (op != "~" && op != "^") return mean_plain(scheme, at, op, version);
  const Numbers parts = read_numbers(version);
  if (parts.numbers.empty()) return at.malformed("a number expected behind '" + std::string(op) + "'");
  const std::size_t kept = op == "~" ? std::min<std::size_t>(2, parts.numbers.size()) : caret_width(parts.numbers);
  return steps_between(scheme, std::string(version), raised(parts.numbers, kept) + "-");
}

// Composer's constraints. A "v" in front and a stability behind '@' are not part of the version.
Result<Steps> mean_composer(Scheme scheme, const NativeText& at, std::string_view op, std::string_view version) {
  version = version.substr(0, version.find('@'));
  if (version.starts_with('v') || version.starts_with('V')) version.remove_prefix(1);
  const Numbers parts = read_numbers(version);
  if (parts.numbers.empty()) return at.malformed("a number expected");
  const std::size_t count = parts.numbers.size();
  if (parts.rest == ".*" || parts.rest == ".x") {
    const Steps same = steps_between(scheme, joined(parts.numbers, count), raised(parts.numbers, count));
    if (op.empty() || op == "=" || op == "==") return same;
    return mean_plain(scheme, at, op, joined(parts.numbers, count));
  }
  if (op == "~") {
    const std::size_t kept = std::max<std::size_t>(1, count - 1);
    return steps_between(scheme, std::string(version), raised(parts.numbers, kept));
  }
  if (op == "^") return steps_between(scheme, std::string(version), raised(parts.numbers, caret_width(parts.numbers)));
  return mean_plain(scheme, at, op, version);
}

}  // namespace pratique
