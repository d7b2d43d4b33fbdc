// update: the files of the advisory sources, fetched where they changed -> the advisory database.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "flow/build.h"
#include "world/feed/feed.h"

namespace pratique {

struct UpdateOptions {
  std::vector<std::string> sources;  // names (model/source.h); empty: those that are fetched by default
  std::string mirror;    // a URL, a folder or an OCI artifact (oci://) that has the files under the names they
                         // are kept by; may be empty
  bool offline = false;  // nothing is asked for: what is in the folder counts
  FetchOptions fetch;    // its folder is made where it is missing
};

struct UpdatedFile {
  enum class State : std::uint8_t {
    fresh,      // new bytes
    unchanged,  // nothing newer is there
    kept,       // could not be fetched: that of an earlier time counts
    missing,    // could not be fetched, and there is none
  };
  std::string source, name;
  State state = State::fresh;
  std::string reason;  // why it was kept or is missing
};

struct UpdateReport {
  std::vector<UpdatedFile> files;
  std::optional<BuildReport> built;  // nothing where nothing changed and the database is in order
};

struct UpdateProgress {
  std::function<void(const std::string& name, std::size_t done, std::size_t files)> fetching;  // each may be empty
  std::function<void(std::uint64_t documents)> building;
};

// The database is made of every file in the folder that a source is known to have, whichever were asked for this time.
//
// A source that cannot be reached costs its news and nothing else: its last file counts on. Fault: usage (an unknown
// source, one that has no file of its own), unavailable (no file of any source is there), interrupted, and those of
// build_database.
Result<UpdateReport> update_database(const UpdateOptions& options, const std::string& path, Time now,
                                     const UpdateProgress& progress);

}  // namespace pratique
