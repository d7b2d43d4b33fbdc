#include "flow/signatures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "engine/format/format.h"
#include "world/file/file.h"

namespace pratique {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string cases = PRATIQUE_SOURCE_DIR "/tests/regression/attest_no/";

Bytes file(const std::string& name) { return read_file(cases + name, 1 << 20).value(); }

Attestations found_in(const std::string& name, const std::string& image = "checkout") {
  const auto keys = load_keys({cases + "ci.pub"}).value();
  const auto bill = read_bill(file(name)).value();
  return attestations_of(file(name), bill, sha256_of(image), keys);
}

TEST(Signatures, NameTheKeyTheTypeAndTheBill) {
  for (const auto* name : {"envelope.json", "bundle.json"}) {
    const auto found = found_in(name);
    ASSERT_EQ(found.verified.size(), 1u) << name;
    EXPECT_EQ(found.verified[0].key, "ci");
    EXPECT_EQ(found.verified[0].type, "https://cyclonedx.org/bom");
    EXPECT_EQ(found.verified[0].bill, sha256_of(file(name).view()));
    EXPECT_THAT(found.refused, IsEmpty());
    EXPECT_FALSE(found.of_images);
    EXPECT_THAT(*found.keys, ElementsAre("ci"));
  }
}

TEST(Signatures, SayWhyTheyDoNotCount) {
  const std::pair<const char*, const char*> refusals[] = {
      {"other-image.json", "about another image"},
      {"other-key.json", "no signature of it is valid for a key at hand"},
      {"called-spdx.json", "calls itself 'https://spdx.dev/Document' and is cyclonedx-json"}};
  for (const auto& [name, reason] : refusals) {
    const auto found = found_in(name);
    EXPECT_THAT(found.verified, IsEmpty()) << name;
    ASSERT_EQ(found.refused.size(), 1u) << name;
    EXPECT_THAT(found.refused[0], HasSubstr(reason)) << name;
  }
  const auto open = found_in("by-certificate.json");
  EXPECT_THAT(open.verified, IsEmpty());
  EXPECT_THAT(open.undecided, HasSubstr("certificates are not verified yet"));
}

TEST(Signatures, AreNoneOfABareBill) {
  const auto document = Bytes::copy_of(R"({"bomFormat":"CycloneDX","specVersion":"1.6","components":[]})");
  const auto bill = read_bill(Bytes::copy_of(document.view())).value();
  const auto found = attestations_of(document, bill, sha256_of("checkout"), load_keys({cases + "ci.pub"}).value());
  EXPECT_THAT(found.verified, IsEmpty());
  EXPECT_THAT(found.refused.front(), HasSubstr("without an envelope"));
}

TEST(Keys, AreCalledAsTheirFiles) {
  EXPECT_THAT(load_keys({cases}).value().names(), ElementsAre("ci", "other"));
  const auto wrong = load_keys({cases + "envelope.json"});
  EXPECT_THAT(render(wrong.error()), HasSubstr("envelope.json: is no public key in PEM"));
  EXPECT_THAT(render(load_keys({cases + "ci.pub", cases}).error()), HasSubstr("is the second key called 'ci'"));
  EXPECT_EQ(load_keys({cases + "none.pub"}).error().fault, Fault::not_found);
  EXPECT_TRUE(load_keys({}).value().empty());
}

}  // namespace
}  // namespace pratique
