// Digest: the content address of a document, an image or a layer, as OCI writes it ("sha256:" and 64 hex digits).
// Follows the OCI image specification, descriptor.md, section "Digests".
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace pratique {

class Digest {
 public:
  // The invariant: a registered algorithm (sha256, sha384, sha512), lower-case hex of exactly its length.
  const std::string& text() const { return text_; }  // "sha256:..."
  std::string_view algorithm() const { return std::string_view(text_).substr(0, text_.find(':')); }
  std::string_view hex() const { return std::string_view(text_).substr(text_.find(':') + 1); }
  std::string short_text() const { return text_.substr(0, text_.find(':') + 13); }  // "sha256:" and 12 digits
  auto operator<=>(const Digest&) const = default;

 private:
  friend Result<Digest> parse_digest(std::string_view text);
  explicit Digest(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

// Upper-case hex is accepted and lowered. Fault: malformed.
Result<Digest> parse_digest(std::string_view text);

// SHA-256 of the bytes (FIPS 180-4).
Digest sha256_of(std::string_view bytes);

}  // namespace pratique
