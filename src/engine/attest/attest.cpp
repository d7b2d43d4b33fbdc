#include "engine/attest/attest.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>

#include "base/text.h"

namespace pratique {
namespace {

constexpr std::string_view statement_type = "application/vnd.in-toto+json";

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using KeyPointer = std::unique_ptr<EVP_PKEY, Free>;

// OpenSSL keeps what went wrong for the thread; nothing of it is ours to leave behind.
struct ErrorsCleared {
  ~ErrorsCleared() { ERR_clear_error(); }
};

// The digest that goes with the key, as Sigstore's algorithm registry has it; none for Ed25519.
Result<const EVP_MD*> digest_for(EVP_PKEY* key) {
  const int bits = EVP_PKEY_get_bits(key);
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_ED25519: return static_cast<const EVP_MD*>(nullptr);
    case EVP_PKEY_RSA:
      if (bits < 2048 || bits > 8192)
        return Error{Fault::unsupported,
                     "an RSA key of " + std::to_string(bits) + " bits",
                     {},
                     "use one of 2,048 to 8,192, or ECDSA on P-256"};
      return EVP_sha256();
    case EVP_PKEY_EC: {
      std::array<char, 32> curve{};
      EVP_PKEY_get_group_name(key, curve.data(), curve.size(), nullptr);
      const std::string_view name = curve.data();
      if (name == "prime256v1" || name == "P-256") return EVP_sha256();
      if (name == "secp384r1" || name == "P-384") return EVP_sha384();
      return Error{Fault::unsupported, "an ECDSA key on another curve", {}, "use P-256 or P-384"};
    }
    default:
      return Error{Fault::unsupported, "a key of another kind", {}, "use ECDSA on P-256 or P-384, Ed25519 or RSA"};
  }
}

std::size_t count_of(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + part.size())) ++count;
  return count;
}

Result<KeyPointer> parse_key(std::string_view pem) {
  if (pem.find("PRIVATE KEY-----") != std::string_view::npos)
    return Error{Fault::malformed, "is a private key", {}, "give the public one: openssl pkey -in KEY -pubout"};
  const auto blocks = count_of(pem, "-----BEGIN ");
  const Error none{Fault::malformed, "is no public key in PEM", {}, "it begins with -----BEGIN PUBLIC KEY-----"};
  if (blocks > 1) return Error{Fault::malformed, "holds several keys", {}, "give each a file of its own"};
  if (blocks == 0 || pem.size() > 64 * 1024 || pem.find("-----BEGIN PUBLIC KEY-----") == std::string_view::npos)
    return none;
  const std::unique_ptr<BIO, Free> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  KeyPointer key(PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr));
  if (!key) return none;
  return key;
}

std::string encoded(EVP_PKEY* key) {
  unsigned char* bytes = nullptr;
  const int size = i2d_PUBKEY(key, &bytes);
  std::string text(reinterpret_cast<const char*>(bytes), size > 0 ? static_cast<std::size_t>(size) : 0);
  OPENSSL_free(bytes);
  return text;
}

// What is signed is type and payload, each behind its length (DSSE, protocol.md, "PAE").
std::string pae_of(const SignedEnvelope& envelope) {
  std::string pae = "DSSEv1 " + std::to_string(envelope.payload_type.size()) + " " + envelope.payload_type + " " +
                    std::to_string(envelope.payload.size()) + " ";
  return pae += envelope.payload;
}

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

}  // namespace

struct TrustedKeys::Key {
  std::string name;
  KeyPointer key;
  const EVP_MD* digest = nullptr;
  std::string spki;  // DER

  bool signed_this(std::string_view message, std::string_view signature) const {
    const std::unique_ptr<EVP_MD_CTX, Free> context(EVP_MD_CTX_new());
    return EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, key.get()) == 1 &&
           EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(message), message.size()) ==
               1;
  }
};

Result<void> TrustedKeys::add(std::string name, std::string_view pem) {
  const ErrorsCleared cleared;
  PRATIQUE_TRY(auto parsed, parse_key(pem));
  PRATIQUE_TRY(const auto* digest, digest_for(parsed.get()));
  for (const auto& known : keys_)
    if (known->name == name)
      return Error{Fault::malformed, "is the second key called '" + name + "'", {}, "call them differently"};
  auto spki = encoded(parsed.get());
  keys_.push_back(std::make_shared<const Key>(Key{std::move(name), std::move(parsed), digest, std::move(spki)}));
  std::vector<std::string> parts;
  for (const auto& key : keys_) parts.push_back(key->name + "\n" + sha256_of(key->spki).text() + "\n");
  std::sort(parts.begin(), parts.end());
  std::string all;
  for (const auto& part : parts) all += part;
  generation_ = sha256_of(all).text();
  return {};
}

std::vector<std::string> TrustedKeys::names() const {
  std::vector<std::string> names;
  for (const auto& key : keys_) names.push_back(key->name);
  return names;
}

Result<std::vector<std::string>> verify_envelope(const SignedEnvelope& envelope, const TrustedKeys& keys) {
  const ErrorsCleared cleared;
  const auto refused = [](std::string text) { return Error{Fault::refused, std::move(text), {}, {}}; };
  if (envelope.payload_type != statement_type)
    return refused("what is signed is of type '" + printable(envelope.payload_type.substr(0, 80)) +
                   "' and no in-toto statement");
  if (envelope.signatures.empty()) return refused("nobody signed it");
  if (envelope.is_bundle && envelope.signatures.size() != 1)
    return refused("a Sigstore bundle has one signature, this one " + std::to_string(envelope.signatures.size()));
  if (envelope.has_certificate)
    return Error{Fault::unsupported, "it is signed with a certificate, and certificates are not verified yet", {}, {}};
  const auto message = pae_of(envelope);
  std::vector<std::string> names;
  for (const auto& key : keys.keys_)
    if (std::any_of(envelope.signatures.begin(), envelope.signatures.end(),
                    [&](const std::string& signature) { return key->signed_this(message, signature); }))
      names.push_back(key->name);
  if (names.empty()) return refused("no signature of it is valid for a key at hand");
  return names;
}

bool is_about(const SignedStatement& statement, const Digest& image) {
  return image.algorithm() == "sha256" &&
         std::find(statement.sha256.begin(), statement.sha256.end(), image.hex()) != statement.sha256.end();
}

bool carries_bill(const SignedStatement& statement) {
  const std::string_view type = statement.predicate_type;
  constexpr std::array kinds = {std::string_view("https://cyclonedx.org/bom"),
                                std::string_view("https://cyclonedx.org/schema"),
                                std::string_view("https://spdx.dev/Document"),
                                std::string_view("https://spdx.dev/spdx"), std::string_view("https://syft.dev/bom")};
  return std::any_of(kinds.begin(), kinds.end(), [&](std::string_view kind) {
    return type.starts_with(kind) && (type.size() == kind.size() || type[kind.size()] == '/');
  });
}

}  // namespace pratique
