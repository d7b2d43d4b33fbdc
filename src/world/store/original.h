// Original bytes as the store keeps them. Private; packing is declared in store.h.
#pragma once

#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace pratique {

// What pack_original made, `size` bytes long again. Fault: malformed.
Result<Bytes> unpack_original(std::string_view packed, std::size_t size);

}  // namespace pratique
