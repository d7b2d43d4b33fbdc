#include <algorithm>
#include <limits>

#include "base/check.h"
#include "base/text.h"
#include "model/purl.h"
#include "world/store/audit.h"
#include "world/store/changes.h"
#include "world/store/facts.h"
#include "world/store/failures.h"
#include "world/store/long_text.h"
#include "world/store/purl_column.h"
#include "world/store/state.h"
#include "world/store/traits.h"

namespace pratique {
namespace {

// The key a component stands under; see schema.cpp.
std::string_view whole_key_of(const Component& component, std::string& scratch) {
  if (!component.purl.empty()) return package_of(component.purl, scratch);
  const std::string_view name = component.name.empty() ? component.ref : component.name;
  return scratch = Purl{"generic", std::string(component.group), std::string(name), {}, {}, {}}.package();
}

std::string key_of(const Component& component, std::string& scratch) {
  return index_text(whole_key_of(component, scratch));
}

// The columns of a component beside its package.
struct ComponentRow {
  std::string_view version, name, purl, source, context;
};

// All that makes a component the one it is, such that no other has the same text.
void put_identity(std::string_view key, const ComponentRow& row, std::string& out) {
  out.clear();
  for (const auto text : {key, row.version, row.name, row.purl, row.source, row.context}) {
    const auto size = static_cast<std::uint32_t>(text.size());
    out.append(reinterpret_cast<const char*>(&size), sizeof size).append(text);
  }
}

// One batch on its way into the store: remembers which component is in which artifact until all bills are in.
class Batch {
 public:
  Batch(const Database& database, IdCache<std::int64_t>& packages, IdCache<ComponentId>& components,
        IdCache<std::int64_t>& traits, Time now)
      : database_(database), package_ids_(packages), component_ids_(components), trait_ids_(traits), now_(now) {}

  Result<bool> save(const StoredBill& stored);
  Result<void> save_postings(const MergePosting& merge);
  Result<void> save_pending() const;
  Result<void> save_totals() const;

 private:
  struct Holding {
    ComponentId component;
    ArtifactId artifact;
    auto operator<=>(const Holding&) const = default;
  };
  Result<std::int64_t> package_id(const std::string& key);
  Result<ComponentId> component_id(const Component& component, const PartContext& context);
  Result<ComponentId> find_or_add(std::int64_t package, const ComponentRow& row);
  Result<std::int64_t> trait_id(const TraitText& trait);
  Result<void> save_traits(const Bill& bill, std::uint32_t index, ComponentId id, bool is_examined);
  Result<void> save_row(const StoredBill& stored, ArtifactId artifact, std::string_view facts);

  const Database& database_;
  IdCache<std::int64_t>& package_ids_;
  IdCache<ComponentId>& component_ids_;
  IdCache<std::int64_t>& trait_ids_;
  Time now_;
  std::string key_scratch_, version_scratch_, identity_;
  std::vector<Holding> holdings_;
  std::vector<std::int64_t> pending_;
  std::vector<ComponentId> named_;  // got another CPE, by which advisories may know them
  std::int64_t bills_ = 0, artifacts_ = 0, new_components_ = 0, occurrences_ = 0;
};

Result<std::int64_t> Batch::package_id(const std::string& key) {
  if (const auto* known = package_ids_.find(key)) return *known;
  PRATIQUE_TRY(auto id, database_.number("SELECT id FROM packages WHERE key = $1", key));
  if (!id) {
    std::string scratch;
    const std::string name = index_text(lower(name_of(key, scratch)));
    PRATIQUE_TRY(id, database_.number("INSERT INTO packages (key, name) VALUES ($1, $2) RETURNING id", key, name));
  }
  package_ids_.keep(key, *id);
  return *id;
}

Result<ComponentId> Batch::component_id(const Component& component, const PartContext& context) {
  const std::string key = key_of(component, key_scratch_);
  const ComponentRow row{
      .version = component.version.empty() ? version_of(component.purl, version_scratch_) : component.version,
      .name = component.name,
      .purl = shortened_purl(component.purl, key),
      .source = component.source,
      .context = context_column(context)};
  put_identity(key, row, identity_);
  if (const auto* known = component_ids_.find(identity_)) return *known;
  PRATIQUE_TRY(const std::int64_t package, package_id(key));
  PRATIQUE_TRY(const ComponentId id, find_or_add(package, row));
  component_ids_.keep(identity_, id);
  return id;
}

Result<ComponentId> Batch::find_or_add(std::int64_t package, const ComponentRow& row) {
  const std::string identity = component_identity({row.version, row.name, row.purl, row.source, row.context});
  PRATIQUE_TRY(auto id, database_.number("SELECT id FROM components WHERE package = $1 AND identity = $2", package,
                                         Blob{identity}));
  if (!id) {
    PRATIQUE_TRY(id,
                 database_.number("INSERT INTO components (package, version, name, purl, source, context, "
                                  "identity) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
                                  package, row.version, row.name, row.purl, row.source, row.context, Blob{identity}));
    ++new_components_;
    if (row.context != context_column({.is_examined = false, .release = {}})) pending_.push_back(*id);
  }
  if (*id >= no_component)
    return Error{Fault::limit, "the store holds as many distinct components as it can number", {}, ""};
  return static_cast<ComponentId>(*id);
}

Result<std::int64_t> Batch::trait_id(const TraitText& trait) {
  const std::string key = std::to_string(static_cast<int>(trait.kind)) + trait.text;
  if (const auto* const known = trait_ids_.find(key)) return *known;
  const auto kind = static_cast<std::int64_t>(trait.kind);
  PRATIQUE_TRY(auto id, database_.number("SELECT id FROM traits WHERE kind = $1 AND text = $2", kind, trait.text));
  if (!id) {
    PRATIQUE_TRY(id,
                 database_.number("INSERT INTO traits (kind, text) VALUES ($1, $2) RETURNING id", kind, trait.text));
  }
  trait_ids_.keep(key, *id);
  return *id;
}

// Bills mostly say the same of a component as the one before.
Result<void> Batch::save_traits(const Bill& bill, std::uint32_t index, ComponentId id, bool is_examined) {
  const auto traits = traits_of(bill, index);
  if (traits.empty()) return {};
  std::string all = "c" + std::to_string(id);
  for (const auto& [kind, text] : traits)
    all.append("\n").append(1, static_cast<char>('0' + static_cast<int>(kind))).append(text);
  all = sha256_of(all).text();
  if (trait_ids_.find(all) != nullptr) return {};
  for (const TraitText& trait : traits) {
    PRATIQUE_TRY(const std::int64_t row, trait_id(trait));
    PRATIQUE_TRY(const auto is_new, database_.number("INSERT INTO traits_of (component, trait) VALUES ($1, $2) "
                                                     "ON CONFLICT (component, trait) DO NOTHING RETURNING trait",
                                                     std::int64_t{id}, row));
    if (is_new && trait.kind == Trait::cpe && is_examined) named_.push_back(id);
  }
  trait_ids_.keep(all, 0);
  return {};
}

Result<void> Batch::save_row(const StoredBill& stored, ArtifactId artifact, std::string_view facts) {
  const Bill& bill = stored.bill;
  const auto created = bill.created ? std::optional(milliseconds_of(*bill.created)) : std::nullopt;
  PRATIQUE_TRY(
      const auto row,
      database_.number("INSERT INTO bills (digest, artifact, ingested_at, created, format, spec_version, tool, "
                       "distro, place, facts) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id",
                       stored.digest.text(), artifact, milliseconds_of(now_), created, name_of(bill.format),
                       bill.spec_version, bill.tool, bill.distro, stored.place, Blob{facts}));
  if (!stored.original) return {};
  return database_.run("INSERT INTO originals (bill, size, zstd) VALUES ($1, $2, $3)", *row,
                       static_cast<std::int64_t>(stored.original->size), Blob{stored.original->zstd});
}

Result<bool> Batch::save(const StoredBill& stored) {
  PRATIQUE_TRY(const auto known, database_.number("SELECT id FROM bills WHERE digest = $1", stored.digest.text()));
  if (known) return false;
  const Bill& bill = stored.bill;
  const Digest& digest = bill.subject.digest ? *bill.subject.digest : stored.digest;
  PRATIQUE_TRY(const ArtifactId artifact, save_artifact(database_, digest.text(), display_name(stored), now_));
  PRATIQUE_DO(database_.run("UPDATE artifacts SET name = $1, purl = $2 WHERE id = $3", index_text(display_name(stored)),
                            bill.subject.purl, artifact));
  PRATIQUE_TRY(const auto other, database_.number("SELECT id FROM bills WHERE artifact = $1 LIMIT 1", artifact));
  std::vector<ComponentId> components;
  components.reserve(bill.components.size());
  check(stored.contexts.empty() || stored.contexts.size() == bill.components.size(), "a context for each component");
  const PartContext itself;
  bool is_any_examined = false;
  for (std::size_t i = 0; i < bill.components.size(); ++i) {
    const PartContext& context = stored.contexts.empty() ? itself : stored.contexts[i];
    PRATIQUE_TRY(const ComponentId id, component_id(bill.components[i], context));
    components.push_back(id);
    holdings_.push_back({id, artifact});
    PRATIQUE_DO(save_traits(bill, static_cast<std::uint32_t>(i), id, context.is_examined));
    is_any_examined = is_any_examined || context.is_examined;
  }
  holdings_.push_back({any_component, artifact});
  if (is_any_examined) holdings_.push_back({any_package, artifact});
  const Paths paths(bill);
  std::vector<std::uint32_t> before(components.size());
  for (std::uint32_t i = 0; i < before.size(); ++i) before[i] = paths.before(i);
  PRATIQUE_DO(save_row(stored, artifact, pack_facts(components, before)));
  ++bills_;
  if (!other) ++artifacts_;
  occurrences_ += static_cast<std::int64_t>(components.size());
  return true;
}

// In the order of the table's key, so that neighbours are read and written together.
Result<void> Batch::save_postings(const MergePosting& merge) {
  constexpr auto shard_bits = 16;
  const auto key = [](const Holding& holding) {
    return std::tuple(holding.artifact >> shard_bits, holding.component, holding.artifact);
  };
  std::sort(holdings_.begin(), holdings_.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
  holdings_.erase(std::unique(holdings_.begin(), holdings_.end()), holdings_.end());
  struct Posting {
    std::uint32_t shard;
    ComponentId component;
    std::vector<ArtifactId> artifacts;  // to add
    std::string merged;
    bool is_new = true;
  };
  std::vector<Posting> postings;
  ValueRows asked;
  for (const auto& [component, artifact] : holdings_) {
    const std::uint32_t shard = artifact >> shard_bits;
    if (postings.empty() || postings.back().component != component || postings.back().shard != shard) {
      postings.push_back({shard, component, {}, {}});
      asked.add(std::int64_t{shard}, std::int64_t{component});
    }
    postings.back().artifacts.push_back(artifact);
  }
  PRATIQUE_DO(database_.each("SELECT artifacts FROM postings WHERE shard = $1 AND component = $2", asked,
                             [&](std::size_t i, const Rows& row) -> Result<void> {
                               PRATIQUE_TRY(postings[i].merged,
                                            merge(postings[i].shard, row.text(0), postings[i].artifacts));
                               postings[i].is_new = false;
                               return {};
                             }));
  ValueRows fresh, changed;
  for (Posting& posting : postings) {
    if (posting.is_new) {
      PRATIQUE_TRY(posting.merged, merge(posting.shard, {}, posting.artifacts));
    }
    if (posting.is_new)
      fresh.add(std::int64_t{posting.shard}, std::int64_t{posting.component}, Blob{posting.merged});
    else
      changed.add(Blob{posting.merged}, std::int64_t{posting.shard}, std::int64_t{posting.component});
  }
  PRATIQUE_DO(database_.each("UPDATE postings SET artifacts = $1 WHERE shard = $2 AND component = $3", changed));
  return database_.load("INSERT INTO postings (shard, component, artifacts) VALUES ($1, $2, $3)", fresh);
}

Result<void> Batch::save_pending() const {
  ValueRows rows;
  for (const std::int64_t component : pending_) rows.add(component, std::int64_t{1});
  PRATIQUE_DO(database_.load("INSERT INTO pending (component, is_new) VALUES ($1, $2)", rows));
  ValueRows named;
  for (const ComponentId component : named_) named.add(std::int64_t{component}, std::int64_t{0});
  return database_.each("INSERT INTO pending (component, is_new) VALUES ($1, $2) ON CONFLICT (component) DO NOTHING",
                        named);
}

Result<void> Batch::save_totals() const {
  return database_.run(
      "UPDATE totals SET bills = bills + $1, artifacts = artifacts + $2, "
      "components = components + $3, occurrences = occurrences + $4",
      bills_, artifacts_, new_components_, occurrences_);
}

}  // namespace

std::string display_name(const StoredBill& stored) {
  const Subject& subject = stored.bill.subject;
  if (subject.name.empty()) return stored.place.substr(stored.place.rfind('/') + 1);
  const bool has_tag = subject.name.rfind(':') != std::string::npos &&
                       subject.name.find('/', subject.name.rfind(':')) == std::string::npos;
  if (subject.version.empty() || parse_digest(subject.version) || has_tag) return subject.name;
  return subject.name + (subject.digest ? ":" : " ") + subject.version;
}

Result<ArtifactId> save_artifact(const Database& database, std::string_view digest, std::string_view name, Time now) {
  PRATIQUE_TRY(auto id, database.number("SELECT id FROM artifacts WHERE digest = $1", digest));
  if (!id) {
    PRATIQUE_TRY(
        id, database.number("INSERT INTO artifacts (digest, name, first_seen) VALUES ($1, $2, $3) RETURNING id", digest,
                            index_text(name), milliseconds_of(now)));
  }
  if (*id > std::numeric_limits<ArtifactId>::max())
    return Error{Fault::limit, "the store holds as many artifacts as it can number", {}, ""};
  return static_cast<ArtifactId>(*id);
}

Result<std::vector<bool>> Store::save_bills(std::span<const StoredBill> batch, const MergePosting& merge, Time now,
                                            std::span<const AuditEntry> acts) {
  const auto save_all = [&]() -> Result<std::vector<bool>> {
    PRATIQUE_TRY(Transaction transaction, Transaction::begin(state_->database, Transaction::Kind::write));
    Batch saving(state_->database, state_->packages, state_->components, state_->traits, now);
    std::vector<bool> is_new;
    std::vector<StoredChange> changes;
    for (const StoredBill& stored : batch) {
      PRATIQUE_TRY(const bool added, saving.save(stored));
      is_new.push_back(added);
      if (added)
        changes.push_back({0, now, "bill", std::string(repository_of(display_name(stored))), stored.digest.text()});
    }
    PRATIQUE_DO(save_changes(state_->database, changes));
    PRATIQUE_DO(saving.save_postings(merge));
    PRATIQUE_DO(saving.save_pending());
    PRATIQUE_DO(saving.save_totals());
    PRATIQUE_DO(mend_failures(state_->database, batch, now));
    PRATIQUE_DO(append_audit(state_->database, acts, now));
    PRATIQUE_DO(transaction.commit());
    return is_new;
  };
  auto saved = save_all();
  if (!saved) {
    state_->packages.clear();
    state_->components.clear();
    state_->traits.clear();
  }
  return saved;
}

}  // namespace pratique
