#include "flow/survey.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

#include "base/text.h"
#include "engine/version/version.h"
#include "flow/holding_sets.h"
#include "flow/reason.h"
#include "model/purl.h"

namespace pratique {
namespace {

constexpr std::size_t severities = 6;
std::size_t index_of(Severity severity) { return static_cast<std::size_t>(severity); }

// Of `among`, or of all, those that hold one of the components, as far as bills are known.
Result<ArtifactSet> known_holders(const Store& store, const std::vector<ComponentId>& components,
                                  const KnownBills& bills, const ArtifactSet* among = nullptr) {
  PRATIQUE_TRY(ArtifactSet set, holders_of(store, components, among));
  const std::unordered_set<ComponentId> wanted(components.begin(), components.end());
  return bills.keep(std::move(set), [&](const BillFacts& bill) {
    return std::any_of(bill.components.begin(), bill.components.end(),
                       [&](ComponentId id) { return wanted.contains(id); });
  });
}

// Components that are to be judged, of those that one may see.
Result<std::uint64_t> count_waiting(const Store& store, const QueryScope& scope) {
  if (!scope.scopes) return store.count_pending();
  PRATIQUE_TRY(const ArtifactSet visible, visible_to(store, *scope.scopes));
  PRATIQUE_TRY(const auto pending, store.find_pending(SIZE_MAX));
  PRATIQUE_TRY(const auto held, held_in(store, pending, visible));
  return held.size();
}

// Takes those of `rest` that are in the set, and says how many that were.
std::uint64_t take(ArtifactSet& set, ArtifactSet& rest) {
  set &= rest;
  rest -= set;
  return set.size();
}

}  // namespace

Result<SurveyAnswer> survey(const Store& store, const QueryScope& scope) {
  PRATIQUE_TRY([[maybe_unused]] const auto moment, store.hold());
  PRATIQUE_TRY(const KnownBills bills, KnownBills::at(store, scope));
  PRATIQUE_TRY(ExaminedArtifacts examined, examined_of(store, scope, bills));
  std::array<std::vector<ComponentId>, severities> by_severity;
  std::vector<ComponentId> unjudged;
  PRATIQUE_DO(store.visit_findings(scope.when, [&](const FindingRow& row) {
    auto& list = row.vulnerability == 0 ? unjudged : by_severity[index_of(row.severity)];
    if (list.empty() || list.back() != row.component) list.push_back(row.component);
  }));
  SurveyAnswer answer;
  PRATIQUE_TRY(answer.generation, store.generation());
  PRATIQUE_TRY(answer.waiting, count_waiting(store, scope));
  PRATIQUE_TRY(const auto unseen, store.find_never_judged());

  ArtifactSet rest;
  rest |= examined.billed;
  for (std::size_t severity = severities; severity-- > 0;) {
    PRATIQUE_TRY(ArtifactSet holders, known_holders(store, by_severity[severity], bills, &rest));
    answer.worst[severity] = take(holders, rest);
    answer.ledger.affected += answer.worst[severity];
  }
  const auto tell = [&](const char* reason, std::uint64_t artifacts) {
    answer.ledger.unknown += artifacts;
    if (artifacts > 0) answer.unknown.push_back({reason, artifacts});
  };
  PRATIQUE_TRY(ArtifactSet waiting, known_holders(store, unseen, bills, &rest));
  tell("lists packages that were not matched yet", take(waiting, rest));
  PRATIQUE_TRY(ArtifactSet doubtful, known_holders(store, unjudged, bills, &rest));
  tell("lists packages that nobody can judge", take(doubtful, rest));
  tell(unlisted_reason, take(examined.unlisted, rest));
  tell(unbilled_reason, examined.unbilled.size());
  tell(stored_reason, examined.stored.size());
  tell(unpinned_reason, examined.unpinned.size());
  answer.ledger.failed = examined.failed.size();
  PRATIQUE_TRY(answer.failed, explain_failed(store, examined.failed, scope));
  answer.ledger.clean = rest.size();
  return answer;
}

namespace {

// Components that one line speaks of, and all that is added up for it.
struct Group {
  std::string package, to;
  std::set<std::string> versions;
  std::array<std::set<std::uint32_t>, severities> vulnerabilities;
  ArtifactSet artifacts;
  std::uint64_t criticals = 0, highs = 0;

  auto rank() const { return std::tuple(criticals, highs, artifacts.size()); }
};

// What counts of one component.
struct Own {
  std::vector<FindingRow> findings;
  std::string version, fixed;  // `fixed`: the greatest of the versions that mend one
};

class Ranking {
 public:
  Ranking(const Store& store, const QueryScope& scope) : store_(store), scope_(scope) {}

  Result<TopAnswer> rank(std::size_t most) {
    PRATIQUE_TRY(const KnownBills bills, KnownBills::at(store_, scope_));
    PRATIQUE_TRY(const ExaminedArtifacts examined, examined_of(store_, scope_, bills));
    if (!scope_.scopes)
      PRATIQUE_DO(store_.visit_containers(scope_.when, [&](const ContainerRow& row) { containers_.push_back(row); }));
    PRATIQUE_DO(store_.visit_findings(scope_.when, [&](const FindingRow& row) {
      if (row.vulnerability != 0) own_[row.component].findings.push_back(row);
    }));
    PRATIQUE_DO(make_groups());
    PRATIQUE_DO(weigh(examined.billed));
    TopAnswer answer;
    for (Group* const group : best(packages_, most, answer.all_packages)) {
      PRATIQUE_TRY(const Weight weight, weight_of(*group));
      answer.packages.push_back({group->package, {group->versions.begin(), group->versions.end()}, weight});
    }
    for (Group* const group : best(fixes_, most, answer.all_fixes)) {
      PRATIQUE_TRY(const Weight weight, weight_of(*group));
      answer.fixes.push_back({group->package, {group->versions.begin(), group->versions.end()}, group->to, weight});
    }
    return answer;
  }

 private:
  using Groups = std::map<std::pair<std::string, std::string>, Group>;

  Result<void> make_groups() {
    std::vector<ComponentId> ids;
    for (const auto& [id, own] : own_) ids.push_back(id);
    std::sort(ids.begin(), ids.end());
    PRATIQUE_TRY(const auto components, store_.load_components(ids));
    for (const StoredComponent& component : components) {
      Own& own = own_.at(component.id);
      const Scheme scheme = scheme_of_purl_type(type_of(component.package));
      for (const FindingRow& finding : own.findings)
        if (!finding.fixed.empty() &&
            (own.fixed.empty() || compare_versions(scheme, finding.fixed, own.fixed).order > 0))
          own.fixed = finding.fixed;
      Group& package = add(packages_, component, {});
      in_.emplace(component.id, std::pair<Group*, Group*>(&package, nullptr));
      if (own.fixed.empty()) continue;
      Group& fix = add(fixes_, component, own.fixed);
      in_.at(component.id).second = &fix;
    }
    return {};
  }

  Group& add(Groups& groups, const StoredComponent& component, const std::string& to) {
    Group& group = groups[{component.package, to}];
    group.package = component.package;
    group.to = to;
    own_.at(component.id).version = component.version;
    return group;
  }
  static void count(const Own& own, Group& group, bool only_fixed) {
    group.versions.insert(own.version);
    for (const FindingRow& finding : own.findings)
      if (!only_fixed || !finding.fixed.empty())
        group.vulnerabilities[index_of(finding.severity)].insert(finding.vulnerability);
  }

  Result<void> weigh(const ArtifactSet& examined) {
    std::vector<ComponentId> ids;
    for (const auto& [id, own] : own_) ids.push_back(id);
    return store_.visit_each_posting(
        ids, [&](ComponentId id, std::uint32_t shard, std::string_view posting) -> Result<void> {
          ArtifactSet holders;
          PRATIQUE_DO(holders.add_posting(shard, posting));
          holders &= examined;
          if (holders.size() == 0) return {};  // of it nothing counts, nor is told
          const auto& [package, fix] = in_.at(id);
          const Own& own = own_.at(id);
          const auto add = [&](Group* group, bool only_fixed) {
            if (group == nullptr) return;
            count(own, *group, only_fixed);
            group->artifacts |= holders;
            for (const FindingRow& finding : own.findings) {
              if (only_fixed && finding.fixed.empty()) continue;
              if (finding.severity == Severity::critical) group->criticals += holders.size();
              if (finding.severity == Severity::high) group->highs += holders.size();
            }
          };
          add(package, false);
          add(fix, true);
          return {};
        });
  }

  static std::vector<Group*> best(Groups& groups, std::size_t most, std::uint64_t& all) {
    std::vector<Group*> list;
    for (auto& [key, group] : groups)
      if (group.artifacts.size() > 0) list.push_back(&group);
    all = list.size();
    std::stable_sort(list.begin(), list.end(), [](const Group* a, const Group* b) { return a->rank() > b->rank(); });
    if (list.size() > most) list.resize(most);
    return list;
  }

  Result<Weight> weight_of(const Group& group) const {
    Weight weight;
    for (std::size_t i = 0; i < severities; ++i) weight.vulnerabilities[i] = group.vulnerabilities[i].size();
    weight.artifacts = group.artifacts.size();
    weight.criticals = group.criticals;
    weight.highs = group.highs;
    if (scope_.scopes) {
      PRATIQUE_DO(count_visible(group, weight));
    } else {
      count_running(group, weight);
    }
    return weight;
  }

  void count_running(const Group& group, Weight& weight) const {
    std::unordered_set<std::int64_t> workloads, pods;
    for (const ContainerRow& row : containers_) {
      if (!group.artifacts.contains(row.artifact)) continue;
      workloads.insert(row.workload);
      pods.insert(row.pod);
    }
    weight.workloads = workloads.size();
    weight.pods = pods.size();
  }

  // One who may not see everything sees few workloads, and which they are is asked one by one.
  Result<void> count_visible(const Group& group, Weight& weight) const {
    std::set<std::tuple<std::string, std::string, std::string, std::string>> workloads;
    const auto ids = group.artifacts.page(0, group.artifacts.size());
    PRATIQUE_TRY(const auto running, find_running(store_, ids, SIZE_MAX, scope_, scope_.when));
    for (const Running& one : running) {
      weight.pods += one.pods;
      for (const RunningIn& in : one.in) workloads.emplace(in.cluster, in.name_space, in.kind, in.name);
    }
    weight.workloads = workloads.size();
    return {};
  }

  const Store& store_;
  const QueryScope& scope_;
  std::unordered_map<ComponentId, Own> own_;
  std::unordered_map<ComponentId, std::pair<Group*, Group*>> in_;  // the package's, the fix's
  Groups packages_, fixes_;
  std::vector<ContainerRow> containers_;  // all that run, read once
};

Result<SomeArtifacts> some_of(const Store& store, const ArtifactSet& set, std::size_t most) {
  SomeArtifacts some{set.size(), {}};
  PRATIQUE_TRY(some.named, store.load_artifacts(set.page(0, most == 0 ? set.size() : most)));
  return some;
}

ArtifactSet without(const ArtifactSet& these, const ArtifactSet& those) {
  ArtifactSet set;
  set |= these;
  set -= those;
  return set;
}

// A row that closed and one of the same vulnerability that opened at the same time are one change.
std::vector<FindingChange> changes_of(const std::vector<StoredFinding>& rows, Time from, Time to,
                                      std::vector<ComponentId>& components) {
  using Key = std::tuple<ComponentId, std::string, Time>;
  std::map<Key, const StoredFinding*> closed;
  const auto is_within = [&](Time time) { return from < time && time <= to; };
  for (const StoredFinding& row : rows)
    if (row.closed_at && is_within(*row.closed_at))
      closed[{row.component, row.reason.vulnerability, *row.closed_at}] = &row;
  std::vector<FindingChange> changes;
  const auto add = [&](FindingChange::Kind kind, Time at, const StoredFinding& row, Severity before) {
    FindingChange change;
    change.kind = kind;
    change.at = at;
    change.vulnerability = row.reason.vulnerability;
    change.severity = row.reason.severity;
    change.before = before;
    change.fixed = row.reason.fixed;
    const bool is_closing = kind == FindingChange::Kind::closed;
    change.generation = is_closing ? row.closed_by : row.opened_by;
    change.advisory = row.closing.advisory;
    change.revision = row.closing.revision;
    change.why = row.closing.why;
    if (!is_closing)
      if (const auto detail = parse_reason(row.reason.proof, {})) {
        change.advisory = detail->proofs.front().advisory;
        change.revision = detail->proofs.front().revision;
        change.why.clear();
      }
    changes.push_back(std::move(change));
    components.push_back(row.component);
  };
  for (const StoredFinding& row : rows) {
    if (!is_within(row.opened_at)) continue;
    const auto before = closed.find({row.component, row.reason.vulnerability, row.opened_at});
    if (before != closed.end() && before->second != &row) {
      add(FindingChange::Kind::changed, row.opened_at, row, before->second->reason.severity);
      closed.erase(before);
    } else {
      add(FindingChange::Kind::opened, row.opened_at, row, Severity::unknown);
    }
  }
  for (const auto& [key, row] : closed) add(FindingChange::Kind::closed, *row->closed_at, *row, Severity::unknown);
  return changes;
}

}  // namespace

Result<TopAnswer> find_top(const Store& store, const QueryScope& scope, std::size_t most) {
  PRATIQUE_TRY([[maybe_unused]] const auto moment, store.hold());
  return Ranking(store, scope).rank(most);
}

std::string_view name_of(FindingChange::Kind kind) {
  constexpr std::array<std::string_view, 3> names = {"opened", "closed", "changed"};
  return names[static_cast<std::size_t>(kind)];
}

Result<MatchChanges> find_match_changes(const Store& store, const StoredChange& act, std::size_t most) {
  const auto dash = act.object.find('-');
  const auto first = parse_unsigned(std::string_view(act.object).substr(0, dash));
  const auto last = dash == std::string::npos ? first : parse_unsigned(std::string_view(act.object).substr(dash + 1));
  if (!first || !last) return Error{Fault::malformed, "'" + printable(act.object) + "' names no components", {}, {}};
  PRATIQUE_TRY([[maybe_unused]] const auto moment, store.hold());
  const Time before = act.at - std::chrono::milliseconds(1);
  // Components that lie close together are asked for one by one: of a first match all findings are of one time.
  constexpr std::uint64_t close = 10'000;
  std::vector<ComponentId> near;
  if (*last - *first < close)
    for (std::uint64_t id = *first; id <= *last; ++id) near.push_back(static_cast<ComponentId>(id));
  PRATIQUE_TRY(auto rows,
               near.empty() ? store.find_changed(before, act.at) : store.find_findings(near, Period{before, act.at}));
  std::erase_if(rows, [&](const StoredFinding& row) { return row.component < *first || row.component > *last; });
  std::vector<ComponentId> components;
  auto changes = changes_of(rows, before, act.at, components);
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < changes.size(); ++i)
    if (!changes[i].vulnerability.empty()) order.push_back(i);  // else it is known now that nobody can judge it
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return changes[a].severity > changes[b].severity; });
  MatchChanges found;
  found.all = order.size();
  order.resize(std::min(most, order.size()));
  for (const std::size_t i : order) {
    PRATIQUE_TRY(ArtifactSet holders, holders_of(store, std::vector{components[i]}));
    PRATIQUE_TRY(const auto component, store.load_components(std::vector{components[i]}));
    changes[i].package = component.front().label();
    changes[i].purl = component.front().purl;
    changes[i].artifacts = holders.size();
    found.some.push_back({std::move(changes[i]), std::move(holders)});
  }
  return found;
}

Result<ChangesAnswer> find_changes(const Store& store, Time from, Time to, const QueryScope& scope) {
  if (from >= to) return Error{Fault::usage, "the first time is not before the second", {}, {}};
  ChangesAnswer answer;
  QueryScope then = scope, later = scope;
  then.when = {from, from};
  later.when = {to, to};
  PRATIQUE_TRY(const SurveyAnswer before, survey(store, then));
  PRATIQUE_TRY(const SurveyAnswer after, survey(store, later));
  answer.before = before.ledger;
  answer.after = after.ledger;

  PRATIQUE_TRY([[maybe_unused]] const auto moment, store.hold());
  PRATIQUE_TRY(const KnownBills bills_then, KnownBills::at(store, then));
  PRATIQUE_TRY(const KnownBills bills_later, KnownBills::at(store, later));
  PRATIQUE_TRY(const ExaminedArtifacts left, examined_of(store, then, bills_then));
  PRATIQUE_TRY(const ExaminedArtifacts right, examined_of(store, later, bills_later));
  PRATIQUE_TRY(answer.started, some_of(store, without(right.running, left.running), scope.limit));
  PRATIQUE_TRY(answer.stopped, some_of(store, without(left.running, right.running), scope.limit));
  if (!scope.running) {
    PRATIQUE_TRY(answer.added, some_of(store, without(right.billed, left.billed), scope.limit));
  }
  std::optional<ArtifactSet> visible;
  if (scope.scopes) {
    PRATIQUE_TRY(visible, visible_to(store, *scope.scopes));
  }
  PRATIQUE_TRY(const auto rows, store.find_changed(from, to));
  std::vector<ComponentId> components;
  auto changes = changes_of(rows, from, to, components);
  for (std::size_t i = 0; i < changes.size(); ++i) {
    FindingChange& change = changes[i];
    PRATIQUE_TRY(ArtifactSet holders, known_holders(store, {components[i]}, bills_later));
    if (visible) holders &= *visible;
    ArtifactSet running;
    running |= holders;
    running &= right.running;
    change.artifacts = holders.size();
    change.running = running.size();
    if (change.artifacts == 0 || (scope.running && change.running == 0)) continue;
    ++(change.kind == FindingChange::Kind::opened   ? answer.opened
       : change.kind == FindingChange::Kind::closed ? answer.closed
                                                    : answer.changed);
    PRATIQUE_TRY(const auto component, store.load_components(std::vector{components[i]}));
    change.package = component.front().label();
    change.purl = component.front().purl;
    answer.findings.push_back(std::move(change));
  }
  std::stable_sort(answer.findings.begin(), answer.findings.end(), [](const FindingChange& a, const FindingChange& b) {
    return a.at != b.at ? a.at < b.at : a.severity > b.severity;
  });
  const std::size_t first = std::min<std::size_t>(scope.first, answer.findings.size());
  answer.findings.erase(answer.findings.begin(), answer.findings.begin() + static_cast<std::ptrdiff_t>(first));
  if (scope.limit != 0 && answer.findings.size() > scope.limit) {
    answer.findings.resize(scope.limit);
    answer.next = first + scope.limit;
  }
  return answer;
}

}  // namespace pratique
