#include "world/advisorydb/file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "world/advisorydb/layout.h"

namespace pratique {
namespace {

Error system_error(int code, const std::string& path, std::string_view doing) {
  Error error{
      Fault::unavailable, "cannot " + std::string(doing) + ": " + std::generic_category().message(code), {path}, {}};
  if (code == EACCES || code == EPERM || code == EROFS) {
    error.fault = Fault::refused;
    error.remedy = "check its permissions";
  }
  return error;
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

Result<void> append(int fd, std::string_view bytes, const std::string& path) {
  if (::lseek(fd, 0, SEEK_END) < 0) return system_error(errno, path, "write");
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return system_error(errno, path, "write");
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

timespec timespec_of(Time time) {
  const auto since = time.time_since_epoch().count();
  const auto rest = ((since % 1000) + 1000) % 1000;
  return {.tv_sec = (since - rest) / 1000, .tv_nsec = rest * 1'000'000};
}

// What is in place and cannot be read counts for nothing: it is going to be replaced.
std::uint32_t number_after(const std::string& path, std::string_view content) {
  const auto old = Mapping::open(path);
  if (!old) return 1;
  const auto seal = check_seal(old->bytes());
  if (!seal) return 1;
  const bool same = old->bytes().substr(0, seal->content) == content;
  return same ? seal->number : seal->number + 1;
}

}  // namespace

Result<NewFile> NewFile::beside(const std::string& path) {
  std::string name = path + ".XXXXXX";
  const int fd = ::mkostemp(name.data(), O_CLOEXEC);
  if (fd < 0 && errno == ENOENT)
    return Error{Fault::not_found, "its folder does not exist", {path}, "make the folder or choose another path"};
  if (fd < 0) return system_error(errno, path, "write");
  return NewFile(path, std::move(name), fd);
}

NewFile::~NewFile() {
  if (fd_ >= 0) ::close(fd_);
  if (!path_.empty()) ::unlink(path_.c_str());
}

Result<void> NewFile::fill(std::string_view content) { return append(fd_, content, target_); }

Result<void> NewFile::seal(Time now) {
  std::string seal;
  {
    PRATIQUE_TRY(const Mapping written, Mapping::open(path_));
    seal = seal_of(written.bytes(), number_after(target_, written.bytes()));
  }
  PRATIQUE_DO(append(fd_, seal, target_));
  // mkostemp makes it private; a replaced file keeps the rights it had.
  struct stat old {};
  const mode_t mode = ::stat(target_.c_str(), &old) == 0 ? (old.st_mode & 07777) : 0644;
  if (::fchmod(fd_, mode) != 0) return system_error(errno, target_, "write");
  const timespec times[2] = {timespec_of(now), timespec_of(now)};
  if (::futimens(fd_, times) != 0) return system_error(errno, target_, "write");
  if (::fsync(fd_) != 0) return system_error(errno, target_, "sync");
  return {};
}

Result<void> NewFile::take_place() {
  if (::rename(path_.c_str(), target_.c_str()) != 0) return system_error(errno, target_, "replace");
  path_.clear();
  const auto parent = std::filesystem::path(target_).parent_path();
  const std::string folder = parent.empty() ? "." : parent.string();
  const Descriptor fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.get() < 0) return system_error(errno, folder, "open");
  if (::fsync(fd.get()) != 0 && errno != EINVAL) return system_error(errno, folder, "sync");
  return {};
}

Result<Mapping> Mapping::open(const std::string& path) {
  const Descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.get() < 0 && errno == ENOENT)
    return Error{Fault::not_found, "there is no advisory database", {path}, "run 'pratique db build --from PATH'"};
  if (fd.get() < 0) return system_error(errno, path, "open");
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) return system_error(errno, path, "open");
  Mapping mapping;
  mapping.device_ = info.st_dev;
  mapping.inode_ = info.st_ino;
  mapping.modified_ = Time(std::chrono::milliseconds(info.st_mtim.tv_sec * 1000 + info.st_mtim.tv_nsec / 1'000'000));
  if (!S_ISREG(info.st_mode)) return Error{Fault::malformed, "is no file", {path}, "name a file"};
  if (info.st_size == 0) return mapping;
  const auto size = static_cast<std::size_t>(info.st_size);
  void* const start = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd.get(), 0);
  if (start == MAP_FAILED) return system_error(errno, path, "map");
  mapping.bytes_ = {static_cast<const char*>(start), size};
  return mapping;
}

Mapping::~Mapping() {
  if (!bytes_.empty()) ::munmap(const_cast<char*>(bytes_.data()), bytes_.size());
}

bool Mapping::is_file_of(int descriptor) const {
  struct stat info {};
  return ::fstat(descriptor, &info) == 0 && info.st_dev == device_ && info.st_ino == inode_;
}

}  // namespace pratique
