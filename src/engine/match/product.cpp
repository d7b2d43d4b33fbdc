#include "engine/match/product.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "engine/version/version.h"
#include "model/ecosystem.h"

namespace pratique {
namespace {

using enum CpeAttribute;

// Tools write these beside a package to say where it came from: "cpe:/o:redhat:enterprise_linux:9", and of Red Hat's
// product for which an rpm was made, "cpe:/a:redhat:rhel_eus:9.2".
constexpr std::array<std::pair<std::string_view, std::string_view>, 13> distributions = {{
    {"redhat", ""},
    {"debian", "debian_linux"},
    {"canonical", "ubuntu_linux"},
    {"fedoraproject", "fedora"},
    {"centos", "centos"},
    {"alpinelinux", "alpine_linux"},
    {"suse", ""},
    {"opensuse", ""},
    {"oracle", "linux"},
    {"amazon", "linux"},
    {"almalinux", "almalinux"},
    {"rocky", "rocky"},
    {"wolfi", "wolfi"},
}};

bool names_a_distribution(const Cpe& cpe) {
  const std::string vendor = plain_value(cpe[CpeAttribute::vendor]), product = plain_value(cpe[CpeAttribute::product]);
  return std::any_of(distributions.begin(), distributions.end(), [&](const auto& distribution) {
    if (vendor != distribution.first) return false;
    // Of a vendor of many things those alone that an operating system is called.
    if (distribution.second.empty())
      return cpe[part] == "o" || product.starts_with("rhel") || product.starts_with("enterprise_linux") ||
             product.starts_with("linux_enterprise");
    return product == distribution.second;
  });
}

bool is_one(std::string_view value) {
  return value != Cpe::any && value != Cpe::not_applicable &&
         compare_values(value, value) == CpeRelation::equal;  // of a pattern it is undefined
}

// The target software as the NVD calls it, and the purl type of what is made for it.
constexpr std::array<std::pair<std::string_view, std::string_view>, 9> softwares = {{
    {"node.js", "npm"},
    {"python", "pypi"},
    {"ruby", "gem"},
    {"rust", "cargo"},
    {"go", "golang"},
    {"golang", "golang"},
    {"php", "composer"},
    {"perl", "cpan"},
    {"jenkins", "maven"},
}};

// What the purl says of the software that a package is made for; nothing where it says nothing.
std::optional<bool> is_made_for(std::string_view software, std::string_view type) {
  const auto known =
      std::find_if(softwares.begin(), softwares.end(), [&](const auto& entry) { return entry.first == software; });
  const bool is_language =
      std::any_of(softwares.begin(), softwares.end(), [&](const auto& s) { return s.second == type; });
  if (known == softwares.end() || !is_language) return std::nullopt;
  return known->second == type;
}

}  // namespace

Result<std::vector<Product>> products_of(const Bill& bill, std::uint32_t component) {
  const Component& of = bill.components[component];
  std::vector<Product> products;
  const auto add = [&](std::string_view text) {
    auto cpe = parse_cpe(text);
    if (!cpe || !is_one((*cpe)[part]) || !is_one((*cpe)[vendor]) || !is_one((*cpe)[CpeAttribute::product]) ||
        names_a_distribution(*cpe))
      return;
    std::string version = cpe_version(*cpe);
    if (version == Cpe::any) version = of.version;
    if (version == Cpe::not_applicable) version.clear();
    Product product{cpe_package(*cpe), std::move(version), std::move(*cpe)};
    const auto is_same = [&](const Product& other) {
      return other.cpe == product.cpe && other.version == product.version;
    };
    if (std::none_of(products.begin(), products.end(), is_same)) products.push_back(std::move(product));
  };
  const auto details = bill.details_of(component, DetailKind::cpe);
  if (details.size() > most_products_of_one)
    return Error{Fault::limit, "more than " + std::to_string(most_products_of_one) + " CPEs", {}, {}};
  if (!of.cpe.empty()) add(of.cpe);
  for (const auto& detail : details) add(detail.value);
  return products;
}

std::optional<std::string> doubt_of(const Product& product, std::string_view cpe, std::string_view type) {
  const auto meant = parse_cpe(cpe);
  if (!meant) return std::nullopt;
  std::string open;
  for (const auto attribute :
       {part, vendor, CpeAttribute::product, edition, language, sw_edition, target_sw, target_hw, other}) {
    const std::string& wanted = (*meant)[attribute];
    switch (compare_values(wanted, product.cpe[attribute])) {
      case CpeRelation::equal:
      case CpeRelation::superset: continue;
      case CpeRelation::disjoint:
      case CpeRelation::undefined: return std::nullopt;
      case CpeRelation::subset: break;
    }
    if (attribute == target_sw)
      if (const auto fits = is_made_for(plain_value(wanted), type)) {
        if (*fits) continue;
        return std::nullopt;
      }
    open += "; the bill leaves open whether its " + std::string(name_of(attribute)) + " is " + plain_value(wanted);
  }
  return "matched by CPE" + open;
}

ProductsOfBill::ProductsOfBill(const Bill& bill) {
  for (std::uint32_t i = 0; i < bill.components.size(); ++i)
    if (auto products = products_of(bill, i))
      std::move(products->begin(), products->end(), std::back_inserter(products_));
  std::sort(products_.begin(), products_.end(),
            [](const Product& a, const Product& b) { return a.package < b.package; });
}

bool ProductsOfBill::hold(const std::vector<std::vector<Companion>>& companions) const {
  return std::all_of(companions.begin(), companions.end(), [this](const std::vector<Companion>& any) {
    return std::any_of(any.begin(), any.end(), [this](const Companion& one) { return hold_one(one); });
  });
}

bool ProductsOfBill::hold_one(const Companion& companion) const {
  const auto cpe = parse_cpe(companion.cpe);
  if (!cpe) return false;
  const std::string package = cpe_package(*cpe);
  auto product = std::lower_bound(products_.begin(), products_.end(), package,
                                  [](const Product& one, const std::string& key) { return one.package < key; });
  for (; product != products_.end() && product->package == package; ++product)
    if (doubt_of(*product, companion.cpe, {}) &&
        (companion.range.any ||
         (names_version(Scheme::generic, product->version) && contains(companion.range, product->version).inside)))
      return true;
  return false;
}

}  // namespace pratique
