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

Result<std::vector<Workload>> Store::load_workloads() const {
  std::vector<Workload> pods;
  std::int64_t pod = 0;
  PRATIQUE_TRY(Rows rows,
               state_->database.query(
                   "SELECT pods.id, clusters.name, name_space, workloads.kind, workloads.name, pods.name, uid, node, "
                   "service_account, pods.valid_from, containers.name, containers.kind, image FROM pods "
                   "JOIN workloads ON workloads.id = pods.workload JOIN clusters ON clusters.id = pods.cluster "
                   "LEFT JOIN containers ON pod = pods.id WHERE pods.valid_to IS NULL "
                   "ORDER BY clusters.name, name_space, workloads.kind, workloads.name, pods.name, pods.id, position"));
  PRATIQUE_DO(for_each(std::move(rows), [&](const Rows& row) -> Result<void> {
    if (pods.empty() || row.integer(0) != pod) {
      pod = row.integer(0);
      Workload& made = pods.emplace_back();
      made.cluster = row.text(1);
      made.name_space = row.text(2);
      made.kind = row.text(3);
      made.name = row.text(4);
      made.pod = row.text(5);
      made.uid = row.text(6);
      made.node = row.text(7);
      made.service_account = row.text(8);
      made.since = time_of(row.integer(9));
    }
    if (row.is_null(10)) return {};
    Container container;
    container.name = row.text(10);
    const auto kind = container_kind_named(row.text(11));
    auto image = parse_image(row.text(12));
    if (!kind || !image)
      return Error{Fault::malformed, "holds a container that cannot be read: '" + container.name + "'", {}, {}}.in(
          state_->path);
    container.kind = *kind;
    container.image = std::move(*image);
    pods.back().containers.push_back(std::move(container));
    return {};
  }));
  return pods;
}

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
