#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "world/store/audit.h"
#include "world/store/changes.h"
#include "world/store/state.h"

namespace pratique {
namespace {

// All there is to know of a pod as one short text: what changes makes another state.
std::string state_of(const Workload& pod) {
  std::string all;
  const auto add = [&](std::string_view text) { all.append(std::to_string(text.size())).append(":").append(text); };
  for (const std::string_view text : {std::string_view(pod.name_space), std::string_view(pod.kind),
                                      std::string_view(pod.name), std::string_view(pod.pod), std::string_view(pod.uid),
                                      std::string_view(pod.node), std::string_view(pod.service_account)})
    add(text);
  for (const Container& container : pod.containers) {
    add(container.name);
    add(name_of(container.kind));
    add(container.image.text());
  }
  for (const auto& way : pod.exposure) add(way);
  for (const auto& [name, text] : pod.owner_labels) add(name + "=" + text);
  return sha256_of(all).text().substr(std::string_view("sha256:").size(), 32);
}

std::string lines_of(const std::vector<std::string>& texts) {
  std::string lines;
  for (const auto& text : texts) lines.append(lines.empty() ? "" : "\n").append(text);
  return lines;
}
std::string lines_of(const std::vector<std::pair<std::string, std::string>>& labels) {
  std::string lines;
  for (const auto& [name, text] : labels) lines.append(lines.empty() ? "" : "\n").append(name + "=" + text);
  return lines;
}

// One look at one cluster on its way into the store.
class Look {
 public:
  Look(const Database& database, std::int64_t cluster, Time now, Time before)
      : database_(database), cluster_(cluster), now_(now), before_(before) {}

  Result<void> read_open_pods();
  Result<void> read_open_pods(const Workload& named_like);
  Result<void> save(const Workload& pod);
  Result<void> close_the_rest();
  Result<void> read_artifacts();  // of all pods that are there, also of those this look did not see
  Result<void> save_running(const MergePosting& merge);
  std::int64_t pods_added() const { return opened_ - closed_; }
  std::int64_t changes() const { return opened_ + closed_; }

 private:
  Result<void> keep_open(Rows rows);
  Result<std::int64_t> workload_id(const Workload& pod);
  Result<std::optional<std::int64_t>> artifact_of(const Image& image);
  Result<void> save_new(const Workload& pod, const std::string& state);

  const Database& database_;
  std::int64_t cluster_;
  Time now_, before_;
  std::unordered_map<std::string, std::int64_t> open_;  // state -> row; what is still here at the end is gone
  std::unordered_map<std::string, bool> seen_;          // states of this look
  std::map<std::string, std::int64_t> workloads_;
  std::unordered_map<std::string, ArtifactId> artifacts_;  // by digest
  std::set<ArtifactId> running_;
  std::int64_t opened_ = 0, closed_ = 0;
};

Result<void> Look::read_open_pods() {
  PRATIQUE_TRY(Rows rows,
               database_.query("SELECT id, state FROM pods WHERE cluster = $1 AND valid_to IS NULL", cluster_));
  return keep_open(std::move(rows));
}

Result<void> Look::read_open_pods(const Workload& named_like) {
  PRATIQUE_TRY(Rows rows, database_.query("SELECT pods.id, state FROM pods JOIN workloads ON workloads.id = workload "
                                          "WHERE pods.cluster = $1 AND pods.name = $2 AND valid_to IS NULL "
                                          "AND name_space = $3",
                                          cluster_, named_like.pod, named_like.name_space));
  return keep_open(std::move(rows));
}

Result<void> Look::keep_open(Rows rows) {
  while (true) {
    PRATIQUE_TRY(const bool found, rows.next());
    if (!found) return {};
    open_.emplace(rows.text(1), rows.integer(0));
  }
}

Result<std::int64_t> Look::workload_id(const Workload& pod) {
  const std::string key = pod.name_space + "\n" + pod.kind + "\n" + pod.name;
  if (const auto known = workloads_.find(key); known != workloads_.end()) return known->second;
  PRATIQUE_TRY(auto id,
               database_.number("SELECT id FROM workloads WHERE cluster = $1 AND name_space = $2 AND kind = $3 "
                                "AND name = $4",
                                cluster_, pod.name_space, pod.kind, pod.name));
  if (!id) {
    PRATIQUE_TRY(id, database_.number("INSERT INTO workloads (cluster, name_space, kind, name) VALUES ($1, $2, $3, $4) "
                                      "RETURNING id",
                                      cluster_, pod.name_space, pod.kind, pod.name));
  }
  workloads_.emplace(key, *id);
  return *id;
}

// A digest that nobody has a bill for becomes an artifact without one: it is unknown, and listed.
Result<std::optional<std::int64_t>> Look::artifact_of(const Image& image) {
  if (!image.digest) return std::optional<std::int64_t>();
  const std::string& digest = image.digest->text();
  auto known = artifacts_.find(digest);
  if (known == artifacts_.end()) {
    const std::string name = Image{image.repository, image.tag, {}}.text();
    PRATIQUE_TRY(const ArtifactId id, save_artifact(database_, digest, name, now_));
    known = artifacts_.emplace(digest, id).first;
    running_.insert(id);
  }
  return std::optional<std::int64_t>(known->second);
}

Result<void> Look::save_new(const Workload& pod, const std::string& state) {
  PRATIQUE_TRY(const std::int64_t workload, workload_id(pod));
  const std::int64_t now = milliseconds_of(now_);
  PRATIQUE_TRY(
      const auto row,
      database_.number("INSERT INTO pods (cluster, workload, name, uid, node, service_account, state, valid_from, "
                       "exposure, owner_labels) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id",
                       cluster_, workload, pod.pod, pod.uid, pod.node, pod.service_account, Blob{state}, now,
                       lines_of(pod.exposure), lines_of(pod.owner_labels)));
  std::int64_t position = 0;
  for (const Container& container : pod.containers) {
    PRATIQUE_TRY(const auto artifact, artifact_of(container.image));
    PRATIQUE_DO(database_.run(
        "INSERT INTO containers (pod, position, workload, artifact, name, kind, image, valid_from) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        *row, position++, workload, artifact, container.name, name_of(container.kind), container.image.text(), now));
  }
  ++opened_;
  return {};
}

Result<void> Look::save(const Workload& pod) {
  const std::string state = state_of(pod);
  if (!seen_.emplace(state, true).second) return {};  // the list says the same pod twice
  if (open_.erase(state) == 0) return save_new(pod, state);
  for (const Container& container : pod.containers) PRATIQUE_DO(artifact_of(container.image));
  return {};
}

Result<void> Look::close_the_rest() {
  const std::int64_t now = milliseconds_of(now_), before = milliseconds_of(before_);
  for (const auto& [state, row] : open_) {
    PRATIQUE_DO(
        database_.run("UPDATE pods SET last_seen = CASE WHEN valid_from > $1 THEN valid_from ELSE $1 END, "
                      "valid_to = $2 WHERE id = $3",
                      before, now, row));
    PRATIQUE_DO(database_.run("UPDATE containers SET valid_to = $1 WHERE pod = $2", now, row));
    ++closed_;
  }
  return {};
}

Result<void> Look::read_artifacts() {
  PRATIQUE_TRY(Rows rows, database_.query("SELECT DISTINCT artifact FROM pods JOIN containers ON pod = pods.id "
                                          "WHERE cluster = $1 AND pods.valid_to IS NULL AND artifact IS NOT NULL",
                                          cluster_));
  while (true) {
    PRATIQUE_TRY(const bool found, rows.next());
    if (!found) return {};
    running_.insert(static_cast<ArtifactId>(rows.integer(0)));
  }
}

Result<void> Look::save_running(const MergePosting& merge) {
  PRATIQUE_DO(database_.run("DELETE FROM running WHERE cluster = $1", cluster_));
  std::map<std::uint32_t, std::vector<ArtifactId>> shards;
  for (const ArtifactId artifact : running_) shards[artifact >> 16].push_back(artifact);
  for (const auto& [shard, artifacts] : shards) {
    PRATIQUE_TRY(const std::string posting, merge(shard, {}, artifacts));
    PRATIQUE_DO(database_.run("INSERT INTO running (cluster, shard, artifacts) VALUES ($1, $2, $3)", cluster_, shard,
                              Blob{posting}));
  }
  return {};
}

// What is known of a cluster: its row, and the last look at the whole of it.
struct Cluster {
  std::int64_t id = 0;
  Time seen_at;
};

Result<Cluster> save_cluster(const Database& database, std::string_view name, Time now) {
  {
    PRATIQUE_TRY(Rows rows, database.query("SELECT id, seen_at FROM clusters WHERE name = $1", name));
    PRATIQUE_TRY(const bool known, rows.next());
    if (known) return Cluster{rows.integer(0), time_of(rows.integer(1))};
  }
  PRATIQUE_TRY(const auto id, database.number("INSERT INTO clusters (name, seen_at) VALUES ($1, $2) RETURNING id", name,
                                              milliseconds_of(now)));
  return Cluster{*id, now};
}

}  // namespace

Result<void> Store::save_workloads(std::string_view cluster_name, std::span<const Workload> workloads,
                                   Coverage coverage, const MergePosting& merge, Time now,
                                   std::span<const AuditEntry> acts) {
  const Database& database = state_->database;
  PRATIQUE_TRY(Transaction transaction, Transaction::begin(database, Transaction::Kind::write));
  PRATIQUE_TRY(const Cluster cluster, save_cluster(database, cluster_name, now));
  now = std::max(now, cluster.seen_at);
  Look look(database, cluster.id, now, cluster.seen_at);
  if (coverage == Coverage::whole) {
    PRATIQUE_DO(look.read_open_pods());
  } else {
    for (const Workload& pod : workloads) PRATIQUE_DO(look.read_open_pods(pod));
  }
  for (const Workload& pod : workloads) PRATIQUE_DO(look.save(pod));
  PRATIQUE_DO(look.close_the_rest());
  if (coverage == Coverage::part) PRATIQUE_DO(look.read_artifacts());
  PRATIQUE_DO(look.save_running(merge));
  if (coverage == Coverage::whole)
    PRATIQUE_DO(database.run("UPDATE clusters SET seen_at = $1 WHERE id = $2", milliseconds_of(now), cluster.id));
  PRATIQUE_DO(database.run("UPDATE totals SET pods = pods + $1", look.pods_added()));
  if (look.changes() != 0) {
    const StoredChange change{0, now, "workloads", std::string(cluster_name),
                              std::to_string(workloads.size()) + " pods"};
    PRATIQUE_DO(save_changes(database, std::span(&change, 1)));
  }
  PRATIQUE_DO(append_audit(database, acts, now));
  return transaction.commit();
}

}  // namespace pratique
