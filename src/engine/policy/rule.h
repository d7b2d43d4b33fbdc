// Rule: one thing a policy asks, as values. Part of policy.h; docs/policy.md has the YAML.
//
// A rule that denies names what it denies, and is violated by each thing found; one that requires or allows is violated
// by what is missing or different. All conditions within one rule must hold together.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "model/advisory.h"
#include "model/json_tree.h"
#include "model/license.h"
#include "model/verdict.h"
#include "model/version.h"

namespace pratique {

using Days = std::chrono::duration<std::int64_t, std::ratio<86400>>;

// There is a bill, and it lists something.
struct RequireSbom {
  bool operator==(const RequireSbom&) const = default;
};

// Who may have signed; what is empty does not matter, and '*' stands for any characters. One of identity and key is
// given.
struct Signer {
  std::string identity, issuer;  // of a certificate: "https://github.com/acme/*", "https://token.actions..."
  std::string key;               // the name of a key in the trust roots
  bool operator==(const Signer&) const = default;
};
// A verified signature over the image, by one of these.
struct RequireSignature {
  std::vector<Signer> signers;
  bool operator==(const RequireSignature&) const = default;
};
// A verified attestation, by one of these, of the very bill that is judged.
struct RequireSignedSbom {
  std::vector<Signer> signers;
  bool operator==(const RequireSignedSbom&) const = default;
};

struct DenyPackage {
  std::string package;        // package key
  std::string name;           // the package's own name, in lower case: what a component without a purl may be called
  std::optional<Vers> range;  // every version when absent
  bool operator==(const DenyPackage&) const = default;
};

struct DenyVulnerabilities {
  Severity at_least = Severity::unknown;  // unknown: any
  double cvss = 0, epss = 0;              // at least; 0: any
  bool kev = false;                       // only those known to be exploited
  bool only_fixed = false;                // only those that a newer version mends
  std::vector<std::string> ids, except;   // only these, by id or alias; never these
  Days older_than{0};                     // published at least so long ago
  // From its publication on a vulnerability of that severity leads to `in_grace` instead, for so long.
  std::array<Days, 6> grace{};
  Decision in_grace = Decision::warn;
  std::vector<std::string> trust_vex;  // authors whose word excuses a finding; '*' as everywhere
  bool operator==(const DenyVulnerabilities&) const = default;
};

// Violated by a package that cannot be used under licences left over. Patterns are in lower case.
struct DenyLicense {
  std::vector<std::string> licenses;  // as written, "*" within
  LicenseSet set;                     // those without '*'
  std::vector<std::string> patterns;  // those with
  bool allow = false;                 // the list is of what is allowed; everything else is denied
  bool operator==(const DenyLicense& other) const { return licenses == other.licenses && allow == other.allow; }
};

// Of a hundred packages so many have it; 0 asks for nothing.
struct RequireQuality {
  std::uint64_t packages = 0;  // listed at least
  std::uint64_t version = 0, purl = 0, license = 0;
  std::uint64_t score = 0;  // of the whole bill, 0 to 100
  bool operator==(const RequireQuality&) const = default;
};
struct RequireFresh {
  Days max_age{0};
  bool operator==(const RequireFresh&) const = default;
};
// Packages that nobody could judge, beyond so many.
struct DenyUnknown {
  std::uint64_t most = 0;
  bool operator==(const DenyUnknown&) const = default;
};
struct AllowRegistries {
  std::vector<std::string> registries;
  bool operator==(const AllowRegistries&) const = default;
};
struct RequireDigest {
  bool operator==(const RequireDigest&) const = default;
};
struct DenyYanked {
  bool operator==(const DenyYanked&) const = default;
};

struct CompiledExpression;  // private to this module
// An expression that must be true: of each package when it reads `pkg`, of each image when it reads what is known of
// one, else of the request.
struct CelRule {
  std::string expression;
  std::shared_ptr<const CompiledExpression> compiled;
  bool operator==(const CelRule& other) const { return expression == other.expression; }
};

using RuleBody =
    std::variant<RequireSbom, RequireSignature, RequireSignedSbom, DenyPackage, DenyVulnerabilities, DenyLicense,
                 RequireQuality, RequireFresh, DenyUnknown, AllowRegistries, RequireDigest, DenyYanked, CelRule>;
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
  std::string note;          // a template, put behind every message; may be empty
  int line = 0, column = 0;  // in its file
  bool operator==(const Rule&) const = default;
};

// What a policy or an exception is about. Everything that is not empty must hold; '*' stands for any characters.
struct Selector {
  std::vector<std::string> namespaces, exclude_namespaces;
  std::vector<std::pair<std::string, std::string>> namespace_labels;
  std::vector<std::string> kinds;       // "Pod", "apps/Deployment"; empty: whatever has a pod template
  std::vector<std::string> operations;  // "CREATE", "UPDATE"
  std::vector<std::pair<std::string, std::string>> labels;  // of the object
  std::vector<std::string> images, exclude_images;          // repositories: "docker.io/library/*"
  bool operator==(const Selector&) const = default;
};

// Evidence that is all of this leads to `allow`, and stays on record.
struct Exception {
  std::string name;
  std::string policy;              // "shop/own" for a namespace's own policy
  std::vector<std::string> rules;  // empty: all of the policy
  Selector selector;
  std::vector<std::string> vulnerabilities;  // ids or aliases; empty: whatever the evidence is about
  std::vector<DenyPackage> packages;         // likewise
  std::string reason, approver;
  Time expires{};  // from then on it excuses nothing
  std::string file;
  int line = 0, column = 0;
  bool operator==(const Exception&) const = default;
};

struct Policy {
  std::string name;  // "clean-bill"; "shop/own" of a namespace; "production/clean-bill" as a member of a set
  std::string file;
  int line = 0, column = 0;
  std::vector<Selector> selectors;  // all of them must hold
  std::vector<Rule> rules;          // never empty
  std::vector<Exception> exceptions;
  std::shared_ptr<const JsonTree> params;  // what expressions see as `params`; may be null
  std::string params_text;                 // canonical, so that policies can be told apart
  std::string place() const;               // "policies/log4j.yaml:4:3"
};

}  // namespace pratique
