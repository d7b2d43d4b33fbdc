// What the store answers: rows to values. Steps of a query are joined in flow/locate.
#include <algorithm>

#include "base/text.h"
#include "world/store/facts.h"
#include "world/store/purl_column.h"
#include "world/store/state.h"

namespace pratique {
namespace {

// Columns: id, key, version, name, purl, source.
StoredComponent component_of(const Rows& rows) {
  StoredComponent component;
  component.id = static_cast<ComponentId>(rows.integer(0));
  component.package = rows.text(1);
  component.version = rows.text(2);
  component.name = rows.text(3);
  component.purl = whole_purl(rows.text(4), component.package);
  component.source = rows.text(5);
  return component;
}

// The first text behind all those that begin with `prefix`; empty when there is none.
std::string end_of_prefix(std::string prefix) {
  while (!prefix.empty() && static_cast<unsigned char>(prefix.back()) == 0xff) prefix.pop_back();
  if (!prefix.empty()) ++prefix.back();
  return prefix;
}

ValueRows rows_of(std::span<const std::uint32_t> ids) {
  ValueRows rows;
  for (const std::uint32_t id : ids) rows.add(std::int64_t{id});
  return rows;
}

// Of ids that were asked for, the first one that nothing came back for.
std::optional<std::uint32_t> first_missing(std::span<const std::uint32_t> ids, const auto& found) {
  for (std::size_t i = 0; i < ids.size(); ++i)
    if (i == found.size() || found[i].id != ids[i]) return ids[i];
  return {};
}

}  // namespace

std::string StoredComponent::label() const {
  return label_of(Component{.name = name, .version = version, .purl = purl});
}

std::vector<std::uint32_t> BillFacts::path(std::uint32_t position) const {
  std::vector<std::uint32_t> steps;
  for (auto at = position; at != no_component && steps.size() < before.size(); at = before[at]) steps.push_back(at);
  std::reverse(steps.begin(), steps.end());
  return steps;
}

Result<std::vector<std::string>> Store::find_packages(std::string_view name, std::size_t limit) const {
  const std::string first = lower(name), end = end_of_prefix(first);
  std::vector<std::string> keys;
  if (first.empty()) return keys;
  PRATIQUE_TRY(Rows rows, state_->database.query("SELECT key FROM packages WHERE name >= $1 AND name < $2 "
                                                 "ORDER BY name, key LIMIT $3",
                                                 first, end, static_cast<std::int64_t>(limit)));
  PRATIQUE_DO(for_each(std::move(rows), [&](const Rows& row) -> Result<void> {
    keys.emplace_back(row.text(0));
    return {};
  }));
  return keys;
}

Result<std::vector<StoredComponent>> Store::find_components(std::string_view package) const {
  std::vector<StoredComponent> components;
  PRATIQUE_TRY(Rows rows,
               state_->database.query("SELECT components.id, key, version, components.name, purl, source FROM packages "
                                      "JOIN components ON components.package = packages.id WHERE key = $1 "
                                      "ORDER BY version, components.name, purl, source",
                                      package));
  PRATIQUE_DO(for_each(std::move(rows), [&](const Rows& row) -> Result<void> {
    components.push_back(component_of(row));
    return {};
  }));
  return components;
}

Result<void> Store::visit_postings(std::span<const ComponentId> components, const VisitPosting& visit) const {
  const Database& database = state_->database;
  std::vector<ComponentId> ids(components.begin(), components.end());
  std::sort(ids.begin(), ids.end());
  PRATIQUE_TRY(const auto last, database.number("SELECT MAX(shard) FROM postings"));
  ValueRows asked;
  std::vector<std::uint32_t> shards;
  for (std::int64_t shard = 0; shard <= last.value_or(-1); ++shard)
    for (const ComponentId component : ids) {
      asked.add(shard, std::int64_t{component});
      shards.push_back(static_cast<std::uint32_t>(shard));
    }
  return database.each("SELECT artifacts FROM postings WHERE shard = $1 AND component = $2", asked,
                       [&](std::size_t index, const Rows& row) { return visit(shards[index], row.text(0)); });
}

Result<void> Store::visit_running(const VisitPosting& visit) const {
  PRATIQUE_TRY(Rows rows, state_->database.query("SELECT shard, artifacts FROM running"));
  return for_each(std::move(rows),
                  [&](const Rows& row) { return visit(static_cast<std::uint32_t>(row.integer(0)), row.text(1)); });
}

Result<std::vector<StoredComponent>> Store::load_components(std::span<const ComponentId> ids) const {
  std::vector<StoredComponent> components;
  components.reserve(ids.size());
  PRATIQUE_DO(
      state_->database.each("SELECT components.id, key, version, components.name, purl, source "
                            "FROM components JOIN packages ON packages.id = components.package "
                            "WHERE components.id = $1",
                            rows_of(ids), [&](std::size_t, const Rows& row) -> Result<void> {
                              components.push_back(component_of(row));
                              return {};
                            }));
  if (const auto missing = first_missing(ids, components)) return dangling("component", *missing, state_->path);
  return components;
}

Result<std::vector<StoredArtifact>> Store::load_artifacts(std::span<const ArtifactId> ids) const {
  std::vector<StoredArtifact> artifacts;
  artifacts.reserve(ids.size());
  PRATIQUE_DO(state_->database.each("SELECT digest, name FROM artifacts WHERE id = $1", rows_of(ids),
                                    [&](std::size_t i, const Rows& row) -> Result<void> {
                                      artifacts.push_back({ids[i], std::string(row.text(0)), std::string(row.text(1))});
                                      return {};
                                    }));
  if (const auto missing = first_missing(ids, artifacts)) return dangling("artifact", *missing, state_->path);
  return artifacts;
}

Result<std::vector<BillFacts>> Store::load_facts(std::span<const ArtifactId> ids) const {
  std::vector<BillFacts> bills;
  PRATIQUE_DO(state_->database.each(
      "SELECT ingested_at, facts FROM bills WHERE artifact = $1 ORDER BY id", rows_of(ids),
      [&](std::size_t i, const Rows& row) -> Result<void> {
        auto facts = unpack_facts(row.text(1));
        if (!facts) return std::move(facts).error().in(state_->path);
        bills.push_back({ids[i], time_of(row.integer(0)), std::move(facts->components), std::move(facts->before)});
        return {};
      }));
  return bills;
}

Result<std::vector<std::string>> Store::running_unpinned() const {
  std::vector<std::string> images;
  PRATIQUE_TRY(Rows rows, state_->database.query("SELECT DISTINCT image FROM containers "
                                                 "WHERE artifact IS NULL AND valid_to IS NULL ORDER BY image"));
  PRATIQUE_DO(for_each(std::move(rows), [&](const Rows& row) -> Result<void> {
    images.emplace_back(row.text(0));
    return {};
  }));
  return images;
}

}  // namespace pratique
