#include "flow/holding_sets.h"

namespace pratique {

Result<ArtifactSet> holders_of(const Store& store, std::span<const ComponentId> components, const ArtifactSet* among) {
  // Spelling out the bits of a shard costs more than a few bitmaps do: a question about one package stays with these.
  constexpr std::size_t few = 4096;
  if (components.size() < few) {
    ArtifactSet set;
    PRATIQUE_DO(store.visit_postings(
        components, [&](std::uint32_t shard, std::string_view posting) { return set.add_posting(shard, posting); }));
    if (among != nullptr) set &= *among;
    return set;
  }
  PostingUnion all(among);
  PRATIQUE_DO(store.visit_postings(
      components, [&](std::uint32_t shard, std::string_view posting) { return all.add(shard, posting); },
      [&](std::uint32_t shard) { return all.may_grow(shard); }));
  return std::move(all).take();
}

Result<void> for_each_page(const ArtifactSet& set,
                           const std::function<Result<void>(std::span<const ArtifactId>)>& visit) {
  constexpr std::size_t at_once = 1024;
  std::uint64_t first = 0;
  while (first <= UINT32_MAX) {
    const auto ids = set.page(static_cast<std::uint32_t>(first), at_once);
    if (ids.empty()) break;
    first = std::uint64_t{ids.back()} + 1;
    PRATIQUE_DO(visit(ids));
  }
  return {};
}

Result<void> for_each_bill(const Store& store, const ArtifactSet& set,
                           const std::function<Result<void>(const BillFacts&)>& visit) {
  return for_each_page(set, [&](std::span<const ArtifactId> ids) -> Result<void> {
    PRATIQUE_TRY(const auto bills, store.load_facts(ids));
    for (const BillFacts& bill : bills) PRATIQUE_DO(visit(bill));
    return {};
  });
}

Result<KnownBills> KnownBills::at(const Store& store, const QueryScope& scope) {
  KnownBills bills(store);
  if (scope.known == KnownWhen::now || !scope.when.to) return bills;
  bills.until_ = scope.when.to;
  PRATIQUE_TRY(const auto late, store.find_billed_after(*scope.when.to));
  for (const ArtifactId artifact : late) bills.late_.add(artifact);
  return bills;
}

Result<ArtifactSet> KnownBills::keep(ArtifactSet set, const std::function<bool(const BillFacts&)>& wanted) const {
  if (late_.size() == 0) return set;
  ArtifactSet doubtful;
  doubtful |= set;
  doubtful &= late_;
  set -= doubtful;
  PRATIQUE_DO(for_each_bill(*store_, doubtful, [&](const BillFacts& bill) -> Result<void> {
    if (is_known(bill) && wanted(bill)) set.add(bill.artifact);
    return {};
  }));
  return set;
}

namespace {

Result<ArtifactSet> running_in(const Store& store, const QueryScope& scope) {
  ArtifactSet set;
  if (scope.when.is_now()) {
    PRATIQUE_DO(store.visit_running(
        [&](std::uint32_t shard, std::string_view posting) { return set.add_posting(shard, posting); }));
    return set;
  }
  PRATIQUE_TRY(const auto ran, store.find_run(scope.when));
  for (const ArtifactId artifact : ran) set.add(artifact);
  return set;
}

}  // namespace

Result<void> check_history(const Store& store, const Period& when) {
  if (!when.from) return {};
  PRATIQUE_TRY(const auto whole, store.history_from());
  if (!whole || *whole <= *when.from) return {};
  return Error{Fault::usage,
               "history before " + render_time(*whole) + " was dropped from the store",
               {},
               "ask for a later time"};
}

Result<ArtifactSet> visible_to(const Store& store, std::span<const AccessScope> scopes) {
  ArtifactSet visible;
  PRATIQUE_TRY(const auto ids, store.find_visible(scopes));
  for (const ArtifactId id : ids) visible.add(id);
  return visible;
}

Result<ExaminedArtifacts> examined_of(const Store& store, const QueryScope& scope, const KnownBills& bills) {
  PRATIQUE_DO(check_history(store, scope.when));
  ExaminedArtifacts examined;
  PRATIQUE_TRY(examined.running, running_in(store, scope));
  PRATIQUE_TRY(ArtifactSet billed, holders_of(store, std::vector{any_component}));
  PRATIQUE_TRY(examined.billed, bills.keep(std::move(billed), [](const BillFacts&) { return true; }));
  PRATIQUE_TRY(ArtifactSet listed, holders_of(store, std::vector{any_package}));
  PRATIQUE_TRY(listed, bills.keep(std::move(listed), [](const BillFacts& bill) { return !bill.components.empty(); }));
  examined.unbilled |= examined.running;
  examined.unbilled -= examined.billed;
  if (scope.running) examined.billed &= examined.running;
  examined.unlisted |= examined.billed;
  examined.unlisted -= listed;
  if (!scope.scopes) {
    PRATIQUE_TRY(examined.unpinned, store.running_unpinned(scope.when));
    return examined;
  }
  PRATIQUE_TRY(const ArtifactSet visible, visible_to(store, *scope.scopes));
  for (auto* set : {&examined.billed, &examined.unbilled, &examined.unlisted, &examined.running}) *set &= visible;
  PRATIQUE_TRY(examined.unpinned, store.find_visible_unpinned(*scope.scopes));
  return examined;
}

}  // namespace pratique
