// RegistryClient: one registry, asked over HTTP. Private to flow.
//
// Follows the OCI distribution specification 1.1 and Docker's token authentication, with the credentials of `docker
// login` (config.json in $DOCKER_CONFIG, else in ~/.docker). Credential helpers are not asked. Plain HTTP on the
// loopback interface alone.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "world/http/http.h"

namespace pratique {

struct RegistryOptions {
  std::string proxy;  // these as in HttpCall
  std::string user_agent = "pratique";
  std::chrono::milliseconds silence{30'000};
  std::function<bool()> interrupted{};
  unsigned tries = 4;                                   // where a registry is busy or does not answer
  std::chrono::milliseconds first_wait{1000};           // before the second try; doubled for each further one
  std::function<void(std::chrono::milliseconds)> wait;  // how to wait; never empty
};

struct RegistryReply {
  long status = 0;
  std::map<std::string, std::string, std::less<>> headers;  // names in lower case
  std::string body;
};

class RegistryClient {
 public:
  // "registry.example:5000", "docker.io".
  RegistryClient(std::string registry, RegistryOptions options);

  const std::string& registry() const { return registry_; }
  const std::string& base() const { return base_; }  // "https://registry.example:5000/v2/"

  // `path` stands behind the base; `scope` is what a token is asked for ("repository:shop/cart:pull"). Answers of 2xx
  // and 404 come back. Fault: refused (401, 403), unsupported (405 and what else it does not know), unavailable (429,
  // 5xx), limit (more than `most` bytes), and those of http_call.
  Result<RegistryReply> ask(std::string_view method, const std::string& path, const std::string& scope,
                            const std::string& accept, std::size_t most);

  // A header for whoever asks without this class, or empty; `again` where the one before was refused.
  Result<std::string> authorisation(const std::string& scope, bool again);

 private:
  Result<RegistryReply> send(std::string_view method, const std::string& url, std::vector<std::string> headers,
                             std::size_t most);
  Result<std::string> make_authorisation(const std::string& scope);
  Result<std::string> fetch_token(const std::string& challenge, const std::string& scope, const std::string& basic);

  std::string registry_, base_;
  RegistryOptions options_;
  HttpSession session_;
  std::map<std::string, std::string> authorisations_;  // by scope
};

}  // namespace pratique
