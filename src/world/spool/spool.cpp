#include "world/spool/spool.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "base/text.h"

namespace pratique {
namespace {

constexpr const char *dropped_file = "dropped", *held_file = "held";
constexpr std::string_view heading = "pratique-spool 1 ";

// "00000000000000000007.12": the seventh record, which stands for twelve things.
std::string name_of(std::uint64_t number, std::uint64_t things) {
  char name[64];
  std::snprintf(name, sizeof name, "%020llu.%llu", static_cast<unsigned long long>(number),
                static_cast<unsigned long long>(things));
  return name;
}

std::optional<std::pair<std::uint64_t, std::uint64_t>> parse_name(std::string_view name) {
  constexpr std::size_t digits = 20;
  if (name.size() < digits + 2 || name[digits] != '.') return {};
  const auto number = parse_unsigned(name.substr(0, digits)), things = parse_unsigned(name.substr(digits + 1));
  if (!number || !things || *things == 0) return {};
  return std::pair(*number, *things);
}

std::string seal_of(std::string_view bytes) {
  return std::string(heading) + std::string(sha256_of(bytes).hex()) + " " + std::to_string(bytes.size()) + "\n";
}

std::optional<std::string> read_whole(int folder, const std::string& name) {
  const int fd = ::openat(folder, name.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) return {};
  std::string text;
  char piece[1 << 14];
  ssize_t got = 0;
  while ((got = ::read(fd, piece, sizeof piece)) > 0 || (got < 0 && errno == EINTR))
    if (got > 0) text.append(piece, static_cast<std::size_t>(got));
  ::close(fd);
  return got < 0 ? std::nullopt : std::optional(std::move(text));
}

bool write_whole(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(fd, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

Error error_of(int code, const std::string& folder) {
  const Fault fault = code == EACCES || code == EPERM || code == EROFS ? Fault::refused : Fault::unavailable;
  return Error{fault, std::strerror(code), {folder}, "name a folder that can be written with --spool"};
}

}  // namespace

Spool::Spool(std::string folder, int folder_fd, std::uint64_t limit)
    : folder_(std::move(folder)), fd_(folder_fd), limit_(limit) {}

Spool::Spool(Spool&& other) noexcept
    : folder_(std::move(other.folder_)),
      fd_(std::exchange(other.fd_, -1)),
      limit_(other.limit_),
      bytes_(other.bytes_),
      next_(other.next_),
      dropped_(other.dropped_),
      entries_(std::move(other.entries_)),
      held_(std::exchange(other.held_, nullptr)) {}

Spool::~Spool() {
  if (held_ != nullptr) {
    if (*held_ == 0) ::unlinkat(fd_, held_file, 0);
    ::munmap(held_, sizeof *held_);
  }
  if (fd_ >= 0) ::close(fd_);
}

Result<Spool> Spool::open(const SpoolOptions& options) {
  if (::mkdir(options.folder.c_str(), 0700) != 0 && errno != EEXIST) return error_of(errno, options.folder);
  const int fd = ::open(options.folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return error_of(errno, options.folder);
  Spool spool(options.folder, fd, options.byte_limit);
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0)
    return Error{
        Fault::usage, "another process has this spool", {options.folder}, "give each agent a folder of its own"};
  if (::faccessat(fd, ".", W_OK | X_OK, AT_EACCESS) != 0) return error_of(errno, options.folder);
  const int copy = ::openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* list = copy < 0 ? nullptr : ::fdopendir(copy);
  if (list == nullptr) return error_of(errno, options.folder);
  std::vector<std::string> unfinished;
  while (const dirent* each = ::readdir(list)) {
    const std::string name = each->d_name;
    struct stat info {};
    if (name.ends_with(".new")) unfinished.push_back(name);
    const auto known = parse_name(name);
    if (!known || ::fstatat(fd, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(info.st_mode)) continue;
    spool.entries_[known->first] = {known->second, static_cast<std::uint64_t>(info.st_size)};
    spool.bytes_ += static_cast<std::uint64_t>(info.st_size);
    spool.next_ = std::max(spool.next_, known->first + 1);
  }
  ::closedir(list);
  for (const auto& name : unfinished) ::unlinkat(fd, name.c_str(), 0);
  if (const auto text = read_whole(fd, dropped_file)) spool.dropped_ = parse_unsigned(trim(*text)).value_or(0);
  spool.open_held();
  while (spool.bytes_ > spool.limit_ && !spool.entries_.empty()) spool.drop_oldest();  // the limit may be a new one
  return spool;
}

// Written aside, made lasting, and only then given its name. Empty when it worked, else why not.
std::optional<std::string> Spool::write(const std::string& name, std::string_view bytes) {
  const std::string aside = name + ".new";
  const int file = ::openat(fd_, aside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) return std::strerror(errno);
  const bool whole = write_whole(file, bytes) && ::fsync(file) == 0;
  int code = whole ? 0 : errno;
  if (::close(file) != 0 && code == 0) code = errno;
  if (code == 0 && ::renameat(fd_, aside.c_str(), fd_, name.c_str()) != 0) code = errno;
  if (code == 0 && ::fsync(fd_) != 0) code = errno;
  if (code == 0) return {};
  ::unlinkat(fd_, aside.c_str(), 0);
  return std::strerror(code);
}

Result<void> Spool::append(std::string_view record, std::uint64_t things) {
  things = std::max<std::uint64_t>(things, 1);
  std::string bytes = seal_of(record);
  bytes += record;
  const auto too_large = bytes.size() > limit_;
  while (!too_large && bytes_ + bytes.size() > limit_ && !entries_.empty()) drop_oldest();
  std::optional<std::string> why;
  if (!too_large) {
    while ((why = write(name_of(next_, things), bytes)) && !entries_.empty()) drop_oldest();  // a full disk
    if (!why) {
      entries_[next_++] = {things, bytes.size()};
      bytes_ += bytes.size();
      return {};
    }
  }
  add_dropped(things);
  if (too_large)
    return Error{Fault::limit, "a record is larger than the whole spool", {folder_}, "raise --spool-limit"};
  return Error{Fault::unavailable, "the spool takes nothing: " + *why, {folder_}, "make room on its disk"};
}

std::optional<Spool::Record> Spool::oldest() {
  while (!entries_.empty()) {
    const auto& [number, entry] = *entries_.begin();
    auto text = read_whole(fd_, name_of(number, entry.things));
    const auto end = text ? text->find('\n') : std::string::npos;
    if (end != std::string::npos) {
      std::string bytes = text->substr(end + 1);
      if (std::string_view(*text).substr(0, end + 1) == seal_of(bytes))
        return Record{.number = number, .things = entry.things, .bytes = std::move(bytes)};
    }
    drop_oldest();
  }
  return {};
}

void Spool::remove(std::uint64_t number) {
  const auto entry = entries_.find(number);
  if (entry == entries_.end()) return;
  ::unlinkat(fd_, name_of(number, entry->second.things).c_str(), 0);
  bytes_ -= entry->second.bytes;
  entries_.erase(entry);
}

void Spool::drop_oldest() {
  const std::uint64_t number = entries_.begin()->first, things = entries_.begin()->second.things;
  add_dropped(things);  // first: what is counted twice after a crash was at least told
  remove(number);
}

void Spool::add_dropped(std::uint64_t things) {
  if (things == 0) return;
  dropped_ += things;
  save_dropped();
}

void Spool::forget_dropped(std::uint64_t things) {
  if (things == 0) return;
  dropped_ -= std::min(things, dropped_);
  save_dropped();
}

// Where there is no room for the file nothing is counted. The room has to be there before the page is written to.
void Spool::open_held() {
  const int file = ::openat(fd_, held_file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) return;
  void* page = ::posix_fallocate(file, 0, sizeof *held_) != 0
                   ? MAP_FAILED
                   : ::mmap(nullptr, sizeof *held_, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  ::close(file);
  if (page == MAP_FAILED) return;
  held_ = static_cast<std::atomic<std::uint64_t>*>(page);
  add_dropped(*held_);
  *held_ = 0;
}

void Spool::add_held(std::uint64_t things) {
  if (held_ != nullptr) *held_ += things;
}

void Spool::remove_held(std::uint64_t things) {
  if (held_ == nullptr) return;
  std::uint64_t before = *held_;
  while (!held_->compare_exchange_weak(before, before - std::min(before, things))) {
  }
}

// On a full disk the old count stays, and this process goes on knowing the new one.
void Spool::save_dropped() {
  if (dropped_ == 0)
    ::unlinkat(fd_, dropped_file, 0);
  else
    write(dropped_file, std::to_string(dropped_) + "\n");
}

}  // namespace pratique
