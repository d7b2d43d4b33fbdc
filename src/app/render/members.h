// Reading JSON that a server wrote: members that are wanted, and the first that was missing or of another kind. What
// nobody here asks for is of a newer version and does no harm. Private to render/.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace pratique {

class Members {
 public:
  using Json = nlohmann::ordered_json;

  // Null where it is missing.
  const Json& of(const Json& object, const char* name, Json::value_t kind);
  const Json& list(const Json& object, const char* name) { return of(object, name, Json::value_t::array); }
  const Json& object(const Json& object, const char* name) { return of(object, name, Json::value_t::object); }
  std::string text(const Json& object, const char* name);
  std::uint64_t number(const Json& object, const char* name);
  bool flag(const Json& object, const char* name);
  Time time(const Json& object, const char* name);
  std::vector<std::string> texts(const Json& object, const char* name);

  Result<void> complaint() const;  // Fault: malformed, when anything was missing

 private:
  std::string missing_;
};

// An object of a few levels. Fault: malformed.
Result<nlohmann::ordered_json> parse_answer_json(std::string_view text);

}  // namespace pratique
