#include "flow/locate.h"

#include <algorithm>
#include <array>

#include "engine/index/index.h"
#include "engine/version/version.h"
#include "flow/holding_sets.h"

namespace pratique {
namespace {

Result<void> check_range(const LocateQuery& query) {
  if (query.range && !query.purl.version.empty())
    return Error{Fault::usage, "a version and a range", {}, "ask for " + query.purl.package() + " and the range"};
  if (!query.range || query.range->constraints.empty()) return {};
  const Scheme scheme = scheme_of_purl_type(query.purl.type);
  if (scheme == Scheme::generic || query.range->scheme == scheme) return {};
  return Error{Fault::usage,
               "the range is of " + std::string(name_of(query.range->scheme)) +
                   ", the versions of pkg:" + query.purl.type + " are of " + std::string(name_of(scheme)),
               {},
               "write it as vers:" + std::string(name_of(scheme)) + "/..."};
}

// Whether a component's purl has the qualifiers that the question names.
bool has_qualifiers(const StoredComponent& component, const Purl& asked, std::string& scratch) {
  return std::all_of(asked.qualifiers.begin(), asked.qualifiers.end(), [&](const auto& qualifier) {
    return qualifier_of(component.purl, qualifier.first, scratch) == qualifier.second;
  });
}

WantedComponents choose_components(const std::vector<StoredComponent>& components, const LocateQuery& query) {
  std::vector<Release> releases;
  std::string scratch;
  for (const StoredComponent& component : components)
    if (has_qualifiers(component, query.purl, scratch)) releases.push_back({component.id, component.version});
  const Scheme scheme = query.range ? query.range->scheme : scheme_of_purl_type(query.purl.type);
  std::optional<Vers> range = query.range;
  if (!range && !query.purl.version.empty()) range = Vers{scheme, false, {{Comparator::equal, query.purl.version}}};
  WantedComponents wanted;
  if (!range || range->any) {
    wanted.components = choose(releases, [](std::string_view) { return true; });
    return wanted;
  }
  wanted.components = choose(releases, [&](std::string_view version) {
    return names_version(scheme, version) && contains(*range, version).inside;
  });
  wanted.doubts.push_back({"lists the package without a version", choose(releases, [&](std::string_view version) {
                             return !names_version(scheme, version);
                           })});
  return wanted;
}

// How many bytes at the end two texts share: "x/crypto" of what a user remembers and of what there is.
std::size_t common_ending(std::string_view a, std::string_view b) {
  const auto difference = std::mismatch(a.rbegin(), a.rend(), b.rbegin(), b.rend());
  return static_cast<std::size_t>(difference.first - a.rbegin());
}

Error no_such_package(const Store& store, const Purl& purl) {
  constexpr std::size_t most = 3, candidates = 200;
  const std::string key = purl.package();
  std::string remedy = "ingest bills that list it, or check its type and namespace";
  auto similar = store.find_packages(purl.name, candidates);
  if (similar && similar->empty()) similar = store.find_similar_packages(purl.name, candidates);
  if (similar && !similar->empty()) {
    std::stable_sort(similar->begin(), similar->end(), [&](const std::string& a, const std::string& b) {
      return common_ending(a, key) > common_ending(b, key);
    });
    similar->resize(std::min(most, similar->size()));
    remedy = "did you mean ";
    for (const auto& one : *similar) remedy.append(&one == similar->data() ? "" : " or ").append(one);
    remedy += "?";
  }
  return {Fault::not_found, "no bill in the store lists " + key, {}, std::move(remedy)};
}

// A package that only others have is not found, with the words for one that nobody has: neither it nor what is called
// alike is anybody else's business.
Result<void> check_visible(const Store& store, const std::vector<StoredComponent>& components,
                           const std::vector<AccessScope>& scopes, const Purl& purl) {
  std::vector<ComponentId> ids;
  for (const StoredComponent& component : components) ids.push_back(component.id);
  PRATIQUE_TRY(const ArtifactSet visible, visible_to(store, scopes));
  PRATIQUE_TRY(const ArtifactSet holders, holders_of(store, ids, &visible));
  if (holders.size() != 0) return {};
  return Error{
      Fault::not_found, "no bill that you may see lists " + purl.package(), {}, "check its type and namespace"};
}

}  // namespace

Result<LocateAnswer> locate(const Store& store, const LocateQuery& query) {
  PRATIQUE_DO(check_range(query));
  PRATIQUE_TRY([[maybe_unused]] const auto moment, store.hold());
  PRATIQUE_TRY(const auto components, store.find_components(query.purl.package()));
  if (components.empty() && !query.scopes) return no_such_package(store, query.purl);
  if (query.scopes) PRATIQUE_DO(check_visible(store, components, *query.scopes, query.purl));
  return find_holders(
      store, choose_components(components, query),
      {query.running, query.direct, query.limit, query.first, query.when, query.known, query.scopes, query.registry});
}

std::string_view name_of(Trait kind) {
  constexpr std::array<std::string_view, 4> names = {"license", "cpe", "hash", "supplier"};
  return names[static_cast<std::size_t>(kind)];
}

Result<LocateAnswer> locate_by_trait(const Store& store, const TraitQuery& query) {
  PRATIQUE_TRY([[maybe_unused]] const auto moment, store.hold());
  WantedComponents wanted;
  PRATIQUE_TRY(wanted.components, store.find_by_trait(query.kind, query.text));
  if (query.scope.scopes) {
    PRATIQUE_TRY(const ArtifactSet visible, visible_to(store, *query.scope.scopes));
    PRATIQUE_TRY(wanted.components, held_in(store, wanted.components, visible));
  }
  if (!wanted.components.empty()) return find_holders(store, wanted, query.scope);
  if (query.scope.scopes)  // what is written alike may be of others alone
    return Error{Fault::not_found,
                 "no bill that you may see names the " + std::string(name_of(query.kind)) + " " + query.text,
                 {},
                 {}};
  constexpr std::size_t most = 3;
  std::string remedy;
  // As much of it as anything begins with.
  for (std::string text = query.text; text.size() > 2 && remedy.empty(); text.pop_back()) {
    PRATIQUE_TRY(const auto similar, store.find_traits(query.kind, text, most));
    for (const auto& one : similar) remedy.append(remedy.empty() ? "did you mean " : " or ").append(one);
  }
  return Error{Fault::not_found,
               "no bill in the store names the " + std::string(name_of(query.kind)) + " " + query.text,
               {},
               remedy.empty() ? "ingest bills that name it" : remedy + "?"};
}

}  // namespace pratique
