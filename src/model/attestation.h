// What somebody signed, as values: an envelope, and the statement inside. Nothing in here is verified.
#pragma once

#include <string>
#include <vector>

namespace pratique {

// A DSSE envelope, by itself or in a Sigstore bundle.
struct SignedEnvelope {
  std::string payload_type;             // "application/vnd.in-toto+json"
  std::string payload;                  // the bytes that were signed
  std::vector<std::string> signatures;  // bytes; one that is no base64 is empty, and valid for nobody
  bool is_bundle = false;
  bool has_certificate = false;  // a bundle that brings one along, in place of a key
  bool operator==(const SignedEnvelope&) const = default;
};

// An in-toto statement without its predicate.
struct SignedStatement {
  std::string predicate_type;       // "https://cyclonedx.org/bom"
  std::vector<std::string> sha256;  // of its subjects, as written
  bool operator==(const SignedStatement&) const = default;
};

}  // namespace pratique
