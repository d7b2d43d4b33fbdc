// Policies x evidence -> Verdict. Pure; thread safe. Same inputs, same Verdict.
//
// A policy is a YAML document (`pratique.dev/v1alpha1`, docs/policy.md) of typed rules: requireSBOM, denyPackage,
// denyVulnerabilities. The surprise: "unknown" (no digest, no bill, a package nobody could judge) is an answer of its own,
// and each rule says what it leads to; the default is deny.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "base/result.h"
#include "model/admission.h"
#include "model/bill.h"
#include "model/finding.h"
#include "model/verdict.h"
#include "model/version.h"

namespace pratique {

struct RequireSbom {};
struct DenyPackage {
  std::string package;        // package key
  std::optional<Vers> range;  // every version when absent
};
struct DenyVulnerabilities {
  Severity at_least = Severity::critical;
  bool only_fixed = false;
};
using RuleBody = std::variant<RequireSbom, DenyPackage, DenyVulnerabilities>;

struct Rule {
  std::string name;
  RuleBody body;
  Decision effect = Decision::deny;
  Decision on_unknown = Decision::deny;
  std::string message;  // put in front of the generated one; may be empty
};

struct Policy {
  std::string name;
  std::vector<std::string> namespaces;          // empty: all
  std::vector<std::string> exclude_namespaces;  // kube-system is never excluded by itself
  std::vector<Rule> rules;
};

// All documents of one YAML file of at most 1 MiB. Unknown fields, wrong types and duplicate names are errors with
// file:line:column and a suggestion. Fault: malformed, limit.
Result<std::vector<Policy>> parse_policies(std::string_view yaml, std::string_view file_name);

// What is known about one image, compiled once for a bill and kept by digest: looking up a package does not scan.
class Facts {
 public:
  Facts(Bill bill, Match match);
  const Bill& bill() const { return bill_; }
  const Match& match() const { return match_; }
  // Indices of the components with this package key.
  const std::vector<std::uint32_t>& with_package(std::string_view package) const;
  std::string path_to(std::uint32_t component) const;  // "a 1 > b 2 > c 3"

 private:
  Bill bill_;
  Match match_;
  Paths paths_;
  std::unordered_map<std::string_view, std::vector<std::uint32_t>> by_package_;
};

struct ImageEvidence {
  Container container;
  std::shared_ptr<const Facts> facts;  // shared with the cache; null when there are none
  std::string absent;                  // why there are none: "the image is not pinned by digest", "no SBOM for sha256:..."
};

// The engine: every policy that matches the request's namespace, every rule, every image. A request without containers, a
// deletion, and an UPDATE that changes no image are allowed with no rule asked.
Verdict decide(const std::vector<Policy>& policies, const AdmissionRequest& request,
               const std::vector<ImageEvidence>& images, std::string_view database_generation);

// The answer to the API server, admission.k8s.io/v1, as JSON: uid echoed; status code 403 and one message with a line
// for each denial; warnings at most 256 characters each and 4,096 in all; full evidence in auditAnnotations.
std::string render_admission_response(const AdmissionRequest& request, const Verdict& verdict);

}  // namespace pratique
