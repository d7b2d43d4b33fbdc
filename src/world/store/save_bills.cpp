// Bills into the store, a batch at a time.
#include <algorithm>
#include <deque>
#include <unordered_map>
#include <unordered_set>

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

// Rows of one table: those that are there, and the rest made in the order asked for. Every question and every answer of
// a batch is on its way at once.
struct Kept {
  std::vector<std::int64_t> ids;
  std::vector<bool> is_new;
};
Result<Kept> find_or_add(const Database& database, const char* find, const ValueRows& wanted, const char* add,
                         const ValueRows& rows) {
  Kept kept{std::vector<std::int64_t>(wanted.size()), std::vector<bool>(wanted.size(), true)};
  PRATIQUE_DO(database.each(find, wanted, [&](std::size_t i, const Rows& row) -> Result<void> {
    kept.ids[i] = row.integer(0);
    kept.is_new[i] = false;
    return {};
  }));
  ValueRows missing;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (!kept.is_new[i]) continue;
    missing.add_row(rows.row(i));
    places.push_back(i);
  }
  PRATIQUE_DO(database.each(add, missing, [&](std::size_t i, const Rows& row) -> Result<void> {
    kept.ids[places[i]] = row.integer(0);
    return {};
  }));
  return kept;
}

// One batch on its way into the store, table by table and not bill by bill: over a network each table then costs two
// round trips and not two for each row.
class Batch {
 public:
  Batch(const Database& database, IdCache<std::int64_t>& packages, IdCache<ComponentId>& components,
        IdCache<std::int64_t>& traits, Time now)
      : database_(database), package_ids_(packages), component_ids_(components), trait_ids_(traits), now_(now) {}

  // Whether each was new.
  Result<std::vector<bool>> save(std::span<const StoredBill> bills);
  Result<void> save_postings(const MergePosting& merge);
  Result<void> save_pending() const;
  Result<void> save_totals() const;

 private:
  struct Holding {
    ComponentId component;
    ArtifactId artifact;
    auto operator<=>(const Holding&) const = default;
  };
  // A bill that the store does not have, and what its rows are.
  struct Fresh {
    const StoredBill* stored = nullptr;
    std::string digest;  // the artifact's
    ArtifactId artifact = 0;
    std::vector<ComponentId> components;
    std::string facts;
    const PartContext& context(std::size_t component) const;
  };
  // A component that this process does not know the id of, and where it stands in the batch.
  struct Unknown {
    std::string identity, key, version, name, purl, source, context;
    std::vector<std::pair<std::size_t, std::size_t>> places;  // bill, position
  };
  Result<std::vector<bool>> choose_new(std::span<const StoredBill> bills);
  Result<void> save_artifacts();
  Result<void> save_components();
  std::vector<Unknown> find_known_components();
  Result<std::vector<std::int64_t>> package_ids(const std::vector<Unknown>& unknown);
  Result<void> save_traits();
  Result<void> save_rows();

  const Database& database_;
  IdCache<std::int64_t>& package_ids_;
  IdCache<ComponentId>& component_ids_;
  IdCache<std::int64_t>& trait_ids_;
  Time now_;
  std::vector<Fresh> fresh_;
  std::vector<Holding> holdings_;
  std::vector<std::int64_t> pending_;
  std::vector<ComponentId> named_;  // got another CPE, by which advisories may know them
  std::int64_t artifacts_ = 0, new_components_ = 0, occurrences_ = 0;
};

const PartContext& Batch::Fresh::context(std::size_t component) const {
  static const PartContext itself;
  return stored->contexts.empty() ? itself : stored->contexts[component];
}

// A batch may hold the same bill twice.
Result<std::vector<bool>> Batch::choose_new(std::span<const StoredBill> bills) {
  std::vector<std::string> digests;
  for (const StoredBill& stored : bills) digests.push_back(stored.digest.text());
  ValueRows asked;
  for (const auto& digest : digests) asked.add(digest);
  std::vector<bool> is_new(bills.size(), true);
  PRATIQUE_DO(database_.each("SELECT id FROM bills WHERE digest = $1", asked, [&](std::size_t i, const Rows&) {
    is_new[i] = false;
    return Result<void>();
  }));
  std::unordered_set<std::string_view> seen;
  for (std::size_t i = 0; i < bills.size(); ++i) {
    is_new[i] = seen.insert(digests[i]).second && is_new[i];
    if (!is_new[i]) continue;
    const StoredBill& stored = bills[i];
    check(stored.contexts.empty() || stored.contexts.size() == stored.bill.components.size(),
          "a context for each component");
    const Digest& digest = stored.bill.subject.digest ? *stored.bill.subject.digest : stored.digest;
    fresh_.push_back({&stored, digest.text(), 0, std::vector<ComponentId>(stored.bill.components.size()), {}});
  }
  return is_new;
}

// An artifact is called as the last of its bills calls it.
Result<void> Batch::save_artifacts() {
  std::vector<std::string> names;
  for (const Fresh& fresh : fresh_) names.push_back(index_text(display_name(*fresh.stored)));
  std::unordered_map<std::string_view, std::size_t> places;  // digest -> row asked for
  std::vector<std::size_t> newest;                           // of each row, its last bill
  ValueRows wanted, rows, changed, had;
  for (std::size_t i = 0; i < fresh_.size(); ++i) {
    const auto [place, is_first] = places.try_emplace(fresh_[i].digest, newest.size());
    if (is_first) {
      newest.push_back(i);
      wanted.add(fresh_[i].digest);
      rows.add(fresh_[i].digest, names[i], milliseconds_of(now_));
    }
    newest[place->second] = i;
  }
  PRATIQUE_TRY(const Kept kept,
               find_or_add(database_, "SELECT id FROM artifacts WHERE digest = $1", wanted,
                           "INSERT INTO artifacts (digest, name, first_seen) VALUES ($1, $2, $3) RETURNING id", rows));
  std::vector<std::size_t> asked;
  for (std::size_t row = 0; row < newest.size(); ++row) {
    PRATIQUE_TRY([[maybe_unused]] const ArtifactId checked, artifact_id(kept.ids[row]));
    changed.add(names[newest[row]], fresh_[newest[row]].stored->bill.subject.purl, kept.ids[row]);
    if (!kept.is_new[row]) had.add(kept.ids[row]);
  }
  for (Fresh& fresh : fresh_) fresh.artifact = static_cast<ArtifactId>(kept.ids[places.at(fresh.digest)]);
  artifacts_ += static_cast<std::int64_t>(newest.size());
  PRATIQUE_DO(database_.each("SELECT id FROM bills WHERE artifact = $1 LIMIT 1", had, [&](std::size_t, const Rows&) {
    --artifacts_;
    return Result<void>();
  }));
  return database_.each("UPDATE artifacts SET name = $1, purl = $2 WHERE id = $3", changed);
}

// Fills in the ids that this process knows; what is left, each distinct one once, in the order of its first place.
std::vector<Batch::Unknown> Batch::find_known_components() {
  std::vector<Unknown> unknown;
  std::unordered_map<std::string, std::size_t> rows;
  std::string key_scratch, version_scratch, identity;
  for (std::size_t bill = 0; bill < fresh_.size(); ++bill) {
    Fresh& fresh = fresh_[bill];
    const auto& components = fresh.stored->bill.components;
    for (std::size_t i = 0; i < components.size(); ++i) {
      const Component& component = components[i];
      const std::string key = key_of(component, key_scratch);
      const ComponentRow row{
          .version = component.version.empty() ? version_of(component.purl, version_scratch) : component.version,
          .name = component.name,
          .purl = shortened_purl(component.purl, key),
          .source = component.source,
          .context = context_column(fresh.context(i))};
      put_identity(key, row, identity);
      if (const auto* const known = component_ids_.find(identity)) {
        fresh.components[i] = *known;
        continue;
      }
      const auto [place, is_first] = rows.try_emplace(identity, unknown.size());
      if (is_first)
        unknown.push_back({identity,
                           std::string(key),
                           std::string(row.version),
                           std::string(row.name),
                           std::string(row.purl),
                           std::string(row.source),
                           std::string(row.context),
                           {}});
      unknown[place->second].places.emplace_back(bill, i);
    }
  }
  return unknown;
}

Result<std::vector<std::int64_t>> Batch::package_ids(const std::vector<Unknown>& unknown) {
  std::unordered_map<std::string_view, std::size_t> places;
  std::vector<std::string_view> keys;
  std::deque<std::string> names;
  std::vector<std::int64_t> ids(unknown.size());
  ValueRows wanted, rows;
  std::string scratch;
  for (std::size_t i = 0; i < unknown.size(); ++i) {
    const std::string& key = unknown[i].key;
    if (const auto* const known = package_ids_.find(key)) {
      ids[i] = *known;
      continue;
    }
    if (!places.try_emplace(key, keys.size()).second) continue;
    keys.push_back(key);
    wanted.add(key);
    rows.add(key, names.emplace_back(index_text(lower(name_of(key, scratch)))));
  }
  PRATIQUE_TRY(const Kept kept, find_or_add(database_, "SELECT id FROM packages WHERE key = $1", wanted,
                                            "INSERT INTO packages (key, name) VALUES ($1, $2) RETURNING id", rows));
  for (std::size_t i = 0; i < unknown.size(); ++i)
    if (const auto place = places.find(unknown[i].key); place != places.end()) ids[i] = kept.ids[place->second];
  for (std::size_t i = 0; i < keys.size(); ++i) package_ids_.keep(std::string(keys[i]), kept.ids[i]);
  return ids;
}

Result<void> Batch::save_components() {
  const auto unknown = find_known_components();
  PRATIQUE_TRY(const auto packages, package_ids(unknown));
  ValueRows wanted, rows;
  std::deque<std::string> identities;
  for (std::size_t i = 0; i < unknown.size(); ++i) {
    const Unknown& one = unknown[i];
    const Blob identity{
        identities.emplace_back(component_identity({one.version, one.name, one.purl, one.source, one.context}))};
    wanted.add(packages[i], identity);
    rows.add(packages[i], one.version, one.name, one.purl, one.source, one.context, identity);
  }
  PRATIQUE_TRY(const Kept kept,
               find_or_add(database_, "SELECT id FROM components WHERE package = $1 AND identity = $2", wanted,
                           "INSERT INTO components (package, version, name, purl, source, context, identity) "
                           "VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
                           rows));
  for (std::size_t i = 0; i < unknown.size(); ++i) {
    const std::int64_t id = kept.ids[i];
    if (id >= no_component)
      return Error{Fault::limit, "the store holds as many distinct components as it can number", {}, ""};
    for (const auto& [bill, position] : unknown[i].places)
      fresh_[bill].components[position] = static_cast<ComponentId>(id);
    component_ids_.keep(unknown[i].identity, static_cast<ComponentId>(id));
    if (!kept.is_new[i]) continue;
    ++new_components_;
    if (unknown[i].context != context_column({.is_examined = false, .release = {}})) pending_.push_back(id);
  }
  return {};
}

// Bills mostly say the same of a component as the one before.
Result<void> Batch::save_traits() {
  struct Said {
    ComponentId component;
    bool is_examined;
    std::string digest;  // of all that is said
    std::vector<std::string> keys;
    std::vector<TraitText> traits;
  };
  std::deque<Said> said;
  std::unordered_set<std::string_view> seen;
  for (const Fresh& fresh : fresh_) {
    for (std::size_t i = 0; i < fresh.components.size(); ++i) {
      Said one{fresh.components[i],
               fresh.context(i).is_examined,
               {},
               {},
               traits_of(fresh.stored->bill, static_cast<std::uint32_t>(i))};
      if (one.traits.empty()) continue;
      std::string all = "c" + std::to_string(one.component);
      for (const TraitText& trait : one.traits) {
        one.keys.push_back(std::to_string(static_cast<int>(trait.kind)) + trait.text);
        all.append("\n").append(one.keys.back());
      }
      one.digest = sha256_of(all).text();
      if (trait_ids_.find(one.digest) != nullptr || seen.contains(one.digest)) continue;
      seen.insert(said.emplace_back(std::move(one)).digest);
    }
  }
  std::unordered_map<std::string_view, std::int64_t> ids;
  std::vector<const std::string*> asked;
  ValueRows wanted;
  for (const Said& one : said) {
    for (std::size_t i = 0; i < one.keys.size(); ++i) {
      const auto [place, is_first] = ids.try_emplace(one.keys[i], 0);
      if (!is_first) continue;
      if (const auto* const known = trait_ids_.find(one.keys[i])) {
        place->second = *known;
        continue;
      }
      asked.push_back(&one.keys[i]);
      wanted.add(static_cast<std::int64_t>(one.traits[i].kind), one.traits[i].text);
    }
  }
  PRATIQUE_TRY(const Kept kept, find_or_add(database_, "SELECT id FROM traits WHERE kind = $1 AND text = $2", wanted,
                                            "INSERT INTO traits (kind, text) VALUES ($1, $2) RETURNING id", wanted));
  for (std::size_t i = 0; i < asked.size(); ++i) {
    ids.at(*asked[i]) = kept.ids[i];
    trait_ids_.keep(*asked[i], kept.ids[i]);
  }
  ValueRows rows;
  std::vector<const Said*> names;  // of a row that says a CPE of what is examined
  for (const Said& one : said) {
    for (std::size_t i = 0; i < one.keys.size(); ++i) {
      rows.add(std::int64_t{one.component}, ids.at(one.keys[i]));
      names.push_back(one.traits[i].kind == Trait::cpe && one.is_examined ? &one : nullptr);
    }
    trait_ids_.keep(one.digest, 0);
  }
  return database_.each(
      "INSERT INTO traits_of (component, trait) VALUES ($1, $2) "
      "ON CONFLICT (component, trait) DO NOTHING RETURNING trait",
      rows, [&](std::size_t i, const Rows&) {
        if (names[i] != nullptr) named_.push_back(names[i]->component);
        return Result<void>();
      });
}

Result<void> Batch::save_rows() {
  ValueRows rows, originals;
  std::deque<std::string> texts;
  for (Fresh& fresh : fresh_) {
    const StoredBill& stored = *fresh.stored;
    const Bill& bill = stored.bill;
    const Paths paths(bill);
    std::vector<std::uint32_t> before(fresh.components.size());
    for (std::uint32_t i = 0; i < before.size(); ++i) before[i] = paths.before(i);
    fresh.facts = pack_facts(fresh.components, before);
    const auto created = bill.created ? std::optional(milliseconds_of(*bill.created)) : std::nullopt;
    rows.add(texts.emplace_back(stored.digest.text()), std::int64_t{fresh.artifact}, milliseconds_of(now_), created,
             name_of(bill.format), bill.spec_version, bill.tool, bill.distro, stored.place, Blob{fresh.facts});
  }
  std::vector<std::int64_t> ids(fresh_.size());
  PRATIQUE_DO(
      database_.each("INSERT INTO bills (digest, artifact, ingested_at, created, format, spec_version, tool, distro, "
                     "place, facts) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id",
                     rows, [&](std::size_t i, const Rows& row) {
                       ids[i] = row.integer(0);
                       return Result<void>();
                     }));
  for (std::size_t i = 0; i < fresh_.size(); ++i)
    if (const auto& original = fresh_[i].stored->original)
      originals.add(ids[i], static_cast<std::int64_t>(original->size), Blob{original->zstd});
  return database_.load("INSERT INTO originals (bill, size, zstd) VALUES ($1, $2, $3)", originals);
}

Result<std::vector<bool>> Batch::save(std::span<const StoredBill> bills) {
  PRATIQUE_TRY(const auto is_new, choose_new(bills));
  PRATIQUE_DO(save_artifacts());
  PRATIQUE_DO(save_components());
  PRATIQUE_DO(save_traits());
  PRATIQUE_DO(save_rows());
  for (const Fresh& fresh : fresh_) {
    bool is_any_examined = false;
    for (std::size_t i = 0; i < fresh.components.size(); ++i) {
      holdings_.push_back({fresh.components[i], fresh.artifact});
      is_any_examined = is_any_examined || fresh.context(i).is_examined;
    }
    holdings_.push_back({any_component, fresh.artifact});
    if (is_any_examined) holdings_.push_back({any_package, fresh.artifact});
    occurrences_ += static_cast<std::int64_t>(fresh.components.size());
  }
  return is_new;
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
      static_cast<std::int64_t>(fresh_.size()), artifacts_, new_components_, occurrences_);
}

}  // namespace

Result<std::vector<bool>> Store::save_bills(std::span<const StoredBill> batch, const MergePosting& merge, Time now,
                                            std::span<const AuditEntry> acts) {
  const auto save_all = [&]() -> Result<std::vector<bool>> {
    PRATIQUE_TRY(Transaction transaction, Transaction::begin(state_->database, Transaction::Kind::write));
    Batch saving(state_->database, state_->packages, state_->components, state_->traits, now);
    PRATIQUE_TRY(auto is_new, saving.save(batch));
    std::vector<StoredChange> changes;
    for (std::size_t i = 0; i < batch.size(); ++i)
      if (is_new[i])
        changes.push_back({0, now, "bill", std::string(repository_of(display_name(batch[i]))), batch[i].digest.text()});
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
