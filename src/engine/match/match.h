// Bill x advisories -> findings, each with its proof. Pure; thread safe as far as the AdvisoryData it is given is.
//
// A component is looked up by its package key, a distribution's package only in its own release's stream and, where the
// distribution's advisories speak of source packages, by its source. A finding is one vulnerability of one package in
// one version: several advisories about it are its proofs, several places of the package its components. The surprise:
// what nobody can judge is neither clean nor vulnerable but listed in `unknown`; docs/matching.md says what is
// examined.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "model/advisory.h"
#include "model/bill.h"
#include "model/finding.h"
#include "model/part_context.h"
#include "model/purl.h"
#include "model/vex.h"

namespace pratique {

// What the matcher asks of whoever holds the advisories (world/advisorydb; a table in tests). Called from the thread
// that matches. Withdrawn advisories are not among the entries.
struct AdvisoryData {
  using Visit = std::function<void(const AffectedView&)>;
  // Visits all that may affect one package in one stream ("" outside distributions).
  std::function<Result<void>(std::string_view package, std::string_view stream, const Visit& visit)> each;
  // The advisory with the number that a view gave.
  std::function<Result<Advisory>(std::uint32_t number)> advisory;
  // What is known of a vulnerability whoever is affected by it; nothing where nobody knows more.
  std::function<Result<std::optional<Vulnerability>>(std::string_view id)> vulnerability;
  // Whether anything at all is known for this purl type, or this stream where it has one.
  std::function<bool(std::string_view type, std::string_view stream)> covers;
};

// A bill that has more findings than this is refused: it was made to exhaust whoever reads it.
constexpr std::size_t most_findings = 100'000;

// When advisories that speak of products by CPE (the NVD's) are asked. Such findings always leave a doubt.
enum class CpeUse : std::uint8_t {
  last_resort,  // of what has no other name, or one of a kind that nobody collects advisories for
  asked,        // of everything but what its distribution's own advisories speak for
};

// Fault: limit, and whatever `data` fails with.
Result<Match> match(const Bill& bill, const AdvisoryData& data, CpeUse cpes = CpeUse::last_resort);

// --- one component alone, for who keeps findings by component. ---

// What the bill says of each component that decides how it is judged. A component that is examined comes to the same
// findings and reasons in a bill of its own that has its context's release as `distro`.
std::vector<PartContext> contexts_of(const Bill& bill);

// What a component is looked up as.
struct LookedUp {
  std::vector<std::string> packages;  // keys
  std::string stream, version;
  Scheme scheme = Scheme::generic;
  bool operator==(const LookedUp&) const = default;
};
// Of each component; nothing where nobody can judge it, whatever the advisories say.
std::vector<std::optional<LookedUp>> looked_up(const Bill& bill);

// --- what does not count: comes last, behind matching, and takes nothing away. A finding stays, with who says so, why
// and when. ---

// Of the statements about a finding's vulnerability and package the last one counts, whoever made it; said at the same
// time, the worse. not_affected and fixed suppress. A statement is about the package itself, or about the bill's
// subject with everything in it, or about the package in that subject where it names both. Where it points at one
// component and the package stands in several, it must point at each. The surprise: a product that is only a name fits
// nothing.
void apply_vex(Match& match, const Bill& bill, std::span<const VexStatement> statements);

// A rule of the user's own.
struct IgnoreRule {
  std::string id;               // a finding's id or alias
  std::optional<Purl> package;  // as `matches` of model/purl.h takes it; any package where there is none
  std::string reason, author;
  Time expires{};     // from then on it is none
  std::string place;  // "ignore.yaml:3"
  bool operator==(const IgnoreRule&) const = default;
};
// The first rule that fits counts; what VEX suppresses already stays as it is.
void apply_ignores(Match& match, std::span<const IgnoreRule> rules, Time now);

// --- proofs: the same answer again, from the evidence alone ---

// Runs the comparison that a proof tells of again. Fault: malformed, when it comes out otherwise; limit, when the range
// is too long to read. The place is the advisory.
Result<void> replay(const Proof& proof);
// Every proof of a finding, and that the smallest upgrade is in none of their ranges.
Result<void> replay(const Finding& finding);

// --- near misses: what an advisory names, and why it is no finding ---

enum class MissReason : std::uint8_t {
  affected,             // it is one: the matcher reports it
  outside,              // its version is in no range and none of those listed
  fixed,                // and it is, or is above, one that mends it
  no_version,           // nothing can be compared
  other_module,         // the advisory speaks of another module stream
  other_stream,         // of other releases of the distribution
  not_affected,         // its source judged it, and says so
  under_investigation,  // its source has not judged it
  withdrawn,            // the advisory was
  not_examined,         // the component is not among the packages that are matched
  unidentified,         // nobody can tell which package of that name it is
  other_package,        // the same name, and not the same package
};
std::string_view name_of(MissReason reason);  // "other-stream"

// One component and one advisory that names it.
struct NearMiss {
  std::uint32_t component = 0;
  std::uint64_t elsewhere = 0;      // more components that are this package in this version
  std::string name, version, purl;  // of the component
  MissReason reason = MissReason::outside;
  // As far as it came. The range is that of all the advisory's entries together; what is listed besides is counted in
  // `detail`.
  Proof proof;
  std::string detail;  // in words: "2.17.0 mends it", "debian:11, debian:13"
  bool operator==(const NearMiss&) const = default;
};

struct NearMisses {
  std::vector<NearMiss> misses;  // in document order, then by advisory
  std::uint64_t more = 0;        // that were left out
  // Where nothing in the bill has the name at all:
  std::vector<std::string> named;    // keys of the packages that the advisories name
  std::vector<std::string> nearest;  // names in the bill that look most like them
};
constexpr std::size_t most_near_misses = 1000;

// `advisories` are those about one vulnerability, withdrawn ones too. Of components that an advisory names by their
// key, those that only have the name of one are left out; so are those where no component has the key. Agrees with
// match(): what is `affected` here is a finding there.
NearMisses find_near_misses(const Bill& bill, std::span<const Advisory> advisories);

}  // namespace pratique
