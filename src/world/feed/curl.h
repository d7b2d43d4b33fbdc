// libcurl, loaded when the first request is made: linked in, it and what it drags behind it would cost every start of
// the program several milliseconds. Private to feed.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace pratique {

struct HttpReply {
  long status = 0;
  std::map<std::string, std::string, std::less<>> headers;  // names in lower case; of the last of several redirections
};

struct HttpGet {
  std::string url;
  std::vector<std::string> headers;  // "If-None-Match: \"x\""
  std::string proxy;                 // empty: as the environment has it (https_proxy, no_proxy)
  std::string user_agent;
  std::chrono::milliseconds silence{30'000};  // no byte for so long: timeout
  std::function<bool()> interrupted;          // may be empty
  // Gets the body of an answer with status 200 or 206, piece by piece. An error it returns ends the request.
  std::function<Result<void>(const HttpReply& reply, std::string_view piece)> body;
};

struct HttpFailure {
  Error error;
  bool is_passing = false;  // worth another try
};

// Any thread. http and https only, also behind a redirection, of which five are followed and none from https to http.
// The answer, whatever its status, or why there is none.
using HttpAnswer = std::variant<HttpReply, HttpFailure>;
HttpAnswer http_get(const HttpGet& request);

}  // namespace pratique
