// Verdict: what policies say about one admission request, with the evidence for each rule that spoke.
//
// Rules that are content say nothing here; `asked` counts them. Texts may come from hostile documents: line_of() is
// safe to print, the fields themselves are not.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pratique {

// Ordered: the strictest rule decides. `audit` lets it in without a word to who asked, and stays on record.
enum class Decision : std::uint8_t { allow, audit, warn, deny };
std::string_view name_of(Decision decision);

// Why a rule could not be judged. Policies choose for each what it leads to.
enum class Gap : std::uint8_t {
  none,         // it was judged
  not_pinned,   // the image is named by a tag alone, or by no reference at all: nobody knows what will run
  no_bill,      // nobody gave us its bill
  absent,       // other evidence that the rule asks for is not gathered here: signatures, a yank list, EPSS
  unavailable,  // a dependency failed, or did not answer in time
  unjudged,     // its bill or the advisories leave something open
  error,        // the rule's expression failed on this input
};
constexpr std::size_t gap_count = 7;
std::string_view name_of(Gap gap);  // "", "not-pinned", "no-bill", "absent", "unavailable", "unjudged", "error"

// One thing that made a rule speak. Empty fields do not apply.
struct Evidence {
  std::string container;  // "checkout"
  std::string image;      // as the object names it, made explicit
  std::string package;    // "log4j-core 2.14.1"
  std::string purl;
  std::string
      path;  // what brought it in, from the subject: "spring-boot-starter-log4j2 2.6.1 > log4j-slf4j-impl 2.14.1"
  std::string finding;   // "CVE-2021-44228"
  std::string severity;  // "critical"
  std::string range;     // the VERS range that holds
  std::string fixed;     // "2.15.0"
  std::string license;   // "GPL-3.0-only"
  std::string signer;    // who signed, where that is what the rule is about
  std::string reason;    // what is wrong, or why the rule could not be judged, in words
  bool operator==(const Evidence&) const = default;
};

struct RuleResult {
  std::string policy;                  // metadata.name
  std::string rule;                    // the rule's own name
  std::string type;                    // "denyPackage"
  Decision decision = Decision::deny;  // what this leads to; `allow` where a policy chose that for a gap
  Gap gap = Gap::none;
  std::string note;                // what the rule's author has to say; a template, see expand()
  std::string exception;           // what excuses it, so that it leads to `allow`: "log4j-checkout until 2026-12-31"
  std::vector<Evidence> evidence;  // at least one
  std::uint64_t more = 0;          // evidence left out behind these
  std::uint64_t more_rules = 0;    // other rules of the policy that the same gap left unjudged
  bool operator==(const RuleResult&) const = default;
};

struct Verdict {
  Decision decision = Decision::allow;  // the strictest of the rules
  std::vector<RuleResult> rules;        // those that spoke, in policy order
  std::uint64_t asked = 0;              // rules that were asked
  std::uint64_t images = 0;             // of the request, about which they were asked
  std::string policies;                 // generation of the policies: equal policies, equal generation
  std::string database;                 // generation of the advisory database used, empty when none was
  std::uint64_t cost = 0;               // of the expressions that ran, in CEL's units
  bool operator==(const Verdict&) const = default;
};

// A note with `{package}`, `{fixed}` ... replaced by what the evidence says, once: what a value holds is never read as
// a template, and a long one is cut. "{{" is a brace.
std::string expand(std::string_view note, const RuleResult& result, const Evidence& evidence);
// What is wrong with a note: an unknown name, a brace that is not closed; empty when nothing is. The second is the
// nearest name there is.
std::pair<std::string, std::string> fault_in_note(std::string_view note);

// One line for people, printable: "checkout: log4j-core 2.14.1 (via a 1 > b 2) has CVE-2021-44228 (critical), fixed in
// 2.15.0 [policy no-criticals, rule no-known-criticals]".
std::string line_of(const RuleResult& result, const Evidence& evidence);

// The lines of all rules that lead to `decision`: what is certain before what is unknown, at most `most` of them, the
// last then saying how many more there are.
std::vector<std::string> lines_of(const Verdict& verdict, Decision decision, std::size_t most);

}  // namespace pratique
