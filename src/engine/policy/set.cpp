#include "engine/policy/set.h"

#include <algorithm>
#include <charconv>

#include "base/digest.h"
#include "base/text.h"
#include "engine/policy/expression.h"
#include "engine/version/version.h"

namespace pratique {
namespace {

// What a value says, in one canonical text. Each field is named, so that a new one is not forgotten.
class Saying {
 public:
  Saying& operator<<(std::string_view text) {
    text_ += json_quoted(text);
    text_ += ',';
    return *this;
  }
  Saying& operator<<(std::uint64_t number) { return *this << std::string_view(std::to_string(number)); }
  Saying& operator<<(double number) {
    char digits[32];
    const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    return *this << std::string_view(digits, static_cast<std::size_t>(end - digits));
  }
  Saying& operator<<(Days days) { return *this << static_cast<std::uint64_t>(days.count()); }
  Saying& operator<<(Decision decision) { return *this << name_of(decision); }
  template <class T>
  Saying& operator<<(const std::vector<T>& list) {
    text_ += '[';
    for (const auto& one : list) *this << one;
    text_ += ']';
    return *this;
  }
  Saying& operator<<(const std::pair<std::string, std::string>& label) { return *this << label.first << label.second; }
  Saying& operator<<(const std::string& text) { return *this << std::string_view(text); }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

Saying& operator<<(Saying& out, const Signer& signer) {
  const auto& [identity, issuer, key] = signer;
  return out << identity << issuer << key;
}
Saying& operator<<(Saying& out, const Selector& selector) {
  const auto& [namespaces, exclude_namespaces, namespace_labels, kinds, operations, labels, images, exclude_images] =
      selector;
  return out << namespaces << exclude_namespaces << namespace_labels << kinds << operations << labels << images
             << exclude_images;
}

void say(Saying&, const RequireSbom&) {}
void say(Saying&, const RequireDigest&) {}
void say(Saying&, const DenyYanked&) {}
void say(Saying& out, const RequireSignature& body) { out << body.signers; }
void say(Saying& out, const RequireSignedSbom& body) { out << body.signers; }
void say(Saying& out, const DenyPackage& body) {
  out << body.package << (body.range ? render_vers(*body.range) : std::string("*"));
}
void say(Saying& out, const DenyVulnerabilities& body) {
  const auto& [at_least, cvss, epss, kev, only_fixed, ids, except, older_than, grace, in_grace, trust_vex] = body;
  out << name_of(at_least) << cvss << epss << std::uint64_t{kev} << std::uint64_t{only_fixed} << ids << except
      << older_than << in_grace << trust_vex;
  for (const auto days : grace) out << days;
}
void say(Saying& out, const DenyLicense& body) { out << body.licenses << std::uint64_t{body.allow}; }
void say(Saying& out, const RequireQuality& body) {
  const auto& [packages, version, purl, license, score] = body;
  out << packages << version << purl << license << score;
}
void say(Saying& out, const RequireFresh& body) { out << body.max_age; }
void say(Saying& out, const DenyUnknown& body) { out << body.most; }
void say(Saying& out, const AllowRegistries& body) { out << body.registries; }
void say(Saying& out, const CelRule& body) { out << body.expression; }

Saying& operator<<(Saying& out, const DenyPackage& package) {
  say(out, package);
  return out;
}
Saying& operator<<(Saying& out, const Rule& rule) {
  out << rule.name << rule.effect << rule.note << type_of(rule.body);
  for (const auto decision : rule.on_unknown.by_gap) out << decision;
  std::visit([&](const auto& body) { say(out, body); }, rule.body);
  return out;
}
Saying& operator<<(Saying& out, const Exception& exception) {
  const auto& [name, policy, rules, selector, vulnerabilities, packages, reason, approver, expires, file, line,
               column] = exception;
  return out << name << policy << rules << selector << vulnerabilities << packages << reason << approver
             << std::string_view(render_time(expires));
}

bool asks_namespace(const Policy& policy) {
  const auto by_labels = [](const Selector& selector) { return !selector.namespace_labels.empty(); };
  return std::any_of(policy.selectors.begin(), policy.selectors.end(), by_labels) ||
         std::any_of(policy.exceptions.begin(), policy.exceptions.end(),
                     [&](const Exception& exception) { return by_labels(exception.selector); }) ||
         std::any_of(policy.rules.begin(), policy.rules.end(), [](const Rule& rule) {
           const auto* body = std::get_if<CelRule>(&rule.body);
           return body != nullptr && body->compiled->reads_namespace;
         });
}

}  // namespace

void Needs::add(const Needs& other) {
  bill |= other.bill;
  match |= other.match;
  attestations |= other.attestations;
  standing |= other.standing;
  review |= other.review;
}

Needs needs_of(const RuleBody& body) {
  Needs needs;
  if (const auto* expression = std::get_if<CelRule>(&body)) return expression->compiled->needs;
  needs.match = std::holds_alternative<DenyVulnerabilities>(body) || std::holds_alternative<DenyUnknown>(body);
  needs.standing = std::holds_alternative<DenyYanked>(body);
  needs.attestations =
      std::holds_alternative<RequireSignature>(body) || std::holds_alternative<RequireSignedSbom>(body);
  needs.bill = !needs.standing && !std::holds_alternative<RequireSignature>(body) &&
               !std::holds_alternative<AllowRegistries>(body) && !std::holds_alternative<RequireDigest>(body);
  return needs;
}

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
  add_group(policy, number);
}

void PolicySet::Index::add_group(const Policy& policy, std::uint32_t number) {
  const auto [found, is_new] =
      group_of_selectors_.emplace((Saying() << policy.selectors).take(), static_cast<std::uint32_t>(groups.size()));
  OfPolicy& of = policies[number];
  of.group = found->second;
  if (is_new) {
    Group& group = groups.emplace_back();
    group.first = number;
    const std::vector<std::string>* named = nullptr;
    for (const auto& selector : policy.selectors) {
      group.by_image |= !selector.images.empty() || !selector.exclude_images.empty();
      group.by_kind |= !selector.kinds.empty();
      if (!selector.namespaces.empty() &&
          std::none_of(selector.namespaces.begin(), selector.namespaces.end(),
                       [](const auto& name) { return name.find('*') != std::string::npos; }))
        named = &selector.namespaces;
    }
    if (named == nullptr) {
      everywhere.push_back(of.group);
    } else {
      for (const auto& name : *named)
        if (auto& list = by_namespace[name]; list.empty() || list.back() != of.group) list.push_back(of.group);
    }
  }
  Group& group = groups[of.group];
  group.members.push_back(number);
  if (!of.others.empty()) group.asking.push_back(number);
  if (of.deny_packages > 0) group.searching.push_back(number);
  group.rules += policy.rules.size();
  for (const auto& rule : policy.rules) group.needs.add(needs_of(rule.body));
}

// Sixteen bits for each rule: one package in sixteen is looked up in vain.
void PolicySet::Index::make_filter() {
  filter.assign(std::max<std::size_t>(1, by_package.size() / 4), 0);
  for (const auto& entry : by_package) filter[slot(entry.hash)] |= std::uint64_t{1} << (entry.hash % 64);
}

PolicySet::PolicySet(std::vector<Policy> policies) : policies_(std::move(policies)) {
  Saying said;
  for (const auto& policy : policies_) {
    rules_ += policy.rules.size();
    said << policy.name << policy.selectors << policy.rules << policy.exceptions << policy.params_text;
  }
  generation_ = sha256_of(said.take()).text();
  asking_namespace_ = static_cast<std::size_t>(std::count_if(policies_.begin(), policies_.end(), asks_namespace));
  index_ = std::make_unique<const Index>(policies_);
  for (const auto& group : index_->groups) needs_match_ |= group.needs.match;
}

PolicySet::PolicySet(PolicySet&&) noexcept = default;
PolicySet& PolicySet::operator=(PolicySet&&) noexcept = default;
PolicySet::~PolicySet() = default;

}  // namespace pratique
