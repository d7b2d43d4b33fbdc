// explain: which finding a user means, and why an advisory gives none.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/format/format.h"
#include "engine/match/match.h"
#include "world/advisorydb/advisorydb.h"

namespace pratique {

// How a user names a finding. The id is any of its names, in any case. The package is a purl that may leave out
// whatever is not needed, a name, or name@version; the artifact a digest, a name or the document. Empty: any.
struct FindingQuery {
  std::string id, package, artifact;
};

// "CVE-2021-44228", "CVE-2021-44228@log4j-core", or the reference that a scan gave:
// "CVE-2021-44228/pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1".
FindingQuery finding_query_of(std::string_view text);

// Whether it is the finding's id or another of its names, in any case.
bool is_called(const Finding& finding, std::string_view id);

// The index of the one that is meant. Fault: not_found; usage, when several are: the text lists them.
Result<std::size_t> find_finding(std::span<const ReportedFinding> findings, const FindingQuery& query);

struct WhyNot {
  std::string id;                     // as the database writes it
  std::vector<Advisory> advisories;   // about it, under any of its names; withdrawn ones too
  std::vector<std::size_t> findings;  // of the match: where it is one, suppressed or not
  NearMisses near;                    // of all other packages
};
// Fault: not_found, when the database knows no advisory of this name; whatever the database fails with.
Result<WhyNot> why_not(const Bill& bill, const Match& match, const AdvisoryDb& db, const std::string& id);

}  // namespace pratique
