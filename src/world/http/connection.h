// One connection, and what is objected to on it before a handler sees a request. Private to http.
#pragma once

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "world/http/http.h"

namespace pratique {

constexpr std::uint32_t header_limit = 16 << 10;

struct HttpConnection {
  using Steady = std::chrono::steady_clock;
  using Socket = boost::asio::ip::tcp::socket;

  HttpConnection(Socket socket, std::shared_ptr<boost::asio::ssl::context> context)
      : tls(std::move(context)), stream(std::move(socket), *tls) {}

  Socket& socket() { return stream.next_layer(); }

  // From here on the peer has this long. `resting`: between requests, where a stop may end the connection at once.
  void allow(Steady::duration time, bool resting_now = false) {
    timed_out = false;
    resting = resting_now;
    deadline = (Steady::now() + time).time_since_epoch().count();
  }
  void allow_forever() { deadline = Steady::time_point::max().time_since_epoch().count(); }

  std::shared_ptr<boost::asio::ssl::context> tls;  // outlives a reload
  boost::beast::ssl_stream<Socket> stream;
  boost::beast::flat_buffer buffer;
  std::string peer;
  std::optional<ClientCertificate> certificate;
  bool timed_out = false;  // on the strand only
  // What the sweep looks at, on whichever thread it runs.
  std::atomic<Steady::rep> deadline{0};
  std::atomic<bool> resting{false};
};
// Shared: the coroutine, the server's set and a sweep's message on its way each keep it.
using ConnectionPtr = std::shared_ptr<HttpConnection>;

using RequestParser = boost::beast::http::request_parser<boost::beast::http::string_body>;

// Why a request is not handled; status 0 when nobody is left to be told.
struct Refusal {
  unsigned status = 0;
  std::string detail;
};
HttpResponse response_of(const Refusal& refusal);

// What stands behind a request that could not be read.
Refusal refusal_of(const boost::system::error_code& error, const HttpConnection& connection,
                   const HttpServerOptions& options);
// What a well-formed header may still do wrong.
std::optional<Refusal> objection_to(const RequestParser& parser);

// A part of what all bodies together may take, given back when it goes out of scope.
class Reservation {
 public:
  explicit Reservation(std::atomic<std::size_t>& used) : used_(used) {}
  Reservation(const Reservation&) = delete;
  Reservation& operator=(const Reservation&) = delete;
  ~Reservation() { used_ -= held_; }
  bool take(std::size_t bytes, std::size_t limit) {
    held_ += bytes;
    return (used_ += bytes) <= limit;
  }

 private:
  std::atomic<std::size_t>& used_;
  std::size_t held_ = 0;
};

// The request as a handler sees it, its body unpacked within `room`; or the answer to one that cannot be.
std::variant<HttpRequest, HttpResponse> request_from(
    boost::beast::http::request<boost::beast::http::string_body>&& message, const HttpConnection& connection,
    const HttpServerOptions& options, Reservation& room);

// Packs the body where the client takes that, and says by what the answer varies.
void pack_response(const HttpRequest& request, HttpResponse& response);

}  // namespace pratique
