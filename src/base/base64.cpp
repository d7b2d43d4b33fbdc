#include "base/base64.h"

#include <array>
#include <cstdint>

namespace pratique {

namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t no_digit = 64;

constexpr auto digit_of = [] {
  std::array<std::uint8_t, 256> table{};
  table.fill(no_digit);
  for (std::uint8_t i = 0; i < 64; ++i) table[static_cast<unsigned char>(alphabet[i])] = i;
  table[static_cast<unsigned char>('-')] = 62;
  table[static_cast<unsigned char>('_')] = 63;
  return table;
}();

}  // namespace

Result<std::string> decode_base64(std::string_view text) {
  std::string out(text.size() / 4 * 3 + 3, '\0');
  PRATIQUE_TRY(const std::size_t size, decode_base64(text, out.data()));
  out.resize(size);
  return out;
}

Result<std::size_t> decode_base64(std::string_view text, char* to) {
  char* const begin = to;
  std::uint32_t bits = 0;
  std::size_t digits = 0;
  std::size_t padding = 0;
  for (const char c : text) {
    if (c == '\n' || c == '\r') continue;
    if (c == '=') {
      ++padding;
      continue;
    }
    const std::uint8_t digit = digit_of[static_cast<unsigned char>(c)];
    if (digit == no_digit || padding > 0) return Error{Fault::malformed, "not base64", {}, {}};
    bits = bits << 6 | digit;
    if (++digits % 4 == 0) {
      *to++ = static_cast<char>(bits >> 16 & 0xff);
      *to++ = static_cast<char>(bits >> 8 & 0xff);
      *to++ = static_cast<char>(bits & 0xff);
    }
  }
  const std::size_t rest = digits % 4;
  const bool padded_right = padding == 0 || (padding < 3 && (digits + padding) % 4 == 0);
  if (rest == 1 || !padded_right) return Error{Fault::malformed, "base64 that ends too early", {}, {}};
  if (rest == 2) *to++ = static_cast<char>(bits >> 4 & 0xff);
  if (rest == 3) {
    *to++ = static_cast<char>(bits >> 10 & 0xff);
    *to++ = static_cast<char>(bits >> 2 & 0xff);
  }
  return static_cast<std::size_t>(to - begin);
}

std::string encode_base64(std::string_view bytes) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const auto byte = [&](std::size_t at) -> std::uint32_t {
      return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0;
    };
    const std::uint32_t bits = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
    out.push_back(alphabet[bits >> 18 & 63]);
    out.push_back(alphabet[bits >> 12 & 63]);
    out.push_back(i + 1 < bytes.size() ? alphabet[bits >> 6 & 63] : '=');
    out.push_back(i + 2 < bytes.size() ? alphabet[bits & 63] : '=');
  }
  return out;
}

}  // namespace pratique
