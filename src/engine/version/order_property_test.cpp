// Every scheme's order is total: for any set of texts, hostile ones among them, there is one ranking that all
// comparisons agree with. That is reflexive, antisymmetric and transitive at once, equality included.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <string>
#include <vector>

#include "engine/version/version.h"

namespace pratique {
namespace {

// What versions are made of, in any scheme, and what they are not made of.
rc::Gen<std::string> a_token() {
  return rc::gen::oneOf(
      rc::gen::elementOf(std::vector<std::string>{"0", "00", "01", "1", "2", "9", "10", "18", "100", "2021"}),
      rc::gen::elementOf(
          std::vector<std::string>{".", ".", ".", "-", "-", "_", "+", "~", "^", ":", "!", "#", "*", "/"}),
      rc::gen::elementOf(std::vector<std::string>{
          "a",  "b",      "m",        "x",   "alpha", "beta", "rc",  "RC", "pre",     "dev", "post", "final",
          "ga", "sp",     "snapshot", "p",   "pl",    "r",    "git", "hg", "el8",     "foo", "Foo",  "v",
          "_p", "_alpha", "-r",       "-rc", "-beta", "-dev", "T",   "Z",  "(devel)", "go"}),
      rc::gen::map(rc::gen::arbitrary<char>(), [](char c) { return std::string(1, c); }));
}

rc::Gen<std::string> a_version() {
  const auto joined = [](const std::vector<std::string>& tokens) {
    std::string text;
    for (const std::string& token : tokens) text += token;
    return text;
  };
  return rc::gen::map(rc::gen::resize(8, rc::gen::container<std::vector<std::string>>(a_token())), joined);
}

// Texts that differ little are the ones that contradict each other: many share a beginning.
rc::Gen<std::vector<std::string>> some_versions() {
  return rc::gen::mapcat(a_version(), [](const std::string& beginning) {
    return rc::gen::container<std::vector<std::string>>(
        40, rc::gen::map(rc::gen::pair(rc::gen::inRange(0, 3), a_version()),
                         [beginning](const std::pair<int, std::string>& drawn) {
                           return drawn.first == 0 ? drawn.second : beginning + drawn.second;
                         }));
  });
}

void check_ranking(Scheme scheme, std::vector<std::string> versions) {
  const auto compare = [&](const std::string& a, const std::string& b) { return compare_versions(scheme, a, b).order; };
  // Insertion needs no order that is one already, as std::sort does.
  std::vector<std::string> sorted;
  for (const std::string& version : versions)
    sorted.insert(
        std::find_if(sorted.begin(), sorted.end(), [&](const std::string& s) { return compare(version, s) < 0; }),
        version);
  std::vector<std::size_t> ranks(sorted.size());
  for (std::size_t i = 1; i < sorted.size(); ++i) ranks[i] = ranks[i - 1] + (compare(sorted[i - 1], sorted[i]) != 0);
  for (std::size_t i = 0; i < sorted.size(); ++i)
    for (std::size_t j = 0; j < sorted.size(); ++j)
      if (compare(sorted[i], sorted[j]) != (ranks[i] <=> ranks[j]))
        RC_FAIL("'" + sorted[i] + "' and '" + sorted[j] + "' do not keep their ranks");
}

TEST(OrderProperties, EveryOrderIsTotal) {
  for (std::size_t i = 0; i < scheme_count; ++i) {
    const auto scheme = static_cast<Scheme>(i);
    SCOPED_TRACE(name_of(scheme));
    EXPECT_TRUE(rc::check(std::string(name_of(scheme)) + " versions have one ranking",
                          [&] { check_ranking(scheme, *some_versions()); }));
  }
}

}  // namespace
}  // namespace pratique
