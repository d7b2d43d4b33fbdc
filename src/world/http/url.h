// The target of a request line, taken apart. Follows RFC 9112, section 3.2 (origin-form and absolute-form), RFC 3986
// for the escapes, and the WHATWG URL standard, "application/x-www-form-urlencoded parsing", for the query: '+' there
// is a blank.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace pratique {

struct Target {
  std::string path;                                        // decoded
  std::vector<std::pair<std::string, std::string>> query;  // decoded, in order; a name may come twice or be empty
  bool operator==(const Target&) const = default;
};

// The surprise: a bad escape is an error, not text. Fault: malformed.
Result<Target> parse_target(std::string_view target);

}  // namespace pratique
