#include "engine/policy/package_search.h"

#include <algorithm>

#include "engine/version/version.h"
#include "model/purl.h"

namespace pratique {

Held holds(const std::optional<Vers>& range, std::string_view version, std::string_view purl) {
  if (!range) return Held::yes;
  std::string scratch;
  bool any = false, ordered = true;
  for (const auto text : {version, version_of(purl, scratch)}) {
    if (text.empty()) continue;
    any = true;
    if (!names_version(range->scheme, text))
      ordered = false;
    else if (contains(*range, text).inside)
      return Held::yes;
  }
  return !any ? Held::no_version : ordered ? Held::no : Held::no_order;
}

Search find_package(const ImageFacts& facts, const DenyPackage& wanted) {
  Search best;
  const auto& components = facts.bill().components;
  for (const auto& [hash, component] : with_hash(facts.by_package(), hash_of(wanted.package))) {
    if (facts.package(component) != wanted.package) continue;
    const Held held = holds(wanted.range, components[component].version, components[component].purl);
    if (held == Held::yes) return {held, component, false};
    if (held != Held::no && best.held == Held::no) best = {held, component, false};
  }
  if (best.held == Held::no)
    for (const auto& entry : with_hash(facts.without_purl(), hash_of(wanted.name)))
      return {Held::no_version, entry.component, true};
  return best;
}

}  // namespace pratique
