// What a component is to advisories that speak of products by CPE, as the NVD does. Private to match/.
//
// Names of products are guesses more often than not: of the bill's tool, of the advisory's author. So a match by them
// always leaves a doubt.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/advisory.h"
#include "model/bill.h"
#include "model/cpe.h"

namespace pratique {

struct Product {
  std::string package;  // what it is looked up under: "cpe:a:apache:log4j"
  std::string version;  // of the CPE with its update, else the component's own; empty where neither says one
  Cpe cpe;
};

// More than any tool guesses for one component.
constexpr std::size_t most_products_of_one = 64;

// The products that a component says it is, each once. A CPE that leaves part, vendor or product open names none, nor
// does one that names the distribution a package came from. Fault: limit.
Result<std::vector<Product>> products_of(const Bill& bill, std::uint32_t component);

// Why an advisory that speaks of `cpe` may not mean this product; nothing where it surely does not, by the relations of
// NISTIR 7696 between all but the versions. A value that the bill leaves open may be the one that the advisory means:
// that is part of the doubt. `type` is the purl's, and tells the software that a package is for.
std::optional<std::string> doubt_of(const Product& product, std::string_view cpe, std::string_view type);

// The products of a whole bill, for advisories that need several of them.
class ProductsOfBill {
 public:
  explicit ProductsOfBill(const Bill& bill);
  // Whether one out of each list is there.
  bool hold(const std::vector<std::vector<Companion>>& companions) const;

 private:
  bool hold_one(const Companion& companion) const;
  std::vector<Product> products_;  // by package
};

}  // namespace pratique
