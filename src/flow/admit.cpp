#include "flow/admit.h"

#include <algorithm>
#include <unordered_map>

#include "engine/format/format.h"
#include "flow/fact_cache.h"
#include "world/file/file.h"

namespace pratique {

struct Gate::State {
  std::shared_ptr<FactCache> facts;
  Clock clock;
  std::mutex mutex;  // of what follows
  std::shared_ptr<const PolicySet> policies = std::make_shared<PolicySet>();
  std::shared_ptr<const Advisories> advisories = std::make_shared<Advisories>();
};

struct Gate::Case::State {
  AdmissionRequest request;
  std::shared_ptr<const PolicySet> policies;
  std::vector<ImageEvidence> images;
  bool needs_review = false;  // an expression looks into it
  std::optional<JsonTree> review;
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
  state_->clock = options.clock;
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
  PRATIQUE_TRY(auto request, read_admission_review(review));
  Case opened = open(std::move(request));
  if (opened.state_->needs_review) {
    PRATIQUE_TRY(opened.state_->review, read_json_tree(Bytes::copy_of(review.view())));
  }
  return opened;
}

Gate::Case Gate::open(AdmissionRequest request) const {
  auto opened = std::make_unique<Case::State>();
  opened->request = std::move(request);
  std::shared_ptr<const Advisories> advisories;
  {
    const std::lock_guard lock(state_->mutex);
    opened->policies = state_->policies;
    advisories = state_->advisories;
  }
  auto inquiry = inquiry_of(*opened->policies, opened->request);
  opened->images = std::move(inquiry.images);
  opened->needs_review = inquiry.needs.review;
  if (!inquiry.needs.bill && !inquiry.needs.match) return Case(std::move(opened));
  for (std::size_t i = 0; i < opened->images.size(); ++i)
    if (opened->images[i].gap == Gap::none)
      opened->missing.push_back({i, state_->facts->look_up(*opened->images[i].container.image.digest,
                                                           inquiry.needs.match ? advisories : nullptr)});
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
  Surroundings around;
  if (state_->clock) around.now = state_->clock();
  if (asked.review) around.review = &*asked.review;
  Verdict verdict = decide(*asked.policies, asked.request, asked.images, around);
  return {std::move(asked.request), std::move(verdict), std::move(asked.images), around.now};
}

Gate::Counts Gate::counts() const { return state_->facts->counts(); }

namespace {

// Tests of policies stand beside them and are none.
bool is_policy_file(const std::string& path) {
  return (path.ends_with(".yaml") || path.ends_with(".yml")) && !path.ends_with(".test.yaml") &&
         !path.ends_with(".test.yml");
}

}  // namespace

Result<std::vector<PolicyFile>> read_policy_files(const std::vector<std::string>& paths) {
  constexpr std::size_t largest = std::size_t{4} << 20;
  std::vector<PolicyFile> policies;
  PRATIQUE_TRY(const auto files, list_files(paths));
  for (const auto& file : files) {
    const bool named = std::find(paths.begin(), paths.end(), file) != paths.end();
    if (!named && !is_policy_file(file)) continue;
    PRATIQUE_TRY(const auto text, read_file(file, largest));
    PRATIQUE_TRY(policies.emplace_back(), read_policy_file(text.view(), file));
  }
  return policies;
}

Result<PolicySet> load_policies(const std::vector<std::string>& paths) {
  PRATIQUE_TRY(auto files, read_policy_files(paths));
  PRATIQUE_TRY(auto policies, link_policies(std::move(files)));
  if (policies.empty())
    return Error{Fault::malformed, "there is no policy", paths, "name a policy file or a folder of .yaml files"};
  return PolicySet(std::move(policies));
}

namespace {

struct BillsInFiles {
  std::unordered_map<std::string, std::string> by_digest;
  std::optional<std::string> of_all;
};

Result<void> add_bill(const std::string& path, BillsInFiles& bills) {
  PRATIQUE_TRY(const auto bytes, read_file(path, Limits{}.bytes));
  std::string document(bytes.view());
  const auto bill = read_bill(Bytes::copy_of(document));
  if (!bill) return Error(bill.error()).in(path);
  if (bill->subject.digest) {
    bills.by_digest[bill->subject.digest->text()] = std::move(document);
    return {};
  }
  if (bills.of_all)
    return Error{Fault::usage, "is the second SBOM that names no image digest", {path}, "name one that does"};
  bills.of_all = std::move(document);
  return {};
}

}  // namespace

Result<EvidenceSource> evidence_of_files(const std::vector<std::string>& paths) {
  const auto bills = std::make_shared<BillsInFiles>();  // shared: std::function copies
  PRATIQUE_TRY(const auto files, list_files(paths));
  for (const auto& file : files) PRATIQUE_DO(add_bill(file, *bills));
  EvidenceSource source;
  source.bill = [bills](const Digest& image) -> Result<std::optional<Bytes>> {
    const auto found = bills->by_digest.find(image.text());
    if (found != bills->by_digest.end()) return std::optional(Bytes::copy_of(found->second));
    if (bills->of_all) return std::optional(Bytes::copy_of(*bills->of_all));
    return std::optional<Bytes>();
  };
  source.run = [](std::function<void()> job) {
    job();
    return true;
  };
  return source;
}

}  // namespace pratique
