// Original bytes as the store keeps them. Private; packing is declared in store.h.
#pragma once

#include <cstdint>
#include <string_view>

#include "world/store/store.h"

namespace pratique {

// What pack_original made. Fault: malformed.
Result<Bytes> unpack_original(std::string_view zstd, std::uint64_t size);

}  // namespace pratique
