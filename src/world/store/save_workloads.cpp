#include <algorithm>
#include <map>
#include <unordered_map>

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
  return sha256_of(all).text().substr(std::string_view("sha256:").size(), 32);
}

// One look at one cluster on its way into the store.
class Look {
 public:
  Look(const Database& database, std::int64_t cluster, Time now, Time before)
      : database_(database), cluster_(cluster), now_(now), before_(before) {}

  Result<void> read_open_pods();
  Result<void> save(const Workload& pod);
  Result<void> close_the_rest();
  Result<void> save_running(const MergePosting& merge);
  std::int64_t pods_added() const { return opened_ - closed_; }

 private:
  Result<std::int64_t> workload_id(const Workload& pod);
  Result<std::optional<std::int64_t>> artifact_of(const Image& image);
  Result<void> save_new(const Workload& pod, const std::string& state);

  const Database& database_;
  std::int64_t cluster_;
  Time now_, before_;
  std::unordered_map<std::string, std::int64_t> open_;  // state -> row; what is still here at the end is gone
  std::unordered_map<std::string, bool> seen_;          // states of this look
  std::map<std::string, std::int64_t> workloads_;
  std::unordered_map<std::string, ArtifactId> artifacts_;
  std::int64_t opened_ = 0, closed_ = 0;
};

Result<void> Look::read_open_pods() {
  PRATIQUE_TRY(Rows rows,
               database_.query("SELECT id, state FROM pods WHERE cluster = $1 AND valid_to IS NULL", cluster_));
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
  }
  return std::optional<std::int64_t>(known->second);
}

Result<void> Look::save_new(const Workload& pod, const std::string& state) {
  PRATIQUE_TRY(const std::int64_t workload, workload_id(pod));
  const std::int64_t now = milliseconds_of(now_);
  PRATIQUE_TRY(
      const auto row,
      database_.number("INSERT INTO pods (cluster, workload, name, uid, node, service_account, state, valid_from) "
                       "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id",
                       cluster_, workload, pod.pod, pod.uid, pod.node, pod.service_account, Blob{state}, now));
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
    PRATIQUE_DO(database_.run("UPDATE pods SET last_seen = $1, valid_to = $2 WHERE id = $3", before, now, row));
    PRATIQUE_DO(database_.run("UPDATE containers SET valid_to = $1 WHERE pod = $2", now, row));
    ++closed_;
  }
  return {};
}

Result<void> Look::save_running(const MergePosting& merge) {
  PRATIQUE_DO(database_.run("DELETE FROM running WHERE cluster = $1", cluster_));
  std::map<std::uint32_t, std::vector<ArtifactId>> shards;
  for (const auto& [digest, artifact] : artifacts_) shards[artifact >> 16].push_back(artifact);
  for (auto& [shard, artifacts] : shards) {
    std::sort(artifacts.begin(), artifacts.end());
    PRATIQUE_TRY(const std::string posting, merge(shard, {}, artifacts));
    PRATIQUE_DO(database_.run("INSERT INTO running (cluster, shard, artifacts) VALUES ($1, $2, $3)", cluster_, shard,
                              Blob{posting}));
  }
  return {};
}

}  // namespace

Result<void> Store::save_workloads(std::string_view cluster, std::span<const Workload> workloads,
                                   const MergePosting& merge, Time now) {
  const Database& database = state_->database;
  PRATIQUE_TRY(Transaction transaction, Transaction::begin(database, Transaction::Kind::write));
  std::int64_t id = 0;
  Time before = now;
  {
    PRATIQUE_TRY(Rows rows, database.query("SELECT id, seen_at FROM clusters WHERE name = $1", cluster));
    PRATIQUE_TRY(const bool known, rows.next());
    if (known) {
      id = rows.integer(0);
      before = time_of(rows.integer(1));
      now = std::max(now, before);
    }
  }
  if (id == 0) {
    PRATIQUE_TRY(const auto made, database.number("INSERT INTO clusters (name, seen_at) VALUES ($1, $2) RETURNING id",
                                                  cluster, milliseconds_of(now)));
    id = *made;
  }
  Look look(database, id, now, before);
  PRATIQUE_DO(look.read_open_pods());
  for (const Workload& pod : workloads) PRATIQUE_DO(look.save(pod));
  PRATIQUE_DO(look.close_the_rest());
  PRATIQUE_DO(look.save_running(merge));
  PRATIQUE_DO(database.run("UPDATE clusters SET seen_at = $1 WHERE id = $2", milliseconds_of(now), id));
  PRATIQUE_DO(database.run("UPDATE totals SET pods = pods + $1", look.pods_added()));
  return transaction.commit();
}

}  // namespace pratique
