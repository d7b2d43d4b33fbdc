// What the readers of native ranges share.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/version/order.h"
#include "engine/version/steps.h"

namespace pratique {

// One native range while it is read: the text that is left, and where in the whole that is.
class NativeText {
 public:
  explicit NativeText(std::string_view text) : rest(text), whole_(text) {}

  bool at_end() const { return rest.empty(); }
  void skip_blanks() { take_while(rest, blank); }
  bool take_text(std::string_view word) {
    if (!rest.starts_with(word)) return false;
    rest.remove_prefix(word.size());
    return true;
  }
  Error malformed(std::string text, std::string remedy = {}) const;

  std::string_view rest;

 private:
  std::string_view whole_;
};

// >= lower and < upper.
Steps steps_between(Scheme scheme, std::string lower, std::string upper);

// A version of numbers between dots and what follows them: "1.2rc1" -> {"1", "2"} and "rc1".
struct Numbers {
  std::vector<std::string_view> numbers;
  std::string_view rest;
};
Numbers read_numbers(std::string_view version);

// The first `count` numbers, the last of them one higher: ({"1", "2", "9"}, 2) -> "1.3". Digits of any length.
std::string raised(const std::vector<std::string_view>& numbers, std::size_t count);

// How many numbers a caret leaves alone, plus one: up to the first that is not zero, all when all are.
std::size_t caret_width(const std::vector<std::string_view>& numbers);

// One comparator with its version to the steps it means, one function a family of notations. The version is not empty;
// the operator is one that the notation has ("" where it has none).
using Meaning = Result<Steps> (*)(Scheme scheme, const NativeText& at, std::string_view op, std::string_view version);
Result<Steps> mean_plain(Scheme scheme, const NativeText& at, std::string_view op, std::string_view version);
Result<Steps> mean_deb(Scheme scheme, const NativeText& at, std::string_view op, std::string_view version);
Result<Steps> mean_apk(Scheme scheme, const NativeText& at, std::string_view op, std::string_view version);
Result<Steps> mean_node(Scheme scheme, const NativeText& at, std::string_view op, std::string_view version);
Result<Steps> mean_cargo(Scheme scheme, const NativeText& at, std::string_view op, std::string_view version);
Result<Steps> mean_hex(Scheme scheme, const NativeText& at, std::string_view op, std::string_view version);
Result<Steps> mean_composer(Scheme scheme, const NativeText& at, std::string_view op, std::string_view version);
Result<Steps> mean_pypi(Scheme scheme, const NativeText& at, std::string_view op, std::string_view version);
Result<Steps> mean_gem(Scheme scheme, const NativeText& at, std::string_view op, std::string_view version);
Result<Steps> mean_hackage(Scheme scheme, const NativeText& at, std::string_view op, std::string_view version);
Result<Steps> mean_conda(Scheme scheme, const NativeText& at, std::string_view op, std::string_view version);
Result<Steps> mean_conan(Scheme scheme, const NativeText& at, std::string_view op, std::string_view version);

// Two versions with " - " between them (npm, composer).
Result<Steps> mean_hyphen(Scheme scheme, const NativeText& at, std::string_view lower, std::string_view upper);

// Mathematical intervals (maven, nuget), and the lists of the nginx and openssl projects.
Result<Steps> read_intervals(Scheme scheme, NativeText text);
Result<Steps> read_nginx(Scheme scheme, NativeText text);
Result<Steps> read_list(Scheme scheme, NativeText text);

}  // namespace pratique
