// The advisory database as the gate asks it.
#pragma once

#include <memory>

#include "flow/admit.h"
#include "world/advisorydb/advisorydb.h"

namespace pratique {

// Keeps the database open as long as it is used.
Advisories advisories_of(std::shared_ptr<const AdvisoryDb> database);

}  // namespace pratique
