#include "flow/inspect.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <unordered_map>

#include "flow/holding_sets.h"
#include "flow/reason.h"

namespace pratique {
namespace {

Result<StoredArtifact> artifact_named(const Store& store, std::string_view name, const QueryScope& scope) {
  constexpr std::size_t shortest = std::string_view("sha256:").size() + 8;
  std::string text(name);
  if (text.find(':') == std::string::npos) text.insert(0, "sha256:");
  if (text.size() < shortest)
    return Error{Fault::usage, "'" + std::string(name) + "' is no digest", {}, "write at least eight of its digits"};
  // Of those that one may not see there is none; many that begin alike were made so.
  constexpr std::size_t most_alike = 1000;
  PRATIQUE_TRY(auto found, store.find_artifacts(text, scope.scopes ? most_alike : 2));
  if (scope.scopes) {
    PRATIQUE_TRY(const auto visible, store.find_visible(*scope.scopes));
    std::erase_if(found, [&](const StoredArtifact& artifact) {
      return !std::binary_search(visible.begin(), visible.end(), artifact.id);
    });
  }
  if (found.empty())
    return Error{Fault::not_found,
                 "the store has no artifact " + text,
                 {},
                 "'pratique where PURL -o name' and 'pratique coverage' list digests"};
  if (found.size() > 1)
    return Error{Fault::usage, "several digests begin with " + text, {}, "write more of its digits"};
  return std::move(found.front());
}

// Where a component is in the artifact, and since when a bill says so.
struct Place {
  std::size_t bill = 0;
  std::uint32_t position = 0;
  Time since;
};

class Inspecting {
 public:
  Inspecting(const Store& store, const QueryScope& scope, ArtifactReport& report)
      : store_(store), scope_(scope), report_(report) {}

  Result<void> run() {
    PRATIQUE_TRY(const KnownBills known, KnownBills::at(store_, scope_));
    PRATIQUE_TRY(facts_, store_.load_facts(std::vector{report_.artifact.id}));
    std::erase_if(facts_, [&](const BillFacts& bill) { return !known.is_known(bill); });
    for (std::size_t bill = 0; bill < facts_.size(); ++bill)
      for (std::uint32_t position = 0; position < facts_[bill].components.size(); ++position)
        add_place(facts_[bill].components[position], {bill, position, facts_[bill].since});
    for (const auto& [id, place] : places_) ids_.push_back(id);
    std::sort(ids_.begin(), ids_.end());
    PRATIQUE_TRY(auto components, store_.load_components(ids_));
    for (auto& component : components) {
      report_.packages += component.context.is_examined ? 1 : 0;
      components_.emplace(component.id, std::move(component));
    }
    PRATIQUE_DO(add_findings());
    PRATIQUE_DO(add_history());
    report_.health = facts_.empty() && !report_.failures.empty()         ? Health::failed
                     : !report_.findings.empty()                         ? Health::affected
                     : !report_.unknown.empty() || report_.packages == 0 ? Health::unknown
                                                                         : Health::clean;
    return {};
  }

 private:
  // The first bill tells since when, the newest where.
  void add_place(ComponentId id, Place place) {
    const auto [known, is_new] = places_.try_emplace(id, place);
    if (is_new || known->second.bill == place.bill) return;
    place.since = known->second.since;
    known->second = place;
  }

  Result<void> add_findings() {
    PRATIQUE_TRY(auto findings, store_.find_findings(ids_, scope_.known == KnownWhen::now ? Period() : scope_.when));
    PRATIQUE_TRY(const auto unseen, store_.find_never_judged());
    for (StoredFinding& finding : findings) {
      const StoredComponent& component = components_.at(finding.component);
      if (finding.reason.vulnerability.empty()) {
        report_.unknown.push_back({component.name, component.version, component.purl, finding.reason.proof});
        continue;
      }
      PRATIQUE_TRY(auto detail, parse_reason(finding.reason.proof, component.version));
      const Place& place = places_.at(finding.component);
      const Time since = std::max(finding.since, place.since);
      report_.findings.push_back({std::move(finding), std::move(detail), component.name, component.version,
                                  component.purl, path_to(place), since});
    }
    for (const ComponentId id : ids_)
      if (std::binary_search(unseen.begin(), unseen.end(), id)) {
        const StoredComponent& component = components_.at(id);
        report_.unknown.push_back({component.name, component.version, component.purl, "was not matched yet"});
      }
    std::sort(report_.findings.begin(), report_.findings.end(), [](const auto& a, const auto& b) {
      const auto key = [](const InspectedFinding& f) {
        return std::tie(f.finding.reason.vulnerability, f.name, f.version, f.purl);
      };
      return a.finding.reason.severity != b.finding.reason.severity
                 ? a.finding.reason.severity > b.finding.reason.severity
                 : key(a) < key(b);
    });
    return {};
  }

  std::vector<std::string> path_to(const Place& place) const {
    std::vector<std::string> labels;
    for (const std::uint32_t step : facts_[place.bill].path(place.position))
      labels.push_back(components_.at(facts_[place.bill].components[step]).label());
    return labels;
  }

  // What was said of a component before any bill listed it here did not happen to this artifact.
  Result<void> add_history() {
    PRATIQUE_TRY(auto ever, store_.find_findings(ids_, {Time::min(), Time::max()}));
    std::erase_if(ever, [&](StoredFinding& finding) {
      const Time since = places_.at(finding.component).since;
      if (finding.closed_at && *finding.closed_at <= since) return true;
      finding.opened_at = std::max(finding.opened_at, since);
      return false;
    });
    PRATIQUE_TRY(report_.history, events_of(store_, ever));
    return {};
  }

  const Store& store_;
  const QueryScope& scope_;
  ArtifactReport& report_;
  std::vector<BillFacts> facts_;
  std::unordered_map<ComponentId, Place> places_;
  std::vector<ComponentId> ids_;
  std::unordered_map<ComponentId, StoredComponent> components_;
};

}  // namespace

Result<ArtifactReport> inspect_artifact(const Store& store, std::string_view name, const QueryScope& scope) {
  PRATIQUE_TRY([[maybe_unused]] const auto moment, store.hold());
  PRATIQUE_DO(check_history(store, scope.when));
  ArtifactReport report;
  PRATIQUE_TRY(report.artifact, artifact_named(store, name, scope));
  const std::vector id{report.artifact.id};
  PRATIQUE_TRY(report.bills, store.list_bills(report.artifact.id));
  PRATIQUE_TRY(auto running, find_running(store, id, SIZE_MAX, scope, scope.when));
  report.running = std::move(running.front());
  PRATIQUE_TRY(auto ever, find_running(store, id, SIZE_MAX, scope, {Time::min(), Time::max()}));
  report.ever = std::move(ever.front());
  PRATIQUE_TRY(report.failures, store.find_failures(scope.when));
  std::erase_if(report.failures, [&](const StoredFailure& one) { return one.artifact != report.artifact.id; });
  PRATIQUE_TRY(report.held, store.find_held_as(id, scope.when));
  if (scope.scopes) std::erase_if(report.held, [&](const HeldAs& held) { return !is_visible(held, *scope.scopes); });
  PRATIQUE_DO(Inspecting(store, scope, report).run());
  return report;
}

}  // namespace pratique
