#include "flow/server_call.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/text.h"
#include "world/file/file.h"

namespace pratique {
namespace {

constexpr std::size_t largest_token = 64 << 10, largest_answer = std::size_t{1} << 30;
constexpr int most_tries = 6;

Result<std::string> read_token(const std::string& path) {
  PRATIQUE_TRY(const auto bytes, read_file(path, largest_token));
  const std::string_view text = bytes.view();
  const std::string token(trim(text.substr(0, text.find('\n'))));
  if (token.empty() || token.find_first_of(" \t\r") != std::string::npos)
    return Error{Fault::malformed, "the first line is no token", {path}, "make one with 'pratique auth token create'"};
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
      return Error{Fault::limit, "the answer is larger than 1 GiB", {call.url}, ""};
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

namespace {

Error error_of(const ServerReply& reply, Fault refused_as) {
  std::string detail = problem_detail(reply.body);
  const long status = reply.head.status;
  if (detail.empty()) detail = "the server answers " + std::to_string(status);
  switch (status) {
    case 401: return {Fault::refused, detail, {}, "name a file that holds a good token with --token-file"};
    case 403: return {Fault::refused, detail, {}, ""};
    case 404: return {Fault::not_found, detail, {}, ""};
    case 413: return {Fault::limit, detail, {}, ""};
    default: break;
  }
  return {status < 500 && status != 429 ? refused_as : Fault::unavailable, detail, {}, ""};
}

// Leaves the server alone as long as it wants; a second where it does not say, ten at most. False when interrupted.
bool pause(const ServerReply& reply, const std::function<bool()>& interrupted) {
  constexpr std::chrono::milliseconds step{200};
  const auto header = reply.head.headers.find("retry-after");
  const auto seconds = header == reply.head.headers.end() ? std::nullopt : parse_unsigned(header->second);
  std::chrono::milliseconds left = std::chrono::seconds(std::clamp<std::uint64_t>(seconds.value_or(1), 1, 10));
  for (; left.count() > 0; left -= step) {
    if (interrupted && interrupted()) return false;
    std::this_thread::sleep_for(step);
  }
  return true;
}

}  // namespace

Result<std::string> ask_server(const ServerDoor& door, const ServerRequest& request) {
  for (int left = most_tries;; --left) {
    PRATIQUE_TRY(auto reply, call_server(door, request.method, request.path, request.body, request.type));
    const long status = reply.head.status;
    if (status >= 200 && status < 300) return std::move(reply.body);
    if ((status != 429 && status != 503) || left == 1) return error_of(reply, request.refused_as).in(door.url);
    if (!pause(reply, door.interrupted)) return Error{Fault::interrupted, "interrupted", {}, ""};
  }
}

}  // namespace pratique
