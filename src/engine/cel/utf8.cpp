#include "engine/cel/utf8.h"

#include <bit>
#include <cstring>

namespace pratique::cel {

std::size_t count_code_points(std::string_view text) {
  // Eight bytes at a time: a continuation byte is 10xxxxxx, so bit 7 is set and bit 6 is not.
  std::size_t continuations = 0, i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + i, 8);
    continuations += static_cast<std::size_t>(std::popcount((word >> 7) & ~(word >> 6) & 0x0101010101010101ULL));
  }
  for (; i < text.size(); ++i) continuations += starts_code_point(text[i]) ? 0 : 1;
  return text.size() - continuations;
}

std::size_t offset_of_code_point(std::string_view text, std::size_t index) {
  std::size_t seen = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!starts_code_point(text[i])) continue;
    if (seen == index) return i;
    ++seen;
  }
  return seen == index ? text.size() : std::string_view::npos;
}

std::size_t encode_utf8(std::uint32_t c, char* out) {
  const auto tail = [&](int shift) { return static_cast<char>(0x80 | ((c >> shift) & 0x3F)); };
  if (c < 0x80) {
    out[0] = static_cast<char>(c);
    return 1;
  }
  if (c < 0x800) {
    out[0] = static_cast<char>(0xC0 | (c >> 6));
    out[1] = tail(0);
    return 2;
  }
  if (c < 0x10000) {
    out[0] = static_cast<char>(0xE0 | (c >> 12));
    out[1] = tail(6);
    out[2] = tail(0);
    return 3;
  }
  out[0] = static_cast<char>(0xF0 | (c >> 18));
  out[1] = tail(12);
  out[2] = tail(6);
  out[3] = tail(0);
  return 4;
}

std::uint32_t decode_utf8(std::string_view text, std::size_t& at) {
  constexpr std::uint32_t bad = 0xFFFFFFFF;
  const auto lead = static_cast<unsigned char>(text[at++]);
  if (lead < 0x80) return lead;
  const std::size_t more = lead >= 0xF0 && lead < 0xF8 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC2 ? 1 : 0;
  if (more == 0 || lead >= 0xF8 || at + more > text.size()) return bad;
  std::uint32_t code_point = lead & (0x3FU >> more);
  for (std::size_t i = 0; i < more; ++i) {
    if (starts_code_point(text[at + i])) return bad;
    code_point = code_point << 6 | (static_cast<unsigned char>(text[at + i]) & 0x3FU);
  }
  constexpr std::uint32_t least[] = {0, 0x80, 0x800, 0x10000};
  if (code_point < least[more] || !is_scalar(code_point)) return bad;
  at += more;
  return code_point;
}

bool is_blank(std::uint32_t c) {
  return (c >= 0x09 && c <= 0x0D) || c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

}  // namespace pratique::cel
