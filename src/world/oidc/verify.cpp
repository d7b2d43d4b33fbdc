#include <cjose/cjose.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "world/oidc/oidc.h"

namespace pratique {
namespace {

using Json = nlohmann::json;

constexpr std::size_t largest_token = 16 << 10;
constexpr std::chrono::seconds skew{60};
constexpr std::string_view algorithms[] = {"RS256", "PS256", "ES256"};

using Jws = std::unique_ptr<cjose_jws_t, decltype([](cjose_jws_t* jws) { cjose_jws_release(jws); })>;
using Jwk = std::unique_ptr<cjose_jwk_t, decltype([](cjose_jwk_t* key) { cjose_jwk_release(key); })>;

Error refused(std::string why) { return {Fault::refused, "the token is refused: " + std::move(why), {}, ""}; }

std::string text_of(const Json& object, const char* name) {
  const auto member = object.find(name);
  return member != object.end() && member->is_string() ? member->get<std::string>() : std::string();
}

// The key of this id that may be used for this; a set without ids is of no use.
std::string find_key(std::string_view keys, const std::string& id, std::string_view algorithm) {
  const Json set = Json::parse(keys, nullptr, false);
  if (!set.is_object() || !set.contains("keys") || !set["keys"].is_array()) return {};
  for (const Json& key : set["keys"]) {
    if (!key.is_object() || text_of(key, "kid") != id) continue;
    const auto use = text_of(key, "use"), for_algorithm = text_of(key, "alg");
    const bool fits = text_of(key, "kty") == (algorithm == "ES256" ? "EC" : "RSA") && (use.empty() || use == "sig") &&
                      (for_algorithm.empty() || for_algorithm == algorithm);
    if (fits) return key.dump();
  }
  return {};
}

Result<Json> read_signed(std::string_view token, std::string_view keys) {
  cjose_err problem{};
  const Jws jws(cjose_jws_import(token.data(), token.size(), &problem));
  if (jws == nullptr) return refused("it is no signed token");
  cjose_header_t* const head = cjose_jws_get_protected(jws.get());
  const auto header = [&](const char* name) {
    const char* value = cjose_header_get(head, name, &problem);
    return std::string(value == nullptr ? "" : value);
  };
  const auto algorithm = header("alg"), id = header("kid");
  if (std::find(std::begin(algorithms), std::end(algorithms), algorithm) == std::end(algorithms))
    return refused("its algorithm is none of RS256, PS256 and ES256");
  if (!header("crit").empty()) return refused("it wants what is not understood");
  const auto text = find_key(keys, id, algorithm);
  if (id.empty() || text.empty()) return refused("its key is not the issuer's");
  const Jwk key(cjose_jwk_import(text.data(), text.size(), &problem));
  if (key == nullptr) return refused("its key cannot be read");
  if (!cjose_jws_verify(jws.get(), key.get(), &problem)) return refused("its signature is wrong");
  std::uint8_t* bytes = nullptr;
  std::size_t size = 0;
  if (!cjose_jws_get_plaintext(jws.get(), &bytes, &size, &problem)) return refused("it has no content");
  Json claims = Json::parse(std::string_view(reinterpret_cast<const char*>(bytes), size), nullptr, false);
  if (!claims.is_object()) return refused("its claims are no JSON object");
  return claims;
}

bool names(const Json& claims, const std::string& audience) {
  const auto member = claims.find("aud");
  if (member == claims.end()) return false;
  if (member->is_string()) return *member == audience;
  return member->is_array() && std::find(member->begin(), member->end(), audience) != member->end();
}

// Seconds since 1970; nothing for what is no such number.
std::optional<Time> time_of(const Json& claims, const char* name) {
  const auto member = claims.find(name);
  if (member == claims.end() || !member->is_number()) return std::nullopt;
  const double seconds = member->get<double>();
  if (!(seconds >= 0 && seconds < 1e11)) return std::nullopt;
  return Time(std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000)));
}

}  // namespace

Result<OidcClaims> verify_oidc_token(std::string_view token, std::string_view keys, const OidcIssuer& issuer,
                                     Time now) {
  if (token.size() > largest_token) return refused("it is too large");
  PRATIQUE_TRY(const Json claims, read_signed(token, keys));
  if (text_of(claims, "iss") != issuer.url) return refused("it is of another issuer");
  if (!names(claims, issuer.audience)) return refused("it is for somebody else");
  const auto expires = time_of(claims, "exp");
  if (!expires || *expires + skew <= now) return refused("it is over");
  const auto from = time_of(claims, "nbf");
  if (claims.contains("nbf") && (!from || *from - skew > now)) return refused("it is not good yet");
  OidcClaims known{text_of(claims, "sub"), {}, {}, *expires + skew};
  if (known.subject.empty() || known.subject.size() > 256) return refused("it names nobody");
  const auto verified = claims.find("email_verified");
  if (verified != claims.end() && *verified == true) known.email = text_of(claims, "email");
  if (const auto groups = claims.find("groups"); groups != claims.end() && groups->is_array())
    for (const Json& group : *groups)
      if (group.is_string()) known.groups.push_back(group.get<std::string>());
  return known;
}

}  // namespace pratique
