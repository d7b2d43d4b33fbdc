// oidc: bearer tokens of an identity provider, verified (OpenID Connect Core 1.0, RFC 7519). libcjose inside.
//
// The surprise: nothing in a token says how it is to be verified. Its algorithm must be one of RS256, PS256 and ES256,
// and its key is looked up by `kid` among those that the issuer itself publishes; keys and addresses in the token's
// head are not looked at. Thread safe.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace pratique {

struct OidcIssuer {
  std::string url;       // "https://dex.example.com", as in the claim `iss`
  std::string audience;  // what the claim `aud` must name
  std::string ca_file;   // PEM, in place of the system's
};

struct OidcClaims {
  std::string subject;
  std::string email;                // where the issuer says that it verified it; else empty
  std::vector<std::string> groups;  // of the claim "groups"
  Time expires{};
  bool operator==(const OidcClaims&) const = default;
};

// `keys` is a JSON Web Key Set (RFC 7517). A minute of difference between clocks is forgiven. Fault: refused, with the
// reason for the log; it tells nothing that whoever made the token does not know.
Result<OidcClaims> verify_oidc_token(std::string_view token, std::string_view keys, const OidcIssuer& issuer, Time now);

// One issuer with its keys: fetched on first use, again after ten minutes, and at most once a minute for a key that is
// not among them.
class OidcVerifier {
 public:
  explicit OidcVerifier(OidcIssuer issuer);
  OidcVerifier(const OidcVerifier&) = delete;
  OidcVerifier& operator=(const OidcVerifier&) = delete;
  ~OidcVerifier();
  // May wait for the issuer. Fault: refused; unavailable and timeout when it does not answer and its keys are not
  // known.
  Result<OidcClaims> verify(std::string_view token, Time now);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pratique
