#include "flow/locate.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

#include "engine/index/index.h"
#include "engine/version/version.h"

namespace pratique {
namespace {

constexpr std::size_t at_once = 1024;  // artifacts whose bills are in memory

// What the package's components are to the question.
struct Chosen {
  std::vector<ComponentId> inside;    // of the range
  std::vector<ComponentId> doubtful;  // their version names none
};

Result<void> check_range(const LocateQuery& query) {
  if (query.range && !query.purl.version.empty())
    return Error{Fault::usage, "a version and a range", {}, "ask for " + query.purl.package() + " and the range"};
  if (!query.range || query.range->constraints.empty()) return {};
  const Scheme scheme = scheme_of_purl_type(query.purl.type);
  if (scheme == Scheme::generic || query.range->scheme == scheme) return {};
  return Error{Fault::usage,
               "the range is of " + std::string(name_of(query.range->scheme)) +
                   ", the versions of pkg:" + query.purl.type + " are of " + std::string(name_of(scheme)),
               {},
               "write it as vers:" + std::string(name_of(scheme)) + "/..."};
}

// Whether a component's purl has the qualifiers that the question names.
bool has_qualifiers(const StoredComponent& component, const Purl& asked, std::string& scratch) {
  return std::all_of(asked.qualifiers.begin(), asked.qualifiers.end(), [&](const auto& qualifier) {
    return qualifier_of(component.purl, qualifier.first, scratch) == qualifier.second;
  });
}

Chosen choose_components(const std::vector<StoredComponent>& components, const LocateQuery& query) {
  std::vector<Release> releases;
  std::string scratch;
  for (const StoredComponent& component : components)
    if (has_qualifiers(component, query.purl, scratch)) releases.push_back({component.id, component.version});
  const Scheme scheme = query.range ? query.range->scheme : scheme_of_purl_type(query.purl.type);
  std::optional<Vers> range = query.range;
  if (!range && !query.purl.version.empty()) range = Vers{scheme, false, {{Comparator::equal, query.purl.version}}};
  if (!range || range->any) return {choose(releases, [](std::string_view) { return true; }), {}};
  const auto is_inside = [&](std::string_view version) {
    return names_version(scheme, version) && contains(*range, version).inside;
  };
  return {choose(releases, is_inside),
          choose(releases, [&](std::string_view version) { return !names_version(scheme, version); })};
}

Result<ArtifactSet> holders_of(const Store& store, const std::vector<ComponentId>& components) {
  ArtifactSet set;
  PRATIQUE_DO(store.visit_postings(
      components, [&](std::uint32_t shard, std::string_view posting) { return set.add_posting(shard, posting); }));
  return set;
}

Result<ArtifactSet> running_in(const Store& store) {
  ArtifactSet set;
  PRATIQUE_DO(store.visit_running(
      [&](std::uint32_t shard, std::string_view posting) { return set.add_posting(shard, posting); }));
  return set;
}

// The places of chosen components in bills, as texts.
class Places {
 public:
  Places(const Store& store, const std::vector<StoredComponent>& components, const std::vector<ComponentId>& chosen,
         bool only_direct)
      : store_(store), chosen_(chosen.begin(), chosen.end()), only_direct_(only_direct) {
    for (const StoredComponent& component : components) known_.emplace(component.id, component);
  }

  bool is_in(const BillFacts& bill) const {
    for (std::uint32_t position = 0; position < bill.components.size(); ++position)
      if (is_place(bill, position)) return true;
    return false;
  }

  Result<std::vector<LocatedPackage>> find(const BillFacts& bill) {
    std::vector<LocatedPackage> places;
    for (std::uint32_t position = 0; position < bill.components.size(); ++position) {
      if (!is_place(bill, position)) continue;
      LocatedPackage place;
      for (const std::uint32_t step : bill.path(position)) {
        PRATIQUE_TRY(const StoredComponent* component, component_of(bill.components[step]));
        place.path.push_back(component->label());
      }
      PRATIQUE_TRY(const StoredComponent* component, component_of(bill.components[position]));
      place.name = component->name;
      place.version = component->version;
      place.purl = component->purl;
      places.push_back(std::move(place));
    }
    return places;
  }

 private:
  bool is_place(const BillFacts& bill, std::uint32_t position) const {
    return chosen_.contains(bill.components[position]) && (!only_direct_ || bill.before[position] == no_component);
  }

  Result<const StoredComponent*> component_of(ComponentId id) {
    auto known = known_.find(id);
    if (known == known_.end()) {
      PRATIQUE_TRY(auto loaded, store_.load_components(std::vector{id}));
      known = known_.emplace(id, std::move(loaded.front())).first;
    }
    return &known->second;
  }

  const Store& store_;
  std::unordered_set<ComponentId> chosen_;
  bool only_direct_;
  std::unordered_map<ComponentId, StoredComponent> known_;
};

// Those of a set in whose bills the package is a direct part: postings do not say, the bills do.
Result<ArtifactSet> keep_direct(const Store& store, const ArtifactSet& set, const Places& places) {
  ArtifactSet direct;
  std::uint64_t first = 0;
  while (first <= UINT32_MAX) {
    const auto ids = set.page(static_cast<std::uint32_t>(first), at_once);
    if (ids.empty()) break;
    first = std::uint64_t{ids.back()} + 1;
    PRATIQUE_TRY(const auto bills, store.load_facts(ids));
    for (const BillFacts& bill : bills)
      if (places.is_in(bill)) direct.add(bill.artifact);
  }
  return direct;
}

// Of where an artifact runs, what the scopes let one see.
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

Result<std::vector<LocatedArtifact>> describe(const Store& store, std::span<const ArtifactId> ids,
                                              std::size_t most_workloads, const LocateQuery& query, Places& places) {
  PRATIQUE_TRY(const auto names, store.load_artifacts(ids));
  PRATIQUE_TRY(const auto bills, store.load_facts(ids));
  PRATIQUE_TRY(auto running, store.find_running(ids, query.scopes ? SIZE_MAX : most_workloads));
  std::vector<LocatedArtifact> artifacts;
  auto bill = bills.begin();
  auto runs = running.begin();
  for (const StoredArtifact& name : names) {  // all lists are in the order of the ids
    LocatedArtifact artifact{name.digest, name.name, {}, {}, std::move(*runs++)};
    if (query.scopes) keep_visible(artifact.running, artifact.image, *query.scopes, most_workloads);
    for (; bill != bills.end() && bill->artifact == name.id; ++bill) {
      PRATIQUE_TRY(auto found, places.find(*bill));
      if (artifact.packages.empty() && !found.empty()) artifact.since = bill->since;
      artifact.packages.insert(artifact.packages.end(), std::make_move_iterator(found.begin()),
                               std::make_move_iterator(found.end()));
    }
    if (artifact.packages.empty())
      return Error{Fault::malformed,
                   "the store's postings name " + name.digest + ", its bills do not",
                   {},
                   "move the store away and ingest again"};
    const auto key = [](const LocatedPackage& place) { return std::tie(place.path, place.purl, place.version); };
    std::sort(artifact.packages.begin(), artifact.packages.end(),
              [&](const auto& a, const auto& b) { return key(a) < key(b); });
    artifact.packages.erase(std::unique(artifact.packages.begin(), artifact.packages.end()), artifact.packages.end());
    artifacts.push_back(std::move(artifact));
  }
  return artifacts;
}

// The page of a query, some artifacts at a time so that only their texts stay in memory.
Result<void> describe_page(const Store& store, const ArtifactSet& holders, const LocateQuery& query, Places& places,
                           LocateAnswer& answer) {
  auto& artifacts = answer.artifacts;
  std::uint64_t first = query.first;
  while (first <= UINT32_MAX) {
    const std::size_t room = query.limit == 0 ? at_once : std::min(at_once, query.limit - artifacts.size());
    const auto ids = holders.page(static_cast<std::uint32_t>(first), room + 1);
    if (ids.empty()) break;
    if (room == 0) {
      answer.next = ids.front();
      break;
    }
    PRATIQUE_TRY(auto some, describe(store, std::span(ids).first(std::min(room, ids.size())),
                                     query.limit == 0 ? SIZE_MAX : query.limit, query, places));
    artifacts.insert(artifacts.end(), std::make_move_iterator(some.begin()), std::make_move_iterator(some.end()));
    if (ids.size() <= room) break;
    first = ids.back();
  }
  std::sort(artifacts.begin(), artifacts.end(), [](const LocatedArtifact& a, const LocatedArtifact& b) {
    return std::tie(a.image, a.digest) < std::tie(b.image, b.digest);
  });
  return {};
}

// Adds what is unknown for one reason, as far as the limit lets it, and counts all of it.
Result<void> tell_unknown(const Store& store, const ArtifactSet& set, const std::string& reason, std::size_t limit,
                          LocateAnswer& answer) {
  answer.ledger.unknown += set.size();
  const std::size_t room = limit == 0 ? set.size() : limit - std::min(limit, answer.unknown.size());
  PRATIQUE_TRY(auto artifacts, store.load_artifacts(set.page(0, room)));
  std::sort(artifacts.begin(), artifacts.end(),
            [](const auto& a, const auto& b) { return std::tie(a.name, a.digest) < std::tie(b.name, b.digest); });
  for (auto& artifact : artifacts)
    answer.unknown.push_back({std::move(artifact.name), std::move(artifact.digest), reason});
  return {};
}

Result<void> tell_unpinned(const Store& store, const LocateQuery& query, LocateAnswer& answer) {
  const std::size_t limit = query.limit;
  PRATIQUE_TRY(auto images, query.scopes ? store.find_visible_unpinned(*query.scopes) : store.running_unpinned());
  answer.ledger.unknown += images.size();
  for (auto& image : images) {
    if (limit != 0 && answer.unknown.size() >= limit) break;
    answer.unknown.push_back({std::move(image), {}, "runs and is not pinned by digest"});
  }
  return {};
}

// How many bytes at the end two texts share: "x/crypto" of what a user remembers and of what there is.
std::size_t common_ending(std::string_view a, std::string_view b) {
  const auto difference = std::mismatch(a.rbegin(), a.rend(), b.rbegin(), b.rend());
  return static_cast<std::size_t>(difference.first - a.rbegin());
}

Error no_such_package(const Store& store, const Purl& purl) {
  constexpr std::size_t most = 3, candidates = 200;
  const std::string key = purl.package();
  std::string remedy = "ingest bills that list it, or check its type and namespace";
  if (auto similar = store.find_packages(purl.name, candidates); similar && !similar->empty()) {
    std::stable_sort(similar->begin(), similar->end(), [&](const std::string& a, const std::string& b) {
      return common_ending(a, key) > common_ending(b, key);
    });
    similar->resize(std::min(most, similar->size()));
    remedy = "did you mean ";
    for (const auto& one : *similar) remedy.append(&one == similar->data() ? "" : " or ").append(one);
    remedy += "?";
  }
  return {Fault::not_found, "no bill in the store lists " + key, {}, std::move(remedy)};
}

Result<ArtifactSet> visible_to(const Store& store, const LocateQuery& query) {
  ArtifactSet visible;
  if (!query.scopes) return visible;
  PRATIQUE_TRY(const auto ids, store.find_visible(*query.scopes));
  for (const ArtifactId id : ids) visible.add(id);
  return visible;
}

// A package that only others have is not found, with the words for one that nobody has: neither it nor what is called
// alike is anybody else's business.
Result<void> check_visible(const Store& store, const std::vector<StoredComponent>& components,
                           const ArtifactSet& visible, const Purl& purl) {
  std::vector<ComponentId> ids;
  for (const StoredComponent& component : components) ids.push_back(component.id);
  PRATIQUE_TRY(ArtifactSet holders, holders_of(store, ids));
  holders &= visible;
  if (holders.size() != 0) return {};
  return Error{
      Fault::not_found, "no bill that you may see lists " + purl.package(), {}, "check its type and namespace"};
}

}  // namespace

Result<LocateAnswer> locate(const Store& store, const LocateQuery& query) {
  PRATIQUE_DO(check_range(query));
  PRATIQUE_TRY([[maybe_unused]] const auto moment, store.hold());
  PRATIQUE_TRY(const auto components, store.find_components(query.purl.package()));
  if (components.empty() && !query.scopes) return no_such_package(store, query.purl);
  PRATIQUE_TRY(const ArtifactSet visible, visible_to(store, query));
  if (query.scopes) PRATIQUE_DO(check_visible(store, components, visible, query.purl));
  const Chosen chosen = choose_components(components, query);
  Places places(store, components, chosen.inside, query.direct);

  PRATIQUE_TRY(ArtifactSet holders, holders_of(store, chosen.inside));
  PRATIQUE_TRY(ArtifactSet doubtful, holders_of(store, chosen.doubtful));
  PRATIQUE_TRY(ArtifactSet billed, holders_of(store, {any_component}));
  PRATIQUE_TRY(ArtifactSet unbilled, running_in(store));
  if (query.scopes)
    for (auto* set : {&holders, &doubtful, &billed, &unbilled}) *set &= visible;
  if (query.running) {
    holders &= unbilled;
    doubtful &= unbilled;
  }
  if (query.direct) {
    PRATIQUE_TRY(holders, keep_direct(store, holders, places));
  }
  doubtful -= holders;
  ArtifactSet examined;
  examined |= billed;
  if (query.running) examined &= unbilled;
  unbilled -= billed;

  LocateAnswer answer;
  answer.ledger.affected = holders.size();
  answer.ledger.clean = examined.size() - holders.size() - doubtful.size();
  PRATIQUE_DO(describe_page(store, holders, query, places, answer));
  PRATIQUE_DO(tell_unknown(store, doubtful, "lists the package without a version", query.limit, answer));
  PRATIQUE_DO(tell_unknown(store, unbilled, "runs and has no bill", query.limit, answer));
  PRATIQUE_DO(tell_unpinned(store, query, answer));
  return answer;
}

}  // namespace pratique
