#include "app/cli/remote.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "app/cli/version.h"
#include "base/text.h"
#include "flow/server_call.h"
#include "world/file/file.h"
#include "world/http/http.h"

namespace pratique {
namespace {

constexpr std::size_t largest_answer = std::size_t{1} << 30, largest_token = 16 << 10;
constexpr int most_tries = 6;

Error error_of(long status, const std::string& body, Fault refused_as) {
  std::string detail = problem_detail(body);
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

// How long a server wants to be left alone; a second where it does not say, ten at most.
std::chrono::milliseconds pause_of(const HttpReply& reply) {
  const auto header = reply.headers.find("retry-after");
  const auto seconds = header == reply.headers.end() ? std::nullopt : parse_unsigned(header->second);
  return std::chrono::seconds(std::clamp<std::uint64_t>(seconds.value_or(1), 1, 10));
}

}  // namespace

Result<RemoteServer> RemoteServer::of(const Invocation& invocation) {
  RemoteServer server;
  server.url_ = invocation.text("server");
  while (server.url_.ends_with('/')) server.url_.pop_back();
  // A token in the clear would be anybody's.
  if (!server.url_.starts_with("https://"))
    return Error{
        Fault::usage, "'" + printable(server.url_) + "' is no server", {"--server"}, "write it as https://HOST:8443"};
  server.ca_file_ = invocation.text("ca-file");
  if (!invocation.given("token-file")) return server;
  PRATIQUE_TRY(const Bytes token, read_file(invocation.text("token-file"), largest_token));
  server.token_ = trim(token.view());
  const bool is_plain =
      std::all_of(server.token_.begin(), server.token_.end(), [](char c) { return c > ' ' && c < 0x7f; });
  if (server.token_.empty() || !is_plain)
    return Error{
        Fault::usage, "holds no token", {invocation.text("token-file")}, "make one with 'pratique auth token create'"};
  return server;
}

Result<std::string> RemoteServer::ask(const Request& request, const Console& console) const {
  HttpCall call;
  call.method = request.method;
  call.url = url_ + request.path;
  call.body = request.body;
  call.user_agent = version_line();
  call.ca_file = ca_file_;
  call.redirects = 0;
  call.interrupted = console.interrupted;
  if (!token_.empty()) call.headers.push_back("Authorization: Bearer " + token_);
  if (!request.type.empty()) call.headers.push_back("Content-Type: " + std::string(request.type));
  call.headers.emplace_back("Expect:");
  for (int left = most_tries;; --left) {
    std::string body;
    call.receive = [&](const HttpReply&, std::string_view piece) -> Result<void> {
      if (body.size() + piece.size() > largest_answer)
        return Error{Fault::limit, "the answer is larger than 1 GiB", {}, ""};
      body += piece;
      return {};
    };
    auto outcome = http_call(call);
    if (auto* failure = std::get_if<HttpFailure>(&outcome)) return std::move(failure->error);
    const auto& reply = std::get<HttpReply>(outcome);
    if (reply.status >= 200 && reply.status < 300) return body;
    if ((reply.status != 429 && reply.status != 503) || left == 1)
      return error_of(reply.status, body, request.refused_as).in(url_);
    std::this_thread::sleep_for(pause_of(reply));
    if (console.interrupted && console.interrupted()) return Error{Fault::interrupted, "interrupted", {}, ""};
  }
}

}  // namespace pratique
