#include "flow/holding.h"

#include <algorithm>
#include <tuple>
#include <unordered_set>

#include "flow/holding_sets.h"

namespace pratique {
namespace {

constexpr std::size_t at_once = 1024;  // artifacts whose bills are in memory

// The places of chosen components in bills, as texts.
class Places {
 public:
  Places(const Store& store, const WantedComponents& wanted, const QueryScope& scope)
      : store_(store), chosen_(wanted.components.begin(), wanted.components.end()), only_direct_(scope.direct) {}

  bool is_place(const BillFacts& bill, std::uint32_t position) const {
    return chosen_.contains(bill.components[position]) && (!only_direct_ || bill.before[position] == no_component);
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
      place.component = component->id;
      place.name = component->name;
      place.version = component->version;
      place.purl = component->purl;
      places.push_back(std::move(place));
    }
    return places;
  }

 private:
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

std::optional<Span> overlap(const Span& a, const Span& b) {
  Span both{std::max(a.from, b.from), a.to};
  if (b.to && (!both.to || *b.to < *both.to)) both.to = b.to;
  if (both.to && *both.to <= both.from) return {};
  return both;
}

std::vector<Span> overlaps(const std::vector<Span>& these, const std::vector<Span>& those) {
  std::vector<Span> both;
  for (const Span& a : these)
    for (const Span& b : those)
      if (const auto span = overlap(a, b)) both.push_back(*span);
  return both;
}

std::vector<Span> merged(std::vector<Span> spans) {
  std::sort(spans.begin(), spans.end(), [](const Span& a, const Span& b) { return a.from < b.from; });
  std::vector<Span> all;
  for (const Span& span : spans) {
    if (all.empty() || (all.back().to && *all.back().to < span.from))
      all.push_back(span);
    else if (all.back().to && (!span.to || *span.to > *all.back().to))
      all.back().to = span.to;
  }
  return all;
}

// When artifacts had one of the wanted components, within a time from and to.
class Exposure {
 public:
  Exposure(const Store& store, const WantedComponents& wanted, const QueryScope& scope, const KnownBills& bills,
           const Places& places)
      : store_(store), wanted_(wanted), scope_(scope), bills_(bills), places_(places) {}

  // Several things have to be so at one and the same moment; of a single moment each is known to be.
  bool is_asked() const { return scope_.when.from && scope_.when.to && *scope_.when.from != *scope_.when.to; }

  // Of artifacts whose bills are these, in the order of the ids.
  Result<std::vector<std::vector<Span>>> spans_of(std::span<const ArtifactId> ids,
                                                  std::span<const BillFacts> bills) const {
    std::vector<std::vector<Span>> all(ids.size());
    std::vector<std::vector<Span>> runs;
    if (scope_.running) {
      PRATIQUE_TRY(runs, running_spans(ids));
    }
    auto bill = bills.begin();
    for (std::size_t i = 0; i < ids.size(); ++i) {
      for (; bill != bills.end() && bill->artifact == ids[i]; ++bill)
        if (bills_.is_known(*bill)) add_spans(*bill, all[i]);
      if (scope_.running) all[i] = overlaps(all[i], runs[i]);
      all[i] = merged(std::move(all[i]));
    }
    return all;
  }

 private:
  Result<std::vector<std::vector<Span>>> running_spans(std::span<const ArtifactId> ids) const {
    std::vector<std::vector<Span>> runs(ids.size());
    if (scope_.scopes) {  // a workload's first pod to its last: where each pod of it was is not told apart
      PRATIQUE_TRY(const auto running, find_running(store_, ids, SIZE_MAX, scope_, scope_.when));
      for (std::size_t i = 0; i < ids.size(); ++i)
        for (const RunningIn& in : running[i].in) runs[i].push_back({in.since, in.until});
      return runs;
    }
    PRATIQUE_DO(store_.visit_runs(ids, scope_.when, [&](std::size_t i, Time from, std::optional<Time> to) {
      runs[i].push_back({from, to});
    }));
    return runs;
  }

  void add_spans(const BillFacts& bill, std::vector<Span>& spans) const {
    Span asked{*scope_.when.from, *scope_.when.to};
    if (scope_.known == KnownWhen::then) asked.from = std::max(asked.from, bill.since);
    std::unordered_set<ComponentId> seen;
    for (std::uint32_t position = 0; position < bill.components.size(); ++position) {
      if (!places_.is_place(bill, position) || !seen.insert(bill.components[position]).second) continue;
      const auto own = wanted_.spans.find(bill.components[position]);
      const auto more = own == wanted_.spans.end() || scope_.known == KnownWhen::now
                            ? overlaps({asked}, {{Time::min(), {}}})
                            : overlaps({asked}, own->second);
      spans.insert(spans.end(), more.begin(), more.end());
    }
  }

  const Store& store_;
  const WantedComponents& wanted_;
  const QueryScope& scope_;
  const KnownBills& bills_;
  const Places& places_;
};

// One question on its way to its answer.
class Holders {
 public:
  Holders(const Store& store, const WantedComponents& wanted, const QueryScope& scope, const KnownBills& bills)
      : store_(store),
        scope_(scope),
        bills_(bills),
        places_(store, wanted, scope),
        exposure_(store, wanted, scope, bills, places_) {}

  // Of what the postings say, what holds at the time, directly where that is asked, and exposed.
  Result<ArtifactSet> narrow(ArtifactSet set) const {
    if (scope_.direct) {
      ArtifactSet direct;
      PRATIQUE_DO(for_each_bill(store_, set, [&](const BillFacts& bill) -> Result<void> {
        if (bills_.is_known(bill) && places_.is_in(bill)) direct.add(bill.artifact);
        return {};
      }));
      set = std::move(direct);
    } else {
      PRATIQUE_TRY(set, bills_.keep(std::move(set), [&](const BillFacts& bill) { return places_.is_in(bill); }));
    }
    return exposure_.is_asked() ? keep_exposed(set) : Result<ArtifactSet>(std::move(set));
  }

  // The page of a query, some artifacts at a time so that only their texts stay in memory.
  Result<void> describe_page(const ArtifactSet& holders, LocateAnswer& answer) {
    auto& artifacts = answer.artifacts;
    std::uint64_t first = scope_.first;
    while (first <= UINT32_MAX) {
      const std::size_t room = scope_.limit == 0 ? at_once : std::min(at_once, scope_.limit - artifacts.size());
      const auto ids = holders.page(static_cast<std::uint32_t>(first), room + 1);
      if (ids.empty()) break;
      if (room == 0) {
        answer.next = ids.front();
        break;
      }
      PRATIQUE_TRY(auto some, describe(std::span(ids).first(std::min(room, ids.size()))));
      artifacts.insert(artifacts.end(), std::make_move_iterator(some.begin()), std::make_move_iterator(some.end()));
      if (ids.size() <= room) break;
      first = ids.back();
    }
    std::sort(artifacts.begin(), artifacts.end(), [](const LocatedArtifact& a, const LocatedArtifact& b) {
      return std::tie(a.image, a.digest) < std::tie(b.image, b.digest);
    });
    return {};
  }

 private:
  Result<ArtifactSet> keep_exposed(const ArtifactSet& set) const {
    ArtifactSet exposed;
    PRATIQUE_DO(for_each_page(set, [&](std::span<const ArtifactId> ids) -> Result<void> {
      PRATIQUE_TRY(const auto bills, store_.load_facts(ids));
      PRATIQUE_TRY(const auto spans, exposure_.spans_of(ids, bills));
      for (std::size_t i = 0; i < ids.size(); ++i)
        if (!spans[i].empty()) exposed.add(ids[i]);
      return {};
    }));
    return exposed;
  }

  Result<std::vector<LocatedArtifact>> describe(std::span<const ArtifactId> ids) {
    PRATIQUE_TRY(const auto names, store_.load_artifacts(ids));
    PRATIQUE_TRY(const auto bills, store_.load_facts(ids));
    const std::size_t most = scope_.limit == 0 ? SIZE_MAX : scope_.limit;
    PRATIQUE_TRY(auto running, find_running(store_, ids, most, scope_, scope_.when));
    std::vector<std::vector<Span>> exposed(ids.size());
    if (exposure_.is_asked()) {
      PRATIQUE_TRY(exposed, exposure_.spans_of(ids, bills));
    }
    PRATIQUE_TRY(const auto held, store_.find_held_as(ids, scope_.when));
    std::vector<LocatedArtifact> artifacts;
    auto bill = bills.begin();
    auto holding = held.begin();
    for (std::size_t i = 0; i < ids.size(); ++i) {  // all lists are in the order of the ids
      LocatedArtifact artifact{names[i].digest, names[i].name,         {}, {},    std::move(running[i]),
                               names[i].purl,   std::move(exposed[i]), {}, ids[i]};
      for (; holding != held.end() && holding->artifact == ids[i]; ++holding)
        if (!scope_.scopes || is_visible(*holding, *scope_.scopes)) artifact.registry.push_back(holding->text());
      artifact.registry.erase(std::unique(artifact.registry.begin(), artifact.registry.end()), artifact.registry.end());
      for (; bill != bills.end() && bill->artifact == ids[i]; ++bill)
        if (bills_.is_known(*bill)) PRATIQUE_DO(add_places(*bill, artifact));
      if (artifact.packages.empty())
        return Error{Fault::malformed,
                     "the store's postings name " + artifact.digest + ", its bills do not",
                     {},
                     "move the store away and ingest again"};
      sort_places(artifact.packages);
      artifacts.push_back(std::move(artifact));
    }
    return artifacts;
  }

  Result<void> add_places(const BillFacts& bill, LocatedArtifact& artifact) {
    PRATIQUE_TRY(auto found, places_.find(bill));
    if (artifact.packages.empty() && !found.empty()) artifact.since = bill.since;
    artifact.packages.insert(artifact.packages.end(), std::make_move_iterator(found.begin()),
                             std::make_move_iterator(found.end()));
    return {};
  }

  // A package in two contexts looks the same.
  static void sort_places(std::vector<LocatedPackage>& places) {
    const auto key = [](const LocatedPackage& place) {
      return std::tie(place.path, place.purl, place.version, place.name);
    };
    std::stable_sort(places.begin(), places.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
    places.erase(
        std::unique(places.begin(), places.end(), [&](const auto& a, const auto& b) { return key(a) == key(b); }),
        places.end());
  }

  const Store& store_;
  const QueryScope& scope_;
  const KnownBills& bills_;
  Places places_;
  Exposure exposure_;
};

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

}  // namespace

Result<LocateAnswer> find_holders(const Store& store, const WantedComponents& wanted, const QueryScope& scope) {
  PRATIQUE_TRY(const KnownBills bills, KnownBills::at(store, scope));
  PRATIQUE_TRY(ExaminedArtifacts examined, examined_of(store, scope, bills));
  Holders asked(store, wanted, scope, bills);
  PRATIQUE_TRY(ArtifactSet holders, holders_of(store, wanted.components, &examined.billed));
  PRATIQUE_TRY(holders, asked.narrow(std::move(holders)));

  LocateAnswer answer;
  answer.ledger.affected = holders.size();
  PRATIQUE_DO(asked.describe_page(holders, answer));
  ArtifactSet rest;
  rest |= examined.billed;
  rest -= holders;
  for (const Doubt& doubt : wanted.doubts) {
    PRATIQUE_TRY(const ArtifactSet doubtful, holders_of(store, doubt.components, &rest));
    rest -= doubtful;
    PRATIQUE_DO(tell_unknown(store, doubtful, doubt.reason, scope.limit, answer));
  }
  examined.unlisted &= rest;
  rest -= examined.unlisted;
  PRATIQUE_DO(tell_unknown(store, examined.unlisted, unlisted_reason, scope.limit, answer));
  answer.ledger.clean = rest.size();
  PRATIQUE_DO(tell_unknown(store, examined.unbilled, unbilled_reason, scope.limit, answer));
  PRATIQUE_DO(tell_unknown(store, examined.stored, stored_reason, scope.limit, answer));
  answer.ledger.unknown += examined.unpinned.size();
  for (auto& image : examined.unpinned) {
    if (scope.limit != 0 && answer.unknown.size() >= scope.limit) break;
    answer.unknown.push_back({std::move(image), {}, unpinned_reason});
  }
  answer.ledger.failed = examined.failed.size();
  PRATIQUE_TRY(answer.failed, explain_failed(store, examined.failed, scope));
  if (scope.limit != 0 && answer.failed.size() > scope.limit) answer.failed.resize(scope.limit);
  return answer;
}

}  // namespace pratique
