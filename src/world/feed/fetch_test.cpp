// Against a real HTTP server on the loopback interface, started by the test: it answers from a script and keeps what it
// was asked.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <mutex>
#include <sstream>
#include <thread>

#include "base/digest.h"
#include "world/feed/feed.h"

namespace pratique {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;

class Server {
 public:
  Server() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 8) != 0 ||
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
      ADD_FAILURE() << "no server can be started";
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~Server() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }

  std::string url(const std::string& path) const { return "http://127.0.0.1:" + std::to_string(port_) + path; }
  // The whole answer, head and body, in the order of the requests.
  void answer(std::string text) {
    const std::lock_guard lock(mutex_);
    answers_.push_back(std::move(text));
  }
  std::vector<std::string> requests() {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  void serve() {
    for (;;) {
      const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (client < 0) return;
      std::string request;
      char piece[4096];
      while (request.find("\r\n\r\n") == std::string::npos) {
        const ssize_t got = ::recv(client, piece, sizeof piece, 0);
        if (got <= 0) break;
        request.append(piece, static_cast<std::size_t>(got));
      }
      std::string text = "HTTP/1.1 500 Unexpected\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
      {
        const std::lock_guard lock(mutex_);
        requests_.push_back(request);
        if (!answers_.empty()) {
          text = answers_.front();
          answers_.erase(answers_.begin());
        }
      }
      for (std::size_t sent = 0; sent < text.size();) {
        const ssize_t n = ::send(client, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
        if (n <= 0) break;
        sent += static_cast<std::size_t>(n);
      }
      ::close(client);
    }
  }

  int listener_;
  std::uint16_t port_ = 0;
  std::mutex mutex_;
  std::vector<std::string> answers_, requests_;
  std::thread thread_;
};

std::string answer(const std::string& status, const std::string& headers, const std::string& body) {
  return "HTTP/1.1 " + status + "\r\n" + headers + "Content-Length: " + std::to_string(body.size()) +
         "\r\nConnection: close\r\n\r\n" + body;
}

class FetchTest : public testing::Test {
 protected:
  FetchTest() {
    std::string pattern = (fs::temp_directory_path() / "pratique_fetch_XXXXXX").string();
    options_.folder = ::mkdtemp(pattern.data());
    options_.wait = [this](milliseconds time) { waits_.push_back(time.count()); };
    ::setenv("no_proxy", "127.0.0.1", 1);
  }
  ~FetchTest() override { fs::remove_all(options_.folder); }

  Result<Fetched> fetch(const std::string& url = {}) {
    return fetch_file(url.empty() ? server_.url("/all.zip") : url, "all.zip", options_);
  }
  std::string text() const {
    std::ostringstream out;
    out << std::ifstream(options_.folder + "/all.zip", std::ios::binary).rdbuf();
    return out.str();
  }

  Server server_;
  FetchOptions options_;
  std::vector<std::int64_t> waits_;
};

constexpr const char* first_head = "ETag: \"one\"\r\nLast-Modified: Tue, 12 Aug 2025 12:00:00 GMT\r\n";

TEST_F(FetchTest, AsksOnlyForWhatChanged) {
  server_.answer(answer("200 OK", first_head, "first"));
  server_.answer(answer("304 Not Modified", "", ""));
  server_.answer(answer("200 OK", "ETag: \"two\"\r\nLast-Modified: Wed, 13 Aug 2025 12:00:00 GMT\r\n", "second"));
  const auto one = fetch();
  ASSERT_TRUE(one) << render(one.error());
  EXPECT_EQ(one->state, Fetched::State::fresh);
  EXPECT_EQ(text(), "first");
  EXPECT_EQ(fetch()->state, Fetched::State::unchanged);
  EXPECT_EQ(text(), "first");
  EXPECT_EQ(fetch()->state, Fetched::State::fresh);
  EXPECT_EQ(text(), "second");
  const auto requests = server_.requests();
  EXPECT_THAT(requests[0], Not(HasSubstr("If-None-Match")));
  EXPECT_THAT(requests[1], HasSubstr("If-None-Match: \"one\""));
  EXPECT_THAT(requests[1], HasSubstr("If-Modified-Since: Tue, 12 Aug 2025 12:00:00 GMT"));
  EXPECT_TRUE(waits_.empty());
}

TEST_F(FetchTest, ContinuesWhatBrokeOff) {
  server_.answer("HTTP/1.1 200 OK\r\nETag: \"one\"\r\nContent-Length: 10\r\n\r\n01234");
  server_.answer(answer("206 Partial Content", "ETag: \"one\"\r\nContent-Range: bytes 5-9/10\r\n", "56789"));
  ASSERT_TRUE(fetch());
  EXPECT_EQ(text(), "0123456789");
  const auto requests = server_.requests();
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_THAT(requests[1], HasSubstr("Range: bytes=5-"));
  EXPECT_THAT(requests[1], HasSubstr("If-Range: \"one\""));
  EXPECT_EQ(waits_, std::vector<std::int64_t>{1000});
}

// It changed in between: the server sends all of the new one, and nothing of the old one stays.
TEST_F(FetchTest, BeginsAgainWhereTheFileIsAnother) {
  server_.answer("HTTP/1.1 200 OK\r\nETag: \"one\"\r\nContent-Length: 10\r\n\r\n01234");
  server_.answer(answer("200 OK", "ETag: \"two\"\r\n", "abc"));
  ASSERT_TRUE(fetch());
  EXPECT_EQ(text(), "abc");
}

TEST_F(FetchTest, ALiarAboutRangesIsNotBelieved) {
  options_.tries = 2;
  server_.answer("HTTP/1.1 200 OK\r\nETag: \"one\"\r\nContent-Length: 10\r\n\r\n01234");
  server_.answer(answer("206 Partial Content", "Content-Range: bytes 7-9/10\r\n", "789"));
  EXPECT_EQ(fetch().error().fault, Fault::unavailable);
  EXPECT_FALSE(fs::exists(options_.folder + "/all.zip"));
}

TEST_F(FetchTest, WaitsLongerEachTimeAndAsLongAsItIsTold) {
  for (int i = 0; i < 2; ++i) server_.answer(answer("503 Busy", "", ""));
  server_.answer(answer("429 Slow down", "Retry-After: 17\r\n", ""));
  server_.answer(answer("200 OK", "", "x"));
  ASSERT_TRUE(fetch());
  EXPECT_EQ(waits_, (std::vector<std::int64_t>{1000, 2000, 17000}));
}

TEST_F(FetchTest, GivesUpAndKeepsTheLastGoodOne) {
  server_.answer(answer("200 OK", first_head, "first"));
  ASSERT_TRUE(fetch());
  for (int i = 0; i < 4; ++i) server_.answer(answer("502 Bad Gateway", "", ""));
  EXPECT_EQ(fetch().error().fault, Fault::unavailable);
  EXPECT_EQ(waits_.size(), 3u);
  server_.answer(answer("404 Not Found", "", "gone"));
  EXPECT_EQ(fetch().error().fault, Fault::not_found);
  server_.answer(answer("403 Forbidden", "", ""));
  EXPECT_EQ(fetch().error().fault, Fault::refused);
  EXPECT_EQ(text(), "first");
}

// Somebody who can only replay what is old cannot take knowledge away.
TEST_F(FetchTest, RefusesWhatIsOlder) {
  server_.answer(answer("200 OK", first_head, "first"));
  ASSERT_TRUE(fetch());
  server_.answer(answer("200 OK", "ETag: \"zero\"\r\nLast-Modified: Mon, 11 Aug 2025 12:00:00 GMT\r\n", "older"));
  const auto older = fetch();
  ASSERT_FALSE(older);
  EXPECT_EQ(older.error().fault, Fault::refused);
  EXPECT_THAT(older.error().text, HasSubstr("older than the one of 2025-08-12T12:00:00Z"));
  EXPECT_EQ(text(), "first");
}

TEST_F(FetchTest, IsBounded) {
  options_.most_bytes = 4;
  server_.answer(answer("200 OK", "", "12345"));
  EXPECT_EQ(fetch().error().fault, Fault::limit);
  options_.interrupted = [] { return true; };
  server_.answer(answer("200 OK", "", "1"));
  EXPECT_EQ(fetch().error().fault, Fault::interrupted);
}

TEST_F(FetchTest, FollowsRedirectionsButNotToAFile) {
  server_.answer(answer("302 Found", "Location: " + server_.url("/elsewhere") + "\r\n", ""));
  server_.answer(answer("200 OK", "ETag: \"x\"\r\n", "there"));
  ASSERT_TRUE(fetch());
  EXPECT_EQ(text(), "there");
  server_.answer(answer("302 Found", "Location: file:///etc/passwd\r\n", ""));
  EXPECT_FALSE(fetch());
}

TEST_F(FetchTest, TakesAFileOfAMirrorWhenItIsAnother) {
  const std::string mirror = options_.folder + "/mirror.zip";
  std::ofstream(mirror) << "one";
  EXPECT_EQ(fetch("file://" + mirror)->state, Fetched::State::fresh);
  EXPECT_EQ(fetch("file://" + mirror)->state, Fetched::State::unchanged);
  std::ofstream(mirror) << "three";
  EXPECT_EQ(fetch(mirror)->state, Fetched::State::fresh);
  EXPECT_EQ(text(), "three");
  EXPECT_EQ(fetch(options_.folder + "/absent").error().fault, Fault::not_found);
  EXPECT_EQ(fetch_file(mirror, "../x", options_).error().fault, Fault::usage);
}

TEST_F(FetchTest, ChecksWhatItsSourceSaysOfIt) {
  const std::string digest(sha256_of("payload").hex());
  for (const auto& [beside, good] :
       std::vector<std::pair<std::string, bool>>{{"lastModifiedDate:x\r\nsha256:" + digest + "\r\n", true},
                                                 {digest + "  all.zip\n", true},
                                                 {std::string(64, '0') + "  all.zip\n", false},
                                                 {"nothing\n", false}}) {
    SCOPED_TRACE(beside);
    server_.answer(answer("200 OK", "", "payload"));
    const auto fetched = fetch();
    ASSERT_TRUE(fetched);
    server_.answer(answer("200 OK", "", beside));
    const auto checked = check_fetched(*fetched, server_.url("/all.zip.check"), options_);
    EXPECT_EQ(checked.has_value(), good);
    if (!good) {
      EXPECT_EQ(checked.error().fault, Fault::malformed);
    }
  }
}

TEST_F(FetchTest, ASilentServerIsATimeout) {
  options_.tries = 1;
  options_.silence = milliseconds(1000);
  // Nobody listens there.
  const auto nobody = fetch("http://127.0.0.1:1/all.zip");
  ASSERT_FALSE(nobody);
  EXPECT_EQ(nobody.error().fault, Fault::unavailable);
  EXPECT_EQ(fetch("gopher://127.0.0.1/x").error().fault, Fault::usage);
}

}  // namespace
}  // namespace pratique
