// What listeners are told, written with what it tells of. Private to the store.
#pragma once

#include <span>

#include "world/store/database.h"
#include "world/store/nodes.h"

namespace pratique {

// Within a write transaction; ids are given here. Now and then drops the oldest.
Result<void> save_changes(const Database& database, std::span<const StoredChange> changes);

}  // namespace pratique
