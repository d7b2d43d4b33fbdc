// How the bytes of a purl are written: percent-encoding (ECMA-427, Character encoding) and the folds of PurlType.
// Private to purl*.cpp.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "model/purl_type.h"

namespace pratique {

constexpr std::string_view purl_scheme = "pkg:";

using ByteMap = std::array<unsigned char, 256>;

// What a fold makes of each byte; bytes above ASCII stay.
const ByteMap& folded(Fold fold);
// The same for bytes that are written as they are (letters, digits, ".-_~" and ':'), and 0 for all that need %XX.
const ByteMap& written_plain(Fold fold);

// 0 to 15, or -1.
int hex_value(char c);

// "%2F" for '/'; three bytes, and the place behind them.
char* put_escaped(char* out, unsigned char c);

// Canonical text decoded: the text itself where nothing is escaped, else a view into scratch.
std::string_view decoded(std::string_view text, std::string& scratch);

// ASCII letters outside of %XX.
void lower_unescaped(char* at, const char* end);

// A purl text cut at its separators; nothing is decoded.
struct PurlParts {
  std::string_view type, name_space, name, version, qualifiers, subpath;
};
PurlParts parts_of(std::string_view canonical);

// The last place of a separator that is rare: forwards, at the speed of memchr.
std::size_t find_last(std::string_view text, char separator);

// Takes the text before the separator off the front of `rest`; the last field leaves it empty.
std::string_view take_field(std::string_view& rest, char separator);

}  // namespace pratique
