// locate: which artifacts hold a package, where in their dependency trees, and where they run. One committed state of
// the store answers the whole question.
//
// The surprise: what nobody knows is part of the answer. An image that runs and has no bill, one that nobody pinned by
// digest, and an artifact that lists the package with a version that names none are `unknown`, never "does not hold
// it".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "model/access.h"
#include "model/finding.h"
#include "model/purl.h"
#include "model/version.h"
#include "world/store/store.h"

namespace pratique {

struct LocateQuery {
  Purl purl;  // its version, where it has one, is a range of that version alone; qualifiers must be equal
  std::optional<Vers> range;  // instead of a version in the purl
  bool running = false;       // only what runs
  bool direct = false;        // only direct parts of the subject; asks every bill that holds the package
  std::size_t limit = 0;      // artifacts, workloads of each, and names in `unknown`; 0 for all. All are counted anyway
  std::uint64_t first = 0;    // `next` of the page before
  // What the answer is limited to, several adding up; nothing at all where the list is empty. What lies outside is
  // neither named nor counted, and a package that lies there only is not found.
  std::optional<std::vector<AccessScope>> scopes;
};

struct LocatedPackage {
  std::string name, version, purl;
  std::vector<std::string> path;  // labels from the subject (left out) to the package itself: "log4j-core 2.14.1"
  bool operator==(const LocatedPackage&) const = default;
};

struct LocatedArtifact {
  std::string digest;
  std::string image;                     // or what else its bill calls it
  Time since;                            // when the first bill with the package was ingested
  std::vector<LocatedPackage> packages;  // by path; several bills that say the same say it once
  Running running;
};

struct LocateUnknown {
  std::string image;
  std::string digest;  // empty for an image that nobody pinned
  std::string reason;  // "runs and has no bill"
};

struct LocateAnswer {
  // A page is cut in the order in which artifacts were first seen, and sorted by image and digest.
  std::vector<LocatedArtifact> artifacts;
  std::optional<std::uint64_t> next;  // where the next page begins; empty on the last one
  // `affected` hold the package, `clean` have a bill and do not, of what is asked about: all artifacts, or those that
  // run.
  Ledger ledger;
  std::vector<LocateUnknown> unknown;  // ledger.unknown of them, unless `limit` cuts them
};

// Fault: not_found when no bill lists the package in any version (the remedy names similar ones), usage when the range
// is of another scheme than the package's versions, and those of the store.
Result<LocateAnswer> locate(const Store& store, const LocateQuery& query);

}  // namespace pratique
