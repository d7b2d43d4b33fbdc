#include "engine/match/product.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/version/version.h"

namespace pratique {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Bill bill_of(std::string_view version, std::vector<std::string> cpes) {
  Bill bill;
  Component component;
  component.name = "p";
  component.version = bill.pool->keep(version);
  for (const auto& cpe : cpes) bill.details.push_back({0, DetailKind::cpe, {}, bill.pool->keep(cpe)});
  bill.components.push_back(component);
  return bill;
}

std::vector<std::string> shown(const Bill& bill) {
  std::vector<std::string> all;
  const std::vector<Product> products = products_of(bill, 0).value();
  for (const auto& product : products) all.push_back(product.package + " " + product.version);
  return all;
}

Product product(std::string_view cpe) {
  const auto products = products_of(bill_of("", {std::string(cpe)}), 0).value();
  EXPECT_EQ(products.size(), 1u) << cpe;
  return products.empty() ? Product{} : products.front();
}

TEST(ProductTest, HasTheVersionOfItsCpeOrOfTheComponent) {
  EXPECT_THAT(shown(bill_of("9", {"cpe:2.3:a:apache:log4j:2.0:rc1:*:*:*:*:*:*"})),
              ElementsAre("cpe:a:apache:log4j 2.0-rc1"));
  EXPECT_THAT(shown(bill_of("9", {"cpe:/a:apache:log4j"})), ElementsAre("cpe:a:apache:log4j 9"));
  EXPECT_THAT(shown(bill_of("9", {"cpe:2.3:a:apache:log4j:-:*:*:*:*:*:*:*"})), ElementsAre("cpe:a:apache:log4j "));
}

TEST(ProductTest, IsOneThingAndNotADistribution) {
  EXPECT_THAT(shown(bill_of("1", {"cpe:/o:redhat:enterprise_linux:9", "cpe:/a:redhat:rhel_eus:9.2::appstream",
                                  "cpe:2.3:o:debian:debian_linux:12:*:*:*:*:*:*:*",
                                  "cpe:2.3:*:openbsd:openssh:1:*:*:*:*:*:*:*", "cpe:2.3:a:*:openssh:1:*:*:*:*:*:*:*",
                                  "cpe:2.3:a:x:open*:1:*:*:*:*:*:*:*", "cpe:2.3:a:x:-:1:*:*:*:*:*:*:*", "no cpe"})),
              IsEmpty());
  EXPECT_THAT(shown(bill_of("1", {"cpe:/a:redhat:ansible:2.9", "cpe:/a:redhat:ansible:2.9"})),
              ElementsAre("cpe:a:redhat:ansible 2.9"));
}

TEST(ProductTest, RefusesMoreThanAnyToolGuesses) {
  std::vector<std::string> many;
  for (std::size_t i = 0; i <= most_products_of_one; ++i) many.push_back("cpe:/a:v" + std::to_string(i) + ":p");
  EXPECT_EQ(products_of(bill_of("1", many), 0).error().fault, Fault::limit);
  many.pop_back();
  EXPECT_EQ(products_of(bill_of("1", many), 0).value().size(), most_products_of_one);
}

// NISTIR 7696, table 6-2: the advisory's name is the source, the bill's the target.
TEST(ProductTest, IsMeantByTheRelationsOfTheSpecification) {
  const Product plain = product("cpe:2.3:a:v:p:1:*:*:*:*:*:*:*");
  EXPECT_EQ(doubt_of(plain, "cpe:2.3:a:v:p:*:*:*:*:*:*:*:*", ""), "matched by CPE");
  EXPECT_EQ(doubt_of(plain, "cpe:2.3:a:v:p:*:*:*:*:pro:*:*:*", ""),
            "matched by CPE; the bill leaves open whether its sw_edition is pro");
  const Product pro = product("cpe:2.3:a:v:p:1:*:*:*:pro:*:*:*");
  EXPECT_EQ(doubt_of(pro, "cpe:2.3:a:v:p:*:*:*:*:pro:*:*:*", ""), "matched by CPE");
  EXPECT_EQ(doubt_of(pro, "cpe:2.3:a:v:p:*:*:*:*:*:*:*:*", ""), "matched by CPE");
  EXPECT_FALSE(doubt_of(pro, "cpe:2.3:a:v:p:*:*:*:*:free:*:*:*", ""));
  EXPECT_FALSE(doubt_of(pro, "cpe:2.3:a:v:p:*:*:*:*:-:*:*:*", "")) << "NA is no wildcard";
  EXPECT_FALSE(doubt_of(plain, "cpe:2.3:a:w:p:*:*:*:*:*:*:*:*", ""));
}

TEST(ProductTest, IsMadeForTheSoftwareThatItsPurlTells) {
  const Product glob = product("cpe:2.3:a:isaacs:glob:10.1.0:*:*:*:*:*:*:*");
  const std::string_view for_node = "cpe:2.3:a:isaacs:glob:*:*:*:*:*:node.js:*:*";
  EXPECT_EQ(doubt_of(glob, for_node, "npm"), "matched by CPE");
  EXPECT_FALSE(doubt_of(glob, for_node, "pypi"));
  EXPECT_THAT(doubt_of(glob, for_node, "").value(), HasSubstr("target_sw is node.js"));
}

TEST(ProductTest, OfAWholeBillHoldWhatIsNeededTogether) {
  const ProductsOfBill products(bill_of("", {"cpe:/a:v:p:1.5", "cpe:/o:v:os:3"}));
  const Companion p{"cpe:2.3:a:v:p:*:*:*:*:*:*:*:*", parse_vers("vers:generic/<2").value()};
  const Companion old_p{p.cpe, parse_vers("vers:generic/<1").value()};
  const Companion os{"cpe:2.3:o:v:os:*:*:*:*:*:*:*:*", parse_vers("vers:generic/*").value()};
  const Companion other{"cpe:2.3:o:v:other:*:*:*:*:*:*:*:*", parse_vers("vers:generic/*").value()};
  EXPECT_TRUE(products.hold({{p}, {os}}));
  EXPECT_TRUE(products.hold({{other, os}}));
  EXPECT_FALSE(products.hold({{p}, {other}}));
  EXPECT_FALSE(products.hold({{old_p}}));
  EXPECT_FALSE(products.hold({{}}));
}

}  // namespace
}  // namespace pratique
