// Rules in CEL: what they read is bound lazily, and what is not there is unknown before anything runs.
#include <algorithm>

#include "base/text.h"
#include "engine/policy/judge.h"

namespace pratique {
namespace {

constexpr std::uint64_t most_cost = 10'000'000;  // of all expressions of one decision: about 100 ms
constexpr std::uint64_t most_cost_each = 2'000'000;
constexpr std::size_t longest_expression = 160;  // shown in a message

std::string shown(const std::string& expression) {
  std::string line;
  for (const char c : expression)
    if (c != '\n' && c != '\r')
      line += c;
    else if (!line.empty() && line.back() != ' ')
      line += ' ';
  return line.size() <= longest_expression ? line : line.substr(0, longest_expression) + "...";
}

}  // namespace

// What names mean for one run.
class Judge::Bound final : public cel::Activation {
 public:
  Bound(const Judge& judge, const Policy& policy, const Subject& subject) : judge_(judge), subject_(subject) {
    if (policy.params) params_.emplace(*policy.params);
    if (subject.image != nullptr)
      image_ = &(*judge.views_)[static_cast<std::size_t>(subject.image - judge.images_.data())];
  }

  cel::Value value_of(std::uint32_t variable) const override {
    switch (static_cast<Name>(variable)) {
      case Name::object: return of_request("object");
      case Name::old_object: return of_request("oldObject");
      case Name::request: return judge_.review_ ? judge_.review_->member("request") : cel::Value();
      case Name::namespace_object:
        return judge_.namespace_object_ ? judge_.namespace_object_->value_of(0) : cel::Value();
      case Name::params: return params_ ? params_->value_of(0) : cel::Value();
      case Name::now: return judge_.around_.now ? pratique::value_of(*judge_.around_.now) : cel::Value();
      case Name::images: return judge_.views_->list();
      case Name::image: return image_->image();
      case Name::sbom: return image_->sbom();
      case Name::package: return image_->package(subject_.component);
      case Name::vulnerabilities: return image_->vulnerabilities();
      case Name::attestations: return image_->attestations();
    }
    return {};
  }

 private:
  cel::Value of_request(std::string_view name) const {
    if (!judge_.review_) return {};
    const auto request = judge_.review_->member("request");
    return request.is(cel::Kind::map) ? request.find(cel::Value::text(name)) : cel::Value();
  }

  const Judge& judge_;
  const Subject& subject_;
  std::optional<TreeView> params_;
  const ImageView* image_ = nullptr;
};

bool Judge::has_evidence(Asked asked, const CompiledExpression& expression, const Subject& subject) {
  const auto lacks = [&](Gap gap, std::string reason) {
    unknown(asked, gap, subject, std::move(reason));
    return false;
  };
  if (expression.needs.review && around_.review == nullptr)
    return lacks(Gap::unavailable, "the object could not be read for expressions");
  if (expression.reads_namespace && around_.namespace_object == nullptr)
    return lacks(Gap::absent, around_.no_namespace.empty() ? "nobody looked up the namespace" : around_.no_namespace);
  if (subject.image == nullptr) return true;
  if (expression.needs.bill && !has_bill(asked, *subject.image)) return false;
  if (expression.needs.match && !has_match(asked, *subject.image)) return false;
  const auto& [attestations, gap, reason] = subject.image->attestations;
  if (!expression.needs.attestations) return true;
  if (attestations && !attestations->undecided.empty()) return lacks(Gap::absent, attestations->undecided);
  if (attestations) return true;
  if (subject.image->gap == Gap::not_pinned) return lacks(Gap::not_pinned, subject.image->reason);
  return lacks(gap == Gap::none ? Gap::absent : gap, reason.empty() ? "nobody looked for signatures" : reason);
}

bool Judge::ask_expression(Asked asked, const CelRule& body, const Subject& subject) {
  if (!evaluator_) evaluator_.emplace();
  const Bound bound(*this, policy_of(asked), subject);
  cel::Budget budget;
  budget.cost = std::min(most_cost_each, most_cost - cost_);
  const auto value = evaluator_->run(body.compiled->program, bound, budget);
  cost_ += std::min(evaluator_->cost(), most_cost - cost_);
  if (value && value->is(cel::Kind::boolean)) {
    if (value->as_bool()) return true;
    violated(asked, subject,
             subject.component == no_component ? "is not true: " + shown(body.expression)
                                               : "does not satisfy " + shown(body.expression));
    return false;
  }
  unknown(asked, Gap::error, subject,
          value ? "the expression gives " + std::string(type_name(*value)) + ", neither true nor false"
                : "the expression failed at " + render(value.error()));
  return false;
}

void Judge::ask(Asked asked, const CelRule& body, const ImageEvidence& image) {
  const auto& expression = *body.compiled;
  if (expression.about == CompiledExpression::About::request) return;
  if (!has_evidence(asked, expression, {&image})) return;
  if (expression.about == CompiledExpression::About::image) {
    ask_expression(asked, body, {&image});
  } else {
    const auto count = static_cast<std::uint32_t>(image.bill->bill().components.size());
    for (std::uint32_t i = 0; i < count && cost_ < most_cost; ++i)
      if (i != image.bill->bill().subject.listed) ask_expression(asked, body, {&image, i});
    if (cost_ >= most_cost && count > 0)
      unknown(asked, Gap::error, {&image}, "expressions cost more than " + with_commas(most_cost));
  }
  if (expression.needs.bill) doubt(asked, image, expression.needs.match);
}

// Rules about the request itself: of pods, and of other kinds where the policy names kinds.
void Judge::ask_request() {
  const auto& index = set_.index();
  const bool has_pods = !request_.containers.empty() || !request_.bad_images.empty();
  if (around_.review != nullptr) review_.emplace(*around_.review);
  if (around_.namespace_object != nullptr) namespace_object_.emplace(*around_.namespace_object);
  views_.emplace(images_);
  for (const auto number : groups_) {
    if (!has_pods && !index.groups[number].by_kind) continue;
    for (const auto policy : index.groups[number].asking)
      for (const auto rule : index.policies[policy].others) {
        const auto* body = std::get_if<CelRule>(&rule_of({policy, rule}).body);
        if (body == nullptr || body->compiled->about != CompiledExpression::About::request) continue;
        ++asked_;
        if (has_evidence({policy, rule}, *body->compiled, {})) ask_expression({policy, rule}, *body, {});
      }
  }
}

}  // namespace pratique
