// OSV's events ("introduced", "fixed", "last_affected", "limit") to a VERS range. Private to format/.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/version.h"

namespace pratique {

enum class EventKind : std::uint8_t { introduced, fixed, last_affected, limit };

struct RangeEvent {
  EventKind kind = EventKind::introduced;
  std::string_view version;  // "0" introduces from the very beginning; a limit of "*" is none
};

// Follows the evaluation algorithm of ossf/osv-schema: events are sorted by version first. Events without an
// introduction begin at the very beginning. Fault: malformed (no event; an end in front of every beginning).
Result<Vers> range_of(Scheme scheme, std::vector<RangeEvent> events);

}  // namespace pratique
