// Calls to a server of ours: over TLS alone, with a client certificate or a token, both read anew for each call, so
// that they may be exchanged while an agent runs.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "world/http/http.h"

namespace pratique {

struct ServerDoor {
  std::string url;                         // "https://pratique.example:8443", without a path
  std::string ca_file;                     // PEM, in place of the system's
  std::string certificate_file, key_file;  // ours
  std::string token_file;                  // a bearer token on its first line
  std::string user_agent = "pratique";
  std::chrono::milliseconds silence{10'000};  // no byte for so long: timeout
  std::function<bool()> interrupted{};
};

// Whether it can be one at all. Fault: usage.
Result<void> check_door(const ServerDoor& door);

struct ServerReply {
  HttpReply head;
  std::string body;
};
// Any status. `path` begins with "/api/". Fault: not_found, refused or malformed (a file of the door), limit (an answer
// of more than 1 GiB), otherwise as http_call.
Result<ServerReply> call_server(const ServerDoor& door, std::string_view method, std::string_view path,
                                std::string_view body = {}, std::string_view body_type = {});

struct ServerRequest {
  std::string_view method = "GET";
  std::string path;  // with its query
  std::string_view type, body;
  Fault refused_as = Fault::usage;  // what a 400 and its like mean here
};
// The body of a good answer. A server that has too much to do (429, 503) is asked again when it says, five times at
// most. Fault also: not_found (404), refused (401, 403), limit (413), unavailable, with what the server said; the place
// is the server.
Result<std::string> ask_server(const ServerDoor& door, const ServerRequest& request);

// The detail of a problem (RFC 9457), printable, of a long one its beginning; empty where the body is no problem.
std::string problem_detail(std::string_view body);
// What a server that refused says of it: its status, and the detail of its problem where it gives one.
std::string problem_of(const ServerReply& reply);

}  // namespace pratique
