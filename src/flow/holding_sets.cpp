#include "flow/holding_sets.h"

#include <algorithm>
#include <unordered_set>

namespace pratique {

Result<ArtifactSet> holders_of(const Store& store, std::span<const ComponentId> components, const ArtifactSet* among) {
  // Spelling out the bits of a shard costs more than a few bitmaps do: a question about one package stays with these.
  constexpr std::size_t few = 4096;
  if (components.size() < few) {
    ArtifactSet set;
    PRATIQUE_DO(store.visit_postings(
        components, [&](std::uint32_t shard, std::string_view posting) { return set.add_posting(shard, posting); }));
    if (among != nullptr) set &= *among;
    return set;
  }
  PostingUnion all(among);
  PRATIQUE_DO(store.visit_postings(
      components, [&](std::uint32_t shard, std::string_view posting) { return all.add(shard, posting); },
      [&](std::uint32_t shard) { return all.may_grow(shard); }));
  return std::move(all).take();
}

Result<void> for_each_page(const ArtifactSet& set,
                           const std::function<Result<void>(std::span<const ArtifactId>)>& visit) {
  constexpr std::size_t at_once = 1024;
  std::uint64_t first = 0;
  while (first <= UINT32_MAX) {
    const auto ids = set.page(static_cast<std::uint32_t>(first), at_once);
    if (ids.empty()) break;
    first = std::uint64_t{ids.back()} + 1;
    PRATIQUE_DO(visit(ids));
  }
  return {};
}

Result<void> for_each_bill(const Store& store, const ArtifactSet& set,
                           const std::function<Result<void>(const BillFacts&)>& visit) {
  return for_each_page(set, [&](std::span<const ArtifactId> ids) -> Result<void> {
    PRATIQUE_TRY(const auto bills, store.load_facts(ids));
    for (const BillFacts& bill : bills) PRATIQUE_DO(visit(bill));
    return {};
  });
}

Result<KnownBills> KnownBills::at(const Store& store, const QueryScope& scope) {
  KnownBills bills(store);
  if (scope.known == KnownWhen::now || !scope.when.to) return bills;
  bills.until_ = scope.when.to;
  PRATIQUE_TRY(const auto late, store.find_billed_after(*scope.when.to));
  for (const ArtifactId artifact : late) bills.late_.add(artifact);
  return bills;
}

Result<ArtifactSet> KnownBills::keep(ArtifactSet set, const std::function<bool(const BillFacts&)>& wanted) const {
  if (late_.size() == 0) return set;
  ArtifactSet doubtful;
  doubtful |= set;
  doubtful &= late_;
  set -= doubtful;
  PRATIQUE_DO(for_each_bill(*store_, doubtful, [&](const BillFacts& bill) -> Result<void> {
    if (is_known(bill) && wanted(bill)) set.add(bill.artifact);
    return {};
  }));
  return set;
}

namespace {

Result<ArtifactSet> running_in(const Store& store, const QueryScope& scope) {
  ArtifactSet set;
  if (scope.when.is_now()) {
    PRATIQUE_DO(store.visit_running(
        [&](std::uint32_t shard, std::string_view posting) { return set.add_posting(shard, posting); }));
    return set;
  }
  PRATIQUE_TRY(const auto ran, store.find_run(scope.when));
  for (const ArtifactId artifact : ran) set.add(artifact);
  if (!scope.scopes) return set;
  // What runs where one sees it may have run elsewhere alone at that time.
  PRATIQUE_TRY(const ArtifactSet visible, visible_to(store, *scope.scopes));
  set &= visible;
  ArtifactSet seen;
  PRATIQUE_DO(for_each_page(set, [&](std::span<const ArtifactId> ids) -> Result<void> {
    PRATIQUE_TRY(const auto running, find_running(store, ids, 1, scope, scope.when));
    for (const Running& one : running)
      if (one.workloads > 0) seen.add(one.artifact);
    return {};
  }));
  return seen;
}

void keep_visible(Running& running, std::string_view image, const std::vector<AccessScope>& scopes, std::size_t most) {
  const auto repository = repository_of(image);
  std::erase_if(running.in, [&](const RunningIn& in) {
    return std::none_of(scopes.begin(), scopes.end(), [&](const AccessScope& scope) {
      return is_within(scope.clusters, in.cluster) && is_within(scope.namespaces, in.name_space) &&
             is_within(scope.repositories, repository) && scope.nodes.empty();
    });
  });
  running.workloads = running.in.size();
  running.pods = 0;
  for (const RunningIn& in : running.in) running.pods += in.pods;
  if (running.in.size() > most) running.in.resize(most);
}

ArtifactSet set_of(const std::vector<ArtifactId>& ids) {
  ArtifactSet set;
  for (const ArtifactId id : ids) set.add(id);
  return set;
}

ArtifactSet copy_of(const ArtifactSet& set) {
  ArtifactSet copy;
  copy |= set;
  return copy;
}

struct HeldSets {
  ArtifactSet images, indexes;
  ArtifactSet all() const {
    ArtifactSet set = copy_of(images);
    set |= indexes;
    return set;
  }
};

Result<HeldSets> held_in(const Store& store, const QueryScope& scope) {
  HeldSets held;
  const std::string place = scope.registry.value_or("");
  if (scope.when.is_now() && place.find('/') == std::string::npos) {
    PRATIQUE_DO(store.visit_held(place, [&](bool is_index, std::uint32_t shard, std::string_view posting) {
      return (is_index ? held.indexes : held.images).add_posting(shard, posting);
    }));
    return held;
  }
  PRATIQUE_TRY(const HeldArtifacts found, store.find_held(place, scope.when));
  held.images = set_of(found.images);
  held.indexes = set_of(found.indexes);
  return held;
}

// What there is where one may not look is nobody's business.
Result<void> check_registry(const Store& store, const QueryScope& scope) {
  if (!scope.registry || scope.scopes) return {};
  PRATIQUE_TRY(const bool known, store.knows_registry(*scope.registry));
  if (known) return {};
  return Error{Fault::not_found,
               scope.registry->empty() ? "no registry was ever listed"
                                       : "nothing was ever listed of the registry " + *scope.registry,
               {},
               "list it with 'pratique ingest --registry " +
                   (scope.registry->empty() ? "HOST" : scope.registry->substr(0, scope.registry->find('/'))) + "'"};
}

// Images that nobody pinned and that are of the registry that is asked for.
Result<void> keep_of_registry(const Store& store, const std::string& place, std::vector<std::string>& images) {
  std::vector<std::string> kept;
  for (std::string& image : images) {
    const std::string repository(repository_of(image));
    bool is_there = place.empty() ? false : repository == place || repository.starts_with(place + "/");
    if (place.empty()) {
      PRATIQUE_TRY(is_there, store.knows_registry(repository.substr(0, repository.find('/'))));
    }
    if (is_there) kept.push_back(std::move(image));
  }
  images = std::move(kept);
  return {};
}

}  // namespace

Result<void> check_history(const Store& store, const Period& when) {
  if (!when.from) return {};
  PRATIQUE_TRY(const auto whole, store.history_from());
  if (!whole || *whole <= *when.from) return {};
  return Error{Fault::usage,
               "history before " + render_time(*whole) + " was dropped from the store",
               {},
               "ask for a later time"};
}

Result<ArtifactSet> visible_to(const Store& store, std::span<const AccessScope> scopes) {
  ArtifactSet visible;
  PRATIQUE_TRY(const auto ids, store.find_visible(scopes));
  for (const ArtifactId id : ids) visible.add(id);
  return visible;
}

Result<std::vector<ComponentId>> held_in(const Store& store, std::span<const ComponentId> components,
                                         const ArtifactSet& artifacts) {
  std::unordered_set<ComponentId> found;
  const auto look = [&](ComponentId id, std::uint32_t shard, std::string_view posting) -> Result<void> {
    ArtifactSet holders;
    PRATIQUE_DO(holders.add_posting(shard, posting));
    holders &= artifacts;
    if (holders.size() > 0) found.insert(id);
    return {};
  };
  PRATIQUE_DO(store.visit_each_posting(components, look));
  std::vector<ComponentId> held(components.begin(), components.end());
  std::erase_if(held, [&](ComponentId id) { return !found.contains(id); });
  return held;
}

Result<std::vector<Running>> find_running(const Store& store, std::span<const ArtifactId> ids, std::size_t most,
                                          const QueryScope& scope, const Period& when) {
  if (!scope.scopes) return store.find_running(ids, most, when);
  PRATIQUE_TRY(const auto artifacts, store.load_artifacts(ids));
  PRATIQUE_TRY(auto running, store.find_running(ids, SIZE_MAX, when));
  for (std::size_t i = 0; i < running.size(); ++i) keep_visible(running[i], artifacts[i].name, *scope.scopes, most);
  return running;
}

Result<ExaminedArtifacts> examined_of(const Store& store, const QueryScope& scope, const KnownBills& bills) {
  PRATIQUE_DO(check_history(store, scope.when));
  PRATIQUE_DO(check_registry(store, scope));
  ExaminedArtifacts examined;
  PRATIQUE_TRY(examined.running, running_in(store, scope));
  PRATIQUE_TRY(ArtifactSet billed, holders_of(store, std::vector{any_component}));
  PRATIQUE_TRY(examined.billed, bills.keep(std::move(billed), [](const BillFacts&) { return true; }));
  PRATIQUE_TRY(ArtifactSet listed, holders_of(store, std::vector{any_package}));
  PRATIQUE_TRY(listed, bills.keep(std::move(listed), [](const BillFacts& bill) { return !bill.components.empty(); }));
  PRATIQUE_TRY(const HeldSets held, held_in(store, scope));
  PRATIQUE_TRY(const auto failures, store.find_failures(scope.when));
  for (const StoredFailure& failure : failures) examined.failed.add(failure.artifact);
  examined.unbilled |= examined.running;
  examined.stored |= held.images;
  examined.stored -= examined.running;
  for (auto* set : {&examined.unbilled, &examined.stored, &examined.failed}) *set -= examined.billed;
  if (scope.running) {
    examined.billed &= examined.running;
    examined.failed &= examined.running;
    examined.stored = ArtifactSet();
  }
  if (scope.registry) {
    const ArtifactSet all = held.all();
    for (auto* set : {&examined.billed, &examined.unbilled, &examined.failed}) *set &= all;
    // An index stands for what it names, unless it runs itself.
    if (!scope.running) examined.unbilled &= held.images;
  }
  for (auto* set : {&examined.unbilled, &examined.stored}) *set -= examined.failed;
  examined.unlisted |= examined.billed;
  examined.unlisted -= listed;
  const bool asks_unpinned = scope.running || !scope.registry;
  if (!scope.scopes) {
    if (asks_unpinned) {
      PRATIQUE_TRY(examined.unpinned, store.running_unpinned(scope.when));
    }
    if (scope.registry) PRATIQUE_DO(keep_of_registry(store, *scope.registry, examined.unpinned));
    return examined;
  }
  PRATIQUE_TRY(const ArtifactSet visible, visible_to(store, *scope.scopes));
  for (auto* set : {&examined.billed, &examined.unbilled, &examined.stored, &examined.unlisted, &examined.failed,
                    &examined.running})
    *set &= visible;
  if (asks_unpinned) {
    PRATIQUE_TRY(examined.unpinned, store.find_visible_unpinned(*scope.scopes));
  }
  if (scope.registry) PRATIQUE_DO(keep_of_registry(store, *scope.registry, examined.unpinned));
  return examined;
}

bool is_visible(const HeldAs& held, std::span<const AccessScope> scopes) {
  return std::any_of(scopes.begin(), scopes.end(), [&](const AccessScope& scope) {
    return is_within(scope.repositories, held.repository) && scope.nodes.empty();
  });
}

Result<std::vector<LocateUnknown>> explain_failed(const Store& store, const ArtifactSet& failed,
                                                  const QueryScope& scope) {
  std::vector<LocateUnknown> all;
  if (failed.size() == 0) return all;
  PRATIQUE_TRY(const auto failures, store.find_failures(scope.when));
  ArtifactId last = 0;
  for (const StoredFailure& failure : failures) {
    if (failure.artifact == last || !failed.contains(failure.artifact)) continue;  // of several the first
    last = failure.artifact;
    PRATIQUE_TRY(auto artifact, store.load_artifacts(std::vector{failure.artifact}));
    all.push_back(
        {std::move(artifact.front().name), std::move(artifact.front().digest), failure.place + ": " + failure.reason});
  }
  return all;
}

}  // namespace pratique
