// What the store knows of vulnerabilities, over time. Values alone; the functions are Store's (store.h).
//
// A finding is a component's: the same component in another bill is affected in the same way, and postings tell which
// artifacts hold it. The surprise: "nobody can judge this component" is a finding too, of no vulnerability, so that it
// opens and closes as the others do.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "model/advisory.h"

namespace pratique {

// The advisories that findings are made with.
struct AdvisoryGeneration {
  std::string digest;  // of the database's content
  std::optional<Time> newest;
  std::string covers;  // purl types and streams it knows anything about, a line each, sorted
  Time since;          // when the store was brought to it
};

// What advisories say of a component.
struct Reason {
  std::string vulnerability;         // "CVE-2021-44228"; empty: nobody can judge the component, `proof` says why
  std::vector<std::string> aliases;  // its other names; left empty by what reads
  Severity severity = Severity::unknown;
  std::string fixed;   // the smallest version that mends it; empty where there is none
  std::string proof;   // JSON
  std::string digest;  // of all but the revisions of the advisories: equal digests, the same reason
};

// All that is to be said of one component now.
struct Judgement {
  std::uint32_t component = 0;
  std::vector<Reason> reasons;
  std::vector<std::string> also_known;  // package keys it is looked up under, beside its own
};

// Whose word closed a finding.
struct Closing {
  std::string advisory, revision;
  std::string why;  // "withdrawn"
};

struct StoredFinding {
  std::uint32_t component = 0;
  Reason reason;
  Time since;  // it was never closed from then until it was opened as it is: before that it was another severity or fix
  Time opened_at;
  std::string opened_by;  // generation
  std::optional<Time> closed_at;
  std::string closed_by;
  Closing closing;
};
using ExplainClosing = std::function<Closing(const StoredFinding& finding)>;

// What counts: what was there (a finding open, a pod running) at any moment of [from, to]. Without times: now.
struct Period {
  std::optional<Time> from, to;
  bool is_now() const { return !from && !to; }
  bool operator==(const Period&) const = default;
};

// As little of a finding as counting needs.
struct FindingRow {
  std::uint32_t component = 0;
  std::uint32_t vulnerability = 0;  // equal for equal ones; 0: nobody can judge the component
  Severity severity = Severity::unknown;
  std::string fixed;
};

// What is not to be kept. Each may be empty: nothing of it goes.
struct Retention {
  std::optional<Time> originals_before;   // of bills saved before that; an artifact's newest bill keeps its own
  std::optional<Time> history_before;     // pods and holdings gone, findings closed before
  std::optional<Time> failures_before{};  // documents that could not be read
};
struct PruneCounts {
  std::uint64_t originals = 0, bytes = 0;  // bytes as they are kept
  std::uint64_t pods = 0, findings = 0, holdings = 0, failures = 0;
};

struct JudgedCounts {
  std::uint64_t components = 0, opened = 0, closed = 0, kept = 0;
};

}  // namespace pratique
