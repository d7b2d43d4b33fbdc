// HTTP, both ends of it. The server: one HTTPS/1.1 port, TLS 1.2 or newer, keep-alive, bounded in bytes, time and
// connections; Boost.Beast inside. The client: one request at a time; libcurl inside, loaded on first use.
//
// The handler runs on the server's threads, several at once, and should not throw; a request that is malformed, too
// large or too slow is answered (400, 408, 413, 415, 431) and never ends the server. The surprise: a handler that has
// to wait must not; it gives back the rest of its work as a function, so that answers that wait hold up none that need
// not.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace pratique {

// A client's certificate that leads to `client_ca_file` and is for clients.
struct ClientCertificate {
  std::string subject;             // "CN=node-1,O=pratique:agents" (RFC 4514)
  std::vector<std::string> names;  // "dns:node-1.example", "uri:spiffe://example/agent"
};

struct HttpRequest {
  std::string method;
  std::string path;                                          // decoded, without the query
  std::vector<std::pair<std::string, std::string>> query;    // decoded
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body;                                          // unpacked, where it came with a Content-Encoding
  std::string peer;                                          // "127.0.0.1:40312"
  const ClientCertificate* certificate = nullptr;            // null where the client has none that is trusted
  // The first one of this name; empty when there is none.
  std::string_view header(std::string_view name) const;
  std::string_view parameter(std::string_view name) const;
};

struct HttpResponse {
  unsigned status = 200;
  std::string content_type = "application/json";
  std::string body;  // packed on its way (gzip, zstd) where the client takes that and it is worth it
  std::vector<std::pair<std::string, std::string>> headers;
  // An answer that goes on: asked every `stream_pause` for what comes next, until it gives nothing at all back. It must
  // not wait; an empty text is "not yet". The connection ends with it.
  std::function<std::optional<std::string>()> stream{};
};
constexpr std::chrono::milliseconds stream_pause{200};

// Which of `offered` (media types without parameters, the best first) an Accept header wants most; the first for an
// empty header, none ("") where it wants none of them. Follows RFC 9110, section 12.5.1; parameters of ranges are not
// looked at.
std::string_view choose_media_type(std::string_view accept, std::span<const std::string_view> offered);

// An error as clients read it: application/problem+json (RFC 9457), the title being the status' own phrase.
HttpResponse problem_response(unsigned status, std::string_view detail);

struct HttpServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8443;                          // 0: any free one
  std::string certificate_file, key_file;             // PEM
  std::string client_ca_file;                         // PEM; empty: no client is asked for a certificate
  unsigned threads = 2;                               // that read, handle and write
  unsigned workers = 64;                              // that wait, in what handlers put off
  std::size_t body_limit = std::size_t{8} << 20;      // as it came, and unpacked
  std::size_t memory_limit = std::size_t{256} << 20;  // of all bodies at once; a request beyond is answered 503
  std::size_t connection_limit = 4096;                // what comes beyond is closed at once
  std::chrono::milliseconds request_timeout{30'000};  // from the first byte of a request to its last; and an answer's
  std::chrono::milliseconds idle_timeout{75'000};     // between requests
};

// The answer, or the rest of the work. That runs once, on a worker, while the request stays valid; when all workers are
// busy and as many functions wait already, the answer is 503 and the function is never called.
using HttpLater = std::function<HttpResponse()>;
using HttpAnswer = std::variant<HttpResponse, HttpLater>;
using HttpHandler = std::function<HttpAnswer(const HttpRequest&)>;

class HttpServer {
 public:
  // Listening when it returns. Fault: unavailable (the port is taken), malformed (certificate or key), refused.
  // `not_found` and `malformed` name the certificate or key file, `usage` an address that is none.
  static Result<HttpServer> start(const HttpServerOptions& options, HttpHandler handler);
  HttpServer(HttpServer&&) noexcept;
  ~HttpServer();  // stops
  std::uint16_t port() const;
  // Reads the certificate, key and client CA files again; connections made from now on get them. On failure the old
  // ones stay.
  Result<void> reload_certificate();
  Time certificate_expires() const;
  struct Counts {
    std::uint64_t connections = 0;  // open now
    std::uint64_t refused = 0;      // requests that no handler saw, and connections beyond the limit
  };
  Counts counts() const;
  // No new connections; requests in flight are answered, for at most `grace`. Returns when all is quiet.
  void stop(std::chrono::milliseconds grace);

 private:
  struct State;
  explicit HttpServer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// A self-signed certificate (ECDSA P-256, one year, for localhost, 127.0.0.1, ::1 and `host`), written to the two PEM
// files, the key readable by its owner only. Fault: refused, unavailable.
Result<void> make_self_signed_certificate(const std::string& host, const std::string& certificate_file,
                                          const std::string& key_file, Time now);

// ---- The client

struct HttpReply {
  long status = 0;
  std::map<std::string, std::string, std::less<>> headers;  // names in lower case; of the last of several redirections
};

// Connections that stay open from one call to the next, of one thread; what is in it is libcurl's.
struct HttpSession {
  std::shared_ptr<void> handle;
};

struct HttpCall {
  std::string method = "GET";
  std::string url;
  std::vector<std::string> headers;  // "If-None-Match: \"x\""
  std::string_view body;             // outlives the call
  bool is_packed = false;            // it goes out as gzip, where it is worth it
  std::string proxy;                 // empty: as the environment has it (https_proxy, no_proxy)
  std::string user_agent;
  std::string ca_file;                        // PEM, in place of the system's
  std::string certificate_file, key_file;     // ours, where the server asks for one
  long redirects = 5;                         // followed at most; none ever leads from https to http
  std::chrono::milliseconds silence{30'000};  // no byte for so long: timeout
  std::function<bool()> interrupted;          // may be empty
  HttpSession* session = nullptr;             // outlives the call; null: a connection of its own
  // Gets the body, whatever the status, piece by piece. An error it returns ends the call.
  std::function<Result<void>(const HttpReply& reply, std::string_view piece)> receive;
};

struct HttpFailure {
  Error error;
  bool is_passing = false;  // worth another try
};

// Any thread. http and https only. The answer, whatever its status, or why there is none.
using HttpOutcome = std::variant<HttpReply, HttpFailure>;
HttpOutcome http_call(const HttpCall& call);

}  // namespace pratique
