// Python (PEP 440, appendices A and B of its summary): epoch, release, pre-, post- and development release, local
// version.
//
// Fallback for what the grammar forbids: the order that setuptools had before PEP 440. All such versions come before
// all valid ones, and are rows of numbers and words in which "-" is the word "final-" and the end is the word "final".
#include <array>
#include <optional>
#include <utility>

#include "engine/version/order.h"
#include "engine/version/version.h"

namespace pratique {
namespace {

enum class Pre { absent_before_all, alpha, beta, candidate, absent };

struct Pep440 {
  std::string_view epoch;
  std::string_view release;
  Pre pre = Pre::absent;
  std::string_view pre_number;
  bool has_post = false;
  std::string_view post_number;
  bool has_dev = false;
  std::string_view dev_number;
  std::string_view local;
};

constexpr auto separator = [](char c) { return c == '.' || c == '-' || c == '_'; };

// Takes "[-_.]word[-_.]N" with one of the words; separators and number may be missing. Longer words stand before their
// beginnings.
template <class Words>
const typename Words::value_type* take_marker(std::string_view& text, const Words& words, std::string_view& number) {
  std::string_view rest = text;
  if (!rest.empty() && separator(rest.front())) rest.remove_prefix(1);
  for (const auto& word : words) {
    if (!starts_folded(rest, word.first)) continue;
    rest.remove_prefix(word.first.size());
    if (!rest.empty() && separator(rest.front())) rest.remove_prefix(1);
    number = take_digits(rest);
    text = rest;
    return &word;
  }
  return nullptr;
}

constexpr std::array<std::pair<std::string_view, Pre>, 8> pre_words = {{{"alpha", Pre::alpha},
                                                                        {"a", Pre::alpha},
                                                                        {"beta", Pre::beta},
                                                                        {"b", Pre::beta},
                                                                        {"preview", Pre::candidate},
                                                                        {"pre", Pre::candidate},
                                                                        {"rc", Pre::candidate},
                                                                        {"c", Pre::candidate}}};
constexpr std::array<std::pair<std::string_view, bool>, 3> post_words = {{{"post", true}, {"rev", true}, {"r", true}}};
constexpr std::array<std::pair<std::string_view, bool>, 1> dev_words = {{{"dev", true}}};

void take_post(std::string_view& text, Pep440& version) {
  std::string_view rest = text;
  if (take(rest, '-')) {
    version.post_number = take_digits(rest);
    version.has_post = !version.post_number.empty();
    if (version.has_post) {
      text = rest;
      return;
    }
  }
  version.has_post = take_marker(text, post_words, version.post_number) != nullptr;
}

bool take_local(std::string_view& text, Pep440& version) {
  if (!take(text, '+')) return true;
  version.local = text;
  for (;;) {
    if (take_while(text, alnum).empty()) return false;
    if (text.empty() || !separator(text.front())) return true;
    text.remove_prefix(1);
  }
}

// False when the text is no PEP 440 version.
bool read_pep440(std::string_view text, Pep440& version) {
  take_while(text, blank);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  if (!text.empty() && folded(text.front()) == 'v') text.remove_prefix(1);
  std::string_view rest = text;
  const std::string_view first = take_digits(rest);
  if (first.empty()) return false;
  if (take(rest, '!')) {
    version.epoch = first;
    text = rest;
    if (take_digits(rest).empty()) return false;
  }
  const char* begin = text.data();
  while (rest.size() > 1 && rest[0] == '.' && digit(rest[1])) {
    rest.remove_prefix(1);
    take_digits(rest);
  }
  version.release = text.substr(0, static_cast<std::size_t>(rest.data() - begin));
  if (rest.empty()) return true;
  if (const auto* pre = take_marker(rest, pre_words, version.pre_number)) version.pre = pre->second;
  take_post(rest, version);
  version.has_dev = take_marker(rest, dev_words, version.dev_number) != nullptr;
  if (version.pre == Pre::absent && !version.has_post && version.has_dev) version.pre = Pre::absent_before_all;
  return take_local(rest, version) && rest.empty();
}

std::strong_ordering compare_release(std::string_view a, std::string_view b) {
  while (!a.empty() || !b.empty()) {
    if (const auto order = compare_digits(take_digits(a), take_digits(b)); order != 0) return order;
    take(a, '.');
    take(b, '.');
  }
  return std::strong_ordering::equal;
}

// None before any; numbers behind words; a row before its longer self.
std::strong_ordering compare_local(std::string_view a, std::string_view b) {
  for (;;) {
    if (a.empty() || b.empty()) return b.empty() <=> a.empty();
    const std::string_view left = take_while(a, alnum);
    const std::string_view right = take_while(b, alnum);
    const bool numbers = all_digits(left);
    if (numbers != all_digits(right)) return numbers <=> !numbers;
    if (const auto order = numbers ? compare_digits(left, right) : compare_folded(left, right); order != 0)
      return order;
    if (!a.empty()) a.remove_prefix(1);
    if (!b.empty()) b.remove_prefix(1);
  }
}

std::strong_ordering compare_pep440(const Pep440& a, const Pep440& b) {
  if (const auto order = compare_digits(a.epoch, b.epoch); order != 0) return order;
  if (const auto order = compare_release(a.release, b.release); order != 0) return order;
  if (a.pre != b.pre) return a.pre <=> b.pre;
  if (const auto order = compare_digits(a.pre_number, b.pre_number); order != 0) return order;
  if (a.has_post != b.has_post) return a.has_post <=> b.has_post;
  if (const auto order = compare_digits(a.post_number, b.post_number); order != 0) return order;
  if (a.has_dev != b.has_dev) return b.has_dev <=> a.has_dev;
  if (const auto order = compare_digits(a.dev_number, b.dev_number); order != 0) return order;
  return compare_local(a.local, b.local);
}

// A version from before PEP 440 is a row of numbers and words; dots only separate, "-" is a word.
struct LegacyToken {
  bool is_number = false;
  bool is_end = false;
  std::string_view text;  // of a number: without leading zeros

  bool is_zero() const { return is_number && text.empty(); }
  bool is_hyphen() const { return !is_number && text == "final-"; }
  bool is_before_final() const { return !is_number && compare_folded(text, "final") < 0; }
};

std::string_view legacy_word(std::string_view word) {
  if (equal_folded(word, "pre") || equal_folded(word, "preview") || equal_folded(word, "rc")) return "c";
  return equal_folded(word, "dev") ? "@" : word;
}

LegacyToken take_legacy(std::string_view& text) {
  while (take(text, '.')) continue;
  if (text.empty()) return {false, true, "final"};
  if (take(text, '-')) return {false, false, "final-"};
  if (digit(text.front())) return {true, false, without_zeros(take_digits(text))};
  if (alpha(text.front())) return {false, false, legacy_word(take_while(text, alpha))};
  return {false, false, take_while(text, [](char c) { return !alnum(c) && c != '-' && c != '.'; })};
}

// The row without what counts for nothing: zeros before a word or the end, and hyphens before a word below "final".
// Linear: a run of zeros and hyphens is looked through once.
class LegacyRow {
 public:
  explicit LegacyRow(std::string_view text) : rest_(text) {}

  LegacyToken take_token() {
    for (;;) {
      if (rest_.size() <= behind_run_) look_ahead();
      const std::size_t before = rest_.size();
      const LegacyToken token = take_legacy(rest_);
      const bool goes = (token.is_zero() && before > zeros_stay_from_) || (token.is_hyphen() && hyphens_go_);
      if (!goes) return token;
    }
  }

 private:
  void look_ahead() {
    zeros_stay_from_ = rest_.size();
    for (std::string_view ahead = rest_;;) {
      const std::size_t before = ahead.size();
      const LegacyToken token = take_legacy(ahead);
      if (token.is_hyphen()) zeros_stay_from_ = ahead.size();
      if (token.is_zero() || token.is_hyphen()) continue;
      if (!token.is_number) zeros_stay_from_ = 0;
      hyphens_go_ = token.is_before_final();
      behind_run_ = before;
      return;
    }
  }

  std::string_view rest_;
  std::size_t behind_run_ = static_cast<std::size_t>(-1);  // what is left where the run of zeros and hyphens ends
  std::size_t zeros_stay_from_ = 0;
  bool hyphens_go_ = false;
};

std::strong_ordering compare_legacy(std::string_view a, std::string_view b) {
  LegacyRow row_a(a);
  LegacyRow row_b(b);
  for (;;) {
    const LegacyToken left = row_a.take_token();
    const LegacyToken right = row_b.take_token();
    if (left.is_number != right.is_number) return left.is_number <=> right.is_number;
    const auto order = left.is_number ? compare_digits(left.text, right.text) : compare_folded(left.text, right.text);
    if (order != 0) return order;
    if (left.is_end || right.is_end) return right.is_end <=> left.is_end;
  }
}

}  // namespace

Order order_pypi(std::string_view a, std::string_view b) {
  Pep440 left;
  Pep440 right;
  const bool left_is_valid = read_pep440(a, left);
  const bool right_is_valid = read_pep440(b, right);
  if (left_is_valid && right_is_valid) return {compare_pep440(left, right), false};
  if (left_is_valid != right_is_valid) return {left_is_valid <=> right_is_valid, true};
  return {compare_legacy(a, b), true};
}

bool is_pypi(std::string_view text) {
  Pep440 version;
  return read_pep440(text, version);
}

}  // namespace pratique
