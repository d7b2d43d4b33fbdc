#include "app/server/changes.h"

#include <algorithm>

#include "base/text.h"
#include "flow/holding_sets.h"

namespace pratique {
namespace {

constexpr std::size_t most_kept = 10'000, at_once = 1'000;
constexpr std::size_t most_findings = 1'000;        // of one act of matching
constexpr std::size_t most_findings_kept = 20'000;  // about 20 MB
constexpr std::size_t most_named = 10;              // artifacts of one finding

// One that nobody may see is no event.
Result<std::string> render_finding(const MatchChange& found, const StoredChange& act, const ArtifactSet* visible,
                                   const Store& store) {
  ArtifactSet seen;
  seen |= found.holders;
  if (visible != nullptr) seen &= *visible;
  if (seen.size() == 0) return std::string();
  PRATIQUE_TRY(const auto artifacts, store.load_artifacts(seen.page(0, most_named)));
  std::string digests;
  for (const auto& artifact : artifacts)
    digests.append(digests.empty() ? "" : ",").append(json_quoted(artifact.digest));
  const FindingChange& change = found.change;
  std::string text = "event: finding\ndata: {\"id\":" + std::to_string(act.id);
  const auto add = [&](const char* name, std::string_view value) {
    text.append(",\"").append(name).append("\":").append(json_quoted(value));
  };
  add("at", render_time(act.at));
  add("kind", "finding");
  add("what", name_of(change.kind));
  add("vulnerability", change.vulnerability);
  add("severity", name_of(change.severity));
  if (change.kind == FindingChange::Kind::changed) add("before", name_of(change.before));
  add("package", change.package);
  add("purl", change.purl);
  add("fixed", change.fixed);
  add("advisory", change.advisory);
  add("revision", change.revision);
  if (!change.why.empty()) add("why", change.why);
  add("generation", change.generation);
  return text + ",\"artifacts\":" + std::to_string(seen.size()) + ",\"digests\":[" + digests + "]}\n\n";
}

}  // namespace

const std::string_view gap_event = "event: gap\ndata: {}\n\n";

Result<ToldChanges> load_changes(const Store& store, std::uint64_t after, std::size_t most) {
  PRATIQUE_TRY(auto stored, store.load_changes(after, most));
  ToldChanges changes;
  std::size_t findings = 0;
  for (StoredChange& one : stored) {
    ToldChange told{std::move(one), {}};
    if (told.change.kind == "findings") {
      const std::size_t room = std::min(most_findings, most_findings_kept - findings);
      PRATIQUE_TRY(told.findings, find_match_changes(store, told.change, room));
      findings += told.findings.some.size();
    }
    changes.push_back(std::make_shared<const ToldChange>(std::move(told)));
  }
  return changes;
}

Result<void> ChangeFeed::read(const Store& store) {
  bool is_begun = false;
  std::uint64_t after = 0;
  {
    const std::lock_guard lock(mutex_);
    is_begun = is_begun_;
    after = last_;
  }
  if (!is_begun) {
    PRATIQUE_TRY(const std::uint64_t last, store.last_change());
    const std::lock_guard lock(mutex_);
    is_begun_ = true;
    begin_ = last_ = last;
    return {};
  }
  PRATIQUE_TRY(auto fresh, load_changes(store, after, at_once));
  const std::lock_guard lock(mutex_);
  for (auto& told : fresh) {
    if (told->change.id <= last_) continue;
    last_ = told->change.id;
    findings_ += told->findings.some.size();
    changes_.push_back(std::move(told));
  }
  for (; changes_.size() > most_kept || findings_ > most_findings_kept; changes_.pop_front()) {
    begin_ = changes_.front()->change.id;
    findings_ -= changes_.front()->findings.some.size();
  }
  return {};
}

ChangeFeed::Page ChangeFeed::after(std::uint64_t id) const {
  const std::lock_guard lock(mutex_);
  Page page{{}, id < begin_};
  const auto first = std::upper_bound(changes_.begin(), changes_.end(), id,
                                      [](std::uint64_t wanted, const auto& one) { return wanted < one->change.id; });
  page.changes.assign(first, changes_.end());
  return page;
}

std::uint64_t ChangeFeed::last() const {
  const std::lock_guard lock(mutex_);
  return last_;
}

bool may_hear(const Principal& who, const StoredChange& change) {
  if (change.kind == "snapshot" || change.kind == "event") return who.may_see_node(change.where);
  for (const auto& scope : who.scopes(Permission::read)) {
    if (!scope.nodes.empty()) continue;
    if (change.kind == "findings") return true;  // of which each is looked at
    if (change.kind == "workloads" && is_within(scope.clusters, change.where)) return true;
    const bool is_of_every_workload = scope.clusters.empty() && scope.namespaces.empty();
    if (change.kind == "bill" && is_of_every_workload && is_within(scope.repositories, change.where)) return true;
    if (change.kind == "registry" && is_of_every_workload && scope.repositories.empty()) return true;
  }
  return false;
}

bool tells_findings(const ToldChange& change) { return change.change.kind == "findings"; }

std::string render_change(const StoredChange& change) {
  return "id: " + std::to_string(change.id) + "\nevent: " + change.kind +
         "\ndata: {\"id\":" + std::to_string(change.id) + ",\"at\":" + json_quoted(render_time(change.at)) +
         ",\"kind\":" + json_quoted(change.kind) + ",\"where\":" + json_quoted(change.where) +
         ",\"object\":" + json_quoted(change.object) + "}\n\n";
}

Result<std::string> render_change(const ToldChange& change, const Principal& who, const Store& store) {
  if (!may_hear(who, change.change)) return std::string();
  if (!tells_findings(change)) return render_change(change.change);
  PRATIQUE_TRY([[maybe_unused]] const auto moment, store.hold());
  const auto scopes = who.scopes(Permission::read);
  std::optional<ArtifactSet> visible;
  if (!is_everything(scopes)) {
    PRATIQUE_TRY(visible, visible_to(store, scopes));
  }
  std::string text;
  for (const MatchChange& found : change.findings.some) {
    PRATIQUE_TRY(const auto one, render_finding(found, change.change, visible ? &*visible : nullptr, store));
    text += one;
  }
  if (change.findings.all > change.findings.some.size()) text += gap_event;
  // The id goes with the last one, so that whoever was cut off in between hears all of it again.
  if (text.empty()) return text;
  return text.insert(text.rfind("event: "), "id: " + std::to_string(change.change.id) + "\n");
}

}  // namespace pratique
