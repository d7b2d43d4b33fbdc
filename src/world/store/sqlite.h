// The embedded engine. Private to the store.
#pragma once

#include <chrono>
#include <string>

#include "world/store/database.h"

namespace pratique {

// frozen: nobody can write to the file, so it is read without log and locks.
enum class SqliteAccess : std::uint8_t { read, read_frozen, write };
// `patience`: how long a lock that someone else holds is waited for.
Result<Database> open_sqlite(const std::string& path, SqliteAccess access, std::chrono::milliseconds patience);

}  // namespace pratique
