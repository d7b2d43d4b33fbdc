// scan: a bill and the advisory database -> findings.
#pragma once

#include "base/result.h"
#include "engine/match/match.h"
#include "model/bill.h"
#include "model/finding.h"
#include "world/advisorydb/advisorydb.h"

namespace pratique {

// Several threads may scan with one database. Fault: malformed, when the database contradicts itself.
Result<Match> scan(const Bill& bill, const AdvisoryDb& db, CpeUse cpes = CpeUse::last_resort);

}  // namespace pratique
