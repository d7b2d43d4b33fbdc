#include "world/http/http.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <latch>
#include <thread>

#include "base/log.h"
#include "world/http/coding.h"
#include "world/http/test_client.h"

namespace pratique {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

const Time now = parse_time("2026-03-01T12:00:00Z").value();

// Says back what it was asked.
HttpAnswer echo(const HttpRequest& request) {
  std::string text = request.method + " " + request.path;
  for (const auto& [name, value] : request.query) text.append(" ").append(name).append("=").append(value);
  return HttpResponse{200, "text/plain", text + " " + request.body, {}};
}

class HttpTest : public testing::Test {
 protected:
  HttpTest() {
    configure_log(LogLevel::off, LogFormat::text);
    std::string pattern = (fs::temp_directory_path() / "pratique_http_XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    options_.port = 0;
    options_.certificate_file = folder_ + "/tls.crt";
    options_.key_file = folder_ + "/tls.key";
    make_certificate();
  }
  ~HttpTest() override { fs::remove_all(folder_); }

  // Valid at whatever hour the tests run.
  void make_certificate() const {
    const auto today = std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
    ASSERT_TRUE(make_self_signed_certificate("gate.example", options_.certificate_file, options_.key_file, today));
  }
  HttpServer start(HttpHandler handler = echo) const {
    auto server = HttpServer::start(options_, std::move(handler));
    if (!server) ADD_FAILURE() << render(server.error());
    return std::move(server).value();
  }
  void write(const std::string& path, const std::string& text) const { std::ofstream(path) << text; }
  Error start_error() const {
    auto server = HttpServer::start(options_, echo);
    EXPECT_FALSE(server);
    return server ? Error{} : server.error();
  }

  std::string folder_;
  HttpServerOptions options_;
};

TEST_F(HttpTest, AnswersWhomItsCertificateConvinces) {
  const auto server = start();
  TlsClient client(server.port(), options_.certificate_file);
  ASSERT_TRUE(client.connected());
  const auto reply = client.ask("POST", "/v1/admit?timeout=10s&x=%41", "{}");
  EXPECT_EQ(reply.status, 200u);
  EXPECT_EQ(reply.header("content-type"), "text/plain");
  EXPECT_EQ(reply.body, "POST /v1/admit timeout=10s x=A {}");
  EXPECT_EQ(server.counts().connections, 1u);
  const auto lasts = server.certificate_expires() - std::chrono::system_clock::now();
  EXPECT_GT(lasts, std::chrono::hours(364 * 24));
  EXPECT_LE(lasts, std::chrono::hours(365 * 24));
}

TEST_F(HttpTest, TellsTheHandlerHeadersAndPeer) {
  const auto server = start([](const HttpRequest& request) {
    return HttpResponse{
        201, "text/plain", std::string(request.header("x-request-id")) + " " + request.peer, {{"X-A", "b"}}};
  });
  TlsClient client(server.port());
  const auto reply = client.ask("GET", "/", {}, "X-Request-ID: seven\r\n");
  EXPECT_EQ(reply.status, 201u);
  EXPECT_EQ(reply.header("x-a"), "b");
  EXPECT_TRUE(reply.body.starts_with("seven 127.0.0.1:")) << reply.body;
}

TEST_F(HttpTest, KeepsAConnectionUntilToldOtherwise) {
  const auto server = start();
  TlsClient client(server.port());
  for (const auto* body : {"one", "", "three"})
    EXPECT_EQ(client.ask("POST", "/", body).body, "POST / " + std::string(body));
  EXPECT_EQ(client.ask("GET", "/", {}, "Connection: close\r\n").header("connection"), "close");
  EXPECT_TRUE(client.closed());

  TlsClient old(server.port());
  ASSERT_TRUE(old.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
  EXPECT_EQ(old.receive().header("connection"), "keep-alive");
  ASSERT_TRUE(old.send("GET / HTTP/1.0\r\n\r\n"));
  EXPECT_EQ(old.receive().status, 200u);
  EXPECT_TRUE(old.closed());
}

TEST_F(HttpTest, AnswersPipelinedRequestsInOrder) {
  const auto server = start();
  TlsClient client(server.port());
  std::string all;
  for (int i = 0; i < 50; ++i)
    all += "POST /" + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc";
  ASSERT_TRUE(client.send(all));
  for (int i = 0; i < 50; ++i) EXPECT_EQ(client.receive().body, "POST /" + std::to_string(i) + " abc");
}

TEST_F(HttpTest, ReadsABodyHoweverItComes) {
  const auto server = start();
  TlsClient client(server.port());
  for (const char c : std::string("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi"))
    ASSERT_TRUE(client.send({&c, 1}));
  EXPECT_EQ(client.receive().body, "POST /a hi");
  ASSERT_TRUE(
      client.send("POST /b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"));
  EXPECT_EQ(client.receive().body, "POST /b hello");
  ASSERT_TRUE(client.send("POST /c HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"));
  ASSERT_TRUE(client.send("ok"));
  EXPECT_EQ(client.receive().body, "POST /c ok");
  const std::string large(options_.body_limit, 'x');
  EXPECT_EQ(client.ask("POST", "/d", large).body.size(), large.size() + 8);
}

TEST_F(HttpTest, AnswersHeadWithoutABody) {
  const auto server = start();
  TlsClient client(server.port());
  ASSERT_TRUE(
      client.send("HEAD /a HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
  std::string all;
  char bytes[4096];
  for (int size = 0; (size = SSL_read(client.ssl(), bytes, sizeof bytes)) > 0;)
    all.append(bytes, static_cast<std::size_t>(size));
  EXPECT_NE(all.find("Content-Length: 8\r\n\r\nHTTP/1.1 200"), std::string::npos) << all;
}

struct Rude {
  const char* request;
  unsigned status;
};

TEST_F(HttpTest, RefusesWhatIsMalformedAndGoesOn) {
  const auto server = start();
  const std::string long_header = "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n";
  const Rude cases[] = {
      {"\x16\x03\x01 nonsense\r\n\r\n", 400},
      {"GET\r\n\r\n", 400},
      {"GET / HTTP/9.9\r\n\r\n", 400},
      {"GET / HTTP/1.1\nHost: a\n\n", 400},
      {"GET / HTTP/1.1\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
      {"GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\nx", 501},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 8388609\r\n\r\n", 413},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9223372036854775807\r\n\r\n", 413},
      {long_header.c_str(), 431},
  };
  for (const auto& [request, status] : cases) {
    SCOPED_TRACE(std::string(request).substr(0, 100));
    TlsClient client(server.port());
    ASSERT_TRUE(client.send(request));
    const auto reply = client.receive();
    EXPECT_EQ(reply.status, status);
    EXPECT_EQ(reply.header("content-type"), "application/problem+json");
  }
  TlsClient client(server.port());
  EXPECT_EQ(client.ask("GET", "/").status, 200u);
  EXPECT_EQ(server.counts().refused, std::size(cases));
}

TEST_F(HttpTest, ReadsNoMoreOfAChunkedBodyThanTheLimit) {
  options_.body_limit = 1000;
  const auto server = start();
  TlsClient client(server.port());
  ASSERT_TRUE(client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"));
  const std::string chunk = "200\r\n" + std::string(512, 'x') + "\r\n";
  for (int i = 0; i < 100; ++i) client.send(chunk);
  const auto reply = client.receive();
  EXPECT_EQ(reply.status, 413u);
  EXPECT_NE(reply.body.find("1,000 bytes"), std::string::npos) << reply.body;
}

TEST_F(HttpTest, RefusesWhatAllBodiesTogetherHaveNoRoomFor) {
  options_.memory_limit = 1000;
  const auto server = start();
  TlsClient first(server.port());
  ASSERT_TRUE(first.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 800\r\nExpect: 100-continue\r\n\r\n"));
  char byte = 0;
  ASSERT_EQ(SSL_peek(first.ssl(), &byte, 1), 1);  // the 100: its room is taken
  TlsClient second(server.port());
  const auto reply = second.ask("POST", "/", std::string(300, 'x'));
  EXPECT_EQ(reply.status, 503u);
  EXPECT_EQ(reply.header("retry-after"), "1");
  ASSERT_TRUE(first.send(std::string(800, 'x')));
  EXPECT_EQ(first.receive().status, 200u);
  TlsClient third(server.port());
  EXPECT_EQ(third.ask("POST", "/", std::string(300, 'x')).status, 200u);
}

TEST_F(HttpTest, WaitsForNobodyForEver) {
  options_.request_timeout = milliseconds(100);
  options_.idle_timeout = milliseconds(100);
  const auto server = start();
  TlsClient slow(server.port());
  ASSERT_TRUE(slow.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nab"));
  EXPECT_EQ(slow.receive().status, 408u);
  TlsClient header(server.port());
  ASSERT_TRUE(header.send("GET / HTTP/1.1\r\nHo"));
  EXPECT_EQ(header.receive().status, 408u);
  TlsClient idle(server.port());
  EXPECT_EQ(idle.ask("GET", "/").status, 200u);
  EXPECT_TRUE(idle.closed());
}

// A plain TCP connection to the port; what it gets until the server closes.
std::string plain(std::uint16_t port, std::string_view bytes) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval patience{20, 0};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  const auto address = local_address(port);
  std::string got;
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
      ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size())) {
    char buffer[4096];
    ssize_t size = 0;
    while ((size = ::recv(socket, buffer, sizeof buffer, 0)) > 0) got.append(buffer, static_cast<std::size_t>(size));
    if (size < 0 && errno == EAGAIN) got = "still open";
  } else {
    got = "refused";
  }
  ::close(socket);
  return got;
}

TEST_F(HttpTest, SpeaksTlsOnly) {
  options_.request_timeout = milliseconds(100);
  const auto server = start();
  EXPECT_NE(plain(server.port(), "GET / HTTP/1.1\r\nHost: a\r\n\r\n").find("This port speaks HTTPS only."),
            std::string::npos);
  EXPECT_NE(plain(server.port(), ""), "still open");                        // says nothing
  EXPECT_NE(plain(server.port(), std::string(500, '\xff')), "still open");  // says nonsense
  TlsClient client(server.port());
  EXPECT_EQ(client.ask("GET", "/").status, 200u);
}

TEST_F(HttpTest, RefusesOldTlsAndChoosesHttp11) {
  const auto server = start();
  for (const bool old : {true, false}) {
    const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
    if (old) SSL_CTX_set_max_proto_version(context.get(), TLS1_1_VERSION);
    SSL_CTX_set_security_level(context.get(), 0);
    SSL_CTX_set_alpn_protos(context.get(), reinterpret_cast<const unsigned char*>("\x02h2\x08http/1.1"), 12);
    TlsClient carrier(server.port());  // its socket is not used for this
    const std::unique_ptr<SSL, decltype(&SSL_free)> ssl(SSL_new(context.get()), SSL_free);
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    socklen_t size = sizeof address;
    ASSERT_EQ(::getpeername(carrier.socket(), reinterpret_cast<sockaddr*>(&address), &size), 0);
    ASSERT_EQ(::connect(socket, reinterpret_cast<const sockaddr*>(&address), size), 0);
    SSL_set_fd(ssl.get(), socket);
    EXPECT_EQ(SSL_connect(ssl.get()) == 1, !old);
    const unsigned char* chosen = nullptr;
    unsigned length = 0;
    SSL_get0_alpn_selected(ssl.get(), &chosen, &length);
    EXPECT_EQ(std::string(reinterpret_cast<const char*>(chosen), length), old ? "" : "http/1.1");
    ::close(socket);
  }
}

TEST_F(HttpTest, GivesNewConnectionsTheNewCertificate) {
  auto server = start();
  TlsClient before(server.port(), options_.certificate_file);
  const auto first = before.certificate();
  make_certificate();
  ASSERT_TRUE(server.reload_certificate());
  TlsClient after(server.port(), options_.certificate_file);
  EXPECT_TRUE(after.connected());
  EXPECT_NE(after.certificate(), first);
  EXPECT_EQ(before.ask("GET", "/").status, 200u);

  const auto second = after.certificate();
  write(options_.certificate_file, "not a certificate");
  const auto reloaded = server.reload_certificate();
  ASSERT_FALSE(reloaded);
  EXPECT_EQ(reloaded.error().fault, Fault::malformed);
  EXPECT_EQ(TlsClient(server.port()).certificate(), second);
}

TEST_F(HttpTest, StaysWhereItIsWhileCertificatesRotate) {
  auto server = start();
  std::atomic<bool> done{false};
  std::atomic<int> failed{0}, answered{0};
  std::thread asking([&] {
    while (!done || answered < 20) {
      TlsClient client(server.port());
      ++(client.ask("GET", "/").status == 200 ? answered : failed);
    }
  });
  for (int i = 0; i < 20; ++i) {
    make_certificate();
    ASSERT_TRUE(server.reload_certificate());
  }
  done = true;
  asking.join();
  EXPECT_EQ(failed, 0);
}

TEST_F(HttpTest, AnswersThatWaitHoldUpNoOthers) {
  options_.threads = 1;
  options_.workers = 1;
  std::latch entered(2), release(1);
  const auto server = start([&](const HttpRequest& request) -> HttpAnswer {
    if (request.path == "/quick") return HttpResponse{200, "text/plain", "quick", {}};
    if (request.path == "/slow") entered.count_down();
    return [&] {
      release.wait();
      return HttpResponse{200, "text/plain", request.body, {}};
    };
  });
  TlsClient first(server.port()), second(server.port()), third(server.port());
  for (auto* client : {&first, &second})
    ASSERT_TRUE(client->send("POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi"));
  entered.wait();  // one on the worker, one waiting for it: that is all there is room for
  EXPECT_EQ(third.ask("GET", "/quick").body, "quick");
  const auto turned_away = third.ask("GET", "/one-too-many");
  EXPECT_EQ(turned_away.status, 503u);
  EXPECT_EQ(turned_away.header("retry-after"), "1");
  release.count_down();
  for (auto* client : {&first, &second}) EXPECT_EQ(client->receive().body, "hi");
  EXPECT_EQ(third.ask("POST", "/again", "there").body, "there");
}

TEST_F(HttpTest, AHandlerThatThrowsIsABugAndNotTheEnd) {
  const auto server = start([](const HttpRequest& request) -> HttpAnswer {
    if (request.path == "/now") throw std::runtime_error("secret of the handler");
    return [] { return throw std::runtime_error("secret of the worker"), HttpResponse{}; };
  });
  TlsClient client(server.port());
  for (const auto* path : {"/now", "/later", "/now"}) {
    const auto reply = client.ask("GET", path);
    EXPECT_EQ(reply.status, 500u);
    EXPECT_EQ(reply.body.find("secret"), std::string::npos);
  }
}

TEST_F(HttpTest, AnswersWhatIsInFlightBeforeItStops) {
  std::latch entered(1), release(1);
  auto server = start([&](const HttpRequest&) -> HttpAnswer {
    return [&] {
      entered.count_down();
      release.wait();
      return HttpResponse{200, "text/plain", "the last word", {}};
    };
  });
  TlsClient idle(server.port());
  TlsClient asking(server.port());
  ASSERT_TRUE(asking.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
  entered.wait();
  std::thread stopping([&] { server.stop(std::chrono::seconds(20)); });
  EXPECT_TRUE(idle.closed());
  const auto late = plain(server.port(), "GET / HTTP/1.1\r\n\r\n");
  EXPECT_TRUE(late == "refused" || late.empty()) << late;
  release.count_down();
  const auto reply = asking.receive();
  EXPECT_EQ(reply.body, "the last word");
  EXPECT_EQ(reply.header("connection"), "close");
  asking.closed();
  stopping.join();
}

TEST_F(HttpTest, StopsAtOnceWhenGraceIsOver) {
  auto server = start();
  TlsClient half(server.port());
  ASSERT_TRUE(half.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n"));
  server.stop(milliseconds(0));
  EXPECT_TRUE(half.closed());
  server.stop(milliseconds(0));
}

TEST_F(HttpTest, SurvivesClientsThatVanish) {
  const auto server = start();
  for (int i = 0; i < 20; ++i) {
    TlsClient client(server.port());
    client.send(i % 2 == 0 ? "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nab"
                           : "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab");
    const linger now_and_hard{1, 0};
    ::setsockopt(client.socket(), SOL_SOCKET, SO_LINGER, &now_and_hard, sizeof now_and_hard);
  }
  TlsClient client(server.port());
  EXPECT_EQ(client.ask("GET", "/").status, 200u);
}

TEST_F(HttpTest, ServesManyConnectionsAtOnce) {
  const auto server = start();
  std::atomic<int> good{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      std::vector<std::unique_ptr<TlsClient>> clients;
      for (int i = 0; i < 50; ++i) clients.push_back(std::make_unique<TlsClient>(server.port()));
      for (int round = 0; round < 3; ++round)
        for (auto& client : clients) good += client->ask("GET", "/").status == 200;
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(good, 600);
}

TEST_F(HttpTest, ClosesWhatIsBeyondTheConnectionLimit) {
  options_.connection_limit = 2;
  const auto server = start();
  auto first = std::make_unique<TlsClient>(server.port());
  TlsClient second(server.port());
  EXPECT_FALSE(TlsClient(server.port()).connected());
  EXPECT_EQ(first->ask("GET", "/", {}, "Connection: close\r\n").status, 200u);
  EXPECT_TRUE(first->closed());
  first.reset();
  for (bool connected = false; !connected;) connected = TlsClient(server.port()).connected();
  EXPECT_EQ(second.ask("GET", "/").status, 200u);
}

TEST_F(HttpTest, SaysWhyItDoesNotStart) {
  const auto running = start();
  options_.port = running.port();
  EXPECT_EQ(start_error().fault, Fault::unavailable);
  EXPECT_NE(render(start_error()).find("is taken; choose another"), std::string::npos);
  options_.port = 0;
  options_.address = "harbour.example";
  EXPECT_EQ(start_error().fault, Fault::usage);
  options_.address = "192.0.2.1";
  EXPECT_EQ(start_error().fault, Fault::unavailable);
}

TEST_F(HttpTest, SaysWhatIsWrongWithACertificate) {
  const auto good_certificate = options_.certificate_file;
  const auto good_key = options_.key_file;
  const auto error_with = [&](const std::string& certificate, const std::string& key) {
    options_.certificate_file = certificate;
    options_.key_file = key;
    return start_error();
  };
  write(folder_ + "/empty", "");
  write(folder_ + "/locked", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n");
  ASSERT_TRUE(make_self_signed_certificate("other", folder_ + "/other.crt", folder_ + "/other.key", now));
  EXPECT_EQ(error_with(folder_ + "/absent", good_key).fault, Fault::not_found);
  EXPECT_EQ(error_with(folder_ + "/absent", good_key).place, std::vector<std::string>{folder_ + "/absent"});
  EXPECT_EQ(error_with(folder_, good_key).fault, Fault::malformed);
  EXPECT_EQ(error_with(folder_ + "/empty", good_key).fault, Fault::malformed);
  EXPECT_EQ(error_with(good_certificate, folder_ + "/absent").fault, Fault::not_found);
  EXPECT_EQ(error_with(good_certificate, folder_ + "/empty").fault, Fault::malformed);
  EXPECT_NE(render(error_with(good_certificate, folder_ + "/locked")).find("passphrase"), std::string::npos);
  EXPECT_NE(render(error_with(good_certificate, folder_ + "/other.key")).find("does not belong"), std::string::npos);
  if (::geteuid() != 0) {
    ::chmod(good_key.c_str(), 0);
    EXPECT_EQ(error_with(good_certificate, good_key).fault, Fault::refused);
  }
}

TEST_F(HttpTest, MakesAKeyThatOnlyItsOwnerReads) {
  struct stat about {};
  ASSERT_EQ(::stat(options_.key_file.c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777, 0600u);
  EXPECT_EQ(make_self_signed_certificate("two words", folder_ + "/c", folder_ + "/k", now).error().fault, Fault::usage);
  EXPECT_EQ(make_self_signed_certificate("a", folder_ + "/absent/c", folder_ + "/k", now).error().fault,
            Fault::not_found);
}

TEST(Problem, IsWhatRfc9457Describes) {
  const auto response = problem_response(413, "the body is \"large\"");
  EXPECT_EQ(response.status, 413u);
  EXPECT_EQ(response.body,
            "{\"type\":\"about:blank\",\"title\":\"Payload Too Large\",\"status\":413,\"detail\":\"the body is "
            "\\\"large\\\"\"}\n");
}

TEST_F(HttpTest, UnpacksBodiesAndRefusesBombs) {
  options_.body_limit = 4096;
  const auto server = start();
  TlsClient client(server.port());
  const std::string zipped = std::string(
      "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xcb\xc8\x04\x00\xac\x2a\x93\xd8\x02\x00\x00\x00", 22);  // "hi"
  EXPECT_EQ(client.ask("POST", "/a", zipped, "Content-Encoding: gzip\r\n").body, "POST /a hi");
  EXPECT_EQ(client.ask("POST", "/a", "not gzip", "Content-Encoding: gzip\r\n").status, 400u);
  const auto unknown = client.ask("POST", "/a", "x", "Content-Encoding: br\r\n");
  EXPECT_EQ(unknown.status, 415u);
  EXPECT_EQ(unknown.header("accept-encoding"), "gzip, zstd");
  const auto bomb = pack(Coding::zstd, std::string(1 << 20, 'x'));
  EXPECT_EQ(client.ask("POST", "/a", bomb, "Content-Encoding: zstd\r\n").status, 413u);
  EXPECT_EQ(client.ask("POST", "/a", "still").body, "POST /a still");
}

TEST_F(HttpTest, PacksAnswersForWhomeverTakesThem) {
  const std::string large(100'000, 'x');
  const auto server = start([&](const HttpRequest& request) {
    return HttpResponse{200, "text/plain", request.path == "/large" ? large : "small", {}};
  });
  TlsClient client(server.port());
  for (const auto coding : {Coding::gzip, Coding::zstd}) {
    const auto more = "Accept-Encoding: " + std::string(name_of(coding)) + "\r\n";
    const auto reply = client.ask("GET", "/large", {}, more);
    EXPECT_EQ(reply.header("content-encoding"), name_of(coding));
    EXPECT_EQ(unpack(coding, reply.body, large.size()).value(), large);
    EXPECT_EQ(client.ask("GET", "/small", {}, more).body, "small");
  }
  EXPECT_EQ(client.ask("GET", "/large").body, large);
}

TEST_F(HttpTest, KnowsAClientByACertificateThatIsTrusted) {
  const auto make = [&](const std::string& name) {
    const auto today = std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
    ASSERT_TRUE(
        make_self_signed_certificate(name, folder_ + "/" + name + ".crt", folder_ + "/" + name + ".key", today));
  };
  make("friend");
  make("stranger");
  const auto who = [](const HttpRequest& request) {
    return HttpResponse{
        200, "text/plain", request.certificate == nullptr ? "nobody" : request.certificate->subject, {}};
  };
  options_.client_ca_file = folder_ + "/friend.crt";
  auto server = start(who);
  // Ours are for servers alone, and so nobody's.
  for (const auto* name : {"friend", "stranger"}) {
    TlsClient client(server.port(), {}, folder_ + "/" + name);
    ASSERT_TRUE(client.connected());
    EXPECT_EQ(client.ask("GET", "/").body, "nobody") << name;
  }
  EXPECT_EQ(TlsClient(server.port()).ask("GET", "/").body, "nobody");
  make_client_certificate("node-1", folder_ + "/node");
  std::filesystem::copy_file(folder_ + "/node.crt", options_.client_ca_file, fs::copy_options::overwrite_existing);
  ASSERT_TRUE(server.reload_certificate());
  EXPECT_EQ(TlsClient(server.port(), {}, folder_ + "/node").ask("GET", "/").body, "CN=node-1");
  EXPECT_EQ(TlsClient(server.port(), {}, folder_ + "/friend").ask("GET", "/").body, "nobody");
  write(options_.client_ca_file, "no certificate");
  EXPECT_EQ(server.reload_certificate().error().fault, Fault::malformed);
}

TEST_F(HttpTest, GoesOnWithAStreamUntilItEnds) {
  const auto server = start([](const HttpRequest&) {
    HttpResponse response{200, "text/event-stream", "first\n", {}};
    response.stream = [count = 0]() mutable -> std::optional<std::string> {
      if (++count == 3) return std::nullopt;
      return count == 1 ? "" : "second\n";
    };
    return response;
  });
  TlsClient client(server.port());
  ASSERT_TRUE(client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
  std::string all;
  char bytes[4096];
  for (int size = 0; (size = SSL_read(client.ssl(), bytes, sizeof bytes)) > 0;)
    all.append(bytes, static_cast<std::size_t>(size));
  EXPECT_TRUE(all.ends_with("\r\n\r\n6\r\nfirst\n\r\n7\r\nsecond\n\r\n0\r\n\r\n")) << all;
}

TEST_F(HttpTest, EndsStreamsWhenItStops) {
  auto server = start([](const HttpRequest&) {
    HttpResponse response{200, "text/event-stream", "first\n", {}};
    response.stream = []() -> std::optional<std::string> { return ""; };
    return response;
  });
  TlsClient client(server.port());
  ASSERT_TRUE(client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
  server.stop(std::chrono::seconds(20));
  EXPECT_TRUE(client.closed());
}

TEST_F(HttpTest, AsksAServerOfItsOwn) {
  const auto server = start([](const HttpRequest& request) {
    return HttpResponse{request.path == "/gone" ? 410U : 200U,
                        "text/plain",
                        request.method + " " +
                            std::string(request.header(request.body.size() > 9 ? "content-encoding" : "x-a")) + " " +
                            request.body,
                        {{"X-B", "b"}}};
  });
  std::string body;
  HttpCall call;
  call.url = "https://127.0.0.1:" + std::to_string(server.port()) + "/";
  call.method = "POST";
  call.headers = {"X-A: a"};
  call.body = "text";
  call.ca_file = options_.certificate_file;
  call.receive = [&](const HttpReply&, std::string_view piece) -> Result<void> {
    body.append(piece);
    return {};
  };
  auto outcome = http_call(call);
  ASSERT_TRUE(std::holds_alternative<HttpReply>(outcome)) << render(std::get<HttpFailure>(outcome).error);
  EXPECT_EQ(std::get<HttpReply>(outcome).headers["x-b"], "b");
  EXPECT_EQ(body, "POST a text");
  const std::string large(100'000, 'x');
  body.clear();
  call.body = large;
  call.is_packed = true;
  ASSERT_TRUE(std::holds_alternative<HttpReply>(http_call(call)));
  EXPECT_EQ(body, "POST gzip " + large);
  call.url += "gone";
  EXPECT_EQ(std::get<HttpReply>(http_call(call)).status, 410);
  call.ca_file.clear();  // nobody vouches for it
  EXPECT_EQ(std::get<HttpFailure>(http_call(call)).error.fault, Fault::refused);
}

}  // namespace
}  // namespace pratique
