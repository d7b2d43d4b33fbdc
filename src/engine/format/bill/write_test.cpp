// What the law (tests/property/bill_write_test.cpp) does not see: names of targets, derived serial numbers, the list of
// package URLs, and what each loss is called.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/format/format.h"

namespace pratique {
namespace {

Bill small(const std::string& more = "") {
  const auto bill = read_bill(Bytes::copy_of(
      R"({"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"metadata":{"component":{"type":"application","name":"shop"}},)"
      R"("components":[{"type":"library","group":"org.x","name":"b","version":"2","purl":"pkg:npm/b@2"},)"
      R"({"type":"library","name":"a","version":"1","purl":"pkg:npm/a@1"},{"type":"file","name":"c"},)"
      R"({"type":"library","name":"a","version":"1","purl":"pkg:npm/a@1"}])" +
      more + "}"));
  EXPECT_TRUE(bill);
  return *bill;
}

TEST(BillTarget, IsNamedAsOnTheCommandLine) {
  EXPECT_EQ(bill_target_named("cyclonedx-json@1.7")->version, "1.7");
  EXPECT_EQ(bill_target_named("spdx-tag-value")->format, BillFormat::spdx_tag_value);
  EXPECT_EQ(bill_target_named("purls")->format, BillFormat::purls);
  for (const char* name : {"", "cyclonedx-json@1.5", "spdx-yaml", "syft-json", "purls@1", "cyclonedx-json@"}) {
    const auto target = bill_target_named(name);
    ASSERT_FALSE(target) << name;
    EXPECT_EQ(target.error().fault, Fault::usage);
    EXPECT_THAT(target.error().remedy, testing::HasSubstr("spdx-json@2.3")) << name;
  }
}

TEST(WriteBill, RefusesWhatIsNotWritten) {
  for (const auto& [format, version] :
       {std::pair{BillFormat::spdx_yaml, ""}, {BillFormat::cyclonedx_json, "1.4"}, {BillFormat::unknown, ""}})
    EXPECT_EQ(write_bill(small(), format, {.version = version, .now = {}, .tool = ""}).error().fault,
              Fault::unsupported);
}

TEST(WriteBill, DerivesTheSerialNumberFromTheContent) {
  const auto serial = [](const Bill& bill) {
    return read_bill(Bytes::copy_of(write_bill(bill, BillFormat::cyclonedx_json)->bytes))->serial;
  };
  const std::string first = serial(small());
  EXPECT_THAT(first,
              testing::MatchesRegex("urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
  EXPECT_EQ(serial(small()), first);
  EXPECT_NE(serial(small(R"(,"properties":[{"name":"k","value":"v"}])")), first);
  const std::string own = "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79";
  EXPECT_EQ(serial(small(R"(,"serialNumber":")" + own + "\"")), own);
}

TEST(WriteBill, ListsEachPackageUrlOnce) {
  const auto written = write_bill(small(), BillFormat::purls);
  EXPECT_EQ(written->bytes, "pkg:npm/a@1\npkg:npm/b@2\n");
  ASSERT_EQ(written->losses.size(), 1U);
  EXPECT_EQ(written->losses[0], (Loss{"component without a package URL", 1, "c"}));
}

// Found by fuzzing: the subject's package URL alone tells the distribution.
TEST(WriteBill, KeepsTheDistributionThatTheSubjectTells) {
  const auto bill = read_bill(Bytes::copy_of(
      R"({"spdxVersion":"SPDX-2.3","packages":[{"SPDXID":"SPDXRef-z","name":"zlib","externalRefs":[)"
      R"({"referenceType":"purl","referenceLocator":"pkg:apk/alpine/zlib@1.3?distro=3.20.3"}]}],"relationships":[)"
      R"({"spdxElementId":"SPDXRef-DOCUMENT","relationshipType":"DESCRIBES","relatedSpdxElement":"SPDXRef-z"}]})"));
  ASSERT_TRUE(bill);
  EXPECT_EQ(bill->distro, "3.20.3");
  for (const BillFormat format : {BillFormat::cyclonedx_json, BillFormat::cyclonedx_xml, BillFormat::spdx_json})
    EXPECT_EQ(read_bill(Bytes::copy_of(write_bill(*bill, format)->bytes))->distro, "3.20.3");
}

// Found by fuzzing: a document is in no layer, so what its annotation says of one stays as it is.
TEST(WriteBill, KeepsAnAnnotationOfTheDocumentAsAProperty) {
  const auto bill = read_bill(Bytes::copy_of(
      R"({"spdxVersion":"SPDX-2.3","name":"shop","packages":[{"SPDXID":"SPDXRef-z","name":"z"}],"annotations":[)"
      R"({"annotationType":"OTHER","comment":"LayerDigest: sha256:44"}]})"));
  ASSERT_TRUE(bill);
  for (const BillFormat format : {BillFormat::cyclonedx_json, BillFormat::spdx_json, BillFormat::spdx3_json}) {
    const auto again = read_bill(Bytes::copy_of(write_bill(*bill, format)->bytes));
    const auto properties = again->details_of(Bill::document_index, DetailKind::property);
    ASSERT_EQ(properties.size(), 1U) << name_of(format);
    EXPECT_EQ(properties[0].name, "LayerDigest");
    EXPECT_EQ(properties[0].value, "sha256:44");
  }
}

// SPDX writes the word where there is no text, so a text that is the word is told as lost.
TEST(WriteBill, LosesALicenceTextThatIsSpdxsWordForNone) {
  Bill bill;
  Component component;
  component.name = "a";
  bill.components.push_back(component);
  bill.details.push_back({0, DetailKind::declared_license, "name", "GPL v2 or so"});
  bill.details.push_back({Bill::document_index, DetailKind::license_text, "GPL v2 or so", "NOASSERTION"});
  for (const auto& [format, version] :
       {std::pair<BillFormat, std::string>{BillFormat::spdx_json, "2.3"}, {BillFormat::spdx3_json, "3.0.1"}}) {
    const auto written = write_bill(bill, format, {.version = version});
    ASSERT_TRUE(written) << render(written.error());
    EXPECT_THAT(written->losses, testing::Contains(testing::Field(&Loss::what, "license-text"))) << version;
  }
}

TEST(WriteBill, CountsLossesByKindWithAnExample) {
  const auto written = write_bill(small(), BillFormat::spdx_json, {.version = "", .now = {}, .tool = "maker-1"});
  EXPECT_THAT(written->losses, testing::ElementsAre(Loss{"group", 1, "b 2: org.x"}));
  EXPECT_THAT(written->bytes, testing::HasSubstr("\"Tool: maker-1\""));
  EXPECT_THAT(written->bytes, testing::HasSubstr("1970-01-01T00:00:00Z"));
}

}  // namespace
}  // namespace pratique
