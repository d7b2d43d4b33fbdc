// How versions order and what a range holds, ecosystem by ecosystem. Pure; thread safe.
//
// compare_versions is a total order for every scheme and every pair of byte strings, in time linear in their length.
// The surprise: a version that the scheme's grammar forbids is not an error. It is ordered by the scheme's documented
// fallback (see each comparator's file) and the answer says so in `fallback`.
#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/version.h"

namespace pratique {

struct Order {
  std::strong_ordering order = std::strong_ordering::equal;
  bool fallback = false;
};
Order compare_versions(Scheme scheme, std::string_view a, std::string_view b);

// Whether the scheme's own grammar allows the text.
bool is_valid_version(Scheme scheme, std::string_view text);

// Any of "npm", "deb", "debian", "alpine", "go" ...: VERS names, purl types and the ecosystems' common names. Fault:
// usage.
Result<Scheme> scheme_named(std::string_view name);

// VERS text to a validated, simplified Vers (package-url/vers-spec, sections "Parsing and validating" and
// "simplifying"); at most 64 KiB and 10,000 constraints. Fault: malformed, limit; the place is the constraint.
Result<Vers> parse_vers(std::string_view text);

// The canonical text: constraints sorted by version, percent-encoded where the specification demands.
std::string render_vers(const Vers& vers);

struct Containment {
  bool inside = false;
  bool fallback = false;  // some comparison on the way was a fallback
};
// VERS specification, section "Checking if a version is contained within a range".
Containment contains(const Vers& vers, std::string_view version);

}  // namespace pratique
