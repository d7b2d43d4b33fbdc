#include "model/purl_code.h"

#include "base/text.h"

namespace pratique {
namespace {

constexpr ByteMap fold_map(Fold fold) {
  ByteMap map{};
  for (unsigned i = 0; i < 256; ++i) {
    auto c = static_cast<unsigned char>(i);
    const bool lowers = fold != Fold::keep && fold != Fold::upper && fold != Fold::dash;
    if (lowers && c >= 'A' && c <= 'Z') c = static_cast<unsigned char>(c + 32);
    if (fold == Fold::upper && c >= 'a' && c <= 'z') c = static_cast<unsigned char>(c - 32);
    if (c == '_' && (fold == Fold::dash || fold == Fold::lower_dash || fold == Fold::pep503)) c = '-';
    if (c == '.' && fold == Fold::pep503) c = '-';
    if (fold == Fold::snake && c < 0x80 && !(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'z')) c = '_';
    map[i] = c;
  }
  return map;
}

constexpr bool is_plain(unsigned char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' || c == '-' ||
         c == '_' || c == '~' || c == ':';
}

constexpr ByteMap plain_map(Fold fold) {
  ByteMap map = fold_map(fold);
  for (unsigned i = 0; i < 256; ++i)
    if (!is_plain(static_cast<unsigned char>(i)) || !is_plain(map[i])) map[i] = 0;
  return map;
}

template <class Make>
constexpr std::array<ByteMap, 7> for_each_fold(Make make) {
  using enum Fold;
  return {make(keep), make(lower), make(upper), make(dash), make(lower_dash), make(snake), make(pep503)};
}

constexpr auto fold_maps = for_each_fold(fold_map);
constexpr auto plain_maps = for_each_fold(plain_map);

}  // namespace

const ByteMap& folded(Fold fold) { return fold_maps[static_cast<std::size_t>(fold)]; }
const ByteMap& written_plain(Fold fold) { return plain_maps[static_cast<std::size_t>(fold)]; }

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

char* put_escaped(char* out, unsigned char c) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  *out++ = '%';
  *out++ = digits[c >> 4];
  *out++ = digits[c & 15];
  return out;
}

std::string_view decoded(std::string_view text, std::string& scratch) {
  if (text.find('%') == std::string_view::npos) return text;
  if (scratch.size() < text.size()) scratch.resize(text.size());
  char* out = scratch.data();
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escaped = text[i] == '%' && i + 2 < text.size();
    *out++ = escaped ? static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2])) : text[i];
    if (escaped) i += 2;
  }
  return {scratch.data(), static_cast<std::size_t>(out - scratch.data())};
}

void lower_unescaped(char* at, const char* end) {
  for (; at != end; ++at) {
    if (*at == '%')
      at += 2;
    else
      *at = lower(*at);
  }
}

std::size_t find_last(std::string_view text, char separator) {
  std::size_t last = std::string_view::npos;
  for (auto at = text.find(separator); at != std::string_view::npos; at = text.find(separator, at + 1)) last = at;
  return last;
}

std::string_view take_field(std::string_view& rest, char separator) {
  const auto end = rest.find(separator);
  const std::string_view field = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  return field;
}

PurlParts parts_of(std::string_view canonical) {
  PurlParts parts;
  if (canonical.size() <= purl_scheme.size()) return parts;
  std::string_view rest = canonical.substr(purl_scheme.size());
  const auto cut_behind = [&rest](char separator) {
    std::string_view behind = rest;
    rest = take_field(behind, separator);
    return behind;
  };
  parts.subpath = cut_behind('#');
  parts.qualifiers = cut_behind('?');
  parts.version = cut_behind('@');
  parts.name = cut_behind('/');
  parts.type = rest;
  const auto slash = purl_type(parts.type).name_is_path ? parts.name.find('/') : parts.name.rfind('/');
  if (slash != std::string_view::npos) {
    parts.name_space = parts.name.substr(0, slash);
    parts.name = parts.name.substr(slash + 1);
  }
  return parts;
}

}  // namespace pratique
