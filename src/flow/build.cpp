#include "flow/build.h"

#include <filesystem>

#include "engine/format/format.h"
#include "flow/delta.h"
#include "world/feed/feed.h"
#include "world/file/file.h"

namespace pratique {
namespace {

Result<std::vector<std::string>> files_of(const std::vector<std::string>& from) {
  std::vector<std::string> files;
  for (const auto& path : from) {
    PRATIQUE_TRY(const auto inside, list_files(path));
    files.insert(files.end(), inside.begin(), inside.end());
  }
  return files;
}

std::string text_of(const Error& error) {
  return error.place.empty() ? error.text : error.place.front() + ": " + error.text;
}

class Building {
 public:
  Building(const std::string& path, const std::function<void(std::uint64_t)>& progress, const Limits& limits)
      : path_(path), writer_(path), progress_(progress), limits_(limits), reader_(sink(), limits) {}

  Result<void> read(const std::string& file) {
    const std::uint64_t before = seen_;
    PRATIQUE_DO(each_record(
        file, [this](const std::string& name, Result<Bytes> record) { return take(name, std::move(record)); },
        limits_));
    if (seen_ == before) report_.passed_over.push_back(file);
    return {};
  }

  Result<BuildReport> finish(Time now) {
    if (auto rest = reader_.finish()) count(rest->format, std::move(*rest));
    if (report_.records == 0) {
      Error error{Fault::malformed, "nothing there is an advisory", {}, "name what docs/sources.md lists"};
      if (!report_.rejected.empty())
        error.text += ": " + report_.rejected.front().place + ": " + report_.rejected.front().reason;
      else if (!report_.passed_over.empty())
        error.text += ": " + report_.passed_over.front() + " is of no format that is read";
      return error;
    }
    // Of another schema, or damaged: it is replaced all the same, and nobody can tell what changes.
    const auto old = AdvisoryDb::open(path_);
    PRATIQUE_TRY(report_.status, writer_.finish(now));
    if (old && old->status().generation != report_.status.generation) {
      PRATIQUE_TRY(const AdvisoryDb fresh, AdvisoryDb::open(path_));
      PRATIQUE_TRY(const Delta delta, delta_between(*old, fresh));
      PRATIQUE_DO(save_delta(delta, delta_path(path_)));
      report_.touched = delta.touched.size();
    }
    return std::move(report_);
  }

 private:
  AdvisorySink sink() {
    return {.advisory = [this](Advisory&& advisory) { writer_.add(advisory); },
            .part = [this](Advisory&& advisory) { writer_.add_part(advisory); },
            .note = [this](Vulnerability&& note, std::string_view source) { writer_.add(note, source); },
            .cpe = [this](std::string_view package, std::string_view cpe) { writer_.add_cpe(package, cpe); }};
  }

  Result<void> take(const std::string& name, Result<Bytes> record) {
    ++seen_;
    if (progress_) progress_(seen_);
    if (!record) {
      report_.rejected.push_back({name, record.error().text});
      return {};
    }
    auto read = reader_.read(*record, name);
    if (!read)
      report_.rejected.push_back({name, text_of(read.error())});
    else if (read->format.empty())
      report_.passed_over.push_back(name);
    else
      count(name, std::move(*read));
    return {};
  }

  void count(const std::string& name, AdvisoryDocument document) {
    ++report_.documents[document.format];
    report_.records += document.records;
    report_.git_ranges += document.git_ranges;
    if (!document.revision.empty()) writer_.add_revision(document.source, document.revision);
    for (auto& part : document.rejected) report_.rejected.push_back({name + ": " + part.place, std::move(part.reason)});
  }

  std::string path_;
  AdvisoryDbWriter writer_;
  const std::function<void(std::uint64_t)>& progress_;
  const Limits& limits_;
  AdvisoryReader reader_;
  BuildReport report_;
  std::uint64_t seen_ = 0;
};

}  // namespace

Result<BuildReport> build_database(const std::vector<std::string>& from, const std::string& path, Time now,
                                   const std::function<void(std::uint64_t)>& progress, const Limits& limits) {
  if (from.empty()) return Error{Fault::usage, "nothing to build from", {}, "name a file, a folder or an archive"};
  PRATIQUE_TRY(const auto files, files_of(from));
  if (const auto folder = std::filesystem::path(path).parent_path(); !folder.empty())
    PRATIQUE_DO(make_folder(folder.string()));
  Building building(path, progress, limits);
  for (const auto& file : files) PRATIQUE_DO(building.read(file));
  return building.finish(now);
}

}  // namespace pratique
