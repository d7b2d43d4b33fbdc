// Failures are mended by bills. Private to the store.
#pragma once

#include <span>

#include "world/store/database.h"
#include "world/store/store.h"

namespace pratique {

// Within a write transaction, when these bills are in.
Result<void> mend_failures(const Database& database, std::span<const StoredBill> bills, Time now);

}  // namespace pratique
