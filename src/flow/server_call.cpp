#include "flow/server_call.h"

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "world/file/file.h"

namespace pratique {
namespace {

constexpr std::size_t largest_token = 64 << 10, largest_answer = std::size_t{64} << 20;

Result<std::string> read_token(const std::string& path) {
  PRATIQUE_TRY(const auto bytes, read_file(path, largest_token));
  const std::string_view text = bytes.view();
  const std::string token(trim(text.substr(0, text.find('\n'))));
  if (token.empty() || token.find_first_of(" \t\r") != std::string::npos)
    return Error{Fault::malformed, "the first line is no token", {path}, ""};
  return token;
}

}  // namespace

Result<void> check_door(const ServerDoor& door) {
  constexpr std::string_view scheme = "https://";
  const std::string_view url = door.url;
  if (!url.starts_with(scheme) || url.size() == scheme.size() ||
      url.find_first_of("/?# ", scheme.size()) < url.size() - (url.ends_with('/') ? 1 : 0))
    return Error{Fault::usage, "'" + printable(url) + "' is no server", {}, "write it as https://HOST:PORT"};
  if (door.certificate_file.empty() != door.key_file.empty())
    return Error{Fault::usage, "a certificate and its key go together", {}, "name both --cert and --key"};
  return {};
}

Result<ServerReply> call_server(const ServerDoor& door, std::string_view method, std::string_view path,
                                std::string_view body, std::string_view body_type) {
  PRATIQUE_DO(check_door(door));
  HttpCall call;
  call.method = method;
  call.url = door.url.substr(0, door.url.size() - (door.url.ends_with('/') ? 1 : 0)) + std::string(path);
  call.body = body;
  call.is_packed = true;
  call.user_agent = door.user_agent;
  call.ca_file = door.ca_file;
  call.certificate_file = door.certificate_file;
  call.key_file = door.key_file;
  call.redirects = 0;  // they would take the token elsewhere
  call.silence = door.silence;
  call.interrupted = door.interrupted;
  call.headers.emplace_back("Expect:");  // else a large body waits a second for leave to come
  if (!body_type.empty()) call.headers.push_back("Content-Type: " + std::string(body_type));
  if (!door.token_file.empty()) {
    PRATIQUE_TRY(const auto token, read_token(door.token_file));
    call.headers.push_back("Authorization: Bearer " + token);
  }
  ServerReply reply;
  call.receive = [&](const HttpReply&, std::string_view piece) -> Result<void> {
    if (reply.body.size() + piece.size() > largest_answer)
      return Error{Fault::limit, "the answer is larger than 64 MiB", {call.url}, ""};
    reply.body += piece;
    return {};
  };
  auto outcome = http_call(call);
  if (auto* failure = std::get_if<HttpFailure>(&outcome)) return std::move(failure->error);
  reply.head = std::get<HttpReply>(std::move(outcome));
  return reply;
}

std::string problem_detail(std::string_view body) {
  const auto json = nlohmann::json::parse(body, nullptr, false);
  if (!json.is_object() || !json.contains("detail") || !json["detail"].is_string()) return {};
  return printable(json["detail"].get<std::string>().substr(0, 1024));
}

std::string problem_of(const ServerReply& reply) {
  const std::string detail = problem_detail(reply.body);
  return "HTTP " + std::to_string(reply.head.status) + (detail.empty() ? "" : ": " + detail);
}

Result<std::string> fetch_from_server(const ServerDoor& door, std::string_view path) {
  PRATIQUE_TRY(auto reply, call_server(door, "GET", path));
  const long status = reply.head.status;
  if (status == 200) return std::move(reply.body);
  const Fault fault = status == 404                    ? Fault::not_found
                      : status == 401 || status == 403 ? Fault::refused
                      : status == 400                  ? Fault::usage
                                                       : Fault::unavailable;
  return Error{fault, problem_of(reply), {door.url + std::string(path)}, ""};
}

}  // namespace pratique
