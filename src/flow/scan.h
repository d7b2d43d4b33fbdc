// scan: a bill and the advisory database -> findings.
#pragma once

#include "base/result.h"
#include "engine/match/match.h"
#include "model/bill.h"
#include "model/finding.h"
#include "world/advisorydb/advisorydb.h"

namespace pratique {

// The database as the matcher wants it. `db` must outlive what is returned.
AdvisoryData advisory_data(const AdvisoryDb& db);

Result<Match> scan(const Bill& bill, const AdvisoryDb& db);

}  // namespace pratique
