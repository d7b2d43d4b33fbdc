#include "engine/attest/attest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

namespace pratique {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// A key pair of the test's own.
class Signer {
 public:
  explicit Signer(const char* type, const char* curve = nullptr, unsigned bits = 2048)
      : key_(curve != nullptr             ? EVP_PKEY_Q_keygen(nullptr, nullptr, type, curve)
             : std::string(type) == "RSA" ? EVP_PKEY_Q_keygen(nullptr, nullptr, type, std::size_t{bits})
                                          : EVP_PKEY_Q_keygen(nullptr, nullptr, type)) {}
  Signer(const Signer&) = delete;
  Signer& operator=(const Signer&) = delete;
  ~Signer() { EVP_PKEY_free(key_); }

  std::string pem(bool secret = false) const {
    BIO* bio = BIO_new(BIO_s_mem());
    if (secret)
      PEM_write_bio_PrivateKey(bio, key_, nullptr, nullptr, 0, nullptr, nullptr);
    else
      PEM_write_bio_PUBKEY(bio, key_);
    char* text = nullptr;
    const auto size = BIO_get_mem_data(bio, &text);
    std::string made(text, static_cast<std::size_t>(size));
    BIO_free(bio);
    return made;
  }

  std::string sign(const std::string& message, const EVP_MD* digest) const {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    std::size_t size = 0;
    const auto* bytes = reinterpret_cast<const unsigned char*>(message.data());
    EXPECT_EQ(EVP_DigestSignInit(context, nullptr, digest, nullptr, key_), 1);
    EXPECT_EQ(EVP_DigestSign(context, nullptr, &size, bytes, message.size()), 1);
    std::string signature(size, '\0');
    EXPECT_EQ(EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()), &size, bytes, message.size()),
              1);
    EVP_MD_CTX_free(context);
    signature.resize(size);
    return signature;
  }

 private:
  EVP_PKEY* key_;
};

const std::string type = "application/vnd.in-toto+json";
const std::string payload = R"({"_type":"https://in-toto.io/Statement/v1"})";
const std::string pae =
    "DSSEv1 " + std::to_string(type.size()) + " " + type + " " + std::to_string(payload.size()) + " " + payload;

SignedEnvelope envelope_of(std::vector<std::string> signatures) { return {type, payload, std::move(signatures)}; }

TEST(Attest, TakesEveryKindOfKeyThatItNames) {
  struct Kind {
    const char *type, *curve;
    const EVP_MD* digest;
  };
  for (const auto& [kind, curve, digest] : {Kind{"EC", "P-256", EVP_sha256()}, Kind{"EC", "P-384", EVP_sha384()},
                                            Kind{"ED25519", nullptr, nullptr}, Kind{"RSA", nullptr, EVP_sha256()}}) {
    SCOPED_TRACE(std::string(kind) + (curve == nullptr ? "" : curve));
    const Signer signer(kind, curve), other(kind, curve);
    TrustedKeys keys;
    ASSERT_TRUE(keys.add("ci", signer.pem()));
    ASSERT_TRUE(keys.add("other", other.pem()));
    const auto good = signer.sign(pae, digest);
    EXPECT_THAT(verify_envelope(envelope_of({good}), keys).value(), ElementsAre("ci"));
    EXPECT_THAT(verify_envelope(envelope_of({"garbage", "", good}), keys).value(), ElementsAre("ci"));
    EXPECT_THAT(verify_envelope(envelope_of({good, other.sign(pae, digest)}), keys).value(),
                ElementsAre("ci", "other"));
    // Over the payload alone, without its type.
    EXPECT_FALSE(verify_envelope(envelope_of({signer.sign(payload, digest)}), keys));
    EXPECT_FALSE(verify_envelope(envelope_of({good + "x"}), keys));
    EXPECT_FALSE(verify_envelope(envelope_of({good.substr(0, good.size() - 1)}), keys));
    auto tampered = envelope_of({good});
    tampered.payload += " ";
    EXPECT_FALSE(verify_envelope(tampered, keys));
    TrustedKeys without;
    ASSERT_TRUE(without.add("other", other.pem()));
    EXPECT_THAT(render(verify_envelope(envelope_of({good}), without).error()),
                HasSubstr("no signature of it is valid"));
  }
}

// Every bit of a signature counts.
TEST(Attest, RefusesEverySignatureWithABitFlipped) {
  const Signer signer("ED25519");
  TrustedKeys keys;
  ASSERT_TRUE(keys.add("ci", signer.pem()));
  const auto good = signer.sign(pae, nullptr);
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    auto bad = good;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << bit % 8));
    ASSERT_FALSE(verify_envelope(envelope_of({bad}), keys)) << bit;
  }
}

TEST(Attest, RefusesWhatIsNotSignedAsAStatement) {
  const Signer signer("EC", "P-256");
  TrustedKeys keys;
  ASSERT_TRUE(keys.add("ci", signer.pem()));
  const std::string json = "application/json";
  SignedEnvelope other = {json, payload, {}};
  other.signatures = {signer.sign(
      "DSSEv1 " + std::to_string(json.size()) + " " + json + " " + std::to_string(payload.size()) + " " + payload,
      EVP_sha256())};
  EXPECT_THAT(render(verify_envelope(other, keys).error()), HasSubstr("of type 'application/json'"));
  EXPECT_THAT(render(verify_envelope(envelope_of({}), keys).error()), HasSubstr("nobody signed it"));
  const auto good = signer.sign(pae, EVP_sha256());
  auto bundle = envelope_of({good, good});
  bundle.is_bundle = true;
  EXPECT_THAT(render(verify_envelope(bundle, keys).error()), HasSubstr("has one signature, this one 2"));
  bundle.signatures.pop_back();
  EXPECT_TRUE(verify_envelope(bundle, keys));
  bundle.has_certificate = true;  // a good signature by a key does not make up for a certificate nobody looked at
  EXPECT_EQ(verify_envelope(bundle, keys).error().fault, Fault::unsupported);
}

TEST(Attest, TakesPublicKeysOfEnoughStrengthAlone) {
  TrustedKeys keys;
  const auto fails = [&](const std::string& pem) {
    const auto added = keys.add("k", pem);
    EXPECT_FALSE(added);
    return added ? "" : render(added.error());
  };
  const Signer good("EC", "P-256");
  EXPECT_THAT(fails(""), HasSubstr("is no public key in PEM"));
  EXPECT_THAT(fails("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"), HasSubstr("is no public key"));
  EXPECT_THAT(fails(good.pem(true)), HasSubstr("is a private key"));
  EXPECT_THAT(fails(good.pem() + good.pem()), HasSubstr("holds several keys"));
  EXPECT_THAT(fails(Signer("RSA", nullptr, 1024).pem()), HasSubstr("an RSA key of 1024 bits"));
  EXPECT_THAT(fails(Signer("EC", "P-521").pem()), HasSubstr("on another curve"));
  EXPECT_THAT(fails(Signer("X25519").pem()), HasSubstr("a key of another kind"));
  EXPECT_TRUE(keys.empty());
  ASSERT_TRUE(keys.add("k", good.pem()));
  EXPECT_THAT(fails(Signer("ED25519").pem()), HasSubstr("is the second key called 'k'"));
  EXPECT_THAT(keys.names(), ElementsAre("k"));
}

TEST(Attest, NamesTheGenerationByWhatIsTrusted) {
  const Signer a("ED25519"), b("ED25519");
  TrustedKeys one, two, renamed;
  EXPECT_EQ(one.generation(), "");
  ASSERT_TRUE(one.add("a", a.pem()) && one.add("b", b.pem()));
  ASSERT_TRUE(two.add("b", b.pem()) && two.add("a", a.pem()));
  ASSERT_TRUE(renamed.add("b", a.pem()) && renamed.add("a", b.pem()));
  EXPECT_EQ(one.generation(), two.generation());
  EXPECT_NE(one.generation(), renamed.generation());
}

TEST(Attest, ComparesSubjectsAsTheyAreWritten) {
  const auto digest = sha256_of("image");
  EXPECT_TRUE(is_about({"", {"x", std::string(digest.hex())}}, digest));
  auto upper = std::string(digest.hex());
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  EXPECT_FALSE(is_about({"", {upper}}, digest));
  EXPECT_FALSE(is_about({"", {std::string(digest.hex().substr(0, 63))}}, digest));
  EXPECT_FALSE(is_about({"", {}}, digest));
  EXPECT_FALSE(is_about({"", {std::string(64, 'a')}}, parse_digest("sha512:" + std::string(128, 'a')).value()));
}

TEST(Attest, KnowsWhatIsCalledABill) {
  for (const auto* bill : {"https://cyclonedx.org/bom", "https://cyclonedx.org/bom/v1.5", "https://spdx.dev/Document",
                           "https://spdx.dev/Document/v2.3", "https://syft.dev/bom"})
    EXPECT_TRUE(carries_bill({bill, {}})) << bill;
  for (const auto* other :
       {"", "https://cyclonedx.org/bomb", "https://openvex.dev/ns", "https://slsa.dev/provenance/v1", "cyclonedx",
        "https://cosign.sigstore.dev/attestation/vuln/v1"})
    EXPECT_FALSE(carries_bill({other, {}})) << other;
}

}  // namespace
}  // namespace pratique
