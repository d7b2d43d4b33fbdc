// YAML brought into JSON, so that what a member means is written down once. Private to format/.
#pragma once

#include <string>
#include <string_view>

#include "base/limits.h"
#include "base/result.h"

namespace pratique {

// The first document as the JSON of the same shape, every scalar a text and an empty one null. Keys given twice stay
// twice: the reader of the JSON sets the second aside. Fault: malformed (also an alias, which could make a small
// document endless), limit; the place is the line and column.
Result<std::string> json_of_yaml(std::string_view text, const Limits& limits);

}  // namespace pratique
