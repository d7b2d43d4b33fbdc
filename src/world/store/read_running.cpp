// Where artifacts run now.
#include <algorithm>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

#include "world/store/state.h"

namespace pratique {
namespace {

// Counts the containers of one artifact, workload by workload, and describes the first few workloads.
class Counting {
 public:
  Counting(const Database& database, const std::string& path, std::size_t most)
      : database_(database), path_(path), most_(most) {}

  Result<Running> count(ArtifactId artifact) {
    Running running{artifact, 0, 0, {}};
    workload_ = 0;
    // Answered by the index alone.
    PRATIQUE_TRY(Rows rows,
                 database_.query("SELECT workload, name, valid_from, pod FROM containers "
                                 "WHERE artifact = $1 AND valid_to IS NULL ORDER BY workload, name, valid_from",
                                 artifact));
    PRATIQUE_DO(for_each(std::move(rows), [&](const Rows& row) { return add_container(row, running); }));
    std::sort(running.in.begin(), running.in.end(), [](const RunningIn& a, const RunningIn& b) {
      return std::tie(a.cluster, a.name_space, a.kind, a.name) < std::tie(b.cluster, b.name_space, b.kind, b.name);
    });
    return running;
  }

 private:
  Result<void> add_container(const Rows& row, Running& running) {
    const std::int64_t workload = row.integer(0);
    const Time since = time_of(row.integer(2));
    if (workload != workload_) {
      workload_ = workload;
      pods_.clear();
      if (++running.workloads <= most_) PRATIQUE_DO(add_owner(workload, since, running));
    }
    const bool is_new_pod = pods_.insert(row.integer(3)).second;
    if (is_new_pod) ++running.pods;
    if (running.workloads > most_) return {};
    RunningIn& in = running.in.back();
    if (is_new_pod) ++in.pods;
    if (in.containers.empty() || in.containers.back() != row.text(1)) in.containers.emplace_back(row.text(1));
    in.since = std::min(in.since, since);
    return {};
  }

  Result<void> add_owner(std::int64_t workload, Time since, Running& running) {
    auto known = owners_.find(workload);
    if (known == owners_.end()) {
      PRATIQUE_TRY(Rows rows, database_.query("SELECT clusters.name, name_space, kind, workloads.name FROM workloads "
                                              "JOIN clusters ON clusters.id = cluster WHERE workloads.id = $1",
                                              workload));
      PRATIQUE_TRY(const bool found, rows.next());
      if (!found) return dangling("workload", workload, path_);
      RunningIn owner;
      owner.cluster = rows.text(0);
      owner.name_space = rows.text(1);
      owner.kind = rows.text(2);
      owner.name = rows.text(3);
      known = owners_.emplace(workload, std::move(owner)).first;
    }
    running.in.push_back(known->second);
    running.in.back().since = since;
    return {};
  }

  const Database& database_;
  const std::string& path_;
  std::size_t most_;
  std::int64_t workload_ = 0;                           // the current one,
  std::unordered_set<std::int64_t> pods_;               // and its pods so far
  std::unordered_map<std::int64_t, RunningIn> owners_;  // looked up once each
};

}  // namespace

Result<std::vector<Running>> Store::find_running(std::span<const ArtifactId> ids, std::size_t most) const {
  Counting counting(state_->database, state_->path, most);
  std::vector<Running> all;
  all.reserve(ids.size());
  for (const ArtifactId id : ids) {
    PRATIQUE_TRY(Running running, counting.count(id));
    all.push_back(std::move(running));
  }
  return all;
}

}  // namespace pratique
