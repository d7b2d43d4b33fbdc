#include "world/voice/voice.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <thread>
#include <utility>

namespace pratique {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_;
};

Error error_of(int code, const std::string& place) {
  const Fault fault = code == ENOENT                        ? Fault::not_found
                      : code == EACCES || code == EPERM     ? Fault::refused
                      : code == EAGAIN || code == ETIMEDOUT ? Fault::timeout
                                                            : Fault::unavailable;
  return Error{fault, fault == Fault::timeout ? "no answer in time" : std::strerror(code), {place}, ""};
}

// Time for everything that is still to do.
class Deadline {
 public:
  explicit Deadline(std::chrono::milliseconds time) : end_(std::chrono::steady_clock::now() + time) {}
  // Waits until the socket can do it; false when the time is over.
  bool wait(int fd, short what) const {
    for (;;) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(end_ - std::chrono::steady_clock::now()).count();
      pollfd socket{.fd = fd, .events = what, .revents = 0};
      const int ready = left <= 0 ? 0 : ::poll(&socket, 1, static_cast<int>(left));
      if (ready > 0) return true;
      if (ready == 0 || errno != EINTR) return false;
    }
  }

 private:
  std::chrono::steady_clock::time_point end_;
};

Result<std::string> body_of(const std::string& answer, const std::string& place) {
  const auto end = answer.find("\r\n\r\n");
  if (!answer.starts_with("HTTP/1.") || answer.size() < 12 || end == std::string::npos)
    return Error{Fault::malformed, "the answer is no HTTP", {place}, ""};
  if (answer.substr(9, 3) != "200")
    return Error{Fault::unavailable, "the answer is HTTP " + answer.substr(9, 3), {place}, ""};
  return answer.substr(end + 4);
}

Result<std::string> fetch(std::uint16_t port, const std::string& path, const VoiceLimits& limits) {
  const std::string place = "http://127.0.0.1:" + std::to_string(port) + path;
  const Deadline deadline(limits.time);
  const Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return error_of(errno, place);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int code = 0;
  socklen_t length = sizeof code;
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    if (errno != EINPROGRESS) return error_of(errno, place);
    if (!deadline.wait(socket.get(), POLLOUT)) return error_of(ETIMEDOUT, place);
    ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &code, &length);
    if (code != 0) return error_of(code, place);
  }
  const std::string request = "GET " + path + " HTTP/1.0\r\nHost: 127.0.0.1\r\nAccept: text/plain\r\n\r\n";
  if (::send(socket.get(), request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size()))
    return error_of(errno, place);
  std::string answer;
  char piece[1 << 14];
  for (;;) {
    if (!deadline.wait(socket.get(), POLLIN)) return error_of(ETIMEDOUT, place);
    const ssize_t got = ::recv(socket.get(), piece, sizeof piece, 0);
    if (got < 0 && errno == EAGAIN) continue;
    if (got < 0) return error_of(errno, place);
    if (got == 0) return body_of(answer, place);
    if (answer.size() + static_cast<std::size_t>(got) > limits.bytes)
      return Error{Fault::limit, "more than " + std::to_string(limits.bytes) + " bytes", {place}, ""};
    answer.append(piece, static_cast<std::size_t>(got));
  }
}

// What the process that reads a file says first.
struct Told {
  int error = 0;
  bool regular = false, cut = false;  // the text does not begin where the file does
};

// Runs in a process of its own, as whoever waits for a file system that is gone cannot be called back. No link on the
// way leads out of that root.
[[noreturn]] void tell_end_of_file(const char* root, const char* path, std::size_t bytes, int to) {
  Told head;
  const int folder = ::open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
  open_how how{};
  how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  const int file = folder < 0 ? -1 : static_cast<int>(::syscall(SYS_openat2, folder, path, &how, sizeof how));
  struct stat info {};
  if (file < 0 || ::fstat(file, &info) != 0) head.error = errno;
  head.regular = S_ISREG(info.st_mode);
  const off_t start = std::max<off_t>(0, info.st_size - static_cast<off_t>(bytes));
  head.cut = start > 0;
  if (::write(to, &head, sizeof head) != sizeof head || head.error != 0 || !head.regular) ::_exit(0);
  char piece[1 << 14];
  for (off_t at = start; at < info.st_size;) {
    const auto most = std::min<off_t>(sizeof piece, info.st_size - at);
    const ssize_t got = ::pread(file, piece, static_cast<std::size_t>(most), at);
    if (got <= 0 || ::write(to, piece, static_cast<std::size_t>(got)) != got) break;  // it may be cut meanwhile
    at += got;
  }
  ::_exit(0);
}

}  // namespace

Result<std::string> fetch_metrics(std::uint32_t pid, std::uint16_t port, const std::string& path,
                                  const VoiceLimits& limits) {
  Result<std::string> answer = Error{};
  std::thread([&] {  // which alone is in that namespace, and ends with it
    if (pid != 0) {
      const std::string place = "/proc/" + std::to_string(pid) + "/ns/net";
      const Descriptor space(::open(place.c_str(), O_RDONLY | O_CLOEXEC));
      if (!space || ::setns(space.get(), CLONE_NEWNET) != 0) {
        answer = error_of(errno, place);
        return;
      }
    }
    answer = fetch(port, path, limits);
  })
      .join();
  return answer;
}

Result<std::string> read_end_of_file(std::uint32_t pid, const std::string& path, std::size_t bytes,
                                     std::chrono::milliseconds time) {
  const std::string root = pid == 0 ? "/" : "/proc/" + std::to_string(pid) + "/root",
                    place = pid == 0 ? path : root + path;
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return error_of(errno, place);
  const Descriptor from(ends[0]);
  std::optional<Descriptor> to(std::in_place, ends[1]);
  const Deadline deadline(time);
  const pid_t reader = ::fork();
  if (reader < 0) return error_of(errno, place);
  if (reader == 0) tell_end_of_file(root.c_str(), path.c_str(), bytes, to->get());
  to.reset();
  std::string told;
  char piece[1 << 14];
  ssize_t got = 1;
  while (got > 0 && deadline.wait(from.get(), POLLIN)) {
    got = ::read(from.get(), piece, sizeof piece);
    if (got > 0) told.append(piece, static_cast<std::size_t>(got));
  }
  const bool in_time = got == 0;
  if (!in_time) ::kill(reader, SIGKILL);
  ::waitpid(reader, nullptr, in_time ? 0 : WNOHANG);  // one that cannot even be killed is left to whoever waits for us
  if (!in_time) return error_of(ETIMEDOUT, place);
  Told head;
  if (told.size() < sizeof head) return error_of(EIO, place);
  std::memcpy(&head, told.data(), sizeof head);
  if (head.error != 0) return error_of(head.error, place);
  if (!head.regular) return Error{Fault::unsupported, "no regular file", {place}, ""};
  std::string text = told.substr(sizeof head);
  if (head.cut) text.erase(0, std::min(text.find('\n'), text.size() - 1) + 1);
  return text;
}

}  // namespace pratique
