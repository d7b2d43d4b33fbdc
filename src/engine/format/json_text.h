// JSON's grammar as far as it is checked without simdjson: strings, numbers, and where a value ends. Private to
// json.cpp.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/result.h"

namespace pratique {

// Where a walk over text came to: `what` is null and `at` behind the value, or what is wrong and where.
struct Reached {
  const char* at;
  const char* what = nullptr;
  Fault fault = Fault::malformed;
};

const char* after_blanks(const char* at, const char* end);
std::string_view without_blanks(std::string_view text);

// From behind the opening quote to behind the closing one. Sets `escaped` when there are backslashes.
Reached string_end(const char* at, const char* end, bool& escaped);

// From the first byte of a value to behind its last. Looks at strings and brackets only.
Reached value_end(const char* at, const char* end, std::size_t depth_left);

bool is_json_number(std::string_view text);  // RFC 8259, section 6

// The first backslash that begins no escape (RFC 8259, section 7); null when all do.
const char* bad_escape(std::string_view inner);

}  // namespace pratique
