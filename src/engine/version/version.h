// How versions order and what a range holds, ecosystem by ecosystem. Pure; thread safe.
//
// compare_versions is a total order for every scheme and every pair of byte strings, in time linear in their length.
// The surprise: a version that the scheme's grammar forbids is not an error. It is ordered by the scheme's documented
// fallback (docs/versions.md, and the head of each comparator's file) and the answer says so in `fallback`.
#pragma once

#include <compare>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/version.h"

namespace pratique {

struct Order {
  std::strong_ordering order = std::strong_ordering::equal;
  bool fallback = false;  // the grammar forbids one of the two
};
Order compare_versions(Scheme scheme, std::string_view a, std::string_view b);

// Whether the scheme's own grammar allows the text.
bool is_valid_version(Scheme scheme, std::string_view text);

// Whether the text names a version at all, in whatever grammar: "(devel)", "unknown", "dev-main" and "" do not. Such a
// text still has a place in the order, which means nothing: do not match with it.
bool names_version(Scheme scheme, std::string_view text);

// Any of "npm", "deb", "debian", "alpine", "go", "crates.io" ..., in any case: VERS types, purl types, OSV's ecosystems
// and the common names. Fault: usage.
Result<Scheme> scheme_named(std::string_view name);

// --- VERS (package-url/vers-spec, ECMA draft, clause 5) ---

// VERS text to a sorted, simplified Vers. Takes what others write: any order, redundant constraints, "=" in front of a
// version, blanks, "vers:all/*" and "vers:none/*". At most 64 KiB and 10,000 constraints. Fault: usage (unknown type),
// malformed (also when one version stands in constraints of two kinds), limit; the place is the constraint.
Result<Vers> parse_vers(std::string_view text);

// Whether the text is valid as the specification has it, where tools "shall report an error": canonical encoding,
// sorted, each version once, comparators that alternate. Fault: as parse_vers.
Result<void> validate_vers(std::string_view text);

// The canonical text; parse_vers(render_vers(v)) == v for every Vers made here and within the reader's limits. The
// empty set is "vers:none/*".
std::string render_vers(const Vers& vers);

struct Containment {
  bool inside = false;
  bool fallback = false;  // some comparison on the way was a fallback
};
// "Checking if a version is contained within a range", with a logarithmic number of comparisons. VERS has no rule for
// pre-releases: 2.0.0-rc1 is inside <2.0.0. Constraints that are all "!=" hold every other version. The constraints of
// a view must be as in a Vers: sorted and simplified.
Containment contains(const Vers& vers, std::string_view version);
Containment contains(const VersView& vers, std::string_view version);

bool is_empty(const Vers& vers);
Vers complement_of(const Vers& vers);
// Fault: usage, when the two have different schemes; everything and nothing go with any scheme.
Result<Vers> union_of(const Vers& a, const Vers& b);
Result<Vers> intersection_of(const Vers& a, const Vers& b);

// --- what sources write ---

// The scheme's own notation: npm "^1.2 || >=3", maven "[1.0,2.0)", pypi "~=1.4,!=1.4.3", gem "~> 2.0", deb ">= 1.2~, <<
// 2", cargo "1.2", composer "^1.0|^2.0", nuget, rpm, apk, hex, pub, hackage, conda, conan, nginx, openssl ...; schemes
// without a notation take comparators (as vers_from_github). docs/versions.md has each notation. At most 64 KiB. Fault:
// malformed, limit; the place is the text and the character.
Result<Vers> vers_from_native(Scheme scheme, std::string_view text);

// GitHub's advisories: ">= 1.0, < 2.0". Fault: as above.
Result<Vers> vers_from_github(Scheme scheme, std::string_view text);

// OSV (ossf.github.io/osv-schema, "affected[].ranges[].events" and "Evaluation"), for SEMVER and ECOSYSTEM ranges.
// Introduced "0" is before every version of every scheme. Fault: malformed (no introduced event, an empty version); the
// place is the event.
struct OsvEvent {
  enum class Kind { introduced, fixed, last_affected, limit } kind = Kind::introduced;
  std::string_view version;
};
Result<Vers> vers_from_osv(Scheme scheme, std::span<const OsvEvent> events);

// NVD's cpeMatch: empty where the source has no such bound. `version` is that of the CPE name: "*" when the bounds say
// it,
// "-" (not applicable) is no version at all. Fault: malformed, when nothing is said.
struct CpeRange {
  std::string_view version;
  std::string_view start_including;
  std::string_view start_excluding;
  std::string_view end_including;
  std::string_view end_excluding;
};
Result<Vers> vers_from_cpe(Scheme scheme, const CpeRange& range);

// The kernel's own records: introduced in one release ("" or "0": since ever), fixed in several, each for its branch. A
// fix in "6.1.90" mends the branch 6.1 and no other; one in "6.9" or "6.9-rc2" everything from there. Fault: malformed.
Result<Vers> vers_from_linux(std::string_view introduced, std::span<const std::string_view> fixed);

}  // namespace pratique
