// inspect: one artifact -> its bills, what is wrong with it, where it runs and ran, and what happened to it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "flow/holding.h"
#include "flow/vulnerability.h"
#include "world/store/store.h"

namespace pratique {

struct InspectedFinding {
  StoredFinding finding;
  ReasonDetail detail;
  std::string name, version, purl;  // of the component
  std::vector<std::string> path;    // in the newest bill that lists it
  Time since;                       // that this artifact has it: the finding is open and a bill lists the package
};
struct InspectedUnknown {
  std::string name, version, purl, reason;
};
struct ArtifactReport {
  StoredArtifact artifact;
  std::vector<StoredBillInfo> bills;       // in the order they were saved
  std::vector<StoredFailure> failures;     // documents that could not be read and that no bill came for since
  std::vector<HeldAs> held;                // where registries hold it at the time asked for
  Health health = Health::unknown;         // as `survey` counts it
  std::uint64_t packages = 0;              // components that are examined
  std::vector<InspectedFinding> findings;  // most severe first, then by vulnerability and package
  std::vector<InspectedUnknown> unknown;
  Running running;                    // at the time asked for
  Running ever;                       // and whenever it ran
  std::vector<FindingEvent> history;  // of its components, since its first bill
};

// `name`: a digest, or the beginning of one with at least eight digits ("sha256:0a1b2c3d"). Fault: not_found, and usage
// when several digests begin so.
Result<ArtifactReport> inspect_artifact(const Store& store, std::string_view name, const QueryScope& scope);

}  // namespace pratique
