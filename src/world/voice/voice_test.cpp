#include "world/voice/voice.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>
#include <thread>

namespace pratique {
namespace {

// Answers one connection with the same bytes, whatever is asked.
class OneAnswer {
 public:
  explicit OneAnswer(std::string answer) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    ::listen(socket_, 1);
    socklen_t length = sizeof address;
    ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &length);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this, text = std::move(answer)] {
      const int peer = ::accept(socket_, nullptr, nullptr);
      char request[1024];
      if (::read(peer, request, sizeof request) > 0)
        for (std::size_t sent = 0; sent < text.size();) {
          const ssize_t n = ::send(peer, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
          if (n <= 0) break;
          sent += static_cast<std::size_t>(n);
        }
      ::close(peer);
    });
  }
  ~OneAnswer() {
    thread_.join();
    ::close(socket_);
  }
  std::uint16_t port() const { return port_; }

 private:
  int socket_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

Fault fault_of(const Result<std::string>& result) { return result ? Fault::internal : result.error().fault; }

TEST(VoiceTest, ReadsTheBodyOfAnAnswer) {
  const OneAnswer tool("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nup 1\n");
  EXPECT_EQ(fetch_metrics(0, tool.port(), "/metrics").value(), "up 1\n");
}

TEST(VoiceTest, WhateverIsNoAnswerIsAFault) {
  {
    const OneAnswer tool("HTTP/1.1 404 Not Found\r\n\r\n");
    EXPECT_EQ(fault_of(fetch_metrics(0, tool.port(), "/metrics")), Fault::unavailable);
  }
  {
    const OneAnswer tool("SSH-2.0-OpenSSH\r\n\r\n");
    EXPECT_EQ(fault_of(fetch_metrics(0, tool.port(), "/metrics")), Fault::malformed);
  }
  {
    const OneAnswer tool("HTTP/1.1 200 OK\r\n\r\n" + std::string(1 << 20, 'x'));
    EXPECT_EQ(fault_of(fetch_metrics(0, tool.port(), "/metrics", {.bytes = 1000})), Fault::limit);
  }
}

TEST(VoiceTest, NobodyThereIsUnavailable) {
  std::uint16_t port = 0;
  {
    const OneAnswer gone("");
    port = gone.port();
    EXPECT_EQ(fault_of(fetch_metrics(0, port, "/")), Fault::malformed);
  }
  EXPECT_EQ(fault_of(fetch_metrics(0, port, "/")), Fault::unavailable);
}

TEST(VoiceTest, ReadsTheEndOfAFileFromTheStartOfALine) {
  const std::string path = testing::TempDir() + "voice_" + std::to_string(::getpid());
  std::ofstream(path) << "first line\nsecond\nthird\n";
  EXPECT_EQ(read_end_of_file(0, path, 1000).value(), "first line\nsecond\nthird\n");
  EXPECT_EQ(read_end_of_file(0, path, 15).value(), "second\nthird\n");
  EXPECT_EQ(read_end_of_file(0, path, 3).value(), "");
  EXPECT_EQ(read_end_of_file(static_cast<std::uint32_t>(::getpid()), path, 15).value(), "second\nthird\n");
  EXPECT_EQ(fault_of(read_end_of_file(0, path + ".no", 15)), Fault::not_found);
  EXPECT_EQ(fault_of(read_end_of_file(0, "/dev/null", 15)), Fault::unsupported);
  // A process may put a link where a tool would write; it leads nowhere but into its own root.
  ASSERT_EQ(::symlink(path.c_str(), (path + ".link").c_str()), 0);
  EXPECT_EQ(read_end_of_file(0, path + ".link", 15).value(), "second\nthird\n");
  ASSERT_EQ(::symlink("/proc/self/root/etc/passwd", (path + ".out").c_str()), 0);
  EXPECT_FALSE(read_end_of_file(0, path + ".out", 15));
  for (const char* end : {"", ".link", ".out"}) ::unlink((path + end).c_str());
}

}  // namespace
}  // namespace pratique
