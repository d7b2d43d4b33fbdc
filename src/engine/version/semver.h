// Semantic versions read leniently: what semver, npm, cargo, hex, swift, golang, pub, bitnami and nuget build on.
#pragma once

#include "engine/version/order.h"

namespace pratique {

// Any text has these parts: blanks, '=' and 'v' in front are dropped; numbers joined by dots; up to the first '+' the
// pre-release, with or without its hyphen ("1.2rc1"); behind it the build.
struct Semver {
  std::string_view numbers;
  bool has_pre = false;
  std::string_view pre;
  bool has_build = false;
  std::string_view build;
};
Semver read_semver(std::string_view text);

// "1.2" against "1.2.0.1": the shorter one padded with zeros.
std::strong_ordering compare_numbers(std::string_view a, std::string_view b);

// Dot-separated identifiers (semver.org, item 11): digits are numbers and come before words, a row before its longer
// self. `compare_words` orders two words.
std::strong_ordering compare_identifiers(std::string_view a, std::string_view b,
                                         std::strong_ordering (*compare_words)(std::string_view, std::string_view));

// The grammar of semver.org 2.0.0: exactly three numbers without leading zeros, pre-release, build.
bool is_semver(std::string_view text);

}  // namespace pratique
