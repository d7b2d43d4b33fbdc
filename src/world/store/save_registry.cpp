#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "world/store/audit.h"
#include "world/store/changes.h"
#include "world/store/state.h"

namespace pratique {
namespace {

using Tags = std::set<std::string>;

std::string lines_of(const Tags& tags) {
  std::string lines;
  for (const auto& tag : tags) lines.append(lines.empty() ? "" : "\n").append(tag);
  return lines;
}

// One listing of one registry on its way into the store.
class Listing {
 public:
  Listing(const Database& database, std::int64_t registry, Time now)
      : database_(database), registry_(registry), now_(now) {}

  Result<void> save(const ListedRepository& repository);
  Result<void> close_others();  // repositories that were not saved
  Result<void> save_held(const MergePosting& merge);
  const ListingCounts& counts() const { return counts_; }

 private:
  struct Open {
    std::int64_t row;
    std::string tags;
  };
  Result<std::int64_t> repository_id(const std::string& name);
  Result<ArtifactId> artifact_of(const ListedRepository& repository, const TaggedManifest& manifest);
  Result<std::map<ArtifactId, Open>> open_in(std::int64_t repository) const;
  Result<void> close(std::int64_t row);

  const Database& database_;
  std::int64_t registry_;
  Time now_;
  std::set<std::int64_t> saved_;  // repositories
  ListingCounts counts_;
};

Result<std::int64_t> Listing::repository_id(const std::string& name) {
  PRATIQUE_TRY(auto id, database_.number("SELECT id FROM repositories WHERE name = $1", name));
  if (!id) {
    PRATIQUE_TRY(id, database_.number("INSERT INTO repositories (registry, name) VALUES ($1, $2) RETURNING id",
                                      registry_, name));
  }
  return *id;
}

// What a digest names never changes: it is written once.
Result<ArtifactId> Listing::artifact_of(const ListedRepository& repository, const TaggedManifest& manifest) {
  const std::string name = repository.name + ":" + *std::min_element(manifest.tags.begin(), manifest.tags.end());
  PRATIQUE_TRY(const ArtifactId id, save_artifact(database_, manifest.digest.text(), name, now_));
  PRATIQUE_TRY(const auto is_new, database_.number("INSERT INTO manifests (artifact) VALUES ($1) "
                                                   "ON CONFLICT (artifact) DO NOTHING RETURNING artifact",
                                                   std::int64_t{id}));
  if (!is_new) return id;
  for (const ManifestPart& part : manifest.parts) {
    PRATIQUE_TRY(const ArtifactId part_id, save_artifact(database_, part.digest.text(), name, now_));
    PRATIQUE_DO(database_.run(
        "INSERT INTO manifest_parts (whole, part, platform) VALUES ($1, $2, $3) ON CONFLICT (whole, part) DO NOTHING",
        std::int64_t{id}, std::int64_t{part_id}, part.platform));
  }
  return id;
}

Result<std::map<ArtifactId, Listing::Open>> Listing::open_in(std::int64_t repository) const {
  std::map<ArtifactId, Open> open;
  PRATIQUE_TRY(Rows rows,
               database_.query("SELECT artifact, id, tags FROM holdings WHERE repository = $1 AND valid_to IS NULL",
                               repository));
  PRATIQUE_DO(for_each(std::move(rows), [&](const Rows& row) -> Result<void> {
    open[static_cast<ArtifactId>(row.integer(0))] = {row.integer(1), std::string(row.text(2))};
    return {};
  }));
  return open;
}

Result<void> Listing::close(std::int64_t row) {
  ++counts_.closed;
  return database_.run("UPDATE holdings SET valid_to = $1 WHERE id = $2", milliseconds_of(now_), row);
}

Result<void> Listing::save(const ListedRepository& repository) {
  PRATIQUE_TRY(const std::int64_t id, repository_id(repository.name));
  saved_.insert(id);
  PRATIQUE_TRY(const auto open, open_in(id));
  std::map<ArtifactId, Tags> tags;
  Tags seen;
  for (const TaggedManifest& manifest : repository.manifests) {
    if (manifest.tags.empty()) continue;
    PRATIQUE_TRY(const ArtifactId artifact, artifact_of(repository, manifest));
    tags[artifact].insert(manifest.tags.begin(), manifest.tags.end());
    seen.insert(manifest.tags.begin(), manifest.tags.end());
  }
  if (repository.coverage == Coverage::part)
    for (const auto& [artifact, was] : open)
      for (const auto tag : split(was.tags, '\n'))
        if (!seen.contains(std::string(tag))) tags[artifact].emplace(tag);
  for (const auto& [artifact, was] : open) {
    const auto now = tags.find(artifact);
    if (now != tags.end() && lines_of(now->second) == was.tags) continue;
    PRATIQUE_DO(close(was.row));
  }
  for (const auto& [artifact, its] : tags) {
    const std::string lines = lines_of(its);
    const auto was = open.find(artifact);
    if (was != open.end() && was->second.tags == lines) continue;
    ++counts_.opened;
    PRATIQUE_DO(database_.run("INSERT INTO holdings (repository, artifact, tags, valid_from) VALUES ($1, $2, $3, $4)",
                              id, std::int64_t{artifact}, lines, milliseconds_of(now_)));
  }
  return {};
}

Result<void> Listing::close_others() {
  std::vector<std::int64_t> gone;
  {
    PRATIQUE_TRY(Rows rows, database_.query("SELECT holdings.id, repository FROM repositories JOIN holdings "
                                            "ON repository = repositories.id WHERE registry = $1 AND valid_to IS NULL",
                                            registry_));
    PRATIQUE_DO(for_each(std::move(rows), [&](const Rows& row) -> Result<void> {
      if (!saved_.contains(row.integer(1))) gone.push_back(row.integer(0));
      return {};
    }));
  }
  for (const std::int64_t row : gone) PRATIQUE_DO(close(row));
  return {};
}

Result<void> Listing::save_held(const MergePosting& merge) {
  std::set<std::pair<std::int64_t, ArtifactId>> held;  // is_index first
  std::set<std::int64_t> repositories;
  std::set<ArtifactId> manifests;
  {
    PRATIQUE_TRY(Rows rows, database_.query("SELECT repository, artifact, tags, part FROM repositories "
                                            "JOIN holdings ON repository = repositories.id "
                                            "LEFT JOIN manifest_parts ON whole = artifact "
                                            "WHERE registry = $1 AND valid_to IS NULL ORDER BY holdings.id",
                                            registry_));
    std::pair<std::int64_t, ArtifactId> last;
    PRATIQUE_DO(for_each(std::move(rows), [&](const Rows& row) -> Result<void> {
      const auto artifact = static_cast<ArtifactId>(row.integer(1));
      held.emplace(row.is_null(3) ? 0 : 1, artifact);
      if (!row.is_null(3)) held.emplace(0, static_cast<ArtifactId>(row.integer(3)));
      repositories.insert(row.integer(0));
      manifests.insert(artifact);
      if (std::pair(row.integer(0), artifact) != last) counts_.tags += split(row.text(2), '\n').size();
      last = {row.integer(0), artifact};
      return {};
    }));
  }
  counts_.repositories = repositories.size();
  counts_.manifests = manifests.size();
  PRATIQUE_DO(database_.run("DELETE FROM held WHERE registry = $1", registry_));
  std::map<std::pair<std::int64_t, std::uint32_t>, std::vector<ArtifactId>> shards;
  for (const auto& [is_index, artifact] : held) shards[{is_index, artifact >> 16}].push_back(artifact);
  for (const auto& [key, artifacts] : shards) {
    PRATIQUE_TRY(const std::string posting, merge(key.second, {}, artifacts));
    PRATIQUE_DO(database_.run("INSERT INTO held (registry, is_index, shard, artifacts) VALUES ($1, $2, $3, $4)",
                              registry_, key.first, std::int64_t{key.second}, Blob{posting}));
  }
  return {};
}

}  // namespace

Result<ListingCounts> Store::save_registry(std::string_view registry, std::span<const ListedRepository> repositories,
                                           Coverage coverage, const MergePosting& merge, Time now,
                                           std::span<const AuditEntry> acts) {
  const Database& database = state_->database;
  PRATIQUE_TRY(Transaction transaction, Transaction::begin(database, Transaction::Kind::write));
  PRATIQUE_TRY(const auto seen, database.number("SELECT seen_at FROM registries WHERE name = $1", registry));
  if (seen) now = std::max(now, time_of(*seen));
  PRATIQUE_TRY(const auto id,
               database.number("INSERT INTO registries (name, seen_at) VALUES ($1, $2) "
                               "ON CONFLICT (name) DO UPDATE SET seen_at = excluded.seen_at RETURNING id",
                               registry, milliseconds_of(now)));
  Listing listing(database, *id, now);
  for (const ListedRepository& repository : repositories) PRATIQUE_DO(listing.save(repository));
  if (coverage == Coverage::whole) PRATIQUE_DO(listing.close_others());
  PRATIQUE_DO(listing.save_held(merge));
  if (listing.counts().opened + listing.counts().closed != 0) {
    const StoredChange change{0, now, "registry", std::string(registry),
                              std::to_string(listing.counts().manifests) + " manifests"};
    PRATIQUE_DO(save_changes(database, std::span(&change, 1)));
  }
  PRATIQUE_DO(append_audit(database, acts, now));
  PRATIQUE_DO(transaction.commit());
  return listing.counts();
}

}  // namespace pratique
