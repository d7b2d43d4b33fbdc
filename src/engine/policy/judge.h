// One request being decided. Private to policy/.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "engine/policy/expression.h"
#include "engine/policy/set.h"
#include "engine/policy/view.h"

namespace pratique {

// What rules say is kept by policy, rule and what it leads to, which is the order of the answer.
class Judge {
 public:
  Judge(const PolicySet& set, const AdmissionRequest& request, const std::vector<ImageEvidence>& images,
        const Surroundings& around);
  Verdict judge() &&;

 private:
  struct Asked {
    std::uint32_t policy, rule;
  };
  // What a rule speaks about.
  struct Subject {
    const ImageEvidence* image = nullptr;  // null: the request
    std::uint32_t component = no_component;
    const Finding* finding = nullptr;
    bool of_many = false;  // one rule speaks for others of its policy
  };
  using Key = std::tuple<std::uint32_t, std::uint32_t, Gap, Decision, std::string>;

  const Policy& policy_of(Asked asked) const { return set_.policies()[asked.policy]; }
  const Rule& rule_of(Asked asked) const { return policy_of(asked).rules[asked.rule]; }
  bool applies_to(std::uint32_t policy, const ImageEvidence& image) const;

  void ask_unclear();
  void ask_about(const ImageEvidence& image);
  void ask_request();

  Evidence about(const Subject& subject) const;
  std::string exception_for(Asked asked, const Subject& subject) const;
  bool excuses(const Exception& exception, Asked asked, const Subject& subject) const;
  // `add` completes the evidence; it is called only where there is room for more. The result is counted either way.
  template <class Add>
  RuleResult& say(Asked asked, Gap gap, Decision decision, const Subject& subject, std::string exception, Add&& add);
  template <class Add>
  void violated(Asked asked, const Subject& subject, Add&& add);
  void violated(Asked asked, const Subject& subject, std::string reason);
  RuleResult& unknown(Asked asked, Gap gap, const Subject& subject, std::string reason);
  // Says so, and is false, where there is no bill, no match.
  bool has_bill(Asked asked, const ImageEvidence& image);
  bool has_match(Asked asked, const ImageEvidence& image);
  void doubt(Asked asked, const ImageEvidence& image, bool of_match);

  void ask(Asked asked, const RequireSbom& body, const ImageEvidence& image);
  void ask(Asked asked, const RequireSignature& body, const ImageEvidence& image);
  void ask(Asked asked, const RequireSignedSbom& body, const ImageEvidence& image);
  void ask(Asked, const DenyPackage&, const ImageEvidence&) {}  // these are found, see find_packages
  void ask(Asked asked, const DenyVulnerabilities& body, const ImageEvidence& image);
  void ask(Asked asked, const DenyLicense& body, const ImageEvidence& image);
  void ask(Asked asked, const RequireQuality& body, const ImageEvidence& image);
  void ask(Asked asked, const RequireFresh& body, const ImageEvidence& image);
  void ask(Asked asked, const DenyUnknown& body, const ImageEvidence& image);
  void ask(Asked asked, const AllowRegistries& body, const ImageEvidence& image);
  void ask(Asked asked, const RequireDigest& body, const ImageEvidence& image);
  void ask(Asked asked, const DenyYanked& body, const ImageEvidence& image);
  void ask(Asked asked, const CelRule& body, const ImageEvidence& image);

  void ask_finding(Asked asked, const DenyVulnerabilities& body, const ImageEvidence& image, const Finding& finding);
  Decision decision_for(Asked asked, const DenyVulnerabilities& body, const Finding& finding) const;
  void ask_signers(Asked asked, const std::vector<Signer>& signers, const ImageEvidence& image, bool of_bill);

  void ask_all_packages(std::uint32_t policy, const ImageEvidence& image, const std::string& doubt);
  void find_packages(const ImageEvidence& image);
  void find_package(std::uint64_t hash, const ImageEvidence& image);
  void compare(Asked asked, const DenyPackage& body, std::uint32_t component, const ImageEvidence& image);

  class Bound;
  bool has_evidence(Asked asked, const CompiledExpression& expression, const Subject& subject);
  // Whether it is true; says so where it is not, or failed.
  bool ask_expression(Asked asked, const CelRule& body, const Subject& subject);

  const PolicySet& set_;
  const AdmissionRequest& request_;
  const std::vector<ImageEvidence>& images_;
  const Surroundings& around_;
  std::vector<std::uint32_t> groups_;   // that apply
  std::vector<std::uint32_t> unclear_;  // that may
  std::vector<char> applies_;           // by group
  std::map<Key, RuleResult> results_;
  std::uint64_t asked_ = 0;

  std::optional<ImagesView> views_;
  std::optional<TreeView> review_, namespace_object_;
  std::optional<cel::Evaluator> evaluator_;
  std::uint64_t cost_ = 0;
};

// Why a bill that is there may still hide what a rule looks for; empty when it does not.
std::string doubt_about(const ImageFacts& facts);
std::string doubt_about(const MatchFacts& match);
// A bill that names nothing but its own subject.
bool lists_nothing(const Bill& bill);

template <class Add>
RuleResult& Judge::say(Asked asked, Gap gap, Decision decision, const Subject& subject, std::string exception,
                       Add&& add) {
  constexpr std::size_t evidence_kept = 50;  // of one rule; the rest is counted
  const auto [found, is_new] = results_.try_emplace(Key{asked.policy, asked.rule, gap, decision, std::move(exception)});
  RuleResult& result = found->second;
  if (is_new) {
    const Rule& rule = rule_of(asked);
    result.policy = policy_of(asked).name;
    result.rule = rule.name;
    result.type = type_of(rule.body);
    result.decision = decision;
    result.gap = gap;
    result.note = rule.note;
    result.exception = std::get<std::string>(found->first);
  }
  if (result.evidence.size() >= evidence_kept) {
    ++result.more;
    return result;
  }
  Evidence evidence = about(subject);
  add(evidence);
  result.evidence.push_back(std::move(evidence));
  return result;
}

template <class Add>
void Judge::violated(Asked asked, const Subject& subject, Add&& add) {
  auto exception = exception_for(asked, subject);
  const Decision decision = exception.empty() ? rule_of(asked).effect : Decision::allow;
  say(asked, Gap::none, decision, subject, std::move(exception), std::forward<Add>(add));
}

}  // namespace pratique
