#include "world/file/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "base/text.h"

namespace pratique {
namespace {

namespace fs = std::filesystem;

// A descriptor that is closed when it goes out of scope; standard input is left open.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ > STDIN_FILENO) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

Fault fault_of(int code) {
  switch (code) {
    case ENOENT:
    case ENOTDIR: return Fault::not_found;
    case EACCES:
    case EPERM:
    case EROFS: return Fault::refused;
    case EISDIR: return Fault::usage;
    default: return Fault::unavailable;
  }
}

Error system_error(int code, const std::string& path, std::string_view doing) {
  Error error{
      fault_of(code), "cannot " + std::string(doing) + ": " + std::generic_category().message(code), {path}, ""};
  if (error.fault == Fault::not_found) error.remedy = "check the path";
  if (error.fault == Fault::refused) error.remedy = "check its permissions";
  return error;
}

Error too_large(const std::string& path, std::size_t limit) {
  return {Fault::limit, "larger than the limit of " + human_bytes(limit), {path}, "give a smaller file"};
}

// Reads up to `size` bytes; fewer only at the end.
Result<std::size_t> read_some(int fd, char* into, std::size_t size, const std::string& path) {
  std::size_t got = 0;
  while (got < size) {
    const ssize_t n = ::read(fd, into + got, size - got);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return system_error(errno, path, "read");
    if (n == 0) break;
    got += static_cast<std::size_t>(n);
  }
  return got;
}

// Pipes and the files of /proc do not know their size: read piece by piece, then copied together.
Result<Bytes> read_stream(int fd, std::size_t limit, const std::string& path) {
  std::string text;
  for (;;) {
    constexpr std::size_t piece = 1 << 16;
    const std::size_t before = text.size();
    text.resize(before + piece);
    PRATIQUE_TRY(const std::size_t got, read_some(fd, text.data() + before, piece, path));
    text.resize(before + got);
    if (text.size() > limit) return too_large(path, limit);
    if (got < piece) return Bytes::copy_of(text);
  }
}

Result<void> write_all(int fd, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return system_error(errno, path, "write");
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  // What cannot be synced (EINVAL) is a device or a pipe.
  if (::fsync(fd) != 0 && errno != EINVAL) return system_error(errno, path, "sync");
  return {};
}

// A rename is durable once the folder it happened in is.
Result<void> sync_folder_of(const std::string& path) {
  const fs::path parent = fs::path(path).parent_path();
  const std::string folder = parent.empty() ? "." : parent.string();
  const Descriptor fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.get() < 0) return system_error(errno, folder, "open");
  if (::fsync(fd.get()) != 0 && errno != EINVAL) return system_error(errno, folder, "sync");
  return {};
}

}  // namespace

Result<Bytes> read_file(const std::string& path, std::size_t limit) {
  const bool standard_input = path == "-";
  const std::string place = standard_input ? "standard input" : path;
  const Descriptor fd(standard_input ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.get() < 0) return system_error(errno, place, "open");
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) return system_error(errno, place, "read");
  if (S_ISDIR(info.st_mode)) return Error{Fault::usage, "is a folder", {place}, "name a file in it"};
  if (!S_ISREG(info.st_mode) || info.st_size == 0) return read_stream(fd.get(), limit, place);

  const auto size = static_cast<std::size_t>(info.st_size);
  if (size > limit) return too_large(place, limit);
  Bytes bytes(size);
  PRATIQUE_TRY(const std::size_t got, read_some(fd.get(), bytes.data(), size, place));
  bytes.shrink(got);
  return bytes;
}

Result<std::vector<std::string>> list_files(const std::string& path) {
  std::error_code code;
  const auto status = fs::status(path, code);
  if (status.type() == fs::file_type::not_found) return system_error(ENOENT, path, "open");
  if (code) return system_error(code.value(), path, "open");
  if (!fs::is_directory(status)) return std::vector<std::string>{path};

  std::vector<std::string> files;
  auto entry = fs::recursive_directory_iterator(path, code);
  while (!code && entry != fs::recursive_directory_iterator()) {
    std::error_code vanished;  // an entry that is gone by now is no file
    if (entry->symlink_status(vanished).type() == fs::file_type::regular) files.push_back(entry->path().string());
    entry.increment(code);
  }
  if (code) return system_error(code.value(), path, "list");
  std::sort(files.begin(), files.end());
  return files;
}

Result<std::vector<std::string>> list_files(const std::vector<std::string>& paths, EmptyFolder empty) {
  std::vector<std::string> files;
  for (const auto& path : paths) {
    if (path == "-" || !is_folder(path)) {
      files.push_back(path);
      continue;
    }
    PRATIQUE_TRY(auto inside, list_files(path));
    if (inside.empty() && empty == EmptyFolder::refused)
      return Error{Fault::not_found, "the folder holds no files", {path}, "name a file or another folder"};
    std::move(inside.begin(), inside.end(), std::back_inserter(files));
  }
  return files;
}

bool is_folder(const std::string& path) {
  std::error_code code;
  return fs::is_directory(path, code);
}

Result<void> replace_file(const std::string& given, std::string_view bytes) {
  struct stat old {};
  const bool exists = ::stat(given.c_str(), &old) == 0;
  // A device or a pipe has no content to replace, and a file in its place would take it away from everybody.
  if (exists && !S_ISREG(old.st_mode) && !S_ISDIR(old.st_mode)) {
    const Descriptor fd(::open(given.c_str(), O_WRONLY | O_CLOEXEC));
    if (fd.get() < 0) return system_error(errno, given, "open");
    return write_all(fd.get(), bytes, given);
  }
  // A link stays one; what it leads to is replaced.
  std::error_code unresolved;
  const fs::path real = exists ? fs::canonical(given, unresolved) : fs::path();
  const std::string path = real.empty() ? given : real.string();

  std::string beside = path + ".XXXXXX";
  {
    const Descriptor fd(::mkostemp(beside.data(), O_CLOEXEC));
    if (fd.get() < 0) return system_error(errno, path, "write");
    // mkstemp makes it private; a replaced file keeps the rights it had.
    ::fchmod(fd.get(), exists ? (old.st_mode & 07777) : 0644);
    if (auto written = write_all(fd.get(), bytes, path); !written) {
      ::unlink(beside.c_str());
      return written;
    }
  }
  if (::rename(beside.c_str(), path.c_str()) != 0) {
    const int code = errno;
    ::unlink(beside.c_str());
    return system_error(code, path, "replace");
  }
  return sync_folder_of(path);
}

Result<void> make_folder(const std::string& path) {
  std::error_code code;
  fs::create_directories(path, code);
  if (code) return system_error(code.value(), path, "make the folder");
  if (!is_folder(path)) return Error{Fault::unavailable, "is not a folder", {path}, "choose another path"};
  return {};
}

}  // namespace pratique
