#include "flow/update.h"

#include <algorithm>
#include <filesystem>

#include "flow/artifact_mirror.h"
#include "model/source.h"
#include "world/file/file.h"

namespace pratique {
namespace {

struct Wanted {
  std::string source;
  SourceFile file;
};

Result<std::vector<Wanted>> wanted_by(const UpdateOptions& options) {
  std::vector<Wanted> all;
  const auto add = [&](const Source& source) {
    for (auto& file : files_of(source)) all.push_back({std::string(source.name), std::move(file)});
  };
  for (const auto& name : options.sources) {
    const Source* const source = source_named(name);
    if (source == nullptr)
      return Error{Fault::usage, "there is no source '" + name + "'", {}, "'pratique db sources' lists them"};
    if (source->url.empty())
      return Error{Fault::usage, "'" + name + "' has no file of its own", {}, "its records come with those of others"};
    add(*source);
  }
  if (options.sources.empty())
    for (const auto& source : sources())
      if (source.standard) add(source);
  return all;
}

std::string at_mirror(const std::string& mirror, const std::string& name) {
  return mirror.ends_with('/') ? mirror + name : mirror + "/" + name;
}

Result<Fetched> fetch_one(const Wanted& wanted, const UpdateOptions& options, ArtifactMirror* artifact) {
  const auto& [url, name, beside] = wanted.file;
  if (artifact != nullptr) return artifact->fetch(name, options.fetch);
  const std::string from = options.mirror.empty() ? url : at_mirror(options.mirror, name);
  PRATIQUE_TRY(Fetched fetched, fetch_file(from, name, options.fetch));
  // What vouches for a file is asked for where the file was.
  const Source* const source = source_named(wanted.source);
  if (source->integrity == Integrity::hash && options.mirror.empty() && fetched.state == Fetched::State::fresh)
    PRATIQUE_DO(check_fetched(fetched, beside, options.fetch));
  return fetched;
}

// An error only where all of it must end.
Result<UpdatedFile> update_one(const Wanted& wanted, const UpdateOptions& options, ArtifactMirror* artifact) {
  UpdatedFile file{wanted.source, wanted.file.name, UpdatedFile::State::unchanged, {}};
  std::error_code code;
  const auto is_there = [&] { return std::filesystem::exists(options.fetch.folder + "/" + file.name, code); };
  if (options.offline) {
    if (!is_there()) file.state = UpdatedFile::State::missing;
    if (!is_there()) file.reason = "is not in " + options.fetch.folder;
    return file;
  }
  const auto fetched = fetch_one(wanted, options, artifact);
  if (fetched) {
    if (fetched->state == Fetched::State::fresh) file.state = UpdatedFile::State::fresh;
    return file;
  }
  if (fetched.error().fault == Fault::interrupted) return fetched.error();
  file.state = is_there() ? UpdatedFile::State::kept : UpdatedFile::State::missing;
  file.reason = render(fetched.error());
  return file;
}

// All that the folder has, of whichever source: what was fetched at another time counts as well.
std::vector<std::string> files_in(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code code;
  for (const auto& source : sources())
    for (const auto& file : files_of(source))
      if (std::filesystem::exists(folder + "/" + file.name, code)) files.push_back(folder + "/" + file.name);
  return files;
}

}  // namespace

Result<UpdateReport> update_database(const UpdateOptions& options, const std::string& path, Time now,
                                     const UpdateProgress& progress) {
  PRATIQUE_TRY(const auto wanted, wanted_by(options));
  PRATIQUE_DO(make_folder(options.fetch.folder));
  std::optional<ArtifactMirror> artifact;
  if (!options.offline && options.mirror.starts_with(artifact_scheme)) {
    PRATIQUE_TRY(artifact, ArtifactMirror::open(options.mirror, options.fetch));
  }
  UpdateReport report;
  for (const auto& one : wanted) {
    if (progress.fetching) progress.fetching(one.file.name, report.files.size(), wanted.size());
    PRATIQUE_TRY(UpdatedFile file, update_one(one, options, artifact ? &*artifact : nullptr));
    report.files.push_back(std::move(file));
  }
  const auto files = files_in(options.fetch.folder);
  if (files.empty())
    return Error{Fault::unavailable,
                 "no source could be reached: " +
                     (report.files.empty() ? std::string("none is named") : report.files.front().reason),
                 {},
                 "check the network, or name a --mirror"};
  const auto is_old = [](const UpdatedFile& file) { return file.state != UpdatedFile::State::fresh; };
  if (!options.offline && std::all_of(report.files.begin(), report.files.end(), is_old) && AdvisoryDb::open(path))
    return report;
  PRATIQUE_TRY(report.built, build_database(files, path, now, progress.building));
  return report;
}

}  // namespace pratique
