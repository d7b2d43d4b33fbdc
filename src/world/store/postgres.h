// The engine for stores that several servers share: PostgreSQL and what speaks its protocol. Private to the store.
//
// Answers and parameters are binary. A write holds the row of `totals` until it ends, so that one at a time changes the
// store. A connection that was lost is made again when the next statement begins outside a transaction; what was in the
// middle fails as unavailable.
#pragma once

#include <chrono>
#include <string>

#include "world/store/database.h"

namespace pratique {

struct PostgresStore {
  Database database;
  std::string place;  // "postgresql://host:port/database": without what is nobody's business
};

// `url` as libpq takes it, without a password: that comes from PGPASSWORD, PGPASSFILE or ~/.pgpass. Fault: also usage.
Result<PostgresStore> open_postgres(const std::string& url, std::chrono::milliseconds patience);

}  // namespace pratique
