#include "engine/format/advisory/cpe_configurations.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>

#include "engine/version/version.h"
#include "model/cpe.h"

namespace pratique {
namespace {

struct Product {
  Cpe cpe;  // without its version and update
  CpeRange range;
  std::string version;  // of the CPE, with its update: "1.0-rc1"
  bool vulnerable = true;
};

struct Node {
  bool negated = false;
  std::vector<Product> products;
  // What is vulnerable runs on one of these; they are not vulnerable themselves.
  bool is_platform() const {
    return std::any_of(products.begin(), products.end(), [](const Product& p) { return !p.vulnerable; });
  }
};

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
  product.version = cpe_version(*cpe);
  (*cpe)[CpeAttribute::version] = Cpe::any;
  (*cpe)[CpeAttribute::update] = Cpe::any;
  product.cpe = std::move(*cpe);
  node.products.push_back(std::move(product));
}

// What is vulnerable needs one product of each node.
using Group = std::vector<Node>;

// Of a node's products any one will do, or all are needed: then each is a node of its own.
Group read_node(JsonValue& value) {
  Node node;
  bool all_together = false;
  for (JsonObject object = value.object(); object.next();) {
    if (object.key() == "negate") node.negated = object.value().boolean().value_or(false);
    if (object.key() == "operator") all_together = object.value().text() == "AND";
    if (object.key() == "cpeMatch")
      for (JsonArray list = object.value().array(); list.next_object();) read_product(list.value(), node);
  }
  if (node.negated || node.products.empty()) return {};
  if (!all_together) return {std::move(node)};
  Group group;
  for (auto& product : node.products) group.push_back({false, {std::move(product)}});
  return group;
}

std::vector<Group> read_configuration(JsonValue& value) {
  std::vector<Group> groups;
  bool all_together = false;
  for (JsonObject object = value.object(); object.next();) {
    if (object.key() == "operator") all_together = object.value().text() == "AND";
    if (object.key() == "nodes")
      for (JsonArray inner = object.value().array(); inner.next_object();) groups.push_back(read_node(inner.value()));
  }
  if (!all_together) return groups;
  Group all;
  for (auto& group : groups) std::move(group.begin(), group.end(), std::back_inserter(all));
  return {std::move(all)};
}

std::optional<Vers> range_of(const Product& product) {
  CpeRange range = product.range;
  range.version = product.version;
  auto vers = vers_from_cpe(Scheme::generic, range);
  if (!vers || is_empty(*vers)) return std::nullopt;
  return std::move(*vers);
}

// The NVD lists hundreds of versions one by one: each product once.
std::vector<Companion> companions_of(const Node& node) {
  std::vector<Companion> companions;
  for (const auto& product : node.products) {
    auto range = range_of(product);
    if (!range) continue;
    const std::string cpe = render_cpe(product.cpe);
    const auto known = std::find_if(companions.begin(), companions.end(), [&](const auto& c) { return c.cpe == cpe; });
    if (known == companions.end())
      companions.push_back({cpe, std::move(*range)});
    else if (auto both = union_of(known->range, *range))
      known->range = std::move(*both);
  }
  return companions;
}

// What the products of one node need besides.
struct Conditions {
  std::string platform;
  std::vector<std::vector<Companion>> companions;
  std::string name;  // tells those with companions apart
};

Conditions conditions_of(const Group& group, std::size_t own) {
  Conditions conditions;
  for (std::size_t i = 0; i < group.size(); ++i) {
    if (i == own) continue;
    if (!group[i].is_platform())
      conditions.companions.push_back(companions_of(group[i]));
    else if (conditions.platform.empty())
      conditions.platform = "only with " + render_cpe(group[i].products.front().cpe);
  }
  return conditions;
}

using ByProduct = std::map<std::string, Affected>;

void add(const Product& product, const Conditions& conditions, ByProduct& all) {
  auto range = range_of(product);
  if (!range) return;
  const auto& cpe = product.cpe;
  Affected& affected = all[render_cpe(cpe) + conditions.platform + conditions.name];
  if (affected.package.empty()) {
    affected.package = cpe_package(cpe);
    affected.cpe = render_cpe(cpe);
    affected.note = conditions.platform;
    affected.companions = conditions.companions;
  }
  // One union a product: the NVD lists hundreds of versions one by one.
  if (affected.ranges.empty())
    affected.ranges.push_back(std::move(*range));
  else if (auto both = union_of(affected.ranges.front(), *range))
    affected.ranges.front() = std::move(*both);
  const std::string_view fixed = product.range.end_excluding;
  if (!fixed.empty()) {
    affected.state = FixState::fixed;
    if (std::find(affected.fixed.begin(), affected.fixed.end(), fixed) == affected.fixed.end())
      affected.fixed.emplace_back(fixed);
  }
}

// More than the NVD has of anything; beyond it a record was made to keep its reader busy.
constexpr std::size_t most_products = 20'000;
constexpr std::size_t most_companions = 200;

}  // namespace

std::vector<Affected> read_cpe_configurations(JsonValue& value) {
  ByProduct all;
  std::size_t count = 0, names = 0;
  for (JsonArray list = value.array(); list.next_object();)
    for (const Group& group : read_configuration(list.value()))
      for (std::size_t own = 0; own < group.size(); ++own) {
        Conditions conditions = conditions_of(group, own);
        if (!conditions.companions.empty()) conditions.name = std::to_string(++names);
        std::size_t companions = 0;
        for (const auto& any : conditions.companions) companions += any.size();
        count += group[own].products.size() + companions;
        if (count > most_products || companions > most_companions) {
          list.value().set_aside("more products than are read");
          break;
        }
        for (const auto& product : group[own].products)
          if (product.vulnerable) add(product, conditions, all);
      }
  std::vector<Affected> affected;
  for (auto& [key, one] : all) affected.push_back(std::move(one));
  return affected;
}

}  // namespace pratique
