// Bundles and envelopes by cosign and by hand, good and bad, in OCI layouts (shared data): of what lies at an image,
// which counts as signed by the key, about this image, as this type.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "../support/files.h"
#include "engine/attest/attest.h"
#include "engine/format/format.h"

namespace pratique {
namespace {

using Json = nlohmann::json;

const std::string data = PRATIQUE_SOURCE_DIR "/../shared/data-attest/";

std::string blob_of(const std::string& layout, const std::string& digest) {
  return read_whole(layout + "/blobs/sha256/" + digest.substr(digest.find(':') + 1));
}

// Everything that lies at the image: referrers by their subject and by the fallback tag, cosign's .att tag.
std::set<std::string> documents_at(const std::string& layout, const std::string& subject) {
  std::set<std::string> documents, manifests;
  const auto index = Json::parse(read_whole(layout + "/index.json"));
  const std::string fallback = "sha256-" + subject.substr(subject.find(':') + 1);
  for (const auto& entry : index.at("manifests")) {
    const std::string name = entry.contains("annotations")
                                 ? entry["annotations"].value("org.opencontainers.image.ref.name", "")
                                 : std::string();
    const auto json = Json::parse(blob_of(layout, entry.at("digest")), nullptr, false);
    if (json.is_discarded()) continue;
    if (name == fallback)
      for (const auto& one : json.at("manifests")) manifests.insert(one.at("digest").get<std::string>());
    if (name == fallback + ".att" || (json.contains("subject") && json["subject"].at("digest") == subject))
      manifests.insert(entry.at("digest").get<std::string>());
  }
  for (const auto& digest : manifests) {
    const auto manifest = Json::parse(blob_of(layout, digest), nullptr, false);
    if (manifest.is_discarded() || !manifest.contains("layers")) continue;
    for (const auto& layer : manifest["layers"]) documents.insert(blob_of(layout, layer.at("digest")));
  }
  return documents;
}

bool counts(const std::string& document, const TrustedKeys& keys, const Digest& image, const std::string& type) {
  const auto envelope = read_signed_envelope(Bytes::copy_of(document));
  if (!envelope || !verify_envelope(*envelope, keys)) return false;
  const auto statement = read_statement(Bytes::copy_of(envelope->payload));
  return statement && is_about(*statement, image) && statement->predicate_type == type;
}

TEST(Attestations, CountAsTheyShould) {
  const auto text = read_whole(data + "expected.json");
  if (text.empty()) GTEST_SKIP() << "no shared data";
  int judged = 0;
  const auto expected = Json::parse(text);
  for (const auto& one : expected.at("cases")) {
    if (one.at("kind") != "attestation") continue;
    SCOPED_TRACE(one.at("case").get<std::string>() + ": " + one.at("why").get<std::string>());
    TrustedKeys keys;
    ASSERT_TRUE(keys.add("key", read_whole(data + one.at("key").get<std::string>())));
    const auto image = parse_digest(one.at("subject").get<std::string>()).value();
    bool any = false;
    for (const auto& document : documents_at(data + one.at("layout").get<std::string>(), image.text()))
      any = counts(document, keys, image, one.at("predicateType")) || any;
    if (one.at("verdict") != "either") {
      EXPECT_EQ(any, one.at("verdict") == "accept");
    }
    ++judged;
  }
  EXPECT_GE(judged, 60);
}

// The same bundles are no key's when a certificate signed them, whoever it belongs to.
TEST(Attestations, WithCertificatesAreOpen) {
  const auto text = read_whole(data + "expected.json");
  if (text.empty()) GTEST_SKIP() << "no shared data";
  TrustedKeys keys;
  ASSERT_TRUE(keys.add("dev", read_whole(data + "keys/dev.pub")));
  int judged = 0;
  const auto expected = Json::parse(text);
  for (const auto& one : expected.at("cases")) {
    if (one.at("kind") != "certificate") continue;
    for (const auto& document : documents_at(data + one.at("layout").get<std::string>(), one.at("subject"))) {
      const auto envelope = read_signed_envelope(Bytes::copy_of(document));
      ASSERT_TRUE(envelope) << render(envelope.error());
      EXPECT_EQ(verify_envelope(*envelope, keys).error().fault, Fault::unsupported);
      ++judged;
    }
  }
  EXPECT_GE(judged, 3);
}

}  // namespace
}  // namespace pratique
