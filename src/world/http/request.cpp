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

HttpResponse problem_response(unsigned status, std::string_view detail) {
  const std::string_view title = boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(status));
  return {status,
          "application/problem+json",
          "{\"type\":\"about:blank\",\"title\":" + json_quoted(title) + ",\"status\":" + std::to_string(status) +
              ",\"detail\":" + json_quoted(detail) + "}\n",
          {}};
}

}  // namespace pratique
