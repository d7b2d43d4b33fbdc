// The JSON schemas (2020-12) of what the API takes and answers, by name, for the OpenAPI description. Private to the
// server.
#pragma once

#include <string_view>

namespace pratique {

extern const std::string_view api_schemas;  // one JSON object

}  // namespace pratique
