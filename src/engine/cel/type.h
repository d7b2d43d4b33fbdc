// Type: what the checker knows of an expression before it runs. Part of cel.h.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace pratique::cel {

enum class TypeKind : std::uint8_t {
  dyn,  // anything; decided where the expression runs
  null,
  boolean,
  integer,
  natural,
  real,
  text,
  bytes,
  timestamp,
  duration,
  type,       // the type of a type; at most one parameter
  list,       // one parameter
  map,        // two
  wrapper,    // one: a value of it, or null
  named,      // an object or an extension's type, by name; "optional_type" has one parameter
  parameter,  // A, T: the same type wherever the name comes up in one declaration
};

struct Type {
  TypeKind kind = TypeKind::dyn;
  std::string name;              // of named and parameter
  std::vector<Type> parameters;  // of type, list, map, wrapper and named
  bool operator==(const Type&) const = default;
};

// "int", "list(map(string, dyn))", "wrapper(int)", "timestamp", "A", "net.IP", "optional_type(int)". One capital
// letter, digits behind it, is a parameter; any other name not known is named. Fault: malformed, limit.
Result<Type> parse_type(std::string_view text);
std::string render(const Type& type);

}  // namespace pratique::cel
