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
  std::shared_ptr<const TrustedKeys> keys;  // as the next two: null where nobody gave them
  std::shared_ptr<const YankList> yanked;
  std::shared_ptr<const Namespaces> namespaces;

  template <class T>
  void replace(std::shared_ptr<const T>& old, T fresh_value) {
    auto fresh = std::make_shared<const T>(std::move(fresh_value));
    const std::lock_guard lock(mutex);
    old.swap(fresh);  // the old one goes when the lock has
  }
};

struct Gate::Case::State {
  AdmissionRequest request;
  std::shared_ptr<const PolicySet> policies;
  std::vector<ImageEvidence> images;
  bool needs_review = false;  // an expression looks into it
  std::optional<JsonTree> review;
  std::shared_ptr<const JsonTree> namespace_object;
  std::string no_namespace;
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

void Gate::use(PolicySet policies) { state_->replace(state_->policies, std::move(policies)); }
void Gate::use(Advisories advisories) { state_->replace(state_->advisories, std::move(advisories)); }
void Gate::use(TrustedKeys keys) { state_->replace(state_->keys, std::move(keys)); }
void Gate::use(YankList yanked) { state_->replace(state_->yanked, std::move(yanked)); }
void Gate::use(Namespaces namespaces) { state_->replace(state_->namespaces, std::move(namespaces)); }

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
  Wanted wanted;
  std::shared_ptr<const YankList> yanked;
  std::shared_ptr<const Namespaces> namespaces;
  {
    const std::lock_guard lock(state_->mutex);
    opened->policies = state_->policies;
    wanted = {state_->advisories, state_->keys};
    yanked = state_->yanked;
    namespaces = state_->namespaces;
  }
  const auto& name_space = opened->request.name_space;
  if (namespaces && !name_space.empty()) {
    opened->namespace_object = namespaces->find(name_space);
    if (!opened->namespace_object) opened->no_namespace = "the list of namespaces does not have " + name_space;
  }
  auto inquiry = inquiry_of(*opened->policies, opened->request, opened->namespace_object.get());
  const auto& needs = inquiry.needs;
  opened->images = std::move(inquiry.images);
  opened->needs_review = needs.review;
  if (!needs.match) wanted.advisories = nullptr;
  if (!needs.attestations) wanted.keys = nullptr;
  const bool looks_up = needs.bill || needs.match || wanted.keys;
  for (std::size_t i = 0; i < opened->images.size(); ++i) {
    auto& image = opened->images[i];
    if (image.gap != Gap::none) continue;
    if (needs.standing && yanked)
      image.standing = {std::make_shared<const Standing>(yanked->find(image.container.image)), Gap::none, ""};
    if (looks_up) opened->missing.push_back({i, state_->facts->look_up(*image.container.image.digest, wanted)});
  }
  return Case(std::move(opened));
}

Gate::Answer Gate::close(Case question, Deadline deadline) const {
  auto& asked = *question.state_;
  for (const auto& [image, lookup] : asked.missing) {
    Known known = lookup->wait(deadline);
    asked.images[image].bill = std::move(known.bill);
    asked.images[image].match = std::move(known.match);
    asked.images[image].gap = known.gap;
    if (known.attestations || known.gap != Gap::none)
      asked.images[image].attestations = {std::move(known.attestations), known.gap, known.reason};
    asked.images[image].reason = std::move(known.reason);
  }
  Surroundings around;
  if (state_->clock) around.now = state_->clock();
  if (asked.review) around.review = &*asked.review;
  around.namespace_object = asked.namespace_object.get();
  around.no_namespace = asked.no_namespace;
  Verdict verdict = decide(*asked.policies, asked.request, asked.images, around);
  return {std::move(asked.request),          std::move(verdict),           std::move(asked.images), around.now,
          std::move(asked.namespace_object), std::move(asked.no_namespace)};
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
