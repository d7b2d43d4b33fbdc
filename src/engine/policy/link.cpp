// The one merge: sets narrow and soften the policies they name, exceptions go to the policies they name.
#include <algorithm>
#include <map>
#include <unordered_set>

#include "base/text.h"
#include "engine/policy/policy.h"

namespace pratique {
namespace {

constexpr std::size_t most_policies = 20'000;  // once sets are unfolded: sets in sets multiply
constexpr std::size_t deepest = 16;

std::string place_of(const std::string& file, int line, int column) {
  return file + ":" + std::to_string(line) + ":" + std::to_string(column);
}

template <class T>
Error error_in(const T& where, std::string text, std::string remedy) {
  return {Fault::malformed, std::move(text), {place_of(where.file, where.line, where.column)}, std::move(remedy)};
}

std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& words) {
  const auto near = nearest(word, words);
  return near.empty() ? "name one that is there" : "did you mean '" + std::string(near) + "'?";
}

class Linker {
 public:
  explicit Linker(std::vector<PolicyFile> files) {
    for (auto& file : files) {
      std::move(file.policies.begin(), file.policies.end(), std::back_inserter(all_.policies));
      std::move(file.groups.begin(), file.groups.end(), std::back_inserter(all_.groups));
      std::move(file.exceptions.begin(), file.exceptions.end(), std::back_inserter(all_.exceptions));
    }
  }

  Result<std::vector<Policy>> link() {
    PRATIQUE_DO(name_all());
    for (const auto& exception : all_.exceptions) PRATIQUE_DO(give(exception));
    for (const auto& group : all_.groups) PRATIQUE_DO(find_members(group));
    for (const auto& policy : all_.policies)
      if (!in_set_.contains(policy.name)) linked_.push_back(policy);
    for (const auto& group : all_.groups)
      if (!in_set_.contains(group.name)) PRATIQUE_DO(unfold(group, {group.name + "/", {}, Decision::deny, 0}));
    for (const auto& group : all_.groups)
      if (!unfolded_.contains(group.name))
        return error_in(group, "the set contains itself through others", "take a member away");
    return std::move(linked_);
  }

 private:
  // The way through sets to a policy.
  struct Way {
    std::string prefix;
    std::vector<Selector> selectors;
    Decision at_most = Decision::deny;
    std::size_t depth = 0;
  };

  template <class T>
  Result<void> name(const std::vector<T>& list, std::string_view what, std::map<std::string_view, const T*>& named) {
    for (const auto& one : list) {
      const auto [earlier, is_new] = named.emplace(one.name, &one);
      if (is_new) continue;
      const T& first = *earlier->second;
      return error_in(one,
                      std::string(what) + " named '" + one.name + "' " +
                          (first.file == one.file ? "begins in line " + std::to_string(first.line)
                                                  : "stands in " + place_of(first.file, first.line, first.column)) +
                          " already",
                      "name them apart");
    }
    return {};
  }

  Result<void> name_all() {
    PRATIQUE_DO(name(all_.policies, "a policy", policies_));
    PRATIQUE_DO(name(all_.groups, "a set", groups_));
    PRATIQUE_DO(name(all_.exceptions, "an exception", exceptions_));
    for (const auto& group : all_.groups)
      if (const auto policy = policies_.find(group.name); policy != policies_.end())
        return error_in(group, "a policy is named '" + group.name + "' too", "name them apart");
    return {};
  }

  Result<void> give(const Exception& exception) {
    const auto found = policies_.find(exception.policy);
    if (found == policies_.end()) {
      std::vector<std::string_view> names;
      for (const auto& [name, policy] : policies_) names.push_back(name);
      return error_in(exception, "there is no policy '" + exception.policy + "'",
                      did_you_mean(exception.policy, names));
    }
    auto& policy = all_.policies[static_cast<std::size_t>(found->second - all_.policies.data())];
    std::vector<std::string_view> names;
    for (const auto& rule : policy.rules) names.push_back(rule.name);
    for (const auto& rule : exception.rules)
      if (std::find(names.begin(), names.end(), rule) == names.end())
        return error_in(exception, "policy '" + policy.name + "' has no rule '" + rule + "'",
                        did_you_mean(rule, names));
    policy.exceptions.push_back(exception);
    return {};
  }

  Result<void> find_members(const PolicyGroup& group) {
    for (const auto& member : group.members) {
      if (!policies_.contains(member) && !groups_.contains(member)) {
        std::vector<std::string_view> names;
        for (const auto& [name, policy] : policies_) names.push_back(name);
        for (const auto& [name, other] : groups_) names.push_back(name);
        return error_in(group, "there is no policy or set '" + member + "'", did_you_mean(member, names));
      }
      if (member.find('/') != std::string::npos)
        return error_in(group, "'" + member + "' is a namespace's own", "name policies of the cluster");
      in_set_.insert(member);
    }
    return {};
  }

  Result<void> unfold(const PolicyGroup& group, Way way) {
    if (++way.depth > deepest)
      return error_in(group, "the set contains itself, or sets in sets deeper than " + std::to_string(deepest),
                      "take a member away");
    unfolded_.insert(group.name);
    way.selectors.push_back(group.selector);
    way.at_most = std::min(way.at_most, group.at_most);
    for (const auto& member : group.members) {
      if (const auto inner = groups_.find(member); inner != groups_.end()) {
        Way further = way;
        further.prefix += member + "/";
        PRATIQUE_DO(unfold(*inner->second, std::move(further)));
      } else {
        if (linked_.size() >= most_policies)
          return error_in(group, "sets unfold to more than " + with_commas(most_policies) + " policies",
                          "take members away");
        linked_.push_back(as_member(*policies_.at(member), way));
      }
    }
    return {};
  }

  static Policy as_member(Policy policy, const Way& way) {
    policy.name.insert(0, way.prefix);
    policy.selectors.insert(policy.selectors.begin(), way.selectors.begin(), way.selectors.end());
    for (auto& rule : policy.rules) {
      rule.effect = std::min(rule.effect, way.at_most);
      for (auto& decision : rule.on_unknown.by_gap) decision = std::min(decision, way.at_most);
      if (auto* vulnerabilities = std::get_if<DenyVulnerabilities>(&rule.body))
        vulnerabilities->in_grace = std::min(vulnerabilities->in_grace, way.at_most);
    }
    return policy;
  }

  PolicyFile all_;
  std::map<std::string_view, const Policy*> policies_;
  std::map<std::string_view, const PolicyGroup*> groups_;
  std::map<std::string_view, const Exception*> exceptions_;
  std::unordered_set<std::string> in_set_, unfolded_;
  std::vector<Policy> linked_;
};

}  // namespace

std::string Policy::place() const { return place_of(file, line, column); }

Result<std::vector<Policy>> link_policies(std::vector<PolicyFile> files) { return Linker(std::move(files)).link(); }

}  // namespace pratique
