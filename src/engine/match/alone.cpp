#include "engine/match/identity.h"
#include "engine/match/match.h"
#include "engine/match/product.h"
#include "model/ecosystem.h"

namespace pratique {

std::vector<PartContext> contexts_of(const Bill& bill) {
  const Identifier identifier(bill);
  std::vector<PartContext> contexts(bill.components.size());
  std::string scratch;
  for (std::uint32_t i = 0; i < contexts.size(); ++i) {
    const std::string_view purl = bill.components[i].purl;
    contexts[i].is_examined = identifier.is_package(i);
    if (contexts[i].is_examined && !purl.empty() && is_distribution_type(type_of(purl)) &&
        qualifier_of(purl, "distro", scratch).empty())
      contexts[i].release = bill.distro;
  }
  return contexts;
}

std::vector<std::optional<LookedUp>> looked_up(const Bill& bill) {
  Identifier identifier(bill);
  std::vector<std::optional<LookedUp>> all(bill.components.size());
  for (std::uint32_t i = 0; i < all.size(); ++i) {
    const auto identity = identifier.identify(i);
    LookedUp one;
    if (identity) {
      one = {{std::string(identity->package)},
             std::string(identity->stream),
             std::string(identity->version),
             identity->scheme};
      if (!identity->source.empty()) one.packages.emplace_back(identity->source);
      for (const auto name : also_known_as(identity->package)) one.packages.emplace_back(name);
    }
    const std::string_view purl = bill.components[i].purl;
    if (purl.empty() || !has_advisories_by_name(type_of(purl)))
      if (const auto products = products_of(bill, i))
        for (const Product& product : *products) one.packages.push_back(product.package);
    if (!one.packages.empty()) all[i] = std::move(one);
  }
  return all;
}

}  // namespace pratique
