// Where artifacts run now.
#include <algorithm>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

#include "base/text.h"
#include "world/store/state.h"

namespace pratique {
namespace {

std::vector<std::string> lines_in(std::string_view text) {
  std::vector<std::string> lines;
  if (text.empty()) return lines;
  for (const auto line : split(text, '\n')) lines.emplace_back(line);
  return lines;
}

// Counts the containers of one artifact, workload by workload, and describes the first few workloads.
class Counting {
 public:
  Counting(const Database& database, const std::string& path, std::size_t most, const Period& when)
      : database_(database), path_(path), most_(most), when_(when) {}

  Result<Running> count(ArtifactId artifact) {
    Running running{artifact, 0, 0, {}};
    workload_ = 0;
    PRATIQUE_TRY(Rows rows, when_.is_now() ? containers_now(artifact) : containers_then(artifact));
    PRATIQUE_DO(for_each(std::move(rows), [&](const Rows& row) { return add_container(row, running); }));
    std::sort(running.in.begin(), running.in.end(), [](const RunningIn& a, const RunningIn& b) {
      return std::tie(a.cluster, a.name_space, a.kind, a.name) < std::tie(b.cluster, b.name_space, b.kind, b.name);
    });
    return running;
  }

 private:
  // Answered by the index alone.
  Result<Rows> containers_now(ArtifactId artifact) {
    return database_.query(
        "SELECT workload, name, valid_from, pod, valid_to FROM containers "
        "WHERE artifact = $1 AND valid_to IS NULL ORDER BY workload, name, valid_from",
        artifact);
  }
  Result<Rows> containers_then(ArtifactId artifact) {
    const Bounds bounds = bounds_of(when_);
    return database_.query(
        "SELECT workload, name, valid_from, pod, valid_to FROM containers "
        "WHERE artifact = $1 AND valid_from <= $2 AND (valid_to IS NULL OR valid_to > $3) "
        "ORDER BY workload, name, valid_from",
        artifact, bounds.to, bounds.from);
  }

  Result<void> add_container(const Rows& row, Running& running) {
    const std::int64_t workload = row.integer(0);
    const Time since = time_of(row.integer(2));
    const auto until = row.is_null(4) ? std::nullopt : std::optional(time_of(row.integer(4)));
    if (workload != workload_) {
      workload_ = workload;
      pods_.clear();
      if (++running.workloads <= most_) PRATIQUE_DO(add_owner(workload, row.integer(3), since, until, running));
    }
    const bool is_new_pod = pods_.insert(row.integer(3)).second;
    if (is_new_pod) ++running.pods;
    if (running.workloads > most_) return {};
    RunningIn& in = running.in.back();
    if (is_new_pod) ++in.pods;
    if (in.containers.empty() || in.containers.back() != row.text(1)) in.containers.emplace_back(row.text(1));
    in.since = std::min(in.since, since);
    if (in.until) in.until = until ? std::max(*in.until, *until) : until;
    return {};
  }

  Result<void> add_owner(std::int64_t workload, std::int64_t pod, Time since, std::optional<Time> until,
                         Running& running) {
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
    running.in.back().until = until;
    PRATIQUE_TRY(Rows rows,
                 database_.query("SELECT service_account, exposure, owner_labels FROM pods WHERE id = $1", pod));
    PRATIQUE_TRY(const bool found, rows.next());
    if (!found) return dangling("pod", pod, path_);
    running.in.back().service_account = rows.text(0);
    running.in.back().exposure = lines_in(rows.text(1));
    running.in.back().owner_labels = lines_in(rows.text(2));
    return {};
  }

  const Database& database_;
  const std::string& path_;
  std::size_t most_;
  Period when_;
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

Result<std::vector<Running>> Store::find_running(std::span<const ArtifactId> ids, std::size_t most,
                                                 const Period& when) const {
  Counting counting(state_->database, state_->path, most, when);
  std::vector<Running> all;
  all.reserve(ids.size());
  for (const ArtifactId id : ids) {
    PRATIQUE_TRY(Running running, counting.count(id));
    all.push_back(std::move(running));
  }
  return all;
}

Result<std::vector<std::string>> Store::running_unpinned(const Period& when) const {
  const Bounds bounds = bounds_of(when);
  std::vector<std::string> images;
  PRATIQUE_TRY(Rows rows,
               when.is_now()
                   ? state_->database.query("SELECT DISTINCT image FROM containers "
                                            "WHERE artifact IS NULL AND valid_to IS NULL ORDER BY image")
                   : state_->database.query("SELECT DISTINCT image FROM containers WHERE artifact IS NULL AND "
                                            "valid_from <= $1 AND (valid_to IS NULL OR valid_to > $2) "
                                            "ORDER BY image",
                                            bounds.to, bounds.from));
  PRATIQUE_DO(for_each(std::move(rows), [&](const Rows& row) -> Result<void> {
    images.emplace_back(row.text(0));
    return {};
  }));
  return images;
}

Result<std::vector<ArtifactId>> Store::find_run(const Period& when) const {
  const Bounds bounds = bounds_of(when);
  return ids_of(
      state_->database.query("SELECT DISTINCT artifact FROM containers WHERE artifact IS NOT NULL AND "
                             "valid_from <= $1 AND (valid_to IS NULL OR valid_to > $2) ORDER BY artifact",
                             bounds.to, bounds.from));
}

Result<void> Store::visit_runs(std::span<const ArtifactId> ids, const Period& when, const VisitRun& visit) const {
  const Bounds bounds = bounds_of(when);
  ValueRows asked;
  for (const ArtifactId id : ids) asked.add(std::int64_t{id}, bounds.to, bounds.from);
  return state_->database.each(
      "SELECT valid_from, valid_to FROM containers "
      "WHERE artifact = $1 AND valid_from <= $2 AND (valid_to IS NULL OR valid_to > $3)",
      asked, [&](std::size_t i, const Rows& row) -> Result<void> {
        visit(i, time_of(row.integer(0)), row.is_null(1) ? std::nullopt : std::optional(time_of(row.integer(1))));
        return {};
      });
}

Result<void> Store::visit_containers(const Period& when, const std::function<void(const ContainerRow&)>& visit) const {
  const Bounds bounds = bounds_of(when);
  PRATIQUE_TRY(
      Rows rows,
      when.is_now()
          ? state_->database.query("SELECT artifact, workload, pod FROM containers "
                                   "WHERE artifact IS NOT NULL AND valid_to IS NULL ORDER BY artifact")
          : state_->database.query("SELECT artifact, workload, pod FROM containers WHERE artifact IS NOT NULL AND "
                                   "valid_from <= $1 AND (valid_to IS NULL OR valid_to > $2) ORDER BY artifact",
                                   bounds.to, bounds.from));
  return for_each(std::move(rows), [&](const Rows& row) -> Result<void> {
    visit({static_cast<ArtifactId>(row.integer(0)), row.integer(1), row.integer(2)});
    return {};
  });
}

}  // namespace pratique
