#include "app/server/changes.h"

#include <algorithm>

#include "base/text.h"

namespace pratique {
namespace {

constexpr std::size_t most_kept = 10'000, at_once = 1'000;

}  // namespace

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
  PRATIQUE_TRY(auto fresh, store.load_changes(after, at_once));
  const std::lock_guard lock(mutex_);
  for (StoredChange& change : fresh) {
    if (change.id <= last_) continue;
    last_ = change.id;
    changes_.push_back(std::move(change));
  }
  for (; changes_.size() > most_kept; changes_.pop_front()) begin_ = changes_.front().id;
  return {};
}

ChangeFeed::Page ChangeFeed::after(std::uint64_t id) const {
  const std::lock_guard lock(mutex_);
  Page page{{}, id < begin_};
  const auto first = std::upper_bound(changes_.begin(), changes_.end(), id,
                                      [](std::uint64_t wanted, const StoredChange& one) { return wanted < one.id; });
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
    if (change.kind == "workloads" && is_within(scope.clusters, change.where)) return true;
    const bool is_of_every_workload = scope.clusters.empty() && scope.namespaces.empty();
    if (change.kind == "bill" && is_of_every_workload && is_within(scope.repositories, change.where)) return true;
  }
  return false;
}

std::string render_change(const StoredChange& change) {
  return "id: " + std::to_string(change.id) + "\nevent: " + change.kind +
         "\ndata: {\"id\":" + std::to_string(change.id) + ",\"at\":" + json_quoted(render_time(change.at)) +
         ",\"kind\":" + json_quoted(change.kind) + ",\"where\":" + json_quoted(change.where) +
         ",\"object\":" + json_quoted(change.object) + "}\n\n";
}

}  // namespace pratique
