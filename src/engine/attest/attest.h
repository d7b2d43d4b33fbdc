// Signatures: an envelope x trusted keys -> which of the keys signed it. Pure; thread safe.
//
// The question is always: is there a valid signature over exactly these bytes, as exactly this type, by exactly this
// key? The surprise: nothing that comes along decides anything. `keyid`, hints, annotations and names are claims of the
// uploader and are not read. Certificates and transparency logs are not verified yet: an envelope that comes with one
// is signed by nobody here.
//
// Follows DSSE 1.0 (protocol.md), in-toto attestations (statement.md, v0.1 and v1) and, for bundles, the Sigstore
// protobuf-specs and their algorithm registry.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "model/attestation.h"

namespace pratique {

// Public keys by the names that policies use. Values; copies share what is immutable.
class TrustedKeys {
 public:
  // One SubjectPublicKeyInfo in PEM: ECDSA on P-256 (with SHA-256) or P-384 (SHA-384), Ed25519, RSA of 2,048 to 8,192
  // bits (PKCS #1 v1.5, SHA-256). Fault: malformed (no public key, several, a private one, a name given twice),
  // unsupported (another kind, a short one).
  Result<void> add(std::string name, std::string_view pem);

  bool empty() const { return keys_.empty(); }
  std::vector<std::string> names() const;  // in the order given
  // A digest over names and keys: equal roots, equal generation. Empty without any.
  const std::string& generation() const { return generation_; }

 private:
  friend Result<std::vector<std::string>> verify_envelope(const SignedEnvelope& envelope, const TrustedKeys& keys);
  struct Key;
  std::vector<std::shared_ptr<const Key>> keys_;
  std::string generation_;
};

// The names of the keys that signed the payload as an in-toto statement: one valid signature is enough, as DSSE has it,
// and a bundle has exactly one. Fault: refused, with what is wrong; unsupported (signed with a certificate).
Result<std::vector<std::string>> verify_envelope(const SignedEnvelope& envelope, const TrustedKeys& keys);

// Whether the statement is about this image: one of its subjects has the very digest, as OCI writes it.
bool is_about(const SignedStatement& statement, const Digest& image);

// Whether what it carries is called a bill: CycloneDX, SPDX or syft's own.
bool carries_bill(const SignedStatement& statement);

}  // namespace pratique
