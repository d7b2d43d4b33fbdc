#include "flow/build.h"

#include <filesystem>

#include "base/text.h"
#include "engine/format/format.h"
#include "world/feed/feed.h"
#include "world/file/file.h"

namespace pratique {
namespace {

// What people keep beside records in a folder is no record; a file that is named is read whatever it is called.
Result<std::vector<std::string>> files_of(const std::vector<std::string>& from) {
  std::vector<std::string> files;
  for (const auto& path : from) {
    if (!is_folder(path)) {
      files.push_back(path);
      continue;
    }
    PRATIQUE_TRY(const auto inside, list_files(path));
    for (const auto& file : inside)
      if (file.ends_with(".json") || file.ends_with(".zip")) files.push_back(file);
  }
  return files;
}

class Building {
 public:
  Building(const std::string& path, const std::function<void(std::uint64_t)>& progress, const Limits& limits)
      : writer_(path), progress_(progress), limits_(limits) {}

  Result<void> read(const std::string& file) {
    const std::uint64_t before = report_.records;
    PRATIQUE_DO(each_record(
        file, [this](const std::string& name, Result<Bytes> record) { return take(name, std::move(record)); },
        limits_));
    if (report_.records == before) set_aside(file, "holds no *.json");
    return {};
  }

  Result<BuildReport> finish(Time now) {
    if (advisories_ == 0) {
      Error error{Fault::malformed, "nothing there is an OSV record", {}, "name OSV records, folders or zips of them"};
      if (!report_.rejected.empty())
        error.text += ": " + report_.rejected.front().place + ": " + report_.rejected.front().reason;
      return error;
    }
    PRATIQUE_TRY(report_.status, writer_.finish(now));
    return std::move(report_);
  }

 private:
  Result<void> take(const std::string& name, Result<Bytes> record) {
    ++report_.records;
    if (progress_) progress_(report_.records);
    if (!record) {
      set_aside(name, record.error().text);
      return {};
    }
    auto read = read_osv(*record, limits_);
    if (!read) {
      auto& error = read.error();
      set_aside(name, error.place.empty() ? error.text : error.place.front() + ": " + error.text);
      return {};
    }
    for (auto& part : read->rejected) set_aside(name + ": " + part.place, std::move(part.reason));
    report_.git_ranges += read->git_ranges;
    ++advisories_;
    writer_.add(read->advisory);
    return {};
  }

  void set_aside(std::string place, std::string reason) {
    report_.rejected.push_back({std::move(place), std::move(reason)});
  }

  AdvisoryDbWriter writer_;
  const std::function<void(std::uint64_t)>& progress_;
  const Limits& limits_;
  BuildReport report_;
  std::uint64_t advisories_ = 0;
};

}  // namespace

Result<BuildReport> build_database(const std::vector<std::string>& from, const std::string& path, Time now,
                                   const std::function<void(std::uint64_t)>& progress, const Limits& limits) {
  if (from.empty()) return Error{Fault::usage, "nothing to build from", {}, "name a file, a folder or a zip"};
  PRATIQUE_TRY(const auto files, files_of(from));
  if (const auto folder = std::filesystem::path(path).parent_path(); !folder.empty())
    PRATIQUE_DO(make_folder(folder.string()));
  Building building(path, progress, limits);
  for (const auto& file : files) PRATIQUE_DO(building.read(file));
  return building.finish(now);
}

}  // namespace pratique
