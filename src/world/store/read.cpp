// What the store answers: rows to values. Steps of a query are joined in flow/locate.
#include <algorithm>

#include "base/text.h"
#include "world/store/facts.h"
#include "world/store/long_text.h"
#include "world/store/purl_column.h"
#include "world/store/state.h"
#include "world/store/traits.h"

namespace pratique {
namespace {

constexpr std::size_t no_distance = SIZE_MAX;

// How far two names are from each other: letters that are changed, missing, too many or swapped with their neighbour;
// no_distance where that is more than `most`.
std::size_t distance_of(std::string_view a, std::string_view b, std::size_t most) {
  const std::size_t longer = std::max(a.size(), b.size()), shorter = std::min(a.size(), b.size());
  if (longer - shorter > most) return no_distance;
  std::vector<std::size_t> before(b.size() + 1), row(b.size() + 1), next(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    next[0] = i;
    std::size_t least = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      next[j] = std::min({row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        next[j] = std::min(next[j], before[j - 2] + 1);
      least = std::min(least, next[j]);
    }
    if (least > most) return no_distance;
    before.swap(row);
    row.swap(next);
  }
  return row[b.size()] > most ? no_distance : row[b.size()];
}

// The first text behind all those that begin with `prefix`; empty when there is none.
std::string end_of_prefix(std::string prefix) {
  while (!prefix.empty() && static_cast<unsigned char>(prefix.back()) == 0xff) prefix.pop_back();
  if (!prefix.empty()) ++prefix.back();
  return prefix;
}

// Of ids that were asked for, the first one that nothing came back for.
std::optional<std::uint32_t> first_missing(std::span<const std::uint32_t> ids, const auto& found) {
  for (std::size_t i = 0; i < ids.size(); ++i)
    if (i == found.size() || found[i].id != ids[i]) return ids[i];
  return {};
}

}  // namespace

StoredComponent component_of(const Rows& rows) {
  StoredComponent component;
  component.id = static_cast<ComponentId>(rows.integer(0));
  component.package = rows.text(1);
  component.version = rows.text(2);
  component.name = rows.text(3);
  component.purl = whole_purl(rows.text(4), component.package);
  component.source = rows.text(5);
  component.context = context_of(rows.text(6));
  return component;
}

ValueRows rows_of(std::span<const std::uint32_t> ids) {
  ValueRows rows;
  for (const std::uint32_t id : ids) rows.add(std::int64_t{id});
  return rows;
}

Result<std::vector<std::uint32_t>> ids_of(Result<Rows> rows) {
  if (!rows) return std::move(rows).error();
  std::vector<std::uint32_t> ids;
  PRATIQUE_DO(for_each(std::move(*rows), [&](const Rows& row) -> Result<void> {
    ids.push_back(static_cast<std::uint32_t>(row.integer(0)));
    return {};
  }));
  return ids;
}

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

Result<std::vector<std::string>> Store::find_similar_packages(std::string_view name, std::size_t limit) const {
  constexpr std::size_t longest = 64;  // nobody mistypes more
  const std::string wanted = lower(name).substr(0, longest);
  const std::size_t most = std::max<std::size_t>(1, wanted.size() / 4);
  std::vector<std::pair<std::size_t, std::string>> near;
  if (wanted.size() < 3) return std::vector<std::string>();
  PRATIQUE_TRY(Rows rows, state_->database.query("SELECT name, key FROM packages ORDER BY name, key"));
  PRATIQUE_DO(for_each(std::move(rows), [&](const Rows& row) -> Result<void> {
    const std::size_t distance = distance_of(wanted, row.text(0), most);
    if (distance != no_distance) near.emplace_back(distance, row.text(1));
    return {};
  }));
  std::stable_sort(near.begin(), near.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  if (near.size() > limit) near.resize(limit);
  std::vector<std::string> keys;
  for (auto& [distance, key] : near) keys.push_back(std::move(key));
  return keys;
}

Result<std::vector<ComponentId>> Store::find_by_trait(Trait kind, std::string_view text) const {
  const std::string key = trait_text(kind, text);
  if (key.empty()) return std::vector<ComponentId>();
  // "cpe:2.3:a:apache:log4j" is every version of it, and no "log4j2".
  const std::string first = kind == Trait::cpe ? key + ":" : key;
  const std::string end = kind == Trait::cpe || kind == Trait::hash ? end_of_prefix(first) : first;
  return ids_of(
      state_->database.query("SELECT DISTINCT component FROM traits JOIN traits_of ON trait = traits.id "
                             "WHERE kind = $1 AND (text = $2 OR (text >= $3 AND text < $4)) ORDER BY component",
                             static_cast<std::int64_t>(kind), key, first, end));
}

Result<std::vector<std::string>> Store::find_traits(Trait kind, std::string_view text, std::size_t limit) const {
  const std::string first = trait_text(kind, text), end = end_of_prefix(first);
  std::vector<std::string> texts;
  if (first.empty()) return texts;
  PRATIQUE_TRY(Rows rows,
               state_->database.query("SELECT text FROM traits WHERE kind = $1 AND text >= $2 AND text < $3 "
                                      "ORDER BY text LIMIT $4",
                                      static_cast<std::int64_t>(kind), first, end, static_cast<std::int64_t>(limit)));
  PRATIQUE_DO(for_each(std::move(rows), [&](const Rows& row) -> Result<void> {
    texts.emplace_back(row.text(0));
    return {};
  }));
  return texts;
}

Result<std::vector<std::vector<std::string>>> Store::load_traits(Trait kind, std::span<const ComponentId> ids) const {
  std::vector<std::vector<std::string>> texts(ids.size());
  ValueRows asked;
  for (const ComponentId id : ids) asked.add(std::int64_t{id}, static_cast<std::int64_t>(kind));
  // One by one: joined, either engine may take it into its head to walk all traits of the kind for each component.
  PRATIQUE_DO(state_->database.each(
      "SELECT (SELECT text FROM traits WHERE id = trait AND kind = $2) FROM traits_of WHERE component = $1", asked,
      [&](std::size_t i, const Rows& row) -> Result<void> {
        if (!row.is_null(0)) texts[i].emplace_back(row.text(0));
        return {};
      }));
  for (auto& of_one : texts) std::sort(of_one.begin(), of_one.end());
  return texts;
}

Result<std::vector<StoredComponent>> Store::find_components(std::string_view package) const {
  std::vector<StoredComponent> components;
  const std::string key = index_text(package);
  PRATIQUE_TRY(
      Rows rows,
      state_->database.query("SELECT components.id, key, version, components.name, purl, source, context FROM packages "
                             "JOIN components ON components.package = packages.id WHERE key = $1 "
                             "ORDER BY version, components.name, purl, source, context",
                             key));
  PRATIQUE_DO(for_each(std::move(rows), [&](const Rows& row) -> Result<void> {
    components.push_back(component_of(row));
    return {};
  }));
  return components;
}

namespace {

// The postings of one shard for components, ascending. What lies close together is read as it lies, all else is looked
// up: a look-up costs some ten times as much as reading on.
class ShardPostings {
 public:
  ShardPostings(const Database& database, std::uint32_t shard, const Store::VisitEachPosting& visit)
      : database_(database), shard_(shard), visit_(visit) {}

  Result<void> read(std::span<const ComponentId> ids, const Store::IsShardWanted& is_wanted) {
    constexpr std::size_t dense = block / 16, at_once = 512;
    const auto goes_on = [&] { return !is_wanted || is_wanted(shard_); };
    for (std::size_t first = 0; first < ids.size();) {
      std::size_t end = first;
      while (end < ids.size() && ids[end] / block == ids[first] / block) ++end;
      const auto some = ids.subspan(first, end - first);
      first = end;
      if (some.size() >= dense) {
        if (!goes_on()) return {};
        PRATIQUE_DO(scan(some));
        continue;
      }
      sparse_.insert(sparse_.end(), some.begin(), some.end());
      if (sparse_.size() < at_once && first < ids.size()) continue;
      if (!goes_on()) return {};
      PRATIQUE_DO(look_up());
    }
    return sparse_.empty() || !goes_on() ? Result<void>() : look_up();
  }

 private:
  static constexpr ComponentId block = 8192;

  Result<void> scan(std::span<const ComponentId> ids) {
    const ComponentId first = ids.front() / block * block;
    std::vector<bool> is_asked(block);
    for (const ComponentId id : ids) is_asked[id - first] = true;
    PRATIQUE_TRY(Rows rows, database_.query("SELECT component, artifacts FROM postings "
                                            "WHERE shard = $1 AND component >= $2 AND component < $3",
                                            std::int64_t{shard_}, std::int64_t{first}, std::int64_t{first} + block));
    return for_each(std::move(rows), [&](const Rows& row) -> Result<void> {
      const auto id = static_cast<ComponentId>(row.integer(0));
      return is_asked[id - first] ? visit_(id, shard_, row.text(1)) : Result<void>();
    });
  }

  Result<void> look_up() {
    ValueRows asked;
    for (const ComponentId id : sparse_) asked.add(std::int64_t{shard_}, std::int64_t{id});
    auto done = database_.each("SELECT artifacts FROM postings WHERE shard = $1 AND component = $2", asked,
                               [&](std::size_t i, const Rows& row) { return visit_(sparse_[i], shard_, row.text(0)); });
    sparse_.clear();
    return done;
  }

  const Database& database_;
  std::uint32_t shard_;
  const Store::VisitEachPosting& visit_;
  std::vector<ComponentId> sparse_;
};

}  // namespace

Result<void> Store::visit_each_posting(std::span<const ComponentId> components, const VisitEachPosting& visit,
                                       const IsShardWanted& is_wanted) const {
  std::vector<ComponentId> ids(components.begin(), components.end());
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  PRATIQUE_TRY(const auto last, state_->database.number("SELECT MAX(shard) FROM postings"));
  for (std::int64_t shard = 0; shard <= last.value_or(-1); ++shard)
    PRATIQUE_DO(ShardPostings(state_->database, static_cast<std::uint32_t>(shard), visit).read(ids, is_wanted));
  return {};
}

Result<void> Store::visit_postings(std::span<const ComponentId> components, const VisitPosting& visit,
                                   const IsShardWanted& is_wanted) const {
  return visit_each_posting(
      components, [&](ComponentId, std::uint32_t shard, std::string_view posting) { return visit(shard, posting); },
      is_wanted);
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
      state_->database.each("SELECT components.id, key, version, components.name, purl, source, context "
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
  PRATIQUE_DO(state_->database.each(
      "SELECT digest, name, purl FROM artifacts WHERE id = $1", rows_of(ids),
      [&](std::size_t i, const Rows& row) -> Result<void> {
        artifacts.push_back({ids[i], std::string(row.text(0)), std::string(row.text(1)), std::string(row.text(2))});
        return {};
      }));
  if (const auto missing = first_missing(ids, artifacts)) return dangling("artifact", *missing, state_->path);
  return artifacts;
}

Result<std::vector<StoredArtifact>> Store::find_artifacts(std::string_view digest, std::size_t most) const {
  const std::string first(digest), end = end_of_prefix(first);
  std::vector<StoredArtifact> artifacts;
  PRATIQUE_TRY(Rows rows, state_->database.query("SELECT id, digest, name, purl FROM artifacts "
                                                 "WHERE digest >= $1 AND digest < $2 ORDER BY digest LIMIT $3",
                                                 first, end, static_cast<std::int64_t>(most)));
  PRATIQUE_DO(for_each(std::move(rows), [&](const Rows& row) -> Result<void> {
    artifacts.push_back({static_cast<ArtifactId>(row.integer(0)), std::string(row.text(1)), std::string(row.text(2)),
                         std::string(row.text(3))});
    return {};
  }));
  return artifacts;
}

Result<std::vector<StoredBillInfo>> Store::list_bills(ArtifactId artifact) const {
  std::vector<StoredBillInfo> bills;
  PRATIQUE_TRY(Rows rows, state_->database.query(
                              "SELECT digest, format, spec_version, tool, place, created, ingested_at, originals.bill "
                              "FROM bills LEFT JOIN originals ON originals.bill = bills.id WHERE artifact = $1 "
                              "ORDER BY bills.id",
                              std::int64_t{artifact}));
  PRATIQUE_DO(for_each(std::move(rows), [&](const Rows& row) -> Result<void> {
    bills.push_back({std::string(row.text(0)), std::string(row.text(1)) + " " + std::string(row.text(2)),
                     std::string(row.text(3)), std::string(row.text(4)),
                     row.is_null(5) ? std::nullopt : std::optional(time_of(row.integer(5))), time_of(row.integer(6)),
                     !row.is_null(7)});
    return {};
  }));
  return bills;
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

// Ordered by time, so that SQLite reads the index by time and not every bill there is.
Result<std::vector<ArtifactId>> Store::find_billed_after(Time time) const {
  PRATIQUE_TRY(auto ids,
               ids_of(state_->database.query("SELECT artifact FROM bills WHERE ingested_at > $1 ORDER BY ingested_at",
                                             milliseconds_of(time))));
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

}  // namespace pratique
