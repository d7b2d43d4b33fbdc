#include "world/probe/descriptor.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace pratique {

Descriptor::~Descriptor() {
  if (fd_ >= 0) ::close(fd_);
}

Descriptor open_path(int folder, const char* path) { return Descriptor(::openat(folder, path, O_PATH | O_CLOEXEC)); }

Descriptor open_folder(int folder, const char* path) {
  return Descriptor(::openat(folder, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

Descriptor open_below(int root, const std::string& path) {
  open_how how{
      .flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC, .mode = 0, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
  return Descriptor(static_cast<int>(::syscall(SYS_openat2, root, path.c_str(), &how, sizeof how)));
}

std::optional<std::string> read_text(int folder, const char* path, std::size_t limit) {
  const Descriptor fd(::openat(folder, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!fd) return {};
  std::string text;
  char piece[1 << 14];
  while (text.size() < limit) {
    const ssize_t n = ::read(fd.get(), piece, sizeof piece);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return {};
    if (n == 0) break;
    text.append(piece, static_cast<std::size_t>(n));
  }
  return text;
}

std::optional<std::string> read_link(int folder, const char* path) {
  char text[4096];
  const ssize_t n = ::readlinkat(folder, path, text, sizeof text);
  if (n < 0) return {};
  return std::string(text, static_cast<std::size_t>(n));
}

std::string reason_of(int code) {
  if (code == EPERM || code == EACCES) return "refused";
  return std::generic_category().message(code);
}

void Gaps::add(std::string sentence) {
  if (std::find(sentences_.begin(), sentences_.end(), sentence) == sentences_.end())
    sentences_.push_back(std::move(sentence));
}

}  // namespace pratique
