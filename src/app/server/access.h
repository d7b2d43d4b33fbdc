// Who asks: by API token, by a token of the identity provider, by client certificate, or by nothing at all where that
// is allowed. Private to the server.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "app/server/evidence.h"
#include "app/server/server.h"
#include "flow/access.h"
#include "model/access.h"
#include "world/http/http.h"

namespace pratique {

// What a request shows is either at hand to be judged, or the store must be asked: that may wait.
class Access {
 public:
  Access(const ServerConfig& config, StoreReaders& stores, const Clock& clock);

  // At once: whoever is known without the store. Empty: ask identify(), where waiting is allowed.
  std::optional<std::shared_ptr<const Principal>> recognise(const HttpRequest& request);
  // Fault: refused for a token that is none, not good any more or not good enough; else that of the store.
  Result<std::shared_ptr<const Principal>> identify(const HttpRequest& request);

 private:
  Result<KnownToken> known_by(std::string_view bearer);

  // What a token stood for when the store was last asked.
  struct Known {
    std::shared_ptr<const Principal> identity;  // shared with the requests under way
    Time expires;
    std::chrono::steady_clock::time_point asked;
  };

  const ServerConfig& config_;
  StoreReaders& stores_;
  const Clock& clock_;
  const std::shared_ptr<const Principal> nobody_, everybody_;  // without and with --no-auth
  std::optional<OidcVerifier> oidc_;
  std::mutex mutex_;                              // of what follows
  std::unordered_map<std::string, Known> known_;  // by what the token hashes to
};

// Who a token of the identity provider stands for by the configuration.
Principal identity_of(const OidcClaims& claims, const std::vector<OidcGrant>& table);

// Who a certificate stands for by the configuration; no grants where that names it nowhere.
Principal identity_of(const ClientCertificate& certificate, const std::vector<CertificateGrant>& table);

}  // namespace pratique
