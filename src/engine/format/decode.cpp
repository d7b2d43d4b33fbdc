#include "engine/format/decode.h"

#include <string>

namespace pratique {

namespace {

enum class Order : std::uint8_t { little, big };

void append_utf8(std::string& out, std::uint32_t code) {
  if (code < 0x80) {
    out.push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    out.push_back(static_cast<char>(0xc0 | code >> 6));
    out.push_back(static_cast<char>(0x80 | (code & 0x3f)));
  } else if (code < 0x10000) {
    out.push_back(static_cast<char>(0xe0 | code >> 12));
    out.push_back(static_cast<char>(0x80 | (code >> 6 & 0x3f)));
    out.push_back(static_cast<char>(0x80 | (code & 0x3f)));
  } else {
    out.push_back(static_cast<char>(0xf0 | code >> 18));
    out.push_back(static_cast<char>(0x80 | (code >> 12 & 0x3f)));
    out.push_back(static_cast<char>(0x80 | (code >> 6 & 0x3f)));
    out.push_back(static_cast<char>(0x80 | (code & 0x3f)));
  }
}

Result<Bytes> from_utf16(std::string_view text, Order order) {
  if (text.size() % 2 != 0) return Error{Fault::malformed, "UTF-16 with an odd number of bytes", {}, {}};
  const auto unit = [&](std::size_t at) -> std::uint32_t {
    const auto first = static_cast<unsigned char>(text[at]), second = static_cast<unsigned char>(text[at + 1]);
    return order == Order::little ? first | second << 8U : first << 8U | second;
  };
  std::string out;
  out.reserve(text.size() / 2);
  for (std::size_t at = 0; at < text.size(); at += 2) {
    std::uint32_t code = unit(at);
    if (code >= 0xd800 && code < 0xe000) {
      const std::uint32_t low = at + 2 < text.size() ? unit(at + 2) : 0;
      if (code >= 0xdc00 || low < 0xdc00 || low >= 0xe000)
        return Error{Fault::malformed, "UTF-16 with a lone surrogate", {"byte " + std::to_string(at)}, {}};
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
      at += 2;
    }
    append_utf8(out, code);
  }
  return Bytes::copy_of(out);
}

}  // namespace

Result<Bytes> decode(Bytes document, const Limits& limits) {
  using namespace std::literals;
  const std::string_view text = document.view();
  if (text.starts_with("\xef\xbb\xbf"sv)) return Bytes::copy_of(text.substr(3));
  const bool marked_little = text.starts_with("\xff\xfe"sv), marked_big = text.starts_with("\xfe\xff"sv);
  const auto starts = [&](char first, char second) {
    return text.size() >= 2 && text[0] == first && text[1] == second;
  };
  const bool little = marked_little || starts('{', '\0') || starts('<', '\0');
  const bool big = marked_big || starts('\0', '{') || starts('\0', '<');
  if (!little && !big) return document;
  if (text.size() / 2 > limits.bytes) return Error{Fault::limit, "larger than the limit", {}, {}};
  return from_utf16(text.substr(marked_little || marked_big ? 2 : 0), little ? Order::little : Order::big);
}

}  // namespace pratique
