// The service behind `pratique serve`: the admission webhook, questions to the inventory, health and metrics over one
// TLS port. docs/server.md is its manual for users.
//
// The surprise: it handles no signal and watches nothing by itself. Whoever runs it calls refresh() now and then and
// stop() once. What cannot be loaded at start is an error; later the old one stays in use, and the log and the metrics
// say so.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "model/access.h"
#include "world/http/http.h"
#include "world/oidc/oidc.h"

namespace pratique {

// What a client certificate is good for: one whose subject (RFC 4514), or one of whose names ("dns:...", "uri:..."),
// fits. One '*' stands for any text; for an agent that is the node it speaks for.
struct CertificateGrant {
  std::string subject, name;  // one of them
  Grant grant;
};

// What a token of the identity provider is good for: whoever is in the group, or has that subject or verified address.
struct OidcGrant {
  std::string group, user;  // one of them
  Grant grant;
};

struct ServerConfig {
  HttpServerOptions http;          // address, port, certificate, limits
  std::string self_signed = ".";   // folder for a certificate of our own; empty where one was given
  std::string host = "localhost";  // the name on it
  std::string store, database;
  std::vector<std::string> policies;  // files and folders
  std::vector<std::string> vex;       // files and folders; nobody's word counts unless a rule trusts its author
  std::vector<std::string> keys;      // public keys that bills may be signed with: files and folders
  std::vector<std::string> yanked;    // lists of yanked images: files and folders
  std::string namespaces;             // a dump of the cluster's namespaces; empty: nobody looks
  std::string cluster;                // a name for logs; may be empty
  std::size_t cache_bytes = std::size_t{256} << 20;
  unsigned ingests = 8;  // requests that bring something, at once
  unsigned rate = 500;   // requests a second of one client, on all routes that are not open; 0: as many as it likes
  unsigned lookups = 2;  // bills that are looked up at once
  // Everybody may do everything: on loopback addresses only.
  bool no_auth = false;
  std::vector<CertificateGrant> certificates;
  OidcIssuer oidc;  // without a URL there is none
  std::vector<OidcGrant> oidc_grants;
  std::chrono::milliseconds shutdown_delay{0};       // how long /readyz says no before the port closes
  std::chrono::milliseconds shutdown_grace{20'000};  // how long requests in flight have then
};

// The YAML file of `serve --config`. `defaults` has what the file may leave out; paths in the file are relative to its
// folder. Fault: usage, with file:line:column and a suggestion.
Result<ServerConfig> parse_server_config(std::string_view yaml, const std::string& file_name, ServerConfig defaults);

class Server {
 public:
  // Answering when it returns. Fault: that of the first thing that cannot be loaded; names it.
  static Result<Server> start(ServerConfig config, Clock clock, std::string version);
  Server(Server&&) noexcept;
  Server& operator=(Server&&) noexcept;
  ~Server();  // stops without grace

  std::uint16_t port() const;
  // Takes policies, certificate and advisory database that are new on disk; `all` reads them whether they changed or
  // not.
  enum class What { changed, all };
  void refresh(What what);
  // From now on /readyz says no; everything is still answered.
  void drain();
  // No new connections; requests in flight are answered within the grace.
  void stop();

 private:
  struct State;
  explicit Server(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace pratique
