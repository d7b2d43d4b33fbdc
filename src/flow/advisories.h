// The advisory database as the gate asks it.
#pragma once

#include <memory>

#include "flow/admit.h"
#include "flow/suppress.h"
#include "world/advisorydb/advisorydb.h"

namespace pratique {

// Keeps the database open as long as it is used.
Advisories advisories_of(std::shared_ptr<const AdvisoryDb> database);

// The same, with what the statements say marked on every finding: a rule's trustVEX chooses whose word counts. The
// generation then names the documents too, so that a verdict is replayed with both or not at all.
Advisories with_vex(Advisories advisories, VexDocuments documents);

}  // namespace pratique
