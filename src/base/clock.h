// Time comes in as an argument: nothing below app/ asks the machine what time it is.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace pratique {

using Time = std::chrono::sys_time<std::chrono::milliseconds>;  // UTC
using Clock = std::function<Time()>;

// RFC 3339, section 5.6: any offset, fractions cut to milliseconds. A date alone ("2026-03-01") is its midnight in UTC.
// Years 0001 to 9999. Fault: malformed.
Result<Time> parse_time(std::string_view text);

// "2026-03-01T12:00:00Z"; milliseconds only where there are some.
std::string render_time(Time time);

}  // namespace pratique
