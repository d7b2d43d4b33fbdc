// Timestamps and durations: text, arithmetic and the calendar. Private.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/cel/run.h"

namespace pratique::cel {

// RFC 3339 with up to nine digits of a second. Empty where it is not that or outside years 0001 to 9999.
std::optional<Value> parse_timestamp(std::string_view text);
std::string render_timestamp(const Value& timestamp);  // in UTC, no more digits than needed

// "1h30m", "-1.5s", "0": Go's form. Empty where it is not that or does not fit into 64 bits of nanoseconds.
std::optional<std::int64_t> parse_duration(std::string_view text);
std::string render_duration(std::int64_t nanoseconds);  // "5400s", "-1.5s"

// Errors outside the range of either type.
Value make_timestamp(Run& run, std::int64_t seconds, std::uint32_t nanoseconds);
Value add_duration(Run& run, const Value& timestamp, std::int64_t nanoseconds);
Value time_between(Run& run, const Value& from, const Value& to);

}  // namespace pratique::cel
