#include "flow/admit.h"

#include <algorithm>
#include <unordered_map>

#include "engine/format/format.h"
#include "flow/fact_cache.h"
#include "world/file/file.h"

namespace pratique {

struct Gate::State {
  std::shared_ptr<FactCache> facts;
  std::mutex mutex;  // of what follows
  std::shared_ptr<const PolicySet> policies = std::make_shared<PolicySet>();
  std::shared_ptr<const Advisories> advisories = std::make_shared<Advisories>();
};

struct Gate::Case::State {
  AdmissionRequest request;
  std::shared_ptr<const PolicySet> policies;
  std::vector<ImageEvidence> images;
  struct Missing {
    std::size_t image;
    std::shared_ptr<const Lookup> lookup;
  };
  std::vector<Missing> missing;
};

Gate::Case::Case(std::unique_ptr<State> state) : state_(std::move(state)) {}
Gate::Case::Case(Case&&) noexcept = default;
Gate::Case::~Case() = default;

bool Gate::Case::ready() const {
  return std::all_of(state_->missing.begin(), state_->missing.end(),
                     [](const State::Missing& missing) { return missing.lookup->finished(); });
}

const AdmissionRequest& Gate::Case::request() const { return state_->request; }

Gate::Gate(EvidenceSource source, GateOptions options) : state_(std::make_shared<State>()) {
  state_->facts = std::make_shared<FactCache>(std::move(source), std::move(options));
}
Gate::Gate(Gate&&) noexcept = default;
Gate& Gate::operator=(Gate&&) noexcept = default;
Gate::~Gate() = default;

void Gate::use(PolicySet policies) {
  auto fresh = std::make_shared<const PolicySet>(std::move(policies));
  const std::lock_guard lock(state_->mutex);
  state_->policies = std::move(fresh);
}

void Gate::use(Advisories advisories) {
  auto fresh = std::make_shared<const Advisories>(std::move(advisories));
  const std::lock_guard lock(state_->mutex);
  state_->advisories = std::move(fresh);
}

Result<Gate::Case> Gate::open(const Bytes& review) const {
  auto opened = std::make_unique<Case::State>();
  PRATIQUE_TRY(opened->request, read_admission_review(review));
  std::shared_ptr<const Advisories> advisories;
  {
    const std::lock_guard lock(state_->mutex);
    opened->policies = state_->policies;
    advisories = state_->advisories;
  }
  auto inquiry = inquiry_of(*opened->policies, opened->request);
  opened->images = std::move(inquiry.images);
  for (std::size_t i = 0; i < opened->images.size(); ++i)
    if (opened->images[i].gap == Gap::none)
      opened->missing.push_back({i, state_->facts->look_up(*opened->images[i].container.image.digest,
                                                           inquiry.needs_match ? advisories : nullptr)});
  return Case(std::move(opened));
}

Gate::Answer Gate::close(Case question, Deadline deadline) const {
  auto& asked = *question.state_;
  for (const auto& [image, lookup] : asked.missing) {
    Known known = lookup->wait(deadline);
    asked.images[image].bill = std::move(known.bill);
    asked.images[image].match = std::move(known.match);
    asked.images[image].gap = known.gap;
    asked.images[image].reason = std::move(known.reason);
  }
  Verdict verdict = decide(*asked.policies, asked.request, asked.images);
  return {std::move(asked.request), std::move(verdict)};
}

Gate::Counts Gate::counts() const { return state_->facts->counts(); }

namespace {

bool is_policy_file(const std::string& path) { return path.ends_with(".yaml") || path.ends_with(".yml"); }

Result<void> load_file(const std::string& path, std::vector<Policy>& policies) {
  constexpr std::size_t largest = std::size_t{4} << 20;
  PRATIQUE_TRY(const auto text, read_file(path, largest));
  PRATIQUE_TRY(auto more, parse_policies(text.view(), path));
  std::move(more.begin(), more.end(), std::back_inserter(policies));
  return {};
}

}  // namespace

Result<PolicySet> load_policies(const std::vector<std::string>& paths) {
  std::vector<Policy> policies;
  for (const auto& path : paths) {
    if (!is_folder(path)) {
      PRATIQUE_DO(load_file(path, policies));
      continue;
    }
    PRATIQUE_TRY(const auto files, list_files(path));
    for (const auto& file : files)
      if (is_policy_file(file)) PRATIQUE_DO(load_file(file, policies));
  }
  if (policies.empty())
    return Error{Fault::malformed, "there is no policy", paths, "name a policy file or a folder of .yaml files"};
  std::unordered_map<std::string_view, std::string_view> places;
  for (const auto& policy : policies) {
    const auto [earlier, is_new] = places.emplace(policy.name, policy.place);
    if (!is_new)
      return Error{Fault::malformed,
                   "a policy named '" + policy.name + "' stands in " + std::string(earlier->second) + " already",
                   {policy.place},
                   "name them apart"};
  }
  return PolicySet(std::move(policies));
}

}  // namespace pratique
