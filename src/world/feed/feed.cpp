#include "world/feed/feed.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <system_error>

#include "base/text.h"

namespace pratique {
namespace {

// Text shrinks to a tenth, rarely to a fiftieth; what unfolds to more than a hundred times its size is no feed.
constexpr std::uint64_t most_unfolding = 100;

struct Closer {
  void operator()(archive* reader) const { archive_read_free(reader); }
};
using Archive = std::unique_ptr<archive, Closer>;

std::string complaint_of(archive* reader) {
  const char* text = archive_error_string(reader);
  return text != nullptr ? text : "the archive cannot be read";
}

Error system_error(int code, const std::string& file) {
  Error error{Fault::unavailable, "cannot open: " + std::generic_category().message(code), {file}, {}};
  if (code == ENOENT || code == ENOTDIR) error = Error{Fault::not_found, error.text, error.place, "check the path"};
  if (code == EACCES || code == EPERM) error = Error{Fault::refused, error.text, error.place, "check its permissions"};
  return error;
}

// "raw" takes any file that is no archive for one of one entry, so that both are read the same way.
Result<Archive> open_archive(const std::string& file) {
  std::error_code code;
  const auto status = std::filesystem::status(file, code);
  if (!std::filesystem::exists(status)) return system_error(code ? code.value() : ENOENT, file);
  if (std::filesystem::is_directory(status)) return Error{Fault::usage, "is a folder", {file}, "name the files in it"};
  Archive reader(archive_read_new());
  // One by one: "all" has some that libarchive leaves to other programs.
  archive_read_support_filter_gzip(reader.get());
  archive_read_support_filter_bzip2(reader.get());
  archive_read_support_filter_xz(reader.get());
  archive_read_support_filter_zstd(reader.get());
  archive_read_support_format_zip(reader.get());
  archive_read_support_format_tar(reader.get());
  archive_read_support_format_raw(reader.get());
  archive_read_support_format_empty(reader.get());
  constexpr std::size_t block = std::size_t{1} << 16;
  errno = 0;
  if (archive_read_open_filename(reader.get(), file.c_str(), block) != ARCHIVE_OK) {
    if (errno != 0) return system_error(errno, file);
    return Error{Fault::malformed, complaint_of(reader.get()), {file}, {}};
  }
  return reader;
}

class Walk {
 public:
  Walk(const std::string& file, archive* reader, const RecordVisitor& record, const Limits& limits)
      : file_(file), reader_(reader), record_(record), limits_(limits) {
    std::error_code code;
    const auto size = std::filesystem::file_size(file, code);
    budget_ = limits.bytes + (code ? 0 : most_unfolding * size);
  }

  Result<void> run() {
    archive_entry* entry = nullptr;
    for (std::size_t entries = 0;; ++entries) {
      const int got = archive_read_next_header(reader_, &entry);
      if (got == ARCHIVE_EOF) return {};
      if (got < ARCHIVE_WARN) return damaged();
      if (entries == limits_.entries)
        return Error{Fault::limit, "more than " + with_commas(limits_.entries) + " entries", {file_}, {}};
      const auto name = name_of(entry);
      if (!name) continue;
      PRATIQUE_TRY(auto bytes, read_entry());
      if (!bytes) bytes = std::move(bytes).error().in(*name);
      PRATIQUE_DO(record_(*name, std::move(bytes)));
    }
  }

 private:
  Error damaged() const {
    return Error{Fault::malformed, "the archive is damaged: " + complaint_of(reader_), {file_}, "fetch it again"};
  }

  // Empty for what is no file.
  std::optional<std::string> name_of(archive_entry* entry) const {
    if (archive_format(reader_) == ARCHIVE_FORMAT_RAW || archive_format(reader_) == ARCHIVE_FORMAT_EMPTY) return file_;
    const char* name = archive_entry_pathname_utf8(entry);
    if (name == nullptr) name = archive_entry_pathname(entry);
    if (name == nullptr || archive_entry_filetype(entry) != AE_IFREG) return std::nullopt;
    return file_ + "/" + name;
  }

  // The outer error ends the walk, the inner one is about this entry. The size an entry declares is not believed.
  Result<Result<Bytes>> read_entry() {
    std::string text;
    for (;;) {
      constexpr std::size_t piece = std::size_t{1} << 16;
      const std::size_t before = text.size();
      text.resize(before + piece);
      const la_ssize_t got = archive_read_data(reader_, text.data() + before, piece);
      if (got == ARCHIVE_FATAL) return damaged();
      if (got < 0) return Result<Bytes>(Error{Fault::malformed, complaint_of(reader_), {}, {}});
      text.resize(before + static_cast<std::size_t>(got));
      unfolded_ += static_cast<std::uint64_t>(got);
      if (unfolded_ > budget_)
        return Error{
            Fault::limit, "unfolds to more than " + human_bytes(budget_), {file_}, "unpack it and look inside"};
      if (text.size() > limits_.bytes)
        return Result<Bytes>(Error{Fault::limit, "larger than the limit of " + human_bytes(limits_.bytes), {}, {}});
      if (got == 0) return Result<Bytes>(Bytes::copy_of(text));
    }
  }

  const std::string& file_;
  archive* reader_;
  const RecordVisitor& record_;
  const Limits& limits_;
  std::uint64_t budget_ = 0;
  std::uint64_t unfolded_ = 0;
};

}  // namespace

Result<void> each_record(const std::string& file, const RecordVisitor& record, const Limits& limits) {
  PRATIQUE_TRY(const Archive reader, open_archive(file));
  return Walk(file, reader.get(), record, limits).run();
}

}  // namespace pratique
