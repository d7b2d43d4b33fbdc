// survey: all artifacts at once. What is known of them (the ledger), which packages and which upgrades matter most, and
// what changed between two times. Reads every finding that counts, and the postings of what has one.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/index/index.h"
#include "flow/holding.h"
#include "world/store/store.h"

namespace pratique {

struct UnknownCount {
  std::string reason;
  std::uint64_t artifacts = 0;
};

struct SurveyAnswer {
  Ledger ledger;                         // of the artifacts in scope
  std::array<std::uint64_t, 6> worst{};  // affected, by the most severe of their findings; index: Severity
  std::vector<UnknownCount> unknown;     // adds up to ledger.unknown: each by the first reason that fits
  std::vector<LocateUnknown> failed;     // ledger.failed of them
  std::optional<AdvisoryGeneration> generation;
  std::uint64_t waiting = 0;  // components that are to be judged
};
// An artifact is affected when it has any finding, else unknown when a component of it cannot be judged, or it lists no
// package, or nobody has its bill; else clean.
Result<SurveyAnswer> survey(const Store& store, const QueryScope& scope);

// How much a package, or an upgrade, matters.
struct Weight {
  std::array<std::uint64_t, 6> vulnerabilities{};  // distinct ones; index: Severity
  std::uint64_t artifacts = 0, workloads = 0, pods = 0;
  std::uint64_t criticals = 0, highs = 0;  // over all artifacts: what it is ranked by
};
struct TopPackage {
  std::string package;  // key
  std::vector<std::string> versions;
  Weight weight;
};
struct TopFix {
  std::string package;
  std::vector<std::string> from;  // versions that are there
  std::string to;                 // mends every vulnerability of them that can be mended
  Weight weight;                  // what it removes
};
struct TopAnswer {
  std::vector<TopPackage> packages;
  std::vector<TopFix> fixes;
  std::uint64_t all_packages = 0, all_fixes = 0;
};
Result<TopAnswer> find_top(const Store& store, const QueryScope& scope, std::size_t most);

struct FindingChange {
  enum class Kind : std::uint8_t { opened, closed, changed };
  Kind kind = Kind::opened;
  Time at;
  std::string vulnerability;
  Severity severity = Severity::unknown, before = Severity::unknown;  // before: of what changed
  std::string package, purl;                                          // label
  std::string fixed;
  std::string advisory, revision, why, generation;
  std::uint64_t artifacts = 0, running = 0;
};
std::string_view name_of(FindingChange::Kind kind);

// All of them counted, as many named as the limit lets.
struct SomeArtifacts {
  std::uint64_t all = 0;
  std::vector<StoredArtifact> named;
};
struct ChangesAnswer {
  std::vector<FindingChange> findings;  // by time, then severity; a page, `first` counting those before it
  std::optional<std::uint64_t> next;
  std::uint64_t opened = 0, closed = 0, changed = 0;
  SomeArtifacts added, started, stopped;  // got their first bill; run and did not; likewise
  Ledger before, after;
};
// A change of a finding, and who has the component.
struct MatchChange {
  FindingChange change;
  ArtifactSet holders;
};
// What an act of matching opened and closed, as the store says that there was one: the most severe first, at most so
// many.
struct MatchChanges {
  std::vector<MatchChange> some;
  std::uint64_t all = 0;
};
Result<MatchChanges> find_match_changes(const Store& store, const StoredChange& act, std::size_t most);

// What is different at `to`. Fault: usage when `from` is not before `to`.
Result<ChangesAnswer> find_changes(const Store& store, Time from, Time to, const QueryScope& scope);

}  // namespace pratique
