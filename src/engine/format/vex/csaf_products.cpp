#include "engine/format/vex/csaf_products.h"

#include "base/text.h"
#include "model/purl.h"

namespace pratique {

namespace {

void read_purl(JsonValue& value, CsafProduct& product) {
  const std::string_view text = value.text();
  if (text.empty() || !product.purl.empty()) return;
  std::string scratch;
  if (const auto canonical = canonical_purl(text, scratch))
    product.purl = std::string(*canonical);
  else
    value.set_aside("not a package URL");
}

// "hashes": [{"file_hashes": [{"algorithm": "sha256", "value": "..."}]}]
void read_hashes(JsonValue& value, CsafProduct& product) {
  for (JsonArray files = value.array(); files.next_object();)
    for (JsonObject file = files.value().object(); file.next();) {
      if (file.key() != "file_hashes") continue;
      for (JsonArray hashes = file.value().array(); hashes.next_object();) {
        std::string_view algorithm, digits;
        for (JsonObject hash = hashes.value().object(); hash.next();) {
          if (hash.key() == "algorithm") algorithm = hash.value().text();
          if (hash.key() == "value") digits = hash.value().text();
        }
        if (equal_ignoring_case(algorithm, "sha256") && !digits.empty() && product.digest.empty())
          product.digest = "sha256:" + lower(digits);
      }
    }
}

void read_identification(JsonValue& value, CsafProduct& product) {
  for (JsonObject helper = value.object(); helper.next();) {
    if (helper.key() == "purl") read_purl(helper.value(), product);
    if (helper.key() == "purls")
      for (JsonArray purls = helper.value().array(); purls.next();) read_purl(purls.value(), product);
    if (helper.key() == "cpe") product.cpe = helper.value().text();
    if (helper.key() == "hashes") read_hashes(helper.value(), product);
  }
}

// What a branch adds to what is known of the products below it.
void take_branch(CsafProduct& product, std::string_view category, std::string_view name) {
  if (category == "vendor") product.vendor = name;
  if (category == "product_name") product.product = name;
  if (category == "product_version") product.version = name;
  if (category == "product_version_range") product.version_range = name;
}

}  // namespace

void CsafProducts::read(JsonValue& product_tree) {
  for (JsonObject tree = product_tree.object(); tree.next();) {
    if (tree.key() == "branches") read_branches(tree.value(), {});
    if (tree.key() == "full_product_names")
      for (JsonArray names = tree.value().array(); names.next_object();) read_product(names.value(), {});
    if (tree.key() == "relationships")
      for (JsonArray list = tree.value().array(); list.next_object();) read_relationship(list.value());
    if (tree.key() == "product_groups")
      for (JsonArray groups = tree.value().array(); groups.next_object();) read_group(groups.value());
  }
}

// Category and name of a branch may stand behind what is inside it: the products get them when it has ended.
void CsafProducts::read_branches(JsonValue& branches, const CsafProduct& around) {
  for (JsonArray list = branches.array(); list.next_object();) {
    std::string_view category, name;
    CsafProducts inside;
    for (JsonObject branch = list.value().object(); branch.next();) {
      if (branch.key() == "category") category = branch.value().text();
      if (branch.key() == "name") name = branch.value().text();
      if (branch.key() == "branches") inside.read_branches(branch.value(), {});
      if (branch.key() == "product") inside.read_product(branch.value(), {});
    }
    CsafProduct here = around;
    take_branch(here, category, name);
    for (auto& [id, product] : inside.products_) {
      if (product.vendor.empty()) product.vendor = here.vendor;
      if (product.product.empty()) product.product = here.product;
      if (product.version.empty()) product.version = here.version;
      if (product.version_range.empty()) product.version_range = here.version_range;
      if (!products_.try_emplace(id, std::move(product)).second)
        list.value().set_aside("the product id '" + printable(std::string_view(id).substr(0, 200)) +
                               "' is given twice");
    }
  }
}

void CsafProducts::read_product(JsonValue& value, CsafProduct around) {
  std::string id;
  CsafProduct product = std::move(around);
  for (JsonObject members = value.object(); members.next();) {
    if (members.key() == "product_id") id = members.value().text();
    if (members.key() == "name") product.name = members.value().text();
    if (members.key() == "product_identification_helper") read_identification(members.value(), product);
  }
  add(value, std::move(id), std::move(product));
}

void CsafProducts::read_relationship(JsonValue& value) {
  std::string id;
  CsafProduct product;
  for (JsonObject members = value.object(); members.next();) {
    if (members.key() == "product_reference") product.part = members.value().text();
    if (members.key() == "relates_to_product_reference") product.whole = members.value().text();
    if (members.key() != "full_product_name") continue;
    for (JsonObject name = members.value().object(); name.next();) {
      if (name.key() == "product_id") id = name.value().text();
      if (name.key() == "name") product.name = name.value().text();
      if (name.key() == "product_identification_helper") read_identification(name.value(), product);
    }
  }
  if (product.part.empty() || product.whole.empty()) return value.set_aside("a relationship without both its ends");
  add(value, std::move(id), std::move(product));
}

void CsafProducts::read_group(JsonValue& value) {
  std::string id;
  std::vector<std::string> products;
  for (JsonObject members = value.object(); members.next();) {
    if (members.key() == "group_id") id = members.value().text();
    if (members.key() == "product_ids")
      for (JsonArray ids = members.value().array(); ids.next();) products.emplace_back(ids.value().text());
  }
  if (id.empty()) return value.set_aside("a group without id");
  groups_.try_emplace(std::move(id), std::move(products));
}

void CsafProducts::add(JsonValue& from, std::string id, CsafProduct product) {
  if (id.empty()) return from.set_aside("a product without id");
  if (!products_.try_emplace(std::move(id), std::move(product)).second) from.set_aside("a product id given twice");
}

const CsafProduct* CsafProducts::find(std::string_view id) const {
  const auto found = products_.find(id);
  return found == products_.end() ? nullptr : &found->second;
}

const std::vector<std::string>* CsafProducts::find_group(std::string_view id) const {
  const auto found = groups_.find(id);
  return found == groups_.end() ? nullptr : &found->second;
}

CsafProducts::Resolved CsafProducts::resolve(std::string_view id) const {
  constexpr int deepest = 8;
  return resolve(id, deepest);
}

CsafProducts::Resolved CsafProducts::resolve(std::string_view id, int depth_left) const {
  const CsafProduct* product = depth_left == 0 ? nullptr : find(id);
  if (product == nullptr || product->part.empty()) return {product, nullptr};
  const CsafProduct* whole = resolve(product->whole, depth_left - 1).part;
  if (whole == nullptr) return {};
  // The relationship may say itself which package it is.
  if (!product->purl.empty()) return {product, whole};
  return {resolve(product->part, depth_left - 1).part, whole};
}

}  // namespace pratique
