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
  std::chrono::milliseconds silence{10'000};
  std::function<bool()> interrupted{};
};

// Whether it can be one at all. Fault: usage.
Result<void> check_door(const ServerDoor& door);

struct ServerReply {
  HttpReply head;
  std::string body;
};
// Any status. `path` begins with "/api/". Fault: not_found or refused (a file of the door), limit (an answer of more
// than 64 MiB), otherwise as http_call.
Result<ServerReply> call_server(const ServerDoor& door, std::string_view method, std::string_view path,
                                std::string_view body = {}, std::string_view body_type = {});

// The body of a good answer. Fault also: not_found (404), refused (401, 403), usage (400), unavailable, with what the
// server said.
Result<std::string> fetch_from_server(const ServerDoor& door, std::string_view path);

// The detail of a problem (RFC 9457), printable, of a long one its beginning; empty where the body is no problem.
std::string problem_detail(std::string_view body);
// What a server that refused says of it: its status, and the detail of its problem where it gives one.
std::string problem_of(const ServerReply& reply);

}  // namespace pratique
