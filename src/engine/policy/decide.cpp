#include <algorithm>

#include "base/text.h"
#include "engine/policy/judge.h"
#include "engine/policy/selector.h"
#include "engine/version/version.h"
#include "model/purl.h"

namespace pratique {
namespace {

constexpr std::size_t unknown_named = 3;  // packages in one sentence

// What the caller left out without a word is no less unknown.
Gap gap_of(const ImageEvidence& image) { return image.gap == Gap::none ? Gap::unavailable : image.gap; }
std::string reason_of(const ImageEvidence& image) {
  return image.reason.empty() ? "nothing is known of the image" : image.reason;
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

// An object on its way out is no exception: what an update adds to it would run until it is gone (CVE-2023-34091).
bool brings_nothing(const AdmissionRequest& request) {
  return request.operation == "DELETE" || request.operation == "CONNECT";
}

}  // namespace

bool lists_nothing(const Bill& bill) { return bill.components.size() == (bill.subject.listed == no_component ? 0 : 1); }

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

Judge::Judge(const PolicySet& set, const AdmissionRequest& request, const std::vector<ImageEvidence>& images,
             const Surroundings& around)
    : set_(set), request_(request), images_(images), around_(around), applies_(set.index().groups.size()) {
  if (brings_nothing(request)) return;
  set.index().each_group(request.name_space, [&](std::uint32_t group) {
    const auto& selectors = set.policies()[set.index().groups[group].first].selectors;
    const Applies about = applies(selectors, request, around.namespace_object);
    if (about == Applies::unclear) unclear_.push_back(group);
    if (about != Applies::yes) return;
    groups_.push_back(group);
    applies_[group] = 1;
  });
}

bool Judge::applies_to(std::uint32_t policy, const ImageEvidence& image) const {
  const auto group = set_.index().policies[policy].group;
  return applies_[group] != 0 &&
         (!set_.index().groups[group].by_image || is_about(set_.policies()[policy].selectors, image));
}

Evidence Judge::about(const Subject& subject) const {
  Evidence evidence;
  if (subject.image == nullptr) return evidence;
  evidence.container = subject.image->container.name;
  evidence.image = subject.image->container.image.text();
  if (subject.component == no_component) return evidence;
  const Component& found = subject.image->bill->bill().components[subject.component];
  evidence.package = label_of(found);
  evidence.purl = found.purl;
  evidence.path = subject.image->bill->path_to(subject.component);
  return evidence;
}

bool Judge::excuses(const Exception& exception, Asked asked, const Subject& subject) const {
  if (!around_.now || *around_.now >= exception.expires) return false;
  if (!exception.rules.empty()) {
    const auto& rules = exception.rules;
    const bool named = std::find(rules.begin(), rules.end(), rule_of(asked).name) != rules.end();
    if (!named || subject.of_many) return false;
  }
  if (applies(exception.selector, request_, around_.namespace_object) != Applies::yes) return false;
  const bool some_images = !exception.selector.images.empty() || !exception.selector.exclude_images.empty();
  if (some_images && (subject.image == nullptr || subject.image->container.image.repository.empty() ||
                      !is_about(exception.selector, *subject.image)))
    return false;
  if (!exception.vulnerabilities.empty()) {
    const auto& ids = exception.vulnerabilities;
    const auto named = [&](const std::string& id) { return std::find(ids.begin(), ids.end(), id) != ids.end(); };
    if (subject.finding == nullptr) return false;
    if (!named(subject.finding->id) &&
        std::none_of(subject.finding->aliases.begin(), subject.finding->aliases.end(), named))
      return false;
  }
  if (exception.packages.empty()) return true;
  if (subject.component == no_component) return false;
  const Component& found = subject.image->bill->bill().components[subject.component];
  return std::any_of(exception.packages.begin(), exception.packages.end(), [&](const DenyPackage& package) {
    return subject.image->bill->package(subject.component) == package.package &&
           holds(package.range, found.version, found.purl) == Held::yes;
  });
}

std::string Judge::exception_for(Asked asked, const Subject& subject) const {
  for (const auto& exception : policy_of(asked).exceptions)
    if (excuses(exception, asked, subject))
      return exception.name + " until " + render_time(exception.expires) + ", approved by " + exception.approver +
             ": " + exception.reason;
  return {};
}

void Judge::violated(Asked asked, const Subject& subject, std::string reason) {
  violated(asked, subject, [&](Evidence& evidence) { evidence.reason = std::move(reason); });
}

RuleResult& Judge::unknown(Asked asked, Gap gap, const Subject& subject, std::string reason) {
  auto exception = exception_for(asked, subject);
  const Decision decision = exception.empty() ? rule_of(asked).on_unknown[gap] : Decision::allow;
  return say(asked, gap, decision, subject, std::move(exception),
             [&](Evidence& evidence) { evidence.reason = std::move(reason); });
}

bool Judge::has_bill(Asked asked, const ImageEvidence& image) {
  if (image.bill) return true;
  unknown(asked, gap_of(image), {&image}, reason_of(image));
  return false;
}

bool Judge::has_match(Asked asked, const ImageEvidence& image) {
  if (image.bill && image.match) return true;
  unknown(asked, gap_of(image), {&image}, reason_of(image));
  return false;
}

void Judge::doubt(Asked asked, const ImageEvidence& image, bool of_match) {
  if (auto text = doubt_about(*image.bill); !text.empty()) unknown(asked, Gap::unjudged, {&image}, std::move(text));
  if (!of_match) return;
  if (auto text = doubt_about(*image.match); !text.empty()) unknown(asked, Gap::unjudged, {&image}, std::move(text));
}

// What leaves every denyPackage rule of a policy in the dark is told once.
void Judge::ask_all_packages(std::uint32_t policy, const ImageEvidence& image, const std::string& doubt) {
  const auto& of = set_.index().policies[policy];
  const Gap gap = image.bill ? Gap::unjudged : gap_of(image);
  const Subject subject{&image, no_component, nullptr, of.deny_packages > 1};
  unknown({policy, of.strictest[static_cast<std::size_t>(gap)]}, gap, subject, doubt).more_rules = of.deny_packages - 1;
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
    for (const auto& entry : with_hash(index.by_name, nameless.hash)) {
      if (!applies_to(entry.policy, image)) continue;
      const Subject subject{&image, nameless.component};
      const auto& package = std::get<DenyPackage>(rule_of({entry.policy, entry.rule}).body).package;
      unknown({entry.policy, entry.rule}, Gap::unjudged, subject,
              label_of(image.bill->bill().components[nameless.component]) + " has no purl and may be " + package);
    }
}

void Judge::find_package(std::uint64_t hash, const ImageEvidence& image) {
  for (const auto& [rule_hash, policy, rule] : with_hash(set_.index().by_package, hash)) {
    if (!applies_to(policy, image)) continue;
    const auto& body = std::get<DenyPackage>(rule_of({policy, rule}).body);
    for (const auto& [bill_hash, component] : with_hash(image.bill->by_package(), hash))
      if (image.bill->package(component) == body.package) compare({policy, rule}, body, component, image);
  }
}

void Judge::compare(Asked asked, const DenyPackage& body, std::uint32_t component, const ImageEvidence& image) {
  const Component& found = image.bill->bill().components[component];
  const Subject subject{&image, component};
  const Held held = holds(body.range, found.version, found.purl);
  if (held == Held::no) return;
  if (held == Held::yes)
    return violated(asked, subject, [&](Evidence& evidence) {
      if (body.range) evidence.range = render_vers(*body.range);
    });
  unknown(asked, Gap::unjudged, subject,
          label_of(found) + (held == Held::no_version ? " has no version" : " has a version that cannot be ordered") +
              ", and " + render_vers(*body.range) + " is denied");
}

void Judge::ask_about(const ImageEvidence& image) {
  const auto& index = set_.index();
  const std::string doubt = image.bill ? doubt_about(*image.bill) : reason_of(image);
  for (const auto number : groups_) {
    const auto& group = index.groups[number];
    if (group.by_image && !is_about(set_.policies()[group.first].selectors, image)) continue;
    for (const auto policy : group.asking)
      for (const auto rule : index.policies[policy].others)
        std::visit([&](const auto& body) { ask({policy, rule}, body, image); }, rule_of({policy, rule}).body);
    if (!doubt.empty())
      for (const auto policy : group.searching) ask_all_packages(policy, image, doubt);
  }
  if (image.bill) find_packages(image);
}

// Whether a policy is meant at all may hang on labels that nobody looked up: said once, as seriously as its rules take
// it.
void Judge::ask_unclear() {
  for (const auto number : unclear_) {
    const auto& group = set_.index().groups[number];
    if (request_.containers.empty() && request_.bad_images.empty() && !group.by_kind) continue;
    for (const auto policy : group.members) {
      const auto& rules = set_.policies()[policy].rules;
      const auto strictest = std::max_element(rules.begin(), rules.end(), [](const Rule& a, const Rule& b) {
        return a.on_unknown[Gap::absent] < b.on_unknown[Gap::absent];
      });
      const Subject subject{nullptr, no_component, nullptr, rules.size() > 1};
      unknown({policy, static_cast<std::uint32_t>(strictest - rules.begin())}, Gap::absent, subject,
              "whether the policy is about namespace " + request_.name_space + " hangs on its labels, and " +
                  (around_.no_namespace.empty() ? "nobody looked them up" : around_.no_namespace))
          .more_rules = rules.size() - 1;
    }
  }
}

Verdict Judge::judge() && {
  ask_unclear();
  ask_request();
  for (const auto& image : images_) ask_about(image);
  Verdict verdict;
  for (auto& [key, result] : results_) {
    verdict.decision = std::max(verdict.decision, result.decision);
    verdict.rules.push_back(std::move(result));
  }
  verdict.images = images_.size();
  if (!images_.empty()) {
    asked_ = 0;
    for (const auto group : groups_) asked_ += set_.index().groups[group].rules;
  }
  verdict.asked = asked_;
  verdict.policies = set_.generation();
  for (const auto& image : images_)
    if (image.match) verdict.database = image.match->generation;
  verdict.cost = cost_;
  return verdict;
}

Inquiry inquiry_of(const PolicySet& policies, const AdmissionRequest& request, const JsonTree* namespace_object) {
  Inquiry inquiry;
  if (brings_nothing(request)) return inquiry;
  bool any = false;
  policies.index().each_group(request.name_space, [&](std::uint32_t number) {
    const auto& group = policies.index().groups[number];
    if (applies(policies.policies()[group.first].selectors, request, namespace_object) != Applies::yes) return;
    any = true;
    inquiry.needs.add(group.needs);
  });
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

Verdict decide(const PolicySet& policies, const AdmissionRequest& request, const std::vector<ImageEvidence>& images,
               const Surroundings& around) {
  return Judge(policies, request, images, around).judge();
}

}  // namespace pratique
