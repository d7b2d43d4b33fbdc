// The sets of artifacts that questions are answered from. For holding.cpp and what counts without describing.
#pragma once

#include <functional>
#include <span>

#include "engine/index/index.h"
#include "flow/holding.h"

namespace pratique {

// Those that hold any of the components; with `among` only of these, which is quicker as soon as all of them do.
Result<ArtifactSet> holders_of(const Store& store, std::span<const ComponentId> components,
                               const ArtifactSet* among = nullptr);
Result<ArtifactSet> visible_to(const Store& store, std::span<const AccessScope> scopes);
// Of these components, in their order, those that an artifact of the set holds.
Result<std::vector<ComponentId>> held_in(const Store& store, std::span<const ComponentId> components,
                                         const ArtifactSet& artifacts);
// Where artifacts run, one for each id, as far as the scope lets one see; at most `most` workloads of each are named.
Result<std::vector<Running>> find_running(const Store& store, std::span<const ArtifactId> ids, std::size_t most,
                                          const QueryScope& scope, const Period& when);

// Bills as far as they were known at the time a scope asks about. Postings count an artifact also where its bill came
// later: those are looked up in their facts.
class KnownBills {
 public:
  static Result<KnownBills> at(const Store& store, const QueryScope& scope);
  bool is_known(const BillFacts& bill) const { return !until_ || bill.since <= *until_; }
  // Those of a set of which a known bill is `wanted`.
  Result<ArtifactSet> keep(ArtifactSet set, const std::function<bool(const BillFacts&)>& wanted) const;

 private:
  explicit KnownBills(const Store& store) : store_(&store) {}
  const Store* store_;
  std::optional<Time> until_;
  ArtifactSet late_;  // that have a bill which came later
};

// Calls `visit` with the ids of a set, some at a time.
Result<void> for_each_page(const ArtifactSet& set,
                           const std::function<Result<void>(std::span<const ArtifactId>)>& visit);
// Calls `visit` with the facts of all bills of a set, some artifacts at a time.
Result<void> for_each_bill(const Store& store, const ArtifactSet& set,
                           const std::function<Result<void>(const BillFacts&)>& visit);

// What a ledger is made of: all that is examined, and what is unknown of it before any component is asked for.
struct ExaminedArtifacts {
  ArtifactSet billed;    // with a bill, of what is asked about
  ArtifactSet unbilled;  // run and have none
  ArtifactSet stored;    // do not run, are in a registry and have none
  ArtifactSet unlisted;  // have bills that list no package
  ArtifactSet failed;    // have none because a document could not be read
  std::vector<std::string> unpinned;
  ArtifactSet running;
};
// Fault: also not_found, for a registry of which nothing was ever listed.
Result<ExaminedArtifacts> examined_of(const Store& store, const QueryScope& scope, const KnownBills& bills);

// Whether the scopes let one see what a repository holds.
bool is_visible(const HeldAs& held, std::span<const AccessScope> scopes);

// Why each of the artifacts that have no bill is failed, by artifact.
Result<std::vector<LocateUnknown>> explain_failed(const Store& store, const ArtifactSet& failed,
                                                  const QueryScope& scope);

// Fault: usage, when the store's retention dropped what was at that time.
Result<void> check_history(const Store& store, const Period& when);

constexpr const char* unbilled_reason = "runs and has no bill";
constexpr const char* stored_reason = "is in a registry and has no bill";
constexpr const char* unpinned_reason = "runs and is not pinned by digest";
constexpr const char* unlisted_reason = "its bill lists no package";

}  // namespace pratique
