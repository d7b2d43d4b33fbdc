// What makes a purl suspicious although it parses. The ranges are those of Unicode 15 that a package name has no honest
// use for, coarse where a block holds little else.
#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>

#include "model/purl.h"
#include "model/purl_code.h"

namespace pratique {
namespace {

constexpr std::size_t longest_part = 255;
constexpr std::size_t longest_qualifier = 1024;

struct Range {
  char32_t first, last;
  std::string_view what;
};

constexpr std::string_view control = "is a control character";
constexpr std::string_view unseen = "cannot be seen";
constexpr std::string_view accent = "is an accent apart from its letter";
constexpr std::string_view variant = "is another form of common characters";

constexpr Range suspects[] = {
    {0x0000, 0x001F, control}, {0x007F, 0x009F, control},   {0x00A0, 0x00A0, variant},   {0x00AA, 0x00AA, variant},
    {0x00AD, 0x00AD, unseen},  {0x00B2, 0x00B3, variant},   {0x00B9, 0x00BA, variant},   {0x00BC, 0x00BE, variant},
    {0x0132, 0x0133, variant}, {0x0149, 0x0149, variant},   {0x017F, 0x017F, variant},   {0x01C4, 0x01CC, variant},
    {0x01F1, 0x01F3, variant}, {0x0300, 0x036F, accent},    {0x061C, 0x061C, unseen},    {0x115F, 0x1160, unseen},
    {0x17B4, 0x17B5, unseen},  {0x180B, 0x180F, unseen},    {0x1AB0, 0x1AFF, accent},    {0x1D2C, 0x1D6A, variant},
    {0x1DC0, 0x1DFF, accent},  {0x2000, 0x200A, variant},   {0x200B, 0x200F, unseen},    {0x2010, 0x2027, variant},
    {0x2028, 0x202E, unseen},  {0x202F, 0x205F, variant},   {0x2060, 0x206F, unseen},    {0x2070, 0x209C, variant},
    {0x20D0, 0x20FF, accent},  {0x2100, 0x218F, variant},   {0x2212, 0x2212, variant},   {0x2215, 0x2216, variant},
    {0x2460, 0x24FF, variant}, {0x29F8, 0x29F8, variant},   {0x3000, 0x3000, variant},   {0x3164, 0x3164, unseen},
    {0xFB00, 0xFB17, variant}, {0xFE00, 0xFE0F, unseen},    {0xFE20, 0xFE2F, accent},    {0xFE30, 0xFE6F, variant},
    {0xFEFF, 0xFEFF, unseen},  {0xFF01, 0xFF9F, variant},   {0xFFA0, 0xFFA0, unseen},    {0xFFE0, 0xFFEE, variant},
    {0xFFF0, 0xFFFF, unseen},  {0x1D400, 0x1D7FF, variant}, {0x1F100, 0x1F1FF, variant}, {0xE0000, 0x10FFFF, unseen},
};

// Scripts whose letters pass for Latin ones.
constexpr Range scripts[] = {
    {0x0041, 0x005A, "Latin"},    {0x0061, 0x007A, "Latin"},    {0x00C0, 0x024F, "Latin"},
    {0x0370, 0x03FF, "Greek"},    {0x0400, 0x052F, "Cyrillic"}, {0x0530, 0x058F, "Armenian"},
    {0x10A0, 0x10FF, "Georgian"}, {0x13A0, 0x13FF, "Cherokee"}, {0x1C80, 0x1C8F, "Cyrillic"},
    {0x1C90, 0x1CBF, "Georgian"}, {0x1E00, 0x1EFF, "Latin"},    {0x1F00, 0x1FFF, "Greek"},
    {0x2C60, 0x2C7F, "Latin"},    {0x2C80, 0x2CFF, "Coptic"},   {0x2D00, 0x2D2F, "Georgian"},
    {0x2DE0, 0x2DFF, "Cyrillic"}, {0xA4D0, 0xA4FF, "Lisu"},     {0xA640, 0xA69F, "Cyrillic"},
    {0xA720, 0xA7FF, "Latin"},    {0xAB70, 0xABBF, "Cherokee"},
};

template <std::size_t size>
std::string_view what_is(const Range (&ranges)[size], char32_t code) {
  const auto found = std::partition_point(std::begin(ranges), std::end(ranges),
                                          [code](const Range& range) { return range.last < code; });
  return found != std::end(ranges) && found->first <= code ? found->what : std::string_view{};
}

// The next code point of valid UTF-8.
char32_t take_code(std::string_view& text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  char32_t code = length == 1 ? lead : lead & (0x7F >> length);
  for (std::size_t i = 1; i < length && i < text.size(); ++i)
    code = code << 6 | (static_cast<unsigned char>(text[i]) & 0x3F);
  text.remove_prefix(std::min(length, text.size()));
  return code;
}

std::string u_plus(char32_t code) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "U+%04X", static_cast<unsigned>(code));
  return text.data();
}

// What the decoded part holds that it should not; empty when nothing.
std::string doubt_about_part(std::string_view part, std::size_t longest, bool must_be_ascii) {
  if (part.size() > longest) return "longer than " + std::to_string(longest) + " bytes";
  if (part.starts_with(' ') || part.ends_with(' ')) return "a blank at its end";
  std::string_view script;
  while (!part.empty()) {
    const char32_t code = take_code(part);
    if (const auto what = what_is(suspects, code); !what.empty()) return u_plus(code) + " " + std::string(what);
    if (must_be_ascii && code >= 0x80) return u_plus(code) + " in a registry whose names are ASCII";
    const auto own = what_is(scripts, code);
    if (own.empty() || own == script) continue;
    if (!script.empty())
      return u_plus(code) + " mixes " + std::string(own) + " letters with " + std::string(script) + " ones";
    script = own;
  }
  return {};
}

// Nearly every purl: nothing escaped but what ASCII punctuation needs, and all of it short.
bool is_plain(std::string_view canonical) {
  if (canonical.size() > longest_part) return false;
  for (auto at = canonical.find('%'); at != std::string_view::npos; at = canonical.find('%', at + 1)) {
    const bool printable = at + 1 < canonical.size() && canonical[at + 1] >= '2' && canonical[at + 1] <= '7';
    if (!printable || canonical.substr(at, 3) == "%7F" || canonical.substr(at, 3) == "%20") return false;
  }
  return true;
}

std::string doubt_about_namespace(std::string_view name_space, const PurlType& type) {
  const bool misses = type.name_space == NamespaceRule::expected && name_space.empty();
  const bool exceeds = type.name_space == NamespaceRule::unexpected && !name_space.empty();
  if (!misses && !exceeds) return {};
  return "the definition of " + std::string(type.name) + (misses ? " requires one" : " allows none");
}

}  // namespace

std::string doubt_about(std::string_view canonical) {
  PurlParts parts = parts_of(canonical);
  const PurlType& type = purl_type(parts.type);
  if (auto doubt = doubt_about_namespace(parts.name_space, type); !doubt.empty()) return "namespace: " + doubt;
  if (is_plain(canonical)) return {};
  struct Part {
    std::string_view place, text;
    bool must_be_ascii;
  };
  std::string scratch;
  for (const auto& [place, text, must_be_ascii] :
       {Part{"namespace", parts.name_space, type.ascii_names}, Part{"name", parts.name, type.ascii_names},
        Part{"version", parts.version, false}, Part{"subpath", parts.subpath, false}})
    if (auto doubt = doubt_about_part(decoded(text, scratch), longest_part, must_be_ascii); !doubt.empty())
      return std::string(place) + ": " + doubt;
  while (!parts.qualifiers.empty()) {
    std::string_view value = take_field(parts.qualifiers, '&');
    const std::string_view key = take_field(value, '=');
    if (auto doubt = doubt_about_part(decoded(value, scratch), longest_qualifier, false); !doubt.empty())
      return "qualifier " + std::string(key) + ": " + doubt;
  }
  return {};
}

}  // namespace pratique
