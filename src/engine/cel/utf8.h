// Code points. Private.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace pratique::cel {

inline bool starts_code_point(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }
inline bool is_scalar(std::uint32_t code_point) {
  return code_point <= 0x10FFFF && (code_point < 0xD800 || code_point > 0xDFFF);
}

// The number of code points of valid UTF-8.
std::size_t count_code_points(std::string_view text);
// The byte where code point `index` starts; the size where index is the count; npos beyond.
std::size_t offset_of_code_point(std::string_view text, std::size_t index);
// Writes 1 to 4 bytes and returns their number.
std::size_t encode_utf8(std::uint32_t code_point, char* out);
// The code point at `at`, which moves behind it; 0xFFFFFFFF where the bytes are not UTF-8 (and `at` moves by one).
std::uint32_t decode_utf8(std::string_view text, std::size_t& at);
// Unicode's White_Space, as Go's strings.TrimSpace has it.
bool is_blank(std::uint32_t code_point);

}  // namespace pratique::cel
