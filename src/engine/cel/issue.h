// Issue: what is wrong with an expression, and where. Part of cel.h.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace pratique::cel {

struct Issue {
  std::uint32_t offset = 0;  // in bytes
  std::string text;          // a sentence without a full stop
  std::string remedy;        // may be empty
  Fault fault = Fault::malformed;
  bool operator==(const Issue&) const = default;
};

struct Position {
  std::uint32_t line = 1, column = 1;  // the column counts code points
  bool operator==(const Position&) const = default;
};
Position position_of(std::string_view expression, std::uint32_t offset);

// Three lines, safe to print: "1:14: text; remedy", the line of the expression (cut to a width), a caret below it.
std::string render(const Issue& issue, std::string_view expression);
// One line: place is {"1:14"}.
Error error_of(const Issue& issue, std::string_view expression);

}  // namespace pratique::cel
