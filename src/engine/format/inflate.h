// gzip (RFC 1952) and Zstandard (RFC 8878): bytes as they were before they were packed. Private to format/.
#pragma once

#include "base/bytes.h"
#include "base/limits.h"
#include "base/result.h"

namespace pratique {

bool is_packed(std::string_view bytes);  // by the magic number of either

// Stops at limits.bytes, whatever size the header declares. Several members or frames in a row are one document.
// Fault: malformed, limit.
Result<Bytes> inflate(const Bytes& packed, const Limits& limits);

}  // namespace pratique
