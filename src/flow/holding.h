// holding: chosen components -> the artifacts that hold them, where in their dependency trees, and where they run; now
// or at another time. Every question to the inventory ends here.
//
// The surprise: what nobody knows is part of the answer. An image that runs and has no bill, one that nobody pinned by
// digest, and an artifact of which it cannot be told are `unknown`, never "does not hold it".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "model/access.h"
#include "model/finding.h"
#include "world/store/store.h"

namespace pratique {

// What a question about the past goes by: what the store knew then, or all that it knows now.
enum class KnownWhen : std::uint8_t { then, now };

// What a question is about.
struct QueryScope {
  bool running = false;     // only what runs
  bool direct = false;      // only direct parts of the subject; asks every bill that holds a component
  std::size_t limit = 0;    // artifacts, workloads of each, and names in `unknown`; 0 for all. All are counted anyway
  std::uint64_t first = 0;  // `next` of the page before
  Period when;              // a moment, or a time from and to: then what was so at any moment of it
  KnownWhen known = KnownWhen::then;
  // What the answer is limited to, several adding up; nothing at all where the list is empty. What lies outside today
  // is neither named nor counted, at whatever time, and a package that lies there only is not found.
  std::optional<std::vector<AccessScope>> scopes{};
  // Only what registries hold: all of them (""), one, or what is there under a repository's name and below it.
  std::optional<std::string> registry{};
};

// A time, and its end where it has one.
struct Span {
  Time from;
  std::optional<Time> to;
  bool operator==(const Span&) const = default;
};

// Components that may be meant, and why that is not known.
struct Doubt {
  std::string reason;  // "lists the package without a version"
  std::vector<ComponentId> components;
};

struct WantedComponents {
  std::vector<ComponentId> components;
  std::vector<Doubt> doubts;
  // When each of them counts; one that is not there always does.
  std::unordered_map<ComponentId, std::vector<Span>> spans;
};

struct LocatedPackage {
  std::string name, version, purl;
  std::vector<std::string> path;  // labels from the subject (left out) to the package itself: "log4j-core 2.14.1"
  ComponentId component = 0;
  std::optional<Suppression> suppressed{};
  bool operator==(const LocatedPackage&) const = default;
};

struct LocatedArtifact {
  std::string digest;
  std::string image;                     // or what else its bill calls it
  Time since;                            // when the first bill with the package was ingested
  std::vector<LocatedPackage> packages;  // by path; several bills that say the same say it once
  Running running;
  std::string purl{};                   // as its bill calls it; may be empty
  std::vector<Span> exposed{};          // of a time from and to: when it was so
  std::vector<std::string> registry{};  // what registries call it: "registry.example/shop/cart:1"
  ArtifactId id = 0;
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
  std::vector<LocateUnknown> failed;   // likewise; the reason is that of a document
};

// Within one Store::hold(). Fault: of the store.
Result<LocateAnswer> find_holders(const Store& store, const WantedComponents& wanted, const QueryScope& scope);

}  // namespace pratique
