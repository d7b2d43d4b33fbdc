#include <boost/beast/http/status.hpp>

#include "base/text.h"
#include "world/http/http.h"

namespace pratique {
namespace {

std::string_view first_of(const std::vector<std::pair<std::string, std::string>>& pairs, std::string_view name) {
  for (const auto& [key, value] : pairs)
    if (key == name) return value;
  return {};
}

}  // namespace

std::string_view HttpRequest::header(std::string_view name) const { return first_of(headers, name); }
std::string_view HttpRequest::parameter(std::string_view name) const { return first_of(query, name); }

std::string url_escaped(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~')
      out.push_back(c);
    else
      out.append("%").append(1, digits[byte >> 4]).append(1, digits[byte & 15]);
  }
  return out;
}

HttpResponse problem_response(unsigned status, std::string_view detail) {
  const std::string_view title = boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(status));
  return {status,
          "application/problem+json",
          "{\"type\":\"about:blank\",\"title\":" + json_quoted(title) + ",\"status\":" + std::to_string(status) +
              ",\"detail\":" + json_quoted(detail) + "}\n",
          {}};
}

}  // namespace pratique
