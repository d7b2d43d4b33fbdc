// Advisory: what one source says is vulnerable. Follows the OSV schema (ossf/osv-schema 1.7), which every other source
// is brought to. Values only.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "model/version.h"

namespace pratique {

// Ordered: a comparison with < asks "is less severe". `unknown` is below all: nobody gave a severity.
enum class Severity : std::uint8_t { unknown, none, low, medium, high, critical };
std::string_view name_of(Severity severity);                    // "critical"
std::optional<Severity> severity_named(std::string_view text);  // any case; "moderate" and "important" included

// One judgement of how bad it is.
struct Rating {
  std::string source;  // whose: a row of model/source.h
  std::string vector;  // CVSS; empty where the source gives a word only
  double score = 0;    // of that vector, 0 to 10; computed here and not believed from a feed
  Severity severity = Severity::unknown;
  bool operator==(const Rating&) const = default;
};

// The one to show: a vector before a word, of vectors the newest version of CVSS, of equals the source that stands
// first in the table of sources. Null when there is none.
const Rating* pick_rating(std::span<const Rating> ratings);

// What its source says is done about it.
enum class FixState : std::uint8_t {
  unknown,              // nothing is said; where versions are fixed, those mend it
  fixed,                // there is a version that mends it
  none,                 // there is none yet
  deferred,             // put off: minor, or in the next point release
  wont_fix,             // there will be none: out of support, or not worth it
  under_investigation,  // seen, and not judged yet: affects nobody by itself
  not_affected,         // judged, and this package never had it
};
std::string_view name_of(FixState state);  // "wont-fix"

// A product that has to be there besides: a CPE, in these versions of it.
struct Companion {
  std::string cpe;
  Vers range;
  bool operator==(const Companion&) const = default;
};

// One package in one advisory.
struct Affected {
  std::string package;       // package key: "pkg:golang/golang.org/x/crypto"; of a CPE "cpe:a:apache:log4j"
  std::string stream;        // release of a distribution (model/ecosystem.h): "debian:12", "alpine:v3.19"; "" elsewhere
  std::string module;        // of an rpm's module stream: "nodejs:18"; "*" where the source does not say which
  std::string cpe;           // the whole CPE, where the package is one
  std::vector<Vers> ranges;  // affected when in any of them ...
  std::vector<std::string> versions;      // ... or equal to one of these
  std::vector<std::string> fixed;         // versions that mend it, in document order
  std::vector<std::string> symbols;       // "import/path.Symbol", where the source names them
  Severity severity = Severity::unknown;  // the package's own, where the source gives one
  FixState state = FixState::unknown;
  std::string note;  // why, in the source's words: "vulnerable code not present"; or the platform it needs
  std::vector<std::vector<Companion>> companions;  // affected only together with one out of each of these lists
  bool operator==(const Affected&) const = default;
};

struct Advisory {
  std::string id;                     // "GO-2020-0001"
  std::string source;                 // whose: a row of model/source.h
  std::vector<std::string> aliases;   // "CVE-2020-36567"
  std::vector<std::string> upstream;  // ids this one is derived from: the CVEs that a distribution's notice mends
  std::vector<std::string> related;   // ids worth reading beside it; never taken for the same thing
  std::string summary;
  std::optional<Time> published;
  std::optional<Time> modified;  // the revision
  std::optional<Time> withdrawn;
  std::vector<Rating> ratings;  // its own, in document order
  std::string url;              // the first ADVISORY reference, else the first
  std::vector<Affected> affected;
  bool operator==(const Advisory&) const = default;
};

// What decides whether a version of one package is affected, read in place: the views are good for the call they came
// in.
struct AffectedView {
  std::uint32_t advisory = 0;  // the number its database knows the advisory by
  std::uint32_t position = 0;  // index into Advisory::affected
  FixState state = FixState::unknown;
  std::string_view module, cpe;
  std::span<const VersView> ranges;
  std::span<const std::string_view> versions;
};

// What is known of a vulnerability whoever is affected by it: how bad, whether anybody exploits it.
struct Kev {                // CISA's catalog of known exploited vulnerabilities
  std::string added, due;   // dates: "2021-12-10"
  bool ransomware = false;  // known to be used in ransomware campaigns
  bool operator==(const Kev&) const = default;
};
struct Epss {             // FIRST's exploit prediction
  double score = 0;       // probability of exploitation within 30 days
  double percentile = 0;  // 0 to 1
  bool operator==(const Epss&) const = default;
};
struct Ssvc {                                               // CISA's stakeholder-specific decision points
  std::string exploitation, automatable, technical_impact;  // "active", "yes", "total"
  bool operator==(const Ssvc&) const = default;
};
struct Vulnerability {
  std::string id;  // "CVE-2021-44228"
  std::string summary, url;
  std::vector<Rating> ratings;
  std::optional<Kev> kev;
  std::optional<Epss> epss;
  std::optional<Ssvc> ssvc;
  bool operator==(const Vulnerability&) const = default;
};

// The name users know it by: the first CVE among id and aliases, else the id.
std::string_view cve_of(const Advisory& advisory);

}  // namespace pratique
