#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/format/format.h"

namespace pratique {
namespace {

Bill bill_of(const std::string& subject, const std::string& components, const std::string& dependencies = "") {
  const auto bill = read_bill(
      Bytes::copy_of(R"({"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"metadata":{"component":)" + subject +
                     R"(},"components":[)" + components + R"(],"dependencies":[)" + dependencies + "]}"));
  EXPECT_TRUE(bill);
  return *bill;
}

const std::string web = R"({"type":"application","bom-ref":"web","name":"web","version":"1"})";
const std::string worker = R"({"type":"application","bom-ref":"worker","name":"worker","version":"1"})";

std::string package(const std::string& ref, const std::string& name, const std::string& more = "") {
  return R"({"type":"library","bom-ref":")" + ref + R"(","name":")" + name + R"(","version":"1","purl":"pkg:npm/)" +
         name + R"(@1")" + more + "}";
}

MergedBill merged(const std::vector<Bill>& bills) {
  auto merged = merge_bills(bills, "shop");
  EXPECT_TRUE(merged);
  return std::move(*merged);
}

std::vector<std::string> edges(const Bill& bill) {
  const auto name = [&](std::uint32_t i) {
    return i == Bill::subject_index ? bill.subject.name : std::string(bill.components[i].name);
  };
  std::vector<std::string> texts;
  for (const Edge& edge : bill.edges)
    texts.push_back(name(edge.from) + " " + std::string(name_of(edge.kind)) + " " + name(edge.to));
  return texts;
}

TEST(MergeBills, JoinsComponentsByPackageUrlUnderANewRoot) {
  const auto result = merged({bill_of(web, package("a", "a") + "," + package("b", "b"),
                                      R"({"ref":"web","dependsOn":["a"]},{"ref":"a","dependsOn":["b"]})"),
                              bill_of(worker, package("x", "b") + "," + package("a", "c"),
                                      R"({"ref":"worker","dependsOn":["x"]},{"ref":"x","dependsOn":["a"]})")});
  const Bill& bill = result.bill;
  EXPECT_EQ(bill.subject.name, "shop");
  EXPECT_EQ(bill.components.size(), 5U);  // web, a, b, worker, c
  EXPECT_THAT(edges(bill),
              testing::UnorderedElementsAre("shop depends-on web", "shop depends-on worker", "web depends-on a",
                                            "a depends-on b", "worker depends-on b", "b depends-on c"));
  EXPECT_THAT(result.conflicts, testing::IsEmpty());
}

TEST(MergeBills, KeepsTheSubjectThatAllAreAbout) {
  const auto result =
      merged({bill_of(web, package("a", "a"), R"({"ref":"web","dependsOn":["a"]})"), bill_of(web, package("b", "b"))});
  EXPECT_EQ(result.bill.subject.name, "web");
  EXPECT_EQ(result.bill.components.size(), 2U);
  EXPECT_THAT(edges(result.bill), testing::ElementsAre("web depends-on a"));
}

TEST(MergeBills, LetsTheFirstStandAndTellsTheConflict) {
  const std::string mit =
      R"(,"licenses":[{"license":{"id":"MIT"}}],"hashes":[{"alg":"MD5","content":")" + std::string(32, 'a') + "\"}]";
  const std::string isc =
      R"(,"licenses":[{"license":{"id":"ISC"}}],"publisher":"Acme","hashes":[{"alg":"MD5","content":")" +
      std::string(32, 'b') + "\"}]";
  const auto result = merged({bill_of(web, package("a", "a", mit)), bill_of(web, package("a", "a", isc))});
  ASSERT_EQ(result.bill.components.size(), 1U);
  EXPECT_EQ(result.bill.components[0].license, "MIT");
  EXPECT_EQ(result.bill.details_of(0, DetailKind::publisher).size(), 1U);
  EXPECT_EQ(result.bill.details_of(0, DetailKind::hash).size(), 1U);
  ASSERT_EQ(result.conflicts.size(), 2U);
  EXPECT_EQ(result.conflicts[0].place, "a 1, hash");
  EXPECT_EQ(result.conflicts[1].place, "a 1, declared-license");
  EXPECT_EQ(result.conflicts[1].reason, "'MIT' stands; bill 2 says 'ISC'");
}

TEST(MergeBills, OutlivesWhatItWasMadeOf) {
  Bill bill;
  {
    std::vector<Bill> bills = {bill_of(web, package("a", "a")), bill_of(worker, package("b", "b"))};
    bill = merged(bills).bill;
  }
  EXPECT_EQ(bill.components[1].purl, "pkg:npm/a@1");
  EXPECT_TRUE(write_bill(bill, BillFormat::spdx_json));
}

TEST(MergeBills, OfNothingIsEmpty) { EXPECT_TRUE(merged({}).bill.components.empty()); }

}  // namespace
}  // namespace pratique
