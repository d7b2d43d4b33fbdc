#include "engine/policy/set.h"

#include <algorithm>

#include "base/digest.h"
#include "base/text.h"
#include "engine/version/version.h"

namespace pratique {
namespace {

void append(std::string& text, const std::vector<std::string>& list) {
  for (const auto& one : list) text += json_quoted(one) + ",";
  text += ";";
}

std::string said_by(const RuleBody& body) {
  std::string text(type_of(body));
  if (const auto* package = std::get_if<DenyPackage>(&body))
    text += package->package + " " + (package->range ? render_vers(*package->range) : "*");
  if (const auto* vulnerabilities = std::get_if<DenyVulnerabilities>(&body))
    text += std::string(name_of(vulnerabilities->at_least)) + (vulnerabilities->only_fixed ? " fixed" : "");
  return text;
}

// What a policy says, in one canonical text.
std::string said_by(const Policy& policy) {
  std::string text = policy.name + ";";
  append(text, policy.namespaces);
  append(text, policy.exclude_namespaces);
  for (const auto& rule : policy.rules) {
    text += rule.name + " " + std::string(name_of(rule.effect)) + " ";
    for (const auto decision : rule.on_unknown.by_gap) text += std::string(name_of(decision)) + ",";
    text += json_quoted(rule.note) + said_by(rule.body) + "\n";
  }
  return text;
}

}  // namespace

PolicySet::Index::Index(const std::vector<Policy>& all) {
  policies.resize(all.size());
  for (std::size_t i = 0; i < all.size(); ++i) add(all[i], static_cast<std::uint32_t>(i));
  const auto order = [](const Entry& a, const Entry& b) {
    return std::tie(a.hash, a.policy, a.rule) < std::tie(b.hash, b.policy, b.rule);
  };
  std::sort(by_package.begin(), by_package.end(), order);
  std::sort(by_name.begin(), by_name.end(), order);
  make_filter();
}

void PolicySet::Index::add(const Policy& policy, std::uint32_t number) {
  OfPolicy& of = policies[number];
  for (std::uint32_t r = 0; r < policy.rules.size(); ++r) {
    const Rule& rule = policy.rules[r];
    const auto* package = std::get_if<DenyPackage>(&rule.body);
    if (package == nullptr) {
      of.others.push_back(r);
      continue;
    }
    by_package.push_back({hash_of(package->package), number, r});
    by_name.push_back({hash_of(package->name), number, r});
    for (std::size_t gap = 0; gap < gap_count; ++gap)
      if (of.deny_packages == 0 || rule.on_unknown.by_gap[gap] > policy.rules[of.strictest[gap]].on_unknown.by_gap[gap])
        of.strictest[gap] = r;
    ++of.deny_packages;
  }
}

// Sixteen bits for each rule: one package in sixteen is looked up in vain.
void PolicySet::Index::make_filter() {
  filter.assign(std::max<std::size_t>(1, by_package.size() / 4), 0);
  for (const auto& entry : by_package) filter[slot(entry.hash)] |= std::uint64_t{1} << (entry.hash % 64);
}

PolicySet::PolicySet(std::vector<Policy> policies) : policies_(std::move(policies)) {
  std::string said;
  for (const auto& policy : policies_) {
    rules_ += policy.rules.size();
    said += said_by(policy);
  }
  generation_ = sha256_of(said).text();
  index_ = std::make_unique<const Index>(policies_);
}

PolicySet::PolicySet(PolicySet&&) noexcept = default;
PolicySet& PolicySet::operator=(PolicySet&&) noexcept = default;
PolicySet::~PolicySet() = default;

}  // namespace pratique
