#include "engine/format/advisory/cpe_configurations.h"

#include <algorithm>
#include <map>

#include "engine/version/version.h"
#include "model/cpe.h"

namespace pratique {
namespace {

struct Product {
  Cpe cpe;  // without its version and update
  CpeRange range;
  std::string version;  // of the CPE, with its update: "1.0-rc1"
  bool vulnerable = true;
  std::string place;
};

struct Node {
  bool negated = false;
  std::vector<Product> products;
  bool needs_others() const {
    return !negated && std::none_of(products.begin(), products.end(), [](const Product& p) { return p.vulnerable; });
  }
};

// "1.0" with the update "rc1" is what everybody else calls 1.0-rc1.
std::string version_of(const Cpe& cpe) {
  const std::string version = plain_value(cpe[CpeAttribute::version]);
  const std::string update = plain_value(cpe[CpeAttribute::update]);
  const bool has_update = update != Cpe::any && update != Cpe::not_applicable && version != Cpe::any;
  return has_update ? version + "-" + update : version;
}

void read_product(JsonValue& value, Node& node) {
  Product product;
  std::string_view criteria;
  for (JsonObject object = value.object(); object.next();) {
    const std::string_view key = object.key();
    if (key == "criteria") criteria = object.value().text();
    if (key == "vulnerable") product.vulnerable = object.value().boolean().value_or(true);
    if (key == "versionStartIncluding") product.range.start_including = object.value().text();
    if (key == "versionStartExcluding") product.range.start_excluding = object.value().text();
    if (key == "versionEndIncluding") product.range.end_including = object.value().text();
    if (key == "versionEndExcluding") product.range.end_excluding = object.value().text();
  }
  auto cpe = parse_cpe(criteria);
  if (!cpe) return value.set_aside("'" + std::string(criteria) + "' is no CPE: " + cpe.error().text);
  product.version = version_of(*cpe);
  (*cpe)[CpeAttribute::version] = Cpe::any;
  (*cpe)[CpeAttribute::update] = Cpe::any;
  product.cpe = std::move(*cpe);
  product.place = value.place();
  node.products.push_back(std::move(product));
}

Node read_node(JsonValue& value) {
  Node node;
  for (JsonObject object = value.object(); object.next();) {
    if (object.key() == "negate") node.negated = object.value().boolean().value_or(false);
    if (object.key() == "cpeMatch")
      for (JsonArray list = object.value().array(); list.next_object();) read_product(list.value(), node);
  }
  return node;
}

// What the vulnerable products of a configuration need besides: the first of the platforms.
std::string need_of(const std::vector<Node>& nodes, bool all_together) {
  if (!all_together) return {};
  for (const auto& node : nodes)
    if (node.needs_others() && !node.products.empty()) return "only with " + render_cpe(node.products.front().cpe);
  return {};
}

using ByProduct = std::map<std::string, Affected>;

void add(const Product& product, const std::string& need, ByProduct& all) {
  const auto& cpe = product.cpe;
  CpeRange range = product.range;
  range.version = product.version;
  auto vers = vers_from_cpe(Scheme::generic, range);
  if (!vers || is_empty(*vers)) return;
  Affected& affected = all[render_cpe(cpe) + need];
  if (affected.package.empty()) {
    affected.package = "cpe:" + cpe[CpeAttribute::part] + ":" + plain_value(cpe[CpeAttribute::vendor]) + ":" +
                       plain_value(cpe[CpeAttribute::product]);
    affected.cpe = render_cpe(cpe);
    affected.note = need;
  }
  // One union a product: the NVD lists hundreds of versions one by one.
  if (affected.ranges.empty())
    affected.ranges.push_back(std::move(*vers));
  else if (auto both = union_of(affected.ranges.front(), *vers))
    affected.ranges.front() = std::move(*both);
  if (!range.end_excluding.empty()) {
    affected.state = FixState::fixed;
    if (std::find(affected.fixed.begin(), affected.fixed.end(), range.end_excluding) == affected.fixed.end())
      affected.fixed.emplace_back(range.end_excluding);
  }
}

// More than the NVD has of anything; beyond it a record was made to keep its reader busy.
constexpr std::size_t most_products = 20'000;

}  // namespace

std::vector<Affected> read_cpe_configurations(JsonValue& value) {
  ByProduct all;
  std::size_t count = 0;
  for (JsonArray list = value.array(); list.next_object();) {
    std::vector<Node> nodes;
    bool all_together = false;
    for (JsonObject object = list.value().object(); object.next();) {
      if (object.key() == "operator") all_together = object.value().text() == "AND";
      if (object.key() == "nodes")
        for (JsonArray inner = object.value().array(); inner.next_object();) nodes.push_back(read_node(inner.value()));
    }
    const std::string need = need_of(nodes, all_together);
    for (const auto& node : nodes)
      for (const auto& product : node.products) {
        if (node.negated || !product.vulnerable) continue;
        if (++count > most_products) {
          list.value().set_aside("more products than are read");
          break;
        }
        add(product, need, all);
      }
  }
  std::vector<Affected> affected;
  for (auto& [key, one] : all) affected.push_back(std::move(one));
  return affected;
}

}  // namespace pratique
