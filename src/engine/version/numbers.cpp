// Schemes that are rows of integers: cran, hackage, intdot and nginx.
//
// CRAN's package_version and Haskell's Data.Version: a row before its longer self, 1.0 < 1.0.0. VERS' intdot and nginx:
// missing numbers are 0, what follows the first other character counts for nothing in intdot.
// Fallback of cran and hackage: what is no number separates; a text without numbers is the empty row, below all.
// Fallback of intdot: the numbers in front; the empty row is 0. nginx falls back as intdot does.
#include "engine/version/semver.h"

namespace pratique {
namespace {

// Numbers anywhere in the text, whatever stands between them.
std::strong_ordering compare_rows(std::string_view a, std::string_view b) {
  for (;;) {
    const auto other = [](char c) { return !digit(c); };
    take_while(a, other);
    take_while(b, other);
    if (a.empty() || b.empty()) return b.empty() <=> a.empty();
    if (const auto order = compare_digits(take_digits(a), take_digits(b)); order != 0) return order;
  }
}

std::string_view numbers_in_front(std::string_view text) {
  return take_while(text, [](char c) { return digit(c) || c == '.'; });
}

// One number at least, `separators` between any two.
bool is_row(std::string_view text, std::string_view separators) {
  for (;;) {
    if (take_digits(text).empty()) return false;
    if (text.empty()) return true;
    if (separators.find(text.front()) == std::string_view::npos) return false;
    text.remove_prefix(1);
  }
}

}  // namespace

std::strong_ordering compare_cran(std::string_view a, std::string_view b) { return compare_rows(a, b); }
std::strong_ordering compare_hackage(std::string_view a, std::string_view b) { return compare_rows(a, b); }
std::strong_ordering compare_intdot(std::string_view a, std::string_view b) {
  return compare_numbers(numbers_in_front(a), numbers_in_front(b));
}

bool is_cran(std::string_view text) { return text.find_first_of(".-") != std::string_view::npos && is_row(text, ".-"); }
bool is_hackage(std::string_view text) { return is_row(text, "."); }
bool is_intdot(std::string_view text) { return is_row(text, "."); }
bool is_nginx(std::string_view text) { return is_row(text, "."); }

// VERS' lexicographic: any bytes.
bool is_lexicographic(std::string_view) { return true; }

}  // namespace pratique
