#include "base/digest.h"

// The one-shot functions work without loading OpenSSL's providers and configuration, which would cost a cold
// process a millisecond.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include "base/text.h"

namespace pratique {

Result<Digest> parse_digest(std::string_view text) {
  const auto colon = text.find(':');
  const std::string algorithm = lower(text.substr(0, colon == std::string_view::npos ? 0 : colon));
  const std::size_t length = algorithm == "sha256" ? 64 : algorithm == "sha384" ? 96 : algorithm == "sha512" ? 128 : 0;
  if (length != 0 && text.size() == colon + 1 + length) {
    std::string canonical = lower(text);
    if (canonical.find_first_not_of("0123456789abcdef", colon + 1) == std::string::npos)
      return Digest(std::move(canonical));
  }
  return Error{Fault::malformed,
               "'" + std::string(text.substr(0, 80)) + "' is not a digest",
               {},
               "write it as sha256: and 64 hex digits"};
}

Digest sha256_of(std::string_view bytes) {
  unsigned char hash[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), hash);
  constexpr char hex[] = "0123456789abcdef";
  std::string text = "sha256:";
  for (const unsigned char byte : hash) {
    text += hex[byte >> 4];
    text += hex[byte & 15];
  }
  return parse_digest(text).value();
}

}  // namespace pratique
