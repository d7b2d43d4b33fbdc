// The file under the database: written beside its place, sealed, synced and renamed; mapped to be checked. Private to
// advisorydb.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/result.h"

namespace pratique {

// An empty file in the same folder under a name of its own; gone unless it takes its place.
class NewFile {
 public:
  static Result<NewFile> beside(const std::string& path);
  NewFile(NewFile&& other) noexcept
      : target_(std::move(other.target_)), path_(std::exchange(other.path_, {})), fd_(std::exchange(other.fd_, -1)) {}
  NewFile& operator=(NewFile&&) = delete;
  ~NewFile();

  const std::string& path() const { return path_; }
  Result<void> fill(std::string_view content);
  // Appends the seal, dates the file, syncs it. The generation's number is one above that of the file it will replace,
  // or the same where the content is the same.
  Result<void> seal(Time now);
  Result<void> take_place();  // renames it to the path; the folder is synced

 private:
  NewFile(std::string target, std::string path, int fd) : target_(std::move(target)), path_(std::move(path)), fd_(fd) {}
  std::string target_, path_;
  int fd_;
};

// A whole file in memory, for reading.
class Mapping {
 public:
  static Result<Mapping> open(const std::string& path);
  Mapping(Mapping&& other) noexcept
      : bytes_(std::exchange(other.bytes_, {})),
        modified_(other.modified_),
        device_(other.device_),
        inode_(other.inode_) {}
  Mapping& operator=(Mapping&&) = delete;
  ~Mapping();

  std::string_view bytes() const { return bytes_; }
  Time modified() const { return modified_; }
  bool is_file_of(int descriptor) const;  // the same file, not only the same path

 private:
  Mapping() = default;
  std::string_view bytes_;
  Time modified_;
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

}  // namespace pratique
