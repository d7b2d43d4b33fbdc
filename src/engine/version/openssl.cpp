// OpenSSL (openssl.org/policies/releasestrat): "1.0.2zk", three numbers and letters in the order a ... z, za ...;
// from 3.0 three numbers. "-alpha1", "-beta2", "-pre3" and "-dev" come before the release; "-fips" names a build of it.
//
// Fallback: numbers, then letters, then what is behind them; a rest that is none of the above comes after the release.
#include <array>

#include "engine/version/semver.h"

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

Openssl read_openssl(std::string_view text) {
  Openssl version;
  version.numbers = read_semver(text).numbers;
  if (!version.numbers.empty())
    text.remove_prefix(static_cast<std::size_t>(version.numbers.data() + version.numbers.size() - text.data()));
  version.letters = take_while(text, alpha);
  constexpr std::array<std::string_view, 4> words = {"-dev", "-alpha", "-beta", "-pre"};
  for (std::size_t i = 0; i < words.size(); ++i)
    if (starts_folded(text, words[i])) {
      version.stage = static_cast<Stage>(i);
      text.remove_prefix(words[i].size());
      version.number = take_digits(text);
      break;
    }
  if (equal_folded(text, "-fips")) text = {};
  version.rest = text;
  if (!text.empty() && version.stage == Stage::release) version.stage = Stage::other;
  return version;
}

}  // namespace

std::strong_ordering compare_openssl(std::string_view a, std::string_view b) {
  const Openssl left = read_openssl(a);
  const Openssl right = read_openssl(b);
  if (const auto order = compare_numbers(left.numbers, right.numbers); order != 0) return order;
  if (const auto order = compare_folded(left.letters, right.letters); order != 0) return order;
  if (left.stage != right.stage) return left.stage <=> right.stage;
  if (const auto order = compare_digits(left.number, right.number); order != 0) return order;
  return compare_folded(left.rest, right.rest);
}

bool is_openssl(std::string_view text) {
  const Openssl version = read_openssl(text);
  const auto dots = std::count(version.numbers.begin(), version.numbers.end(), '.');
  return !text.empty() && digit(text.front()) && (dots == 1 || dots == 2) && version.rest.empty() &&
         version.stage != Stage::other && all_of(version.letters, lower_alpha);
}

}  // namespace pratique
