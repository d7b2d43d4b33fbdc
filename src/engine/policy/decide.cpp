#include <algorithm>
#include <map>
#include <span>
#include <tuple>

#include "base/text.h"
#include "engine/policy/set.h"
#include "engine/version/version.h"
#include "model/purl.h"

namespace pratique {
namespace {

constexpr std::size_t evidence_kept = 50;  // of one rule; the rest is counted
constexpr std::size_t unknown_named = 3;   // packages in one sentence

// '*' stands for any characters.
bool matches_name(std::string_view pattern, std::string_view text) {
  std::size_t star = std::string_view::npos, resume = 0, p = 0, t = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

bool applies(const Policy& policy, std::string_view name_space) {
  const auto in = [&](const std::vector<std::string>& patterns) {
    return std::any_of(patterns.begin(), patterns.end(),
                       [&](const std::string& pattern) { return matches_name(pattern, name_space); });
  };
  return (policy.namespaces.empty() || in(policy.namespaces)) && !in(policy.exclude_namespaces);
}

// The entries of a sorted list with this hash.
template <class Entry>
std::span<const Entry> with_hash(const std::vector<Entry>& list, std::uint64_t hash) {
  auto first = std::lower_bound(list.begin(), list.end(), hash,
                                [](const Entry& entry, std::uint64_t wanted) { return entry.hash < wanted; });
  auto last = first;
  while (last != list.end() && last->hash == hash) ++last;
  return {first, last};
}

// What the caller left out without a word is no less unknown.
Gap gap_of(const ImageEvidence& image) { return image.gap == Gap::none ? Gap::unavailable : image.gap; }
std::string reason_of(const ImageEvidence& image) {
  return image.reason.empty() ? "nothing is known of the image" : image.reason;
}

// A bill that names nothing but its own subject.
bool lists_nothing(const Bill& bill) { return bill.components.size() == (bill.subject.listed == no_component ? 0 : 1); }

// Why a bill that is there may still hide what a rule looks for; empty when it does not.
std::string doubt_about(const ImageFacts& facts) {
  if (lists_nothing(facts.bill())) return "its SBOM lists nothing";
  if (facts.unread() == 0) return {};
  return (facts.unread() == 1 ? std::string("one component") : with_commas(facts.unread()) + " components") +
         " of its SBOM could not be read";
}

std::string doubt_about(const MatchFacts& match) {
  if (match.unknown_count == 0) return {};
  std::string text = match.unknown_count == 1 ? std::string("one package could not be judged: ")
                                              : with_commas(match.unknown_count) + " packages could not be judged: ";
  const std::size_t named = std::min(unknown_named, match.unknown.size());
  for (std::size_t i = 0; i < named; ++i) {
    const Unknown& unknown = match.unknown[i];
    text.append(i == 0 ? "" : ", ").append(unknown.name);
    if (!unknown.version.empty()) text.append(" ").append(unknown.version);
    text.append(" (").append(unknown.reason).append(")");
  }
  return match.unknown_count > named ? text + ", ..." : text;
}

// One question being answered. What rules say is kept by policy, rule and gap, which is the order of the answer.
class Judge {
 public:
  Judge(const PolicySet& set, std::string_view name_space) : set_(set) {
    for (const auto& policy : set.policies()) applies_.push_back(applies(policy, name_space));
  }
  void ask_about(const ImageEvidence& image);
  Verdict verdict() &&;

 private:
  struct Asked {
    std::uint32_t policy, rule;
  };
  const Rule& rule_of(Asked asked) const { return set_.policies()[asked.policy].rules[asked.rule]; }

  Evidence about(const ImageEvidence& image) const;
  Evidence about(const ImageEvidence& image, std::uint32_t component) const;
  template <class Make>
  void say(Asked asked, Gap gap, Make&& evidence);
  void say_unknown(Asked asked, Gap gap, const ImageEvidence& image, std::string reason);

  void ask(Asked asked, const RequireSbom& body, const ImageEvidence& image);
  void ask(Asked asked, const DenyVulnerabilities& body, const ImageEvidence& image);
  void ask(Asked, const DenyPackage&, const ImageEvidence&) {}  // these are found, see find_packages
  void say_vulnerable(Asked asked, const Finding& finding, const ImageEvidence& image);

  void ask_all_packages(std::uint32_t policy, const ImageEvidence& image);
  void find_packages(const ImageEvidence& image);
  void find_package(std::uint64_t hash, const ImageEvidence& image);
  void say_may_be(Asked asked, std::uint32_t component, const ImageEvidence& image);
  void compare(Asked asked, const DenyPackage& body, std::uint32_t component, const ImageEvidence& image);

  const PolicySet& set_;
  std::vector<bool> applies_;  // by policy
  std::map<std::tuple<std::uint32_t, std::uint32_t, Gap>, RuleResult> results_;
  std::uint64_t images_ = 0;
  std::string database_;
};

Evidence Judge::about(const ImageEvidence& image) const {
  Evidence evidence;
  evidence.container = image.container.name;
  evidence.image = image.container.image.text();
  return evidence;
}

Evidence Judge::about(const ImageEvidence& image, std::uint32_t component) const {
  Evidence evidence = about(image);
  const Component& found = image.bill->bill().components[component];
  evidence.package = label_of(found);
  evidence.purl = found.purl;
  evidence.path = image.bill->path_to(component);
  return evidence;
}

template <class Make>
void Judge::say(Asked asked, Gap gap, Make&& evidence) {
  const Rule& rule = rule_of(asked);
  const auto [found, is_new] = results_.try_emplace({asked.policy, asked.rule, gap});
  RuleResult& result = found->second;
  if (is_new) {
    result.policy = set_.policies()[asked.policy].name;
    result.rule = rule.name;
    result.type = type_of(rule.body);
    result.decision = gap == Gap::none ? rule.effect : rule.on_unknown[gap];
    result.gap = gap;
    result.note = rule.note;
  }
  if (result.evidence.size() < evidence_kept)
    result.evidence.push_back(evidence());
  else
    ++result.more;
}

void Judge::say_unknown(Asked asked, Gap gap, const ImageEvidence& image, std::string reason) {
  say(asked, gap, [&] {
    Evidence evidence = about(image);
    evidence.reason = std::move(reason);
    return evidence;
  });
}

// That nobody has a bill is no gap here: it is what the rule is about.
void Judge::ask(Asked asked, const RequireSbom&, const ImageEvidence& image) {
  if (!image.bill && image.gap != Gap::no_bill) return say_unknown(asked, gap_of(image), image, reason_of(image));
  if (image.bill && !lists_nothing(image.bill->bill())) return;
  say(asked, Gap::none, [&] {
    Evidence evidence = about(image);
    evidence.reason = image.bill ? doubt_about(*image.bill) : reason_of(image);
    return evidence;
  });
}

void Judge::say_vulnerable(Asked asked, const Finding& finding, const ImageEvidence& image) {
  say(asked, Gap::none, [&] {
    Evidence evidence = about(image, finding.component);
    evidence.finding = finding.id;
    evidence.severity = name_of(finding.severity);
    evidence.range = finding.proof.range;
    if (!finding.fixed.empty()) evidence.fixed = finding.fixed.front();
    return evidence;
  });
}

void Judge::ask(Asked asked, const DenyVulnerabilities& body, const ImageEvidence& image) {
  if (!image.bill || !image.match) return say_unknown(asked, gap_of(image), image, reason_of(image));
  const auto wanted = [&](const Finding& finding) { return !body.only_fixed || !finding.fixed.empty(); };
  const auto& findings = image.match->findings;
  for (auto finding = findings.begin(); finding != findings.end() && finding->severity >= body.at_least; ++finding)
    if (wanted(*finding)) say_vulnerable(asked, *finding, image);
  for (auto finding = findings.rbegin(); finding != findings.rend() && finding->severity == Severity::unknown;
       ++finding)
    if (wanted(*finding))
      say(asked, Gap::unjudged, [&] {
        Evidence evidence = about(image, finding->component);
        evidence.finding = finding->id;
        evidence.reason = finding->id + " of " + evidence.package + " has no severity";
        return evidence;
      });
  for (auto doubt : {doubt_about(*image.bill), doubt_about(*image.match)})
    if (!doubt.empty()) say_unknown(asked, Gap::unjudged, image, std::move(doubt));
}

// What leaves every denyPackage rule of a policy in the dark is told once.
void Judge::ask_all_packages(std::uint32_t policy, const ImageEvidence& image) {
  const auto& of = set_.index().policies[policy];
  if (of.deny_packages == 0) return;
  const Gap gap = image.bill ? Gap::unjudged : gap_of(image);
  std::string reason = image.bill ? doubt_about(*image.bill) : reason_of(image);
  if (reason.empty()) return;
  const Asked asked{policy, of.strictest[static_cast<std::size_t>(gap)]};
  say_unknown(asked, gap, image, std::move(reason));
  results_.at({asked.policy, asked.rule, gap}).more_rules = of.deny_packages - 1;
}

// The shorter list is walked, the longer looked up in.
void Judge::find_packages(const ImageEvidence& image) {
  const auto& index = set_.index();
  const auto& packages = image.bill->by_package();
  if (index.by_package.size() < packages.size()) {
    for (std::size_t i = 0; i < index.by_package.size(); ++i)
      if (i == 0 || index.by_package[i].hash != index.by_package[i - 1].hash)
        find_package(index.by_package[i].hash, image);
  } else {
    for (std::size_t i = 0; i < packages.size(); ++i)
      if ((i == 0 || packages[i].hash != packages[i - 1].hash) && index.may_deny(packages[i].hash))
        find_package(packages[i].hash, image);
  }
  if (index.by_name.empty()) return;
  for (const auto& nameless : image.bill->without_purl())
    for (const auto& entry : with_hash(index.by_name, nameless.hash))
      if (applies_[entry.policy]) say_may_be({entry.policy, entry.rule}, nameless.component, image);
}

void Judge::say_may_be(Asked asked, std::uint32_t component, const ImageEvidence& image) {
  say(asked, Gap::unjudged, [&] {
    Evidence evidence = about(image, component);
    evidence.reason =
        evidence.package + " has no purl and may be " + std::get<DenyPackage>(rule_of(asked).body).package;
    return evidence;
  });
}

void Judge::find_package(std::uint64_t hash, const ImageEvidence& image) {
  for (const auto& [rule_hash, policy, rule] : with_hash(set_.index().by_package, hash)) {
    if (!applies_[policy]) continue;
    const auto& body = std::get<DenyPackage>(rule_of({policy, rule}).body);
    for (const auto& [bill_hash, component] : with_hash(image.bill->by_package(), hash))
      if (image.bill->package(component) == body.package) compare({policy, rule}, body, component, image);
  }
}

// The document may give one version and the purl another: either is enough.
void Judge::compare(Asked asked, const DenyPackage& body, std::uint32_t component, const ImageEvidence& image) {
  const Component& found = image.bill->bill().components[component];
  std::string scratch;
  const auto in_purl = version_of(found.purl, scratch);
  bool inside = !body.range;
  for (const auto version : {found.version, in_purl})
    if (!inside && !version.empty()) inside = contains(*body.range, version).inside;
  if (inside) {
    say(asked, Gap::none, [&] {
      Evidence evidence = about(image, component);
      if (body.range) evidence.range = render_vers(*body.range);
      return evidence;
    });
  } else if (found.version.empty() && in_purl.empty()) {
    say(asked, Gap::unjudged, [&] {
      Evidence evidence = about(image, component);
      evidence.reason = evidence.package + " has no version, and " + render_vers(*body.range) + " is denied";
      return evidence;
    });
  }
}

void Judge::ask_about(const ImageEvidence& image) {
  ++images_;
  if (image.match) database_ = image.match->generation;
  const auto& index = set_.index();
  for (std::uint32_t policy = 0; policy < index.policies.size(); ++policy) {
    if (!applies_[policy]) continue;
    for (const std::uint32_t rule : index.policies[policy].others) {
      const Asked asked{policy, rule};
      std::visit([&](const auto& body) { ask(asked, body, image); }, rule_of(asked).body);
    }
    ask_all_packages(policy, image);
  }
  if (image.bill) find_packages(image);
}

Verdict Judge::verdict() && {
  Verdict verdict;
  for (auto& [key, result] : results_) {
    verdict.decision = std::max(verdict.decision, result.decision);
    verdict.rules.push_back(std::move(result));
  }
  verdict.images = images_;
  if (images_ > 0)
    for (std::size_t i = 0; i < applies_.size(); ++i)
      if (applies_[i]) verdict.asked += set_.policies()[i].rules.size();
  verdict.policies = set_.generation();
  verdict.database = std::move(database_);
  return verdict;
}

bool needs_match(const Policy& policy) {
  return std::any_of(policy.rules.begin(), policy.rules.end(),
                     [](const Rule& rule) { return std::holds_alternative<DenyVulnerabilities>(rule.body); });
}

// What an update leaves as it was is there already: refusing it would only keep the update out.
bool was_there(const AdmissionRequest& request, const Image& image) {
  return request.operation == "UPDATE" && std::any_of(request.old_containers.begin(), request.old_containers.end(),
                                                      [&](const Container& old) { return old.image == image; });
}

bool was_there(const AdmissionRequest& request, const std::string& bad_reference) {
  return request.operation == "UPDATE" && std::any_of(request.old_bad_images.begin(), request.old_bad_images.end(),
                                                      [&](const auto& old) { return old.second == bad_reference; });
}

}  // namespace

Inquiry inquiry_of(const PolicySet& policies, const AdmissionRequest& request) {
  Inquiry inquiry;
  // An object on its way out is no exception: what an update adds to it would run until it is gone (CVE-2023-34091).
  if (request.operation == "DELETE" || request.operation == "CONNECT") return inquiry;
  bool any = false;
  for (const auto& policy : policies.policies()) {
    if (!applies(policy, request.name_space)) continue;
    any = true;
    inquiry.needs_match |= needs_match(policy);
  }
  if (!any) return inquiry;
  for (const auto& container : request.containers) {
    if (was_there(request, container.image)) continue;
    ImageEvidence image;
    image.container = container;
    if (!container.image.digest) {
      image.gap = Gap::not_pinned;
      image.reason = "the image " + container.image.text() + " is not pinned by digest; name it as " +
                     container.image.repository + "@sha256:...";
    }
    inquiry.images.push_back(std::move(image));
  }
  for (const auto& [container, reference] : request.bad_images) {
    if (was_there(request, reference)) continue;
    ImageEvidence image;
    image.container.name = container;
    image.gap = Gap::not_pinned;
    image.reason = "'" + reference.substr(0, 256) + "' is not an image reference";
    inquiry.images.push_back(std::move(image));
  }
  return inquiry;
}

Verdict decide(const PolicySet& policies, const AdmissionRequest& request, const std::vector<ImageEvidence>& images) {
  Judge judge(policies, request.name_space);
  for (const auto& image : images) judge.ask_about(image);
  return std::move(judge).verdict();
}

}  // namespace pratique
