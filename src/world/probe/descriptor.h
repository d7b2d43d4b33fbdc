// Descriptors that close themselves, and the small files of /proc read through them. Private to the probe.
#pragma once

#include <dirent.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pratique {

class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor();

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_;
};

// Where a failure is empty, errno says why.
Descriptor open_path(int folder, const char* path);    // O_PATH: a place, nothing is read
Descriptor open_folder(int folder, const char* path);  // to list it
// A folder by its absolute path as a process with that root (O_PATH) sees it; no link on the way leads out.
Descriptor open_below(int root, const std::string& path);
std::optional<std::string> read_text(int folder, const char* path, std::size_t limit = std::size_t{8} << 20);
std::optional<std::string> read_link(int folder, const char* path);

// Calls visit(name) for each entry of a folder but "." and "..", in the order of the kernel. False when it cannot be
// listed. The name ends with a NUL and lives as long as the call.
template <class Visit>
bool for_each_name(const Descriptor& folder, Visit&& visit) {
  if (!folder) return false;  // errno says why it is none
  alignas(dirent64) char block[1 << 15];
  for (;;) {
    const ssize_t got = ::getdents64(folder.get(), block, sizeof block);
    if (got <= 0) return got == 0;
    for (ssize_t at = 0; at < got;) {
      const auto* entry = reinterpret_cast<const dirent64*>(block + at);
      at += entry->d_reclen;
      const std::string_view name = entry->d_name;
      if (name != "." && name != "..") visit(name);
    }
  }
}

// "refused" for EPERM and EACCES (whoever refuses does not say why), else the system's words.
std::string reason_of(int code);

// What could not be read, each sentence once, in the order of finding.
class Gaps {
 public:
  void add(std::string sentence);
  std::vector<std::string> take() { return std::move(sentences_); }
  bool empty() const { return sentences_.empty(); }

 private:
  std::vector<std::string> sentences_;
};

}  // namespace pratique
