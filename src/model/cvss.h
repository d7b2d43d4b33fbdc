// CVSS: a vector to its score and severity, computed here and not believed from a feed.
//
// Follows FIRST's specifications 2.0 (section 3.2.1), 3.0 and 3.1 (section 7.1) and 4.0 (section 8). The score of 2 and
// 3 is the base score; threat and environmental metrics of a 4.0 vector count where it has some, as its specification
// wants.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "model/advisory.h"

namespace pratique {

enum class CvssVersion : std::uint8_t { v2, v3_0, v3_1, v4_0 };  // ordered by age

struct Cvss {
  CvssVersion version = CvssVersion::v3_1;
  double score = 0;                       // 0.0 to 10.0, one decimal
  Severity severity = Severity::unknown;  // by the version's own scale; that of 2.0 ends at high
  bool operator==(const Cvss&) const = default;
};

// "CVSS:3.1/AV:N/...", "CVSS:4.0/...", and 2.0's without a prefix. Metrics in any order; unknown ones are passed over.
// Fault: malformed; the place is the metric.
Result<Cvss> parse_cvss(std::string_view vector);

}  // namespace pratique
