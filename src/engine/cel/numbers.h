// Numbers as text, and back. Private.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pratique::cel {

// The shortest text that reads back as the same double; "NaN", "Infinity", "-Infinity".
std::string render_general(double value);  // as string() in cel-go: with an exponent from 1e6 on and below 1e-4
std::string render_plain(double value);    // for JSON and literals: with an exponent from 1e21 on and below 1e-4
std::string render_fixed(double value);    // never with an exponent

// A sign and digits, no blank.
std::optional<std::int64_t> parse_int(std::string_view text);
std::optional<std::uint64_t> parse_uint(std::string_view text);
std::optional<double> parse_double(std::string_view text);

// Towards zero; empty outside the range, its ends excluded, and for NaN.
std::optional<std::int64_t> double_to_int(double value);
std::optional<std::uint64_t> double_to_uint(double value);

std::string encode_base64(std::string_view bytes);
std::optional<std::string> decode_base64(std::string_view text);  // padding may be missing

}  // namespace pratique::cel
