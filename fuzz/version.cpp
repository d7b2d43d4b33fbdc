// Comparators, VERS and native ranges: the first byte chooses. Beyond not crashing, what each promises: every order is
// total, a range's text carries the range, set operations are those of logic.
#include "engine/version/version.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/check.h"
#include "base/text.h"

namespace {

using namespace pratique;

constexpr std::size_t max_text = std::size_t{64} << 10;

std::strong_ordering compare(Scheme scheme, std::string_view a, std::string_view b) {
  return compare_versions(scheme, a, b).order;
}

// Three versions, one a line.
void try_order(Scheme scheme, std::string_view text) {
  std::vector<std::string_view> lines = split(text, '\n');
  lines.resize(3);
  const auto [a, b, c] = std::array{lines[0], lines[1], lines[2]};
  check(compare(scheme, a, a) == 0, "reflexive");
  check(compare(scheme, a, b) == 0 <=> compare(scheme, b, a), "antisymmetric");
  std::sort(lines.begin(), lines.end(), [&](auto x, auto y) { return compare(scheme, x, y) < 0; });
  const auto first = compare(scheme, lines[0], lines[1]);
  const auto second = compare(scheme, lines[1], lines[2]);
  check(first <= 0 && second <= 0, "sorted");
  const auto outer = compare(scheme, lines[0], lines[2]);
  check((outer == 0) == (first == 0 && second == 0) && outer <= 0, "transitive");
  check(compare_versions(scheme, a, b).fallback == (!is_valid_version(scheme, a) || !is_valid_version(scheme, b)),
        "a fallback is a version that is not valid");
}

void try_range(const Vers& vers, std::string_view probe) {
  const std::string text = render_vers(vers);
  const Vers complement = complement_of(vers);
  check(contains(vers, probe).inside != contains(complement, probe).inside, "inside or outside");
  check(union_of(vers, complement).value().any, "all of it");
  check(is_empty(intersection_of(vers, complement).value()), "nothing in common");
  std::vector<ConstraintView> views;
  for (const Constraint& constraint : vers.constraints) views.push_back({constraint.comparator, constraint.version});
  check(contains(VersView{vers.scheme, vers.any, views}, probe).inside == contains(vers, probe).inside, "views agree");
  if (text.size() > max_text || vers.constraints.size() > 10'000) return;
  const Result<Vers> again = parse_vers(text);
  check(again.has_value() && (*again == vers || is_empty(vers)), "parse(render(v)) == v");
  check(validate_vers(text).has_value(), "what is rendered is valid");
}

void try_vers(std::string_view text) {
  const std::size_t line = std::min(text.find('\n'), text.size());
  const std::string_view range = text.substr(0, line);
  const Result<Vers> vers = parse_vers(range);
  if (validate_vers(range)) check(vers && (render_vers(*vers) == range || vers->any), "what is valid is canonical");
  if (vers) try_range(*vers, text.substr(line));
}

void try_native(std::string_view text) {
  if (text.empty()) return;
  const auto scheme = static_cast<Scheme>(static_cast<unsigned char>(text.front()) % scheme_count);
  text.remove_prefix(1);
  const std::size_t line = std::min(text.find('\n'), text.size());
  for (const auto& vers :
       {vers_from_native(scheme, text.substr(0, line)), vers_from_github(scheme, text.substr(0, line))})
    if (vers) try_range(*vers, text.substr(line));
}

// Events, one a line: the first character is the kind.
void try_osv(std::string_view text) {
  if (text.empty()) return;
  const auto scheme = static_cast<Scheme>(static_cast<unsigned char>(text.front()) % scheme_count);
  std::vector<OsvEvent> events;
  std::vector<std::string_view> fixed;
  for (const std::string_view line : split(text.substr(1), '\n')) {
    if (line.empty()) continue;
    events.push_back({static_cast<OsvEvent::Kind>(line.front() & 3), line.substr(1)});
    fixed.push_back(line.substr(1));
  }
  if (const auto vers = vers_from_osv(scheme, events)) try_range(*vers, text);
  if (const auto vers = vers_from_linux(fixed.empty() ? "" : fixed.front(), fixed)) try_range(*vers, text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t choice = data[0] % (scheme_count + 3);
  if (choice < scheme_count)
    try_order(static_cast<Scheme>(choice), text);
  else if (choice == scheme_count)
    try_vers(text);
  else if (choice == scheme_count + 1)
    try_native(text);
  else
    try_osv(text);
  return 0;
}
