// What registries hold.
#include <algorithm>
#include <tuple>

#include "base/text.h"
#include "world/store/state.h"

namespace pratique {
namespace {

bool is_registry(std::string_view place) { return !place.empty() && place.find('/') == std::string_view::npos; }

// Repositories of a place: itself, and all whose names go on with a '/', whose next character is '0'.
struct NameRange {
  std::string exact, first, end;
};
NameRange names_of(std::string_view place) {
  const std::string name(place);
  return place.empty() ? NameRange{"", "", "\x7f"} : NameRange{name, name + "/", name + "0"};
}

}  // namespace

Result<std::optional<std::vector<ManifestPart>>> Store::find_manifest(const Digest& digest) const {
  std::optional<std::vector<ManifestPart>> parts;
  PRATIQUE_TRY(const auto artifact, state_->database.number("SELECT manifests.artifact FROM artifacts JOIN manifests "
                                                            "ON manifests.artifact = artifacts.id WHERE digest = $1",
                                                            digest.text()));
  if (!artifact) return parts;
  parts.emplace();
  PRATIQUE_TRY(Rows rows, state_->database.query("SELECT digest, platform FROM manifest_parts JOIN artifacts "
                                                 "ON artifacts.id = part WHERE whole = $1 ORDER BY part",
                                                 *artifact));
  PRATIQUE_DO(for_each(std::move(rows), [&](const Rows& row) -> Result<void> {
    auto part = parse_digest(row.text(0));
    if (!part) return std::move(part).error().in(state_->path);
    parts->push_back({std::move(*part), std::string(row.text(1))});
    return {};
  }));
  return parts;
}

Result<void> Store::visit_held(std::string_view registry, const VisitHeld& visit) const {
  PRATIQUE_TRY(Rows rows, state_->database.query("SELECT is_index, shard, artifacts FROM held JOIN registries "
                                                 "ON registries.id = registry WHERE $1 = '' OR name = $1",
                                                 registry));
  return for_each(std::move(rows), [&](const Rows& row) {
    return visit(row.integer(0) != 0, static_cast<std::uint32_t>(row.integer(1)), row.text(2));
  });
}

Result<HeldArtifacts> Store::find_held(std::string_view place, const Period& when) const {
  const Bounds bounds = bounds_of(when);
  const NameRange names = names_of(place);
  HeldArtifacts held;
  PRATIQUE_TRY(Rows rows,
               state_->database.query("SELECT artifact, part FROM repositories JOIN holdings "
                                      "ON repository = repositories.id LEFT JOIN manifest_parts ON whole = artifact "
                                      "WHERE (name = $1 OR (name >= $2 AND name < $3)) "
                                      "AND valid_from <= $4 AND (valid_to IS NULL OR valid_to > $5)",
                                      names.exact, names.first, names.end, bounds.to, bounds.from));
  PRATIQUE_DO(for_each(std::move(rows), [&](const Rows& row) -> Result<void> {
    const bool has_parts = !row.is_null(1);
    (has_parts ? held.indexes : held.images).push_back(static_cast<ArtifactId>(row.integer(0)));
    if (has_parts) held.images.push_back(static_cast<ArtifactId>(row.integer(1)));
    return {};
  }));
  for (auto* const list : {&held.images, &held.indexes}) {
    std::sort(list->begin(), list->end());
    list->erase(std::unique(list->begin(), list->end()), list->end());
  }
  return held;
}

Result<std::vector<HeldAs>> Store::find_held_as(std::span<const ArtifactId> ids, const Period& when) const {
  std::vector<HeldAs> held;
  PRATIQUE_TRY(const auto any, state_->database.number("SELECT id FROM registries LIMIT 1"));
  if (!any) return held;
  const Bounds bounds = bounds_of(when);
  ValueRows asked;
  for (const ArtifactId id : ids) asked.add(std::int64_t{id}, bounds.to, bounds.from);
  std::vector<std::tuple<std::size_t, std::string, std::string, std::string>> found;
  const auto add = [&](std::size_t i, const Rows& row) -> Result<void> {
    for (const auto tag : split(row.text(1), '\n')) found.emplace_back(i, row.text(0), tag, row.text(2));
    return {};
  };
  PRATIQUE_DO(
      state_->database.each("SELECT name, tags, '' FROM holdings JOIN repositories ON repositories.id = "
                            "repository WHERE artifact = $1 AND valid_from <= $2 "
                            "AND (valid_to IS NULL OR valid_to > $3)",
                            asked, add));
  PRATIQUE_DO(
      state_->database.each("SELECT name, tags, platform FROM manifest_parts JOIN holdings ON artifact = whole "
                            "JOIN repositories ON repositories.id = repository WHERE part = $1 "
                            "AND valid_from <= $2 AND (valid_to IS NULL OR valid_to > $3)",
                            asked, add));
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  for (auto& [i, repository, tag, platform] : found)
    held.push_back({ids[i], std::move(repository), std::move(tag), std::move(platform)});
  return held;
}

Result<bool> Store::knows_registry(std::string_view place) const {
  const NameRange names = names_of(place);
  PRATIQUE_TRY(const auto found, is_registry(place)
                                     ? state_->database.number("SELECT id FROM registries WHERE name = $1", place)
                                     : state_->database.number("SELECT id FROM repositories WHERE name = $1 "
                                                               "OR (name >= $2 AND name < $3) LIMIT 1",
                                                               names.exact, names.first, names.end));
  return found.has_value();
}

}  // namespace pratique
