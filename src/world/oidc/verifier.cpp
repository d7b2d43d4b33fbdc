#include <chrono>
#include <mutex>
#include <nlohmann/json.hpp>

#include "world/http/http.h"
#include "world/oidc/oidc.h"

namespace pratique {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t largest_document = 1 << 20;
constexpr std::chrono::seconds good_for{600}, between_asking{60}, left_alone_for{10};

Result<std::string> fetch(const std::string& url, const std::string& ca_file) {
  std::string body;
  HttpCall call;
  call.url = url;
  call.ca_file = ca_file;
  call.user_agent = "pratique";
  call.redirects = 0;  // the issuer's own word, or none
  call.silence = std::chrono::seconds(5);
  call.receive = [&](const HttpReply&, std::string_view piece) -> Result<void> {
    if (body.size() + piece.size() > largest_document) return Error{Fault::limit, "larger than 1 MiB", {url}, ""};
    body += piece;
    return {};
  };
  auto outcome = http_call(call);
  if (auto* failure = std::get_if<HttpFailure>(&outcome)) return std::move(failure->error);
  const auto status = std::get<HttpReply>(outcome).status;
  if (status == 200 && !body.empty()) return body;
  return Error{Fault::unavailable, "the issuer answers " + std::to_string(status), {url}, ""};
}

}  // namespace

struct OidcVerifier::State {
  Result<std::string> fetch_keys() const {
    const auto place = issuer.url + "/.well-known/openid-configuration";
    PRATIQUE_TRY(const auto text, fetch(place, issuer.ca_file));
    const auto about = nlohmann::json::parse(text, nullptr, false);
    const bool is_its_own = about.is_object() && about.contains("issuer") && about["issuer"] == issuer.url &&
                            about.contains("jwks_uri") && about["jwks_uri"].is_string();
    if (!is_its_own) return Error{Fault::unavailable, "says nothing of its keys, or is another issuer", {place}, ""};
    const auto where = about["jwks_uri"].get<std::string>();
    if (!where.starts_with("https://")) return Error{Fault::unavailable, "publishes its keys without TLS", {place}, ""};
    return fetch(where, issuer.ca_file);
  }

  // The keys, not older than they may be; those at hand when the issuer does not answer. One that did not is left alone
  // for a while, so that not every request waits for it.
  Result<std::string> keys_at(steady_clock::time_point now, std::chrono::seconds oldest) {
    const std::lock_guard lock(mutex);
    if (asked && now - *asked < (keys.empty() ? left_alone_for : oldest)) {
      if (keys.empty()) return *trouble;
      return keys;
    }
    auto fetched = fetch_keys();
    asked = now;
    if (fetched)
      keys = std::move(*fetched);
    else
      trouble = std::move(fetched).error();
    if (keys.empty()) return *trouble;
    return keys;
  }

  OidcIssuer issuer;
  std::mutex mutex;  // of what follows; held while the issuer is asked, so that it is asked once
  std::string keys;
  std::optional<Error> trouble;  // of the last time, where that failed
  std::optional<steady_clock::time_point> asked;
};

OidcVerifier::OidcVerifier(OidcIssuer issuer) : state_(std::make_unique<State>()) {
  state_->issuer = std::move(issuer);
}
OidcVerifier::~OidcVerifier() = default;

Result<OidcClaims> OidcVerifier::verify(std::string_view token, Time now) {
  PRATIQUE_TRY(const auto keys, state_->keys_at(steady_clock::now(), good_for));
  auto claims = verify_oidc_token(token, keys, state_->issuer, now);
  if (claims) return claims;
  // The issuer may have a new key since.
  PRATIQUE_TRY(const auto fresh, state_->keys_at(steady_clock::now(), between_asking));
  return fresh == keys ? claims : verify_oidc_token(token, fresh, state_->issuer, now);
}

}  // namespace pratique
