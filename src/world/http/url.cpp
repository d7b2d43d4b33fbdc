#include "world/http/url.h"

#include <optional>

#include "base/text.h"

namespace pratique {
namespace {

enum class Plus { literal, blank };

std::optional<int> hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  const char low = lower(c);
  if (low >= 'a' && low <= 'f') return low - 'a' + 10;
  return std::nullopt;
}

Result<std::string> decoded(std::string_view text, Plus plus) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus == Plus::blank) {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      const auto high = i + 1 < text.size() ? hex_digit(text[i + 1]) : std::nullopt;
      const auto low = i + 2 < text.size() ? hex_digit(text[i + 2]) : std::nullopt;
      if (!high || !low)
        return Error{Fault::malformed,
                     "'" + std::string(text.substr(i, 3)) + "' is no percent escape",
                     {},
                     "write a percent sign as %25"};
      out += static_cast<char>(*high * 16 + *low);
      i += 2;
    }
  }
  return out;
}

// "https://host:8443/v1/where?x" -> "/v1/where?x"
std::string_view origin_form(std::string_view target) {
  const auto scheme = target.find("://");
  if (scheme == std::string_view::npos || scheme > target.find_first_of("/?")) return target;
  const auto path = target.find_first_of("/?", scheme + 3);
  return path == std::string_view::npos ? "/" : target.substr(path);
}

}  // namespace

Result<Target> parse_target(std::string_view target) {
  target = origin_form(target.substr(0, target.find('#')));
  const auto mark = target.find('?');
  Target parsed;
  PRATIQUE_TRY(parsed.path, decoded(target.substr(0, mark), Plus::literal));
  if (parsed.path.empty()) parsed.path = "/";
  if (mark == std::string_view::npos) return parsed;
  for (const auto part : split(target.substr(mark + 1), '&')) {
    if (part.empty()) continue;
    const auto equals = part.find('=');
    PRATIQUE_TRY(auto name, decoded(part.substr(0, equals), Plus::blank));
    std::string value;
    if (equals != std::string_view::npos) {
      PRATIQUE_TRY(value, decoded(part.substr(equals + 1), Plus::blank));
    }
    parsed.query.emplace_back(std::move(name), std::move(value));
  }
  return parsed;
}

}  // namespace pratique
