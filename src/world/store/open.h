// Opening a store by its address, whatever the engine. Private to the store.
#pragma once

#include "world/store/database.h"
#include "world/store/store.h"

namespace pratique {

struct OpenedStore {
  Database database;
  std::string place;  // the file, or the address without what is nobody's business
};
Result<OpenedStore> open_store(const std::string& url, Store::Mode mode, std::chrono::milliseconds patience);

}  // namespace pratique
