// Text that came from outside: made safe to print, compared without locale, cut without copying. ASCII rules
// throughout.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pratique {

// The text with every control character (C0, C1, DEL), bidirectional override, zero-width character and byte that is
// not UTF-8 replaced by a visible escape (\x1b, \u202e). What reaches a terminal or a log line goes through here.
std::string printable(std::string_view text);

bool is_utf8(std::string_view text);

char lower(char c);
std::string lower(std::string_view text);
bool is_digit(char c);
bool is_alpha(char c);
bool equal_ignoring_case(std::string_view a, std::string_view b);
std::string_view trim(std::string_view text);

// "a,b,,c" -> {"a","b","","c"}; an empty text is one empty part.
std::vector<std::string_view> split(std::string_view text, char separator);

// Decimal, no sign, no blank; empty when it is not that or does not fit.
std::optional<std::uint64_t> parse_unsigned(std::string_view text);

// 12401 -> "12,401"; 131072000 -> "125.0 MiB".
std::string with_commas(std::uint64_t number);
std::string human_bytes(std::uint64_t bytes);

// The candidate nearest to `word` by edit distance when it is near enough to suggest, else empty.
std::string_view nearest(std::string_view word, const std::vector<std::string_view>& candidates);

// Every byte but ASCII letters, digits and those in `also_plain` as %XX (RFC 3986, section 2.1).
std::string percent_encoded(std::string_view text, std::string_view also_plain);
constexpr std::string_view url_unreserved = "-._~";  // what stays beside them wherever in a URL a text stands

// The text as a JSON string literal, quotes included; bytes that are not UTF-8 become U+FFFD.
std::string json_quoted(std::string_view text);

}  // namespace pratique
