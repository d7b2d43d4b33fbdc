#include "flow/registry_manifest.h"

#include <gtest/gtest.h>

namespace pratique {
namespace {

const std::string a = sha256_of("a").text(), b = sha256_of("b").text(), c = sha256_of("c").text();

Result<RegistryManifest> read(const std::string& text) { return read_registry_manifest(Bytes::copy_of(text)); }

TEST(RegistryManifest, KnowsThePartsOfAnIndexAndWhatIsAttestedOfThem) {
  const auto index = read(R"({"schemaVersion":2,"manifests":[
    {"digest":")" + a + R"(","platform":{"os":"linux","architecture":"arm64","variant":"v8"}},
    {"digest":")" + b + R"("},
    {"digest":")" + c + R"(","platform":{"os":"unknown","architecture":"unknown"},"annotations":{
      "vnd.docker.reference.type":"attestation-manifest","vnd.docker.reference.digest":")" +
                          a + R"("}}]})");
  ASSERT_TRUE(index) << render(index.error());
  EXPECT_TRUE(index->is_index);
  ASSERT_EQ(index->parts.size(), 2u);
  EXPECT_EQ(index->parts[0].platform, "linux/arm64/v8");
  EXPECT_EQ(index->parts[1].platform, "");
  ASSERT_EQ(index->attached.size(), 1u);
  EXPECT_EQ(index->attached[0].digest.text(), c);
  EXPECT_EQ(index->attached[0].subject->text(), a);
}

TEST(RegistryManifest, KnowsWhatItIsAttachedToAndWhatItsLayersAre) {
  const auto manifest = read(R"({"subject":{"digest":")" + a + R"("},
    "annotations":{"dev.sigstore.bundle.predicateType":"https://spdx.dev/Document"},
    "layers":[{"digest":")" + b +
                             R"(","mediaType":"x"},
      {"digest":")" + c + R"(","mediaType":"y","annotations":{"predicateType":"p"}}]})");
  ASSERT_TRUE(manifest) << render(manifest.error());
  EXPECT_EQ(manifest->subject->text(), a);
  ASSERT_EQ(manifest->layers.size(), 2u);
  EXPECT_EQ(manifest->layers[0].predicate, "https://spdx.dev/Document");
  EXPECT_EQ(manifest->layers[1].predicate, "p");
}

TEST(RegistryManifest, RefusesWhatIsNone) {
  EXPECT_EQ(read("[]").error().fault, Fault::malformed);
  EXPECT_EQ(read("{}").error().fault, Fault::malformed);
  EXPECT_EQ(read("").error().fault, Fault::malformed);
  EXPECT_EQ(read(R"({"fsLayers":[]})").error().fault, Fault::unsupported);
  EXPECT_EQ(read(R"({"layers":[{"digest":"sha256:12"}]})").error().fault, Fault::malformed);
  EXPECT_EQ(read(R"({"manifests":[7]})").error().fault, Fault::malformed);
  EXPECT_EQ(read(R"({"subject":{},"layers":[]})").error().fault, Fault::malformed);
}

TEST(RegistryManifest, ReadsListsOfNames) {
  const auto names = [](const char* text) { return read_registry_names(Bytes::copy_of(text), "tags"); };
  EXPECT_EQ(names(R"({"name":"x","tags":["1","2"]})").value(), (std::vector<std::string>{"1", "2"}));
  EXPECT_TRUE(names(R"({"tags":null})")->empty());
  EXPECT_EQ(names(R"({"name":"x"})").error().fault, Fault::malformed) << "no list is not an empty one";
  EXPECT_EQ(names(R"({"tags":[1]})").error().fault, Fault::malformed);
  EXPECT_EQ(names(R"({"tags":{}})").error().fault, Fault::malformed);
}

TEST(RegistryManifest, FindsTheNextPage) {
  EXPECT_EQ(next_page(R"(</v2/_catalog?last=b&n=2>; rel="next")"), "/v2/_catalog?last=b&n=2");
  EXPECT_EQ(next_page(R"(</x>; rel="first", </y>; rel=next)"), "/y");
  EXPECT_EQ(next_page(R"(</x>; rel="prev")"), "");
  EXPECT_EQ(next_page("<"), "");
  EXPECT_EQ(next_page(""), "");
}

}  // namespace
}  // namespace pratique
