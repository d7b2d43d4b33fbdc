// string.format(). Private.
#pragma once

#include <span>

#include "engine/cel/run.h"

namespace pratique::cel {

// "%s: %d".format([x, y]), as doc/extensions/strings.md of cel-spec tells: clauses s d f e x X o b, %% and a precision
// for f and e of at most 1000 digits.
Value format_text(Run& run, std::span<const Value> arguments);

}  // namespace pratique::cel
