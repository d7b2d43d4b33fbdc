// scan: a bill and the advisory database -> findings.
#pragma once

#include <string_view>

#include "base/result.h"
#include "engine/match/match.h"
#include "model/bill.h"
#include "model/finding.h"
#include "world/advisorydb/advisorydb.h"

namespace pratique {

// Several threads may scan with one database. Fault: malformed, when the database contradicts itself.
Result<Match> scan(const Bill& bill, const AdvisoryDb& db, CpeUse cpes = CpeUse::last_resort);

// A bill that lists one package, "pkg:npm/left-pad@1.0.0", and is about nothing else. Fault: malformed, limit.
Result<Bill> bill_of_package(std::string_view purl);

}  // namespace pratique
