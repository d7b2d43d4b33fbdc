#include "engine/match/identity.h"
#include "engine/match/match.h"
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
    if (!identity) continue;
    LookedUp one{{std::string(identity->package)},
                 std::string(identity->stream),
                 std::string(identity->version),
                 identity->scheme};
    if (!identity->source.empty()) one.packages.emplace_back(identity->source);
    for (const auto name : also_known_as(identity->package)) one.packages.emplace_back(name);
    all[i] = std::move(one);
  }
  return all;
}

}  // namespace pratique
