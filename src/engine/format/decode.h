// Bytes as they come -> UTF-8 text without byte-order mark. Private to format/.
#pragma once

#include "base/bytes.h"
#include "base/limits.h"
#include "base/result.h"

namespace pratique {

// Takes off a UTF-8 byte-order mark; turns UTF-16 of either order into UTF-8, told by its mark or, without one, by the
// zero beside the first character. Anything else is given back as it came. Fault: malformed, limit.
Result<Bytes> decode(Bytes document, const Limits& limits);

}  // namespace pratique
