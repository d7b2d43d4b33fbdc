#include "engine/format/vex/csaf_products.h"

#include <gtest/gtest.h>

namespace pratique {
namespace {

struct Read {
  CsafProducts products;
  std::vector<Rejected> rejected;
};

Read read(std::string_view tree) {
  Read result;
  TextPool pool;
  JsonReader reader(pool, {});
  const Bytes bytes = Bytes::copy_of(tree);
  const auto done = reader.read(bytes, [&](JsonValue& root) { result.products.read(root); });
  EXPECT_TRUE(done) << render(done.error());
  result.rejected = reader.take_rejected();
  return result;
}

constexpr std::string_view tree = R"({
  "branches": [{"category": "vendor", "name": "Harbour", "branches": [
    {"product": {"product_id": "OS", "name": "Harbour OS 8", "product_identification_helper": {"cpe": "cpe:/o:harbour:os:8"}},
     "category": "product_name", "name": "Harbour OS"},
    {"category": "product_version", "name": "1.1.1k-8", "product": {"product_id": "ssl", "name": "openssl-1.1.1k-8",
      "product_identification_helper": {"purl": "pkg:rpm/harbour/openssl@1.1.1k-8?arch=x86_64",
        "hashes": [{"filename": "x", "file_hashes": [{"algorithm": "sha256", "value": "AB12"}]}]}}},
    {"category": "product_version_range", "name": "vers:deb/<2", "product": {"product_id": "old", "name": "old"}}]}],
  "full_product_names": [{"product_id": "bad", "name": "x", "product_identification_helper": {"purl": "no purl"}}, {"name": "y"}],
  "relationships": [
    {"category": "default_component_of", "product_reference": "ssl", "relates_to_product_reference": "OS",
     "full_product_name": {"product_id": "OS:ssl", "name": "openssl in OS"}},
    {"category": "default_component_of", "product_reference": "OS:ssl", "relates_to_product_reference": "OS",
     "full_product_name": {"product_id": "twice", "name": "deeper"}},
    {"category": "x", "product_reference": "a", "relates_to_product_reference": "b", "full_product_name": {"product_id": "b", "name": "b"}},
    {"category": "x", "product_reference": "b", "relates_to_product_reference": "a", "full_product_name": {"product_id": "a", "name": "a"}}],
  "product_groups": [{"group_id": "all", "product_ids": ["OS:ssl", "old"]}]})";

TEST(CsafProducts, SayWhichPackageAnIdMeans) {
  const Read got = read(tree);
  const CsafProduct* ssl = got.products.find("ssl");
  ASSERT_NE(ssl, nullptr);
  EXPECT_EQ(ssl->purl, "pkg:rpm/harbour/openssl@1.1.1k-8?arch=x86_64");
  EXPECT_EQ(ssl->vendor, "Harbour");
  EXPECT_EQ(ssl->version, "1.1.1k-8");
  EXPECT_EQ(ssl->digest, "sha256:ab12");
  EXPECT_EQ(got.products.find("OS")->product, "Harbour OS");
  EXPECT_EQ(got.products.find("old")->version_range, "vers:deb/<2");
  ASSERT_NE(got.products.find_group("all"), nullptr);
  EXPECT_EQ(got.products.find_group("all")->size(), 2U);
}

TEST(CsafProducts, FollowRelationshipsAndNoCycle) {
  const Read got = read(tree);
  for (const std::string_view id : {"OS:ssl", "twice"}) {
    const auto resolved = got.products.resolve(id);
    ASSERT_NE(resolved.part, nullptr) << id;
    EXPECT_EQ(resolved.part->name, "openssl-1.1.1k-8");
    ASSERT_NE(resolved.whole, nullptr);
    EXPECT_EQ(resolved.whole->cpe, "cpe:/o:harbour:os:8");
  }
  EXPECT_EQ(got.products.resolve("OS").whole, nullptr);
  EXPECT_EQ(got.products.resolve("a").part, nullptr);
  EXPECT_EQ(got.products.resolve("unknown").part, nullptr);
}

TEST(CsafProducts, SetAsideWhatCannotBeRead) {
  const Read got = read(tree);
  ASSERT_EQ(got.rejected.size(), 2U);
  EXPECT_EQ(got.rejected[0].place, "/full_product_names/0/product_identification_helper/purl");
  EXPECT_EQ(got.rejected[1].reason, "a product without id");
  EXPECT_EQ(got.products.find("bad")->purl, "");
}

}  // namespace
}  // namespace pratique
