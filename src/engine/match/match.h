// Bill x advisories -> findings, each with its proof. Pure; thread safe as far as the AdvisoryData it is given is.
//
// A component is looked up by its package key; operating-system packages by their source package and only in their own
// distribution's stream. What nobody can judge (no purl, no version, an ecosystem without data) is listed in `unknown`.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/bill.h"
#include "model/finding.h"

namespace pratique {

struct Candidate {
  std::string advisory;  // id
  Affected affected;
};

// What the matcher asks of whoever holds the advisories (world/advisorydb; a table in tests).
struct AdvisoryData {
  // All entries for one package key in one stream ("" outside distributions).
  std::function<Result<std::vector<Candidate>>(std::string_view package, std::string_view stream)> candidates;
  // The advisory itself, without its `affected`.
  std::function<Result<Advisory>(std::string_view id)> advisory;
  // Whether anything at all is known for this purl type, and this stream where the type has streams.
  std::function<bool(std::string_view type, std::string_view stream)> covers;
};

// Fault: whatever `data` fails with. Withdrawn advisories give no finding.
Result<Match> match(const Bill& bill, const AdvisoryData& data);

// The stream of a component, from the purl's `distro` qualifier or the bill's: "debian:12", "alpine:v3.19"; "" elsewhere.
std::string stream_of(const Bill& bill, const Component& component);

}  // namespace pratique
