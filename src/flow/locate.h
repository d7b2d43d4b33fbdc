// locate: which artifacts hold a package, and where they run.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/purl.h"
#include "model/version.h"
#include "world/store/store.h"

namespace pratique {

struct LocateQuery {
  Purl purl;                  // its version, where it has one, is a range of that version alone
  std::optional<Vers> range;
  bool running = false;       // only what runs
  bool direct = false;        // only direct parts of the subject
};

struct Located {
  Occurrence where;
  std::vector<RunningIn> workloads;
};

struct LocateAnswer {
  std::vector<Located> items;   // by artifact name, then path
  std::uint64_t artifacts = 0;  // in the store: what was searched
  std::vector<std::string> running_unknown;  // images that run and of which the store has no bill: nobody knows
};

Result<LocateAnswer> locate(const Store& store, const LocateQuery& query);

}  // namespace pratique
