// Policies x evidence -> Verdict. Pure; thread safe. Same inputs, same Verdict.
//
// A policy is a YAML document (`pratique.dev/v1alpha1`, docs/policy.md) of rules, typed or in CEL. The surprise:
// "unknown" (no digest, no bill, a dependency that failed, a package nobody could judge) is an answer of its own; each
// rule says what it leads to, and where a rule is silent it leads to the rule's effect.
//
//   policies = PolicySet(parse_policies(yaml, "p.yaml"))     once
//   inquiry  = inquiry_of(policies, request)                 which images, and what must be known of them
//   ... the caller fills in the evidence of each, or says what is missing ...
//   verdict  = decide(policies, request, inquiry.images, {now, review})
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/policy/cases.h"
#include "engine/policy/evidence.h"
#include "engine/policy/import.h"
#include "engine/policy/rule.h"
#include "model/admission.h"
#include "model/verdict.h"

namespace pratique {

// Policies that apply only where the set does, and lead to `at_most` at most.
struct PolicyGroup {
  std::string name;
  Selector selector;
  Decision at_most = Decision::deny;
  std::vector<std::string> members;  // names of policies and of other sets
  std::string file;
  int line = 0, column = 0;
};

// What files say, before it is brought together.
struct PolicyFile {
  std::vector<Policy> policies;
  std::vector<PolicyGroup> groups;
  std::vector<Exception> exceptions;
};

// All documents of one YAML file. Unknown fields, wrong types, names given twice, expressions that do not compile are
// errors with file:line:column and a suggestion. Fault: malformed, unsupported (another apiVersion), limit.
Result<PolicyFile> read_policy_file(std::string_view yaml, std::string_view file_name);

// The one merge (docs/policy.md): a policy that no set names applies as it is; one that sets name applies once for each
// way through them, where all of them apply; exceptions go to the policies they name. Fault: malformed (a name given
// twice, a member or a rule that is not there, a set within itself), limit.
Result<std::vector<Policy>> link_policies(std::vector<PolicyFile> files);

// One file by itself: both of the above.
Result<std::vector<Policy>> parse_policies(std::string_view yaml, std::string_view file_name);

// What is allowed and hardly meant: "policies/a.yaml:7:5: the rule can never speak: ...; delete it".
struct PolicyDoubt {
  std::string place, text, remedy;
  bool operator==(const PolicyDoubt&) const = default;
};
std::string render(const PolicyDoubt& doubt);
// Rules that others cover, expressions that are always true, exceptions that are over or overlap. In the order of the
// policies.
std::vector<PolicyDoubt> find_doubts(const std::vector<Policy>& policies, Time now);

// Policies made ready to be asked: which rules deny a package and which policies apply to a namespace is looked up, so
// that thousands cost what those cost that match. Immutable.
class PolicySet {
 public:
  explicit PolicySet(std::vector<Policy> policies = {});
  PolicySet(PolicySet&&) noexcept;
  PolicySet& operator=(PolicySet&&) noexcept;
  ~PolicySet();

  const std::vector<Policy>& policies() const { return policies_; }
  std::size_t rules() const { return rules_; }
  bool needs_match() const { return needs_match_; }  // whether any rule asks what the advisory database says
  // How many policies, or exceptions to them, look at the labels or at more of the request's namespace.
  std::size_t asking_namespace() const { return asking_namespace_; }
  // A digest over what the policies say, not over how their files are written.
  const std::string& generation() const { return generation_; }

  struct Index;  // private to this module
  const Index& index() const { return *index_; }

 private:
  std::vector<Policy> policies_;
  std::size_t rules_ = 0;
  bool needs_match_ = false;
  std::size_t asking_namespace_ = 0;
  std::string generation_;
  std::unique_ptr<const Index> index_;
};

// What rules read.
struct Needs {
  bool bill = false, match = false, attestations = false, standing = false, review = false;
  void add(const Needs& other);
};

// What must be known before decide() is asked: an image for each container that the request brings. Images with a gap
// need nothing more. No images for a deletion, for a request that brings none that was not there before, and where no
// policy applies. `namespace_object` as in the Surroundings of decide().
struct Inquiry {
  std::vector<ImageEvidence> images;
  Needs needs;
};
Inquiry inquiry_of(const PolicySet& policies, const AdmissionRequest& request,
                   const JsonTree* namespace_object = nullptr);

// Every policy that applies to the request, every rule, every image of the inquiry.
Verdict decide(const PolicySet& policies, const AdmissionRequest& request, const std::vector<ImageEvidence>& images,
               const Surroundings& around = {});

// The signature of every function and the type of every variable that expressions in policies have beyond CEL's own.
std::vector<std::string> expression_names();

}  // namespace pratique
