// OpenSSL (openssl.org/policies/releasestrat): "1.0.2zk", three numbers and letters in the order a ... z, za ...;
// from 3.0 three numbers. "-alpha1", "-beta2", "-pre3" and "-dev" come before the release; "-fips" names a build of it.
//
// Fallback: numbers, then letters, then what is behind them; a rest that is none of the above comes after the release.
#include <array>

#include "engine/version/semver.h"
#include "engine/version/version.h"

namespace pratique {
namespace {

enum class Stage { dev, alpha, beta, pre, release, other };

struct Openssl {
  std::string_view numbers;
  std::string_view letters;
  Stage stage = Stage::release;
  std::string_view number;
  std::string_view rest;
};

void take_stage(std::string_view& text, Openssl& version) {
  constexpr std::array<std::string_view, 4> words = {"-dev", "-alpha", "-beta", "-pre"};
  for (std::size_t i = 0; i < words.size(); ++i)
    if (starts_folded(text, words[i])) {
      version.stage = static_cast<Stage>(i);
      text.remove_prefix(words[i].size());
      version.number = take_digits(text);
      return;
    }
  if (equal_folded(text, "-fips")) text = {};
}

Openssl read_openssl(std::string_view text) {
  Openssl version;
  version.numbers = read_semver(text).numbers;
  if (!version.numbers.empty())
    text.remove_prefix(static_cast<std::size_t>(version.numbers.data() + version.numbers.size() - text.data()));
  version.letters = take_while(text, alpha);
  if (text.starts_with('-')) take_stage(text, version);
  version.rest = text;
  if (!text.empty() && version.stage == Stage::release) version.stage = Stage::other;
  return version;
}

std::strong_ordering compare_openssl(const Openssl& a, const Openssl& b) {
  if (const auto order = compare_numbers(a.numbers, b.numbers); order != 0) return order;
  if (const auto order = compare_folded(a.letters, b.letters); order != 0) return order;
  if (a.stage != b.stage) return a.stage <=> b.stage;
  if (const auto order = compare_digits(a.number, b.number); order != 0) return order;
  return compare_folded(a.rest, b.rest);
}

bool is_valid(std::string_view text, const Openssl& version) {
  const auto dots = std::count(version.numbers.begin(), version.numbers.end(), '.');
  return !text.empty() && digit(text.front()) && (dots == 1 || dots == 2) && version.rest.empty() &&
         all_of(version.letters, lower_alpha);
}

}  // namespace

Order order_openssl(std::string_view a, std::string_view b) {
  const Openssl left = read_openssl(a);
  const Openssl right = read_openssl(b);
  return {compare_openssl(left, right), !is_valid(a, left) || !is_valid(b, right)};
}

bool is_openssl(std::string_view text) { return is_valid(text, read_openssl(text)); }

}  // namespace pratique
