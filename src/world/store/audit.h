// The audit log inside a transaction of somebody else: what is done and that it is said are one. Private to the store.
#pragma once

#include <span>

#include "model/audit.h"
#include "world/store/database.h"

namespace pratique {

// Within a write transaction. Makes the texts printable, gives numbers, times and hashes.
Result<void> append_audit(const Database& database, std::span<const AuditEntry> entries, Time now);

}  // namespace pratique
