// What the readers of bills share. The documents themselves are in tests/golden/bills and tests/regression/markup.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/format/bill/builder.h"
#include "engine/format/bill/subject.h"
#include "engine/format/decode.h"
#include "engine/format/format.h"

namespace pratique {
namespace {

TEST(SourcePackage, IsWrittenAsNameAndVersion) {
  EXPECT_EQ(source_package("openssl"), "openssl");
  EXPECT_EQ(source_package("openssl@1.1.1n-0+deb11u4"), "openssl 1.1.1n-0+deb11u4");
  EXPECT_EQ(source_package("bash-5.1.8-6.el9.src.rpm"), "bash 5.1.8-6.el9");
  EXPECT_EQ(source_package("python-six-1.16.0-1.fc38.nosrc.rpm"), "python-six 1.16.0-1.fc38");
  EXPECT_EQ(source_package("odd.src.rpm"), "odd");
  EXPECT_EQ(source_package("@scope"), "@scope");
  EXPECT_EQ(source_package(""), "");
}

TEST(ImageName, IsCutIntoNameTagAndDigest) {
  const std::string digest = "sha256:" + std::string(64, 'a');
  const auto parts = [](const ImageName& image) {
    return std::string(image.name) + "|" + std::string(image.tag) + "|" + std::string(image.digest);
  };
  EXPECT_EQ(parts(image_name("registry.example.com:5000/shop/web:2.3@" + digest)),
            "registry.example.com:5000/shop/web|2.3|" + digest);
  EXPECT_EQ(parts(image_name("registry.example.com:5000/web")), "registry.example.com:5000/web||");
  EXPECT_EQ(parts(image_name("alpine:3.19")), "alpine|3.19|");
  EXPECT_EQ(parts(image_name(digest)), digest + "||");
  EXPECT_EQ(parts(image_name("a@b")), "a@b||");
}

TEST(HashAlgorithm, IsOneNameHoweverItIsWritten) {
  for (const std::string_view name : {"SHA256", "SHA-256", "sha256", "sha-256"})
    EXPECT_EQ(hash_algorithm(name), "SHA-256") << name;
  EXPECT_EQ(hash_algorithm("SHA3_384"), "SHA3-384");
  EXPECT_EQ(hash_algorithm("blake2b-512"), "BLAKE2b-512");
  EXPECT_EQ(hash_algorithm("CRC32"), "");
  EXPECT_EQ(hash_algorithm(""), "");
  EXPECT_EQ(hex_digits_of("SHA-1"), 40U);
  EXPECT_EQ(hex_digits_of("BLAKE2b-512"), 128U);
  EXPECT_EQ(hex_digits_of("BLAKE3"), 0U);
}

TEST(RefTable, FindsWhatWasPutInAndNothingElse) {
  std::vector<std::string> texts;
  for (int i = 0; i < 5000; ++i) texts.push_back("ref-" + std::to_string(i));
  RefTable table([&](std::uint32_t index) -> std::string_view { return texts[index]; });
  EXPECT_EQ(table.find("ref-1"), RefTable::none);
  for (std::uint32_t i = 0; i < texts.size(); ++i) ASSERT_EQ(table.insert(texts[i], i), RefTable::none);
  for (std::uint32_t i = 0; i < texts.size(); ++i) ASSERT_EQ(table.find(texts[i]), i);
  EXPECT_EQ(table.insert("ref-7", 4999), 7U);
  EXPECT_EQ(table.find("ref-5000"), RefTable::none);
}

BillBuilder builder() { return BillBuilder(Bytes::copy_of(""), BillFormat::unknown, {}); }

TEST(BillBuilder, RelationsMayComeBeforeWhatTheyRelate) {
  BillBuilder bill = builder();
  bill.relate("a", "b", EdgeKind::depends_on, 1);
  bill.relate("a", "lost", EdgeKind::contains, 2);
  bill.relate("b", "lost", EdgeKind::contains, 3);
  bill.relate("a", "service", EdgeKind::depends_on, 4);
  bill.know("service");
  for (const std::string_view name : {"a", "b"}) {
    const std::uint32_t index = bill.add();
    bill.at(index).name = name;
    EXPECT_EQ(bill.set_ref(index, name), "");
    EXPECT_EQ(bill.close(index), "");
  }
  const auto finished = bill.finish([](std::uint64_t place) { return std::to_string(place); });
  ASSERT_TRUE(finished);
  EXPECT_THAT(finished->edges, testing::ElementsAre(Edge{0, 1, EdgeKind::depends_on}));
  EXPECT_THAT(finished->rejected,
              testing::ElementsAre(Rejected{"2", "refers to 'lost', which the document does not have (2 times)"}));
}

TEST(BillBuilder, AComponentThatSaysNothingIsGoneWithAllItsDetails) {
  BillBuilder bill = builder();
  const std::uint32_t gone = bill.add();
  EXPECT_EQ(bill.set_ref(gone, "gone"), "");
  bill.detail(gone, DetailKind::location, {}, "/x");
  EXPECT_NE(bill.close(gone), "");
  const std::uint32_t next = bill.add();
  bill.at(next).name = "next";
  EXPECT_EQ(bill.close(next), "");
  EXPECT_EQ(next, gone);
  EXPECT_EQ(bill.find("gone"), no_component);
  const auto finished = bill.finish({});
  ASSERT_TRUE(finished);
  EXPECT_EQ(finished->components.size(), 1U);
  EXPECT_TRUE(finished->details.empty());
}

// Found by fuzzing: a package without a name that relations and the subject had been tied to before it was dropped.
TEST(BillBuilder, NothingIsTiedToAComponentThatIsGone) {
  for (const std::string_view text :
       {"SPDXVersion: SPDX-2.3\nPackageName:\nSPDXID: SPDXRef-a\nRelationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-a\n",
        "SPDXVersion: SPDX-2.3\nPackageName:\nSPDXID: SPDXRef-a\n"
        "Relationship: SPDXRef-a CONTAINS SPDXRef-b\nPackageName: b\nSPDXID: SPDXRef-b\n",
        R"({"bomFormat":"CycloneDX","specVersion":"1.6","metadata":{"component":{"bom-ref":"r","name":"s"}},)"
        R"("components":[{"bom-ref":"r"}]})"}) {
    SCOPED_TRACE(text);
    const auto bill = read_bill(Bytes::copy_of(text));
    ASSERT_TRUE(bill);
    EXPECT_EQ(bill->subject.listed, no_component);
    EXPECT_TRUE(bill->edges.empty());
    EXPECT_FALSE(bill->rejected.empty());
  }
}

TEST(Decode, GivesUtf8WithoutMark) {
  using namespace std::literals;
  const auto decoded = [](std::string_view bytes) {
    return std::string(decode(Bytes::copy_of(bytes), {}).value().view());
  };
  EXPECT_EQ(decoded("\xef\xbb\xbf{}"), "{}");
  EXPECT_EQ(decoded("{\0}\0"sv), "{}");
  EXPECT_EQ(decoded("\0{\0}"sv), "{}");
  EXPECT_EQ(decoded("\xff\xfe{\0\xe9\0\x3d\xd8\0\xde"sv), "{\xc3\xa9\xf0\x9f\x98\x80");
  EXPECT_EQ(decoded("plain"), "plain");
  EXPECT_FALSE(decode(Bytes::copy_of("\xff\xfe\x3d\xd8{\0"sv), {}));
  EXPECT_FALSE(decode(Bytes::copy_of("\xff\xfe{\0}"sv), {}));
}

}  // namespace
}  // namespace pratique
