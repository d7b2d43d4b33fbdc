// One coroutine for each connection, on a strand of its own; a sweep every quarter of a second ends what is over its
// time. A timer for each connection would cost two operations of a locked heap for each request; the sweep costs none.
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <unordered_set>

#include "base/log.h"
#include "base/text.h"
#include "world/http/certificate.h"
#include "world/http/connection.h"

namespace pratique {
namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using net::ip::tcp;
using Steady = std::chrono::steady_clock;

constexpr auto as_result = net::as_tuple(net::use_awaitable);  // (error_code, ...) in place of an exception

constexpr std::size_t read_size = 16 << 10;
constexpr std::chrono::milliseconds sweep_interval{250};
constexpr std::chrono::milliseconds stop_interval{10};
constexpr std::chrono::milliseconds accept_pause{100};  // when the process is out of descriptors
constexpr std::chrono::seconds farewell_timeout{5};     // for the peer to read our last words

std::string text_of(const tcp::endpoint& endpoint) {
  const auto address = endpoint.address().to_string();
  return (endpoint.address().is_v6() ? "[" + address + "]" : address) + ":" + std::to_string(endpoint.port());
}

Result<std::shared_ptr<net::ssl::context>> make_tls(const HttpServerOptions& options) {
  auto tls = std::make_shared<net::ssl::context>(net::ssl::context::tls_server);
  PRATIQUE_DO(configure_tls(tls->native_handle(), options.certificate_file, options.key_file));
  if (!options.client_ca_file.empty()) PRATIQUE_DO(ask_for_certificates(tls->native_handle(), options.client_ca_file));
  return tls;
}

Error listen_error(const HttpServerOptions& options, const error_code& error) {
  const auto port = "port " + std::to_string(options.port) + " on " + options.address;
  if (error == net::error::address_in_use)
    return Error{Fault::unavailable, port + " is taken", {}, "choose another or stop what listens there"};
  if (error == net::error::access_denied)
    return Error{Fault::refused, port + " may not be listened on", {}, "choose a port of 1024 or more"};
  return Error{
      Fault::unavailable, port + " cannot be listened on: " + error.message(), {}, "choose an address of this machine"};
}

Result<void> listen(tcp::acceptor& acceptor, const HttpServerOptions& options) {
  error_code error;
  const auto address = net::ip::make_address(options.address, error);
  if (error)
    return Error{Fault::usage,
                 "'" + printable(options.address) + "' is no IP address",
                 {},
                 "give one such as 127.0.0.1, 0.0.0.0 or ::"};
  const tcp::endpoint endpoint(address, options.port);
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(tcp::acceptor::max_listen_connections, error);
  if (error) return listen_error(options, error);
  return {};
}

}  // namespace

struct HttpServer::State {
  State(const HttpServerOptions& wanted, HttpHandler handle)
      : options(wanted), handler(std::move(handle)), context(static_cast<int>(std::max(1U, wanted.threads))) {}

  void run();
  net::awaitable<void> accept_all();
  net::awaitable<void> sweep_on();
  net::awaitable<void> serve(ConnectionPtr connection);
  net::awaitable<bool> shake_hands(HttpConnection& connection);
  net::awaitable<bool> serve_request(HttpConnection& connection);
  net::awaitable<std::optional<Refusal>> read_request(HttpConnection& connection, RequestParser& parser,
                                                      Reservation& room);
  net::awaitable<HttpResponse> handle(const HttpRequest& request);
  net::awaitable<bool> answer(HttpConnection& connection, const http::request_header<>& asked, bool keep,
                              HttpResponse response);
  net::awaitable<bool> stream_on(HttpConnection& connection, const http::request_header<>& asked,
                                 HttpResponse response);
  net::awaitable<void> say_goodbye(HttpConnection& connection);
  void admit(tcp::socket socket);
  void leave(const ConnectionPtr& connection);
  enum class Force { overdue, all };
  void sweep(Force force);

  const HttpServerOptions options;
  const HttpHandler handler;
  net::io_context context;
  tcp::acceptor acceptor{net::make_strand(context)};
  net::steady_timer next_sweep{acceptor.get_executor()};
  std::uint16_t port = 0;
  std::vector<std::thread> threads;
  net::thread_pool workers{std::max(1U, options.workers)};
  std::atomic<unsigned> put_off{0};  // functions on the workers, or waiting for one
  std::atomic<std::size_t> memory_of_bodies{0};
  std::atomic<std::uint64_t> refused{0};
  std::atomic<bool> stopping{false};

  std::mutex mutex;  // of what follows
  std::shared_ptr<net::ssl::context> tls;
  std::unordered_set<ConnectionPtr> connections;
  std::condition_variable quiet;
};

void HttpServer::State::run() {
  net::co_spawn(acceptor.get_executor(), accept_all(), net::detached);
  net::co_spawn(acceptor.get_executor(), sweep_on(), net::detached);
  for (unsigned i = 0; i < std::max(1U, options.threads); ++i) threads.emplace_back([this] { context.run(); });
}

net::awaitable<void> HttpServer::State::accept_all() {
  net::steady_timer pause(acceptor.get_executor());
  while (acceptor.is_open()) {
    auto [error, socket] = co_await acceptor.async_accept(net::make_strand(context), as_result);
    if (!error) {
      try {
        admit(std::move(socket));
      } catch (const std::exception& exception) {  // out of memory: this peer is turned away, the server goes on
        log(LogLevel::error, "a connection was turned away", {{"reason", exception.what()}});
      }
    } else if (acceptor.is_open()) {
      pause.expires_after(accept_pause);
      co_await pause.async_wait(as_result);
    }
  }
}

void HttpServer::State::admit(tcp::socket socket) {
  error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  const auto executor = socket.get_executor();
  const auto peer = socket.remote_endpoint(ignored);
  const std::lock_guard lock(mutex);
  if (stopping) return;
  if (connections.size() >= options.connection_limit) {
    ++refused;
    return;
  }
  auto connection = std::make_shared<HttpConnection>(std::move(socket), tls);
  connection->peer = text_of(peer);
  connection->allow(options.request_timeout);
  net::co_spawn(executor, serve(connection), [this, connection](std::exception_ptr) { leave(connection); });
  connections.insert(std::move(connection));
}

void HttpServer::State::leave(const ConnectionPtr& connection) {
  error_code ignored;
  connection->socket().close(ignored);
  const std::lock_guard lock(mutex);
  connections.erase(connection);
  if (connections.empty()) quiet.notify_all();
}

net::awaitable<void> HttpServer::State::sweep_on() {
  for (error_code error; !error && !stopping;) {
    next_sweep.expires_after(sweep_interval);
    std::tie(error) = co_await next_sweep.async_wait(as_result);
    sweep(Force::overdue);
  }
}

// Cancels on the connection's own strand, and only what is still overdue there: a request may have ended meanwhile.
void HttpServer::State::sweep(Force force) {
  const auto due = [this](const HttpConnection& connection) {
    return connection.deadline < Steady::now().time_since_epoch().count() || (stopping && connection.resting);
  };
  const std::lock_guard lock(mutex);
  for (const auto& connection : connections) {
    if (force == Force::overdue && !due(*connection)) continue;
    net::post(connection->stream.get_executor(), [connection, force, due] {
      error_code ignored;
      if (force == Force::all) {
        connection->socket().close(ignored);
      } else if (due(*connection)) {
        connection->timed_out = true;
        connection->socket().cancel(ignored);
      }
    });
  }
}

net::awaitable<void> HttpServer::State::serve(ConnectionPtr connection) {
  // Not `while (co_await ...)`: GCC 12 with UBSan compiles an awaited condition to a trap.
  bool more = co_await shake_hands(*connection);
  if (!more) co_return;
  while (more) more = co_await serve_request(*connection);
  co_await say_goodbye(*connection);
}

net::awaitable<bool> HttpServer::State::shake_hands(HttpConnection& connection) {
  const auto [error] = co_await connection.stream.async_handshake(net::ssl::stream_base::server, as_result);
  if (!error) {
    if (!options.client_ca_file.empty())
      connection.certificate = trusted_certificate(connection.stream.native_handle());
    co_return true;
  }
  if (error.category() == net::error::get_ssl_category() &&
      ERR_GET_REASON(static_cast<unsigned long>(error.value())) == SSL_R_HTTP_REQUEST) {
    static constexpr std::string_view plain =
        "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\nContent-Length: 31\r\n\r\n"
        "This port speaks HTTPS only.\r\n\n";
    co_await net::async_write(connection.socket(), net::buffer(plain), as_result);
  }
  log(LogLevel::info, "no TLS handshake", {{"peer", connection.peer}, {"reason", error.message()}});
  co_return false;
}

// Answers one request; whether another may follow.
net::awaitable<bool> HttpServer::State::serve_request(HttpConnection& connection) {
  if (connection.buffer.size() == 0) {
    connection.allow(options.idle_timeout, true);
    const auto [error, size] =
        co_await connection.stream.async_read_some(connection.buffer.prepare(read_size), as_result);
    if (error) co_return false;
    connection.buffer.commit(size);
  }
  connection.allow(options.request_timeout);
  Reservation room(memory_of_bodies);
  RequestParser parser;
  if (const auto refusal = co_await read_request(connection, parser, room)) {
    if (refusal->status == 0) co_return false;
    ++refused;
    log(LogLevel::info, "a request was refused",
        {{"peer", connection.peer}, {"status", std::to_string(refusal->status)}, {"reason", refusal->detail}});
    co_return co_await answer(connection, parser.get(), false, response_of(*refusal));
  }
  const bool keep = parser.keep_alive();
  auto message = parser.release();
  connection.allow_forever();
  auto request = request_from(std::move(message), connection, options, room);
  if (auto* refused_body = std::get_if<HttpResponse>(&request)) {
    ++refused;
    co_return co_await answer(connection, message, keep && !stopping, std::move(*refused_body));
  }
  auto response = co_await handle(std::get<HttpRequest>(request));
  if (response.stream) co_return co_await stream_on(connection, message, std::move(response));
  co_return co_await answer(connection, message, keep && !stopping, std::move(response));
}

net::awaitable<std::optional<Refusal>> HttpServer::State::read_request(HttpConnection& connection,
                                                                       RequestParser& parser, Reservation& room) {
  parser.header_limit(header_limit);
  parser.body_limit(options.body_limit);
  auto [error, size] = co_await http::async_read_header(connection.stream, connection.buffer, parser, as_result);
  if (error) co_return refusal_of(error, connection, options);
  if (auto objection = objection_to(parser)) co_return objection;
  if (!room.take(parser.content_length().value_or(parser.chunked() ? options.body_limit : 0), options.memory_limit))
    co_return Refusal{503, "the server is reading as much as it has room for"};
  if (beast::iequals(parser.get()[http::field::expect], "100-continue") && !parser.is_done()) {
    static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    std::tie(error, size) = co_await net::async_write(connection.stream, net::buffer(go_on), as_result);
    if (error) co_return Refusal{};
  }
  std::tie(error, size) = co_await http::async_read(connection.stream, connection.buffer, parser, as_result);
  if (error) co_return refusal_of(error, connection, options);
  co_return std::nullopt;
}

// One of `put_off`, given back when it goes out of scope.
using Slot = std::unique_ptr<std::atomic<unsigned>, decltype([](std::atomic<unsigned>* count) { --*count; })>;

// What a handler does, with its exceptions caught.
template <class Function>
auto guarded(const HttpRequest& request, Function&& function) -> decltype(function()) {
  try {
    return function();
  } catch (const std::exception& exception) {
    log(LogLevel::error, "a request's handler failed", {{"path", request.path}, {"reason", exception.what()}});
    return problem_response(500, "this is a bug; the server's log has the reason");
  }
}

net::awaitable<HttpResponse> HttpServer::State::handle(const HttpRequest& request) {
  auto answer = guarded(request, [&]() -> HttpAnswer {
    auto answered = handler(request);
    if (auto* response = std::get_if<HttpResponse>(&answered)) pack_response(request, *response);
    return answered;
  });
  if (auto* response = std::get_if<HttpResponse>(&answer)) co_return std::move(*response);
  Slot slot(&put_off);
  if (++put_off > 2 * options.workers) {
    ++refused;
    co_return response_of({503, "the server has as much to wait for as it can"});
  }
  // On the worker; then back to the strand of this connection, where `resume` belongs.
  const auto start = [&](auto resume) {
    net::post(workers, [&, resume = std::move(resume)]() mutable {
      auto response = guarded(request, [&] {
        auto done = std::get<HttpLater>(answer)();
        pack_response(request, done);
        return done;
      });
      const auto strand = net::get_associated_executor(resume);
      net::post(strand, [resume = std::move(resume), response = std::move(response)]() mutable {
        resume(std::move(response));
      });
    });
  };
  co_return co_await net::async_initiate<const net::use_awaitable_t<>, void(HttpResponse)>(start, net::use_awaitable);
}

namespace {

template <class Body>
http::response<Body> head_of(const HttpResponse& response) {
  http::response<Body> message;
  message.version(11);
  message.result(response.status);
  if (response.status != 204 && response.status != 304) message.set(http::field::content_type, response.content_type);
  for (const auto& [name, value] : response.headers) message.set(name, value);
  return message;
}

}  // namespace

net::awaitable<bool> HttpServer::State::answer(HttpConnection& connection, const http::request_header<>& asked,
                                               bool keep, HttpResponse response) {
  auto message = head_of<http::string_body>(response);
  if (asked.version() < 11 && keep) message.set(http::field::connection, "keep-alive");
  if (!keep) message.set(http::field::connection, "close");
  message.body() = std::move(response.body);
  if (response.status != 204 && response.status != 304) message.content_length(message.body().size());
  connection.allow(options.request_timeout);
  http::response_serializer<http::string_body> serializer(message);
  error_code error;
  std::size_t size = 0;
  if (asked.method() == http::verb::head)
    std::tie(error, size) = co_await http::async_write_header(connection.stream, serializer, as_result);
  else
    std::tie(error, size) = co_await http::async_write(connection.stream, serializer, as_result);
  co_return !error && keep;
}

// The head, then each piece as it comes, in chunks where the peer knows them; the end of the connection is the end.
net::awaitable<bool> HttpServer::State::stream_on(HttpConnection& connection, const http::request_header<>& asked,
                                                  HttpResponse response) {
  auto message = head_of<http::empty_body>(response);
  message.set(http::field::connection, "close");
  const bool chunked = asked.version() >= 11;
  if (chunked) message.chunked(true);
  http::response_serializer<http::empty_body> serializer(message);
  connection.allow(options.request_timeout);
  auto [error, size] = co_await http::async_write_header(connection.stream, serializer, as_result);
  net::steady_timer pause(connection.stream.get_executor());
  std::optional<std::string> piece = std::move(response.body);
  while (!error && piece && !stopping) {
    connection.allow(options.request_timeout);
    if (!piece->empty() && chunked)
      std::tie(error, size) =
          co_await net::async_write(connection.stream, http::make_chunk(net::buffer(*piece)), as_result);
    else if (!piece->empty())
      std::tie(error, size) = co_await net::async_write(connection.stream, net::buffer(*piece), as_result);
    if (error) break;
    connection.allow_forever();
    pause.expires_after(stream_pause);
    co_await pause.async_wait(as_result);
    try {
      piece = response.stream();
    } catch (const std::exception& exception) {
      log(LogLevel::error, "a stream failed", {{"reason", exception.what()}});
      break;
    }
  }
  connection.allow(options.request_timeout);
  if (!error && chunked) co_await net::async_write(connection.stream, http::make_chunk_last(), as_result);
  co_return false;
}

// A socket closed over unread bytes is reset, and the peer loses the answer it was about to read. So: our end first,
// then whatever still comes is read and forgotten until the peer closes or its time is up.
net::awaitable<void> HttpServer::State::say_goodbye(HttpConnection& connection) {
  connection.allow(farewell_timeout, true);
  co_await connection.stream.async_shutdown(as_result);
  error_code error;
  connection.socket().shutdown(tcp::socket::shutdown_send, error);
  while (!error && !connection.timed_out) {
    connection.buffer.clear();
    std::size_t size = 0;
    std::tie(error, size) =
        co_await connection.socket().async_read_some(connection.buffer.prepare(read_size), as_result);
  }
}

Result<HttpServer> HttpServer::start(const HttpServerOptions& options, HttpHandler handler) {
  try {
    auto state = std::make_unique<State>(options, std::move(handler));
    PRATIQUE_TRY(state->tls, make_tls(options));
    PRATIQUE_DO(listen(state->acceptor, options));
    state->port = state->acceptor.local_endpoint().port();
    state->run();
    return HttpServer(std::move(state));
  } catch (const std::exception& exception) {
    return Error{Fault::unavailable, std::string("the server did not start: ") + exception.what(), {}, ""};
  }
}

Result<void> HttpServer::reload_certificate() {
  PRATIQUE_TRY(auto fresh, make_tls(state_->options));
  const std::lock_guard lock(state_->mutex);
  state_->tls = std::move(fresh);
  return {};
}

Time HttpServer::certificate_expires() const {
  const std::lock_guard lock(state_->mutex);
  return expiry_of(state_->tls->native_handle());
}

HttpServer::Counts HttpServer::counts() const {
  const std::lock_guard lock(state_->mutex);
  return {state_->connections.size(), state_->refused};
}

HttpServer::HttpServer(std::unique_ptr<State> state) : state_(std::move(state)) {}
HttpServer::HttpServer(HttpServer&&) noexcept = default;
HttpServer::~HttpServer() {
  if (state_) stop(std::chrono::milliseconds(0));
}

std::uint16_t HttpServer::port() const { return state_->port; }

void HttpServer::stop(std::chrono::milliseconds grace) {
  if (state_->threads.empty()) return;
  const auto end = Steady::now() + grace;
  state_->stopping = true;
  net::post(state_->acceptor.get_executor(), [state = state_.get()] {
    error_code ignored;
    state->acceptor.close(ignored);
    state->next_sweep.cancel();
  });
  for (bool empty = false; !empty;) {
    state_->sweep(Steady::now() < end ? State::Force::overdue : State::Force::all);
    std::unique_lock lock(state_->mutex);
    empty = state_->quiet.wait_for(lock, stop_interval, [this] { return state_->connections.empty(); });
  }
  state_->workers.join();
  for (auto& thread : state_->threads) thread.join();
  state_->threads.clear();
}

}  // namespace pratique
