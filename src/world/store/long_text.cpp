#include "world/store/long_text.h"

#include "base/digest.h"

namespace pratique {
namespace {

constexpr std::size_t longest = 1000, beginning = 900;

unsigned digit_of(char c) { return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10); }

}  // namespace

std::string index_text(std::string_view text) {
  if (text.size() <= longest) return std::string(text);
  std::size_t end = beginning;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;  // no character is cut in two
  return std::string(text.substr(0, end)) + "...#" + std::string(sha256_of(text).hex());
}

std::string component_identity(const std::array<std::string_view, 5>& texts) {
  std::string all;
  for (const auto text : texts) all.append(std::to_string(text.size())).append(":").append(text);
  const Digest digest = sha256_of(all);
  std::string bytes;
  for (std::size_t i = 0; i < digest.hex().size(); i += 2)
    bytes.push_back(static_cast<char>(digit_of(digest.hex()[i]) << 4 | digit_of(digest.hex()[i + 1])));
  return bytes;
}

}  // namespace pratique
