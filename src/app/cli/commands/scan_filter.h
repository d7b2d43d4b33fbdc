// What `scan` counts and what it shows: --fail-on, --severity, --only-fixed, --show-suppressed. Private to commands/.
#pragma once

#include <optional>
#include <string_view>

#include "app/render/scan.h"
#include "base/result.h"

namespace pratique {

// Conditions of which each trips the gate by itself.
struct FailOn {
  std::optional<Severity> least;  // findings at least this severe; unknown: any finding
  bool kev = false;               // known to be exploited
  std::optional<double> epss;     // exploitation more probable than this
};
// "critical", "high,kev", "kev,epss>0.5", "any". Fault: usage.
Result<FailOn> parse_fail_on(std::string_view text);

// Whether a finding that is not suppressed meets one of the conditions.
bool trips(const ScanReport& report, const FailOn& fail_on);

struct Shown {
  Severity least = Severity::unknown;
  bool only_fixed = false;
  bool suppressed = true;
};
// The report without the findings that are not to be shown; its ledger stays what it was.
ScanReport filtered(const ScanReport& report, const Shown& shown);

}  // namespace pratique
