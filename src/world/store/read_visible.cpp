// What is left of the store for whoever may see a part of it only.
#include <algorithm>
#include <set>

#include "world/store/original.h"
#include "world/store/state.h"

namespace pratique {
namespace {

bool is_of_every_workload(const AccessScope& scope) { return scope.clusters.empty() && scope.namespaces.empty(); }

// Workloads of the clusters and namespaces of a scope.
Result<std::vector<std::int64_t>> find_workloads(const Database& database, const AccessScope& scope) {
  std::vector<std::int64_t> workloads;
  PRATIQUE_TRY(Rows rows, database.query("SELECT workloads.id, clusters.name, name_space FROM workloads "
                                         "JOIN clusters ON clusters.id = cluster"));
  PRATIQUE_DO(for_each(std::move(rows), [&](const Rows& row) -> Result<void> {
    if (is_within(scope.clusters, row.text(1)) && is_within(scope.namespaces, row.text(2)))
      workloads.push_back(row.integer(0));
    return {};
  }));
  return workloads;
}

// Calls visit(column 0, text of column 1) for what `sql` answers for each workload.
Result<void> visit_workloads(const Database& database, const char* sql, const std::vector<std::int64_t>& workloads,
                             const std::function<void(const Rows& row)>& visit) {
  ValueRows asked;
  for (const std::int64_t workload : workloads) asked.add(workload);
  return database.each(sql, asked, [&](std::size_t, const Rows& row) -> Result<void> {
    visit(row);
    return {};
  });
}

// Artifacts whose name begins with what stands before the '*', or is the repository with whatever tag.
Result<void> add_named(const Database& database, const AccessScope& scope, std::set<ArtifactId>& artifacts) {
  for (const std::string& pattern : scope.repositories) {
    std::string first = pattern.ends_with('*') ? pattern.substr(0, pattern.size() - 1) : pattern;
    std::string end = first;
    while (!end.empty() && static_cast<unsigned char>(end.back()) >= 0x7f) end.pop_back();
    if (!end.empty()) ++end.back();
    if (end.empty()) end = "\x7f";
    PRATIQUE_TRY(Rows rows,
                 database.query("SELECT id, name FROM artifacts WHERE name >= $1 AND name < $2", first, end));
    PRATIQUE_DO(for_each(std::move(rows), [&](const Rows& row) -> Result<void> {
      if (is_within(scope.repositories, repository_of(row.text(1))))
        artifacts.insert(static_cast<ArtifactId>(row.integer(0)));
      return {};
    }));
  }
  return {};
}

}  // namespace

Result<std::optional<StoredArtifact>> Store::find_artifact(const Digest& digest) const {
  PRATIQUE_TRY(Rows rows, state_->database.query("SELECT id, name FROM artifacts WHERE digest = $1", digest.text()));
  PRATIQUE_TRY(const bool found, rows.next());
  if (!found) return std::optional<StoredArtifact>();
  return std::optional(
      StoredArtifact{static_cast<ArtifactId>(rows.integer(0)), digest.text(), std::string(rows.text(1))});
}

Result<std::optional<OriginalBill>> Store::load_original(const Digest& bill) const {
  PRATIQUE_TRY(Rows rows,
               state_->database.query(
                   "SELECT artifacts.id, artifacts.digest, artifacts.name, size, zstd FROM bills "
                   "JOIN artifacts ON artifacts.id = bills.artifact JOIN originals ON originals.bill = bills.id "
                   "WHERE bills.digest = $1",
                   bill.text()));
  PRATIQUE_TRY(const bool found, rows.next());
  if (!found) return std::optional<OriginalBill>();
  auto bytes = unpack_original(rows.text(4), static_cast<std::uint64_t>(rows.integer(3)));
  if (!bytes) return std::move(bytes).error().in(state_->path);
  return std::optional(
      OriginalBill{{static_cast<ArtifactId>(rows.integer(0)), std::string(rows.text(1)), std::string(rows.text(2))},
                   std::move(*bytes)});
}

Result<std::vector<ArtifactId>> Store::find_visible(std::span<const AccessScope> scopes) const {
  std::set<ArtifactId> artifacts;
  for (const AccessScope& scope : scopes) {
    if (!scope.nodes.empty()) continue;  // an artifact is on no node of its own
    if (is_of_every_workload(scope)) {
      const AccessScope all{
          {}, {}, scope.repositories.empty() ? std::vector<std::string>{"*"} : scope.repositories, {}};
      PRATIQUE_DO(add_named(state_->database, all, artifacts));
      continue;
    }
    PRATIQUE_TRY(const auto workloads, find_workloads(state_->database, scope));
    PRATIQUE_DO(visit_workloads(state_->database,
                                "SELECT DISTINCT artifact, artifacts.name FROM containers JOIN artifacts "
                                "ON artifacts.id = artifact WHERE workload = $1 AND valid_to IS NULL",
                                workloads, [&](const Rows& row) {
                                  if (is_within(scope.repositories, repository_of(row.text(1))))
                                    artifacts.insert(static_cast<ArtifactId>(row.integer(0)));
                                }));
  }
  return std::vector(artifacts.begin(), artifacts.end());
}

Result<std::vector<std::string>> Store::find_visible_unpinned(std::span<const AccessScope> scopes) const {
  std::set<std::string> images;
  for (const AccessScope& scope : scopes) {
    if (!scope.nodes.empty()) continue;
    PRATIQUE_TRY(const auto workloads, find_workloads(state_->database, scope));
    PRATIQUE_DO(visit_workloads(state_->database,
                                "SELECT DISTINCT image FROM containers WHERE workload = $1 AND artifact IS NULL "
                                "AND valid_to IS NULL",
                                workloads, [&](const Rows& row) {
                                  if (is_within(scope.repositories, repository_of(row.text(0))))
                                    images.emplace(row.text(0));
                                }));
  }
  return std::vector<std::string>(images.begin(), images.end());
}

}  // namespace pratique
