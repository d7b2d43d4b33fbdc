// Policies x evidence -> Verdict. Pure; thread safe. Same inputs, same Verdict.
//
// A policy is a YAML document (`pratique.dev/v1alpha1`, docs/policy.md) of typed rules: requireSBOM, denyPackage,
// denyVulnerabilities. The surprise: "unknown" (no digest, no bill, a dependency that failed, a package nobody could
// judge) is an answer of its own; each rule says what it leads to, and where a rule is silent it leads to the rule's
// effect.
//
//   policies = PolicySet(parse_policies(yaml, "p.yaml"))     once
//   inquiry  = inquiry_of(policies, request)                 which images, and what must be known of them
//   ... the caller fills in `bill` and `match` of each, or says what is missing ...
//   verdict  = decide(policies, request, inquiry.images)
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"
#include "model/admission.h"
#include "model/bill.h"
#include "model/finding.h"
#include "model/verdict.h"
#include "model/version.h"

namespace pratique {

// There is a bill, and it lists something.
struct RequireSbom {
  bool operator==(const RequireSbom&) const = default;
};
struct DenyPackage {
  std::string package;        // package key
  std::string name;           // the package's own name, in lower case: what a component without a purl may be called
  std::optional<Vers> range;  // every version when absent
  bool operator==(const DenyPackage&) const = default;
};
struct DenyVulnerabilities {
  Severity at_least = Severity::critical;
  bool only_fixed = false;  // only those that a newer version mends
  bool operator==(const DenyVulnerabilities&) const = default;
};
using RuleBody = std::variant<RequireSbom, DenyPackage, DenyVulnerabilities>;
std::string_view type_of(const RuleBody& body);  // "denyPackage"

// What each gap leads to.
struct OnUnknown {
  std::array<Decision, gap_count> by_gap;
  OnUnknown(Decision all = Decision::deny) { by_gap.fill(all); }
  Decision operator[](Gap gap) const { return by_gap[static_cast<std::size_t>(gap)]; }
  bool operator==(const OnUnknown&) const = default;
};

struct Rule {
  std::string name;
  RuleBody body;
  Decision effect = Decision::deny;
  OnUnknown on_unknown;
  std::string note;  // put behind every message; may be empty
  bool operator==(const Rule&) const = default;
};

struct Policy {
  std::string name;
  std::string place;                            // "policies/log4j.yaml:4:3", for people
  std::vector<std::string> namespaces;          // empty: all; '*' stands for any characters
  std::vector<std::string> exclude_namespaces;  // kube-system is not excluded by itself
  std::vector<Rule> rules;                      // never empty
  bool operator==(const Policy&) const = default;
};

// All documents of one YAML file. Unknown fields, wrong types and names given twice are errors with file:line:column
// and a suggestion. Fault: malformed, unsupported (another apiVersion), limit.
Result<std::vector<Policy>> parse_policies(std::string_view yaml, std::string_view file_name);

// Policies made ready to be asked: which rules deny a package is looked up, so that thousands cost what those cost that
// match. Immutable.
class PolicySet {
 public:
  explicit PolicySet(std::vector<Policy> policies = {});
  PolicySet(PolicySet&&) noexcept;
  PolicySet& operator=(PolicySet&&) noexcept;
  ~PolicySet();

  const std::vector<Policy>& policies() const { return policies_; }
  std::size_t rules() const { return rules_; }
  // A digest over what the policies say, not over how their files are written.
  const std::string& generation() const { return generation_; }

  struct Index;  // private to this module
  const Index& index() const { return *index_; }

 private:
  std::vector<Policy> policies_;
  std::size_t rules_ = 0;
  std::string generation_;
  std::unique_ptr<const Index> index_;
};

// What a bill says about one image, compiled once so that a package is looked up, not searched. Keeps nothing of the
// document itself; licences, CPEs and references are left out. Immutable.
class ImageFacts {
 public:
  explicit ImageFacts(const Bill& bill);

  const Bill& bill() const { return bill_; }        // as far as it is kept; indices are those of the original
  std::size_t bytes() const { return bytes_; }      // of memory, about
  std::uint64_t unread() const { return unread_; }  // components that could not be read at all
  // What brought the component in, from the subject, itself left out: "a 1 > b 2"; of a long way the middle is left
  // out.
  std::string path_to(std::uint32_t component) const;

  struct Entry {
    std::uint64_t hash;
    std::uint32_t component;
  };
  const std::vector<Entry>& by_package() const { return by_package_; }  // sorted; by the hash of the package key
  const std::vector<Entry>& without_purl() const {
    return without_purl_;
  }  // sorted; by the hash of the name in lower case
  std::string_view package(std::uint32_t component) const { return packages_[component]; }  // empty without a purl

 private:
  Bill bill_;
  Paths paths_;
  std::vector<std::string_view> packages_;
  std::vector<Entry> by_package_;
  std::vector<Entry> without_purl_;
  std::uint64_t unread_ = 0;
  std::size_t bytes_ = 0;
};

// What the advisory database says about one bill.
struct MatchFacts {
  MatchFacts(Match match, std::string database_generation);
  std::vector<Finding> findings;  // most severe first
  std::vector<Unknown> unknown;   // the first few of those that nobody could judge
  std::uint64_t unknown_count = 0;
  std::string generation;  // of the database
  std::size_t bytes = 0;   // of memory, about
};

struct ImageEvidence {
  Container container;
  std::shared_ptr<const ImageFacts> bill;   // shared with the cache; null when there is none
  std::shared_ptr<const MatchFacts> match;  // null when there is no bill, nobody asks for it, or it failed
  Gap gap = Gap::none;                      // why what is missing of the two is missing
  std::string reason;                       // in words
};

// What must be known before decide() is asked: an image for each container that the request brings. Images with a gap
// need nothing more. Empty for a deletion, for a request that brings no image that was not there before, and where no
// policy applies to the namespace.
struct Inquiry {
  std::vector<ImageEvidence> images;
  bool needs_match = false;
};
Inquiry inquiry_of(const PolicySet& policies, const AdmissionRequest& request);

// Every policy that applies to the request's namespace, every rule, every image of the inquiry.
Verdict decide(const PolicySet& policies, const AdmissionRequest& request, const std::vector<ImageEvidence>& images);

}  // namespace pratique
