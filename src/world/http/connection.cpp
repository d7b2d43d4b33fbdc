#include "world/http/connection.h"

#include <algorithm>

#include "base/text.h"
#include "world/http/coding.h"
#include "world/http/url.h"

namespace pratique {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;

constexpr std::string_view busy_retry = "1";  // seconds, as Retry-After has them
constexpr std::size_t worth_packing = 1024;

unsigned status_of_body(Fault fault) {
  return fault == Fault::limit ? 413 : fault == Fault::unsupported ? 415 : fault == Fault::malformed ? 400 : 500;
}

HttpResponse body_problem(const Error& error) {
  auto response = problem_response(status_of_body(error.fault), render(error));
  if (response.status == 415) response.headers.emplace_back("Accept-Encoding", "gzip, zstd");
  return response;
}

}  // namespace

HttpResponse response_of(const Refusal& refusal) {
  auto response = problem_response(refusal.status, refusal.detail);
  if (refusal.status == 503) response.headers.emplace_back("Retry-After", busy_retry);
  return response;
}

Refusal refusal_of(const error_code& error, const HttpConnection& connection, const HttpServerOptions& options) {
  if (connection.timed_out)
    return {408, "the request did not arrive within " + std::to_string(options.request_timeout.count()) + " ms"};
  if (error == http::error::body_limit)
    return {413, "the body is larger than " + with_commas(options.body_limit) + " bytes"};
  if (error == http::error::header_limit || error == http::error::buffer_overflow)
    return {431, "the header is larger than " + with_commas(header_limit) + " bytes"};
  if (error == http::error::end_of_stream || error == http::error::partial_message) return {};
  static const auto& http_errors = error_code(http::error::bad_method).category();
  if (error.category() != http_errors) return {};
  return {400, "the request is not HTTP/1.1: " + error.message()};
}

std::optional<Refusal> objection_to(const RequestParser& parser) {
  const auto& message = parser.get();
  if (message.version() >= 11 && message.count(http::field::host) != 1)
    return Refusal{400, "exactly one Host header is needed"};
  if (message.count(http::field::transfer_encoding) != 0 && !parser.chunked())
    return Refusal{501, "the only transfer encoding understood is chunked"};
  return std::nullopt;
}

std::variant<HttpRequest, HttpResponse> request_from(http::request<http::string_body>&& message,
                                                     const HttpConnection& connection, const HttpServerOptions& options,
                                                     Reservation& room) {
  auto target = parse_target(message.target());
  if (!target) return problem_response(400, render(target.error()));
  HttpRequest request{std::string(message.method_string()),
                      std::move(target->path),
                      std::move(target->query),
                      {},
                      {},
                      connection.peer,
                      connection.certificate ? &*connection.certificate : nullptr};
  for (const auto& field : message) request.headers.emplace_back(lower(field.name_string()), field.value());
  request.body = std::move(message.body());
  const auto coding = parse_coding(request.header("content-encoding"));
  if (!coding) return body_problem(coding.error());
  if (*coding == Coding::identity) return request;
  // As much as it may become is set aside before it does.
  if (!room.take(options.body_limit, options.memory_limit))
    return response_of({503, "the server is reading as much as it has room for"});
  auto body = unpack(*coding, request.body, options.body_limit);
  if (!body) return body_problem(body.error());
  request.body = std::move(*body);
  return request;
}

void pack_response(const HttpRequest& request, HttpResponse& response) {
  if (response.body.size() < worth_packing || response.stream) return;
  const auto vary = std::find_if(response.headers.begin(), response.headers.end(),
                                 [](const auto& header) { return header.first == "Vary"; });
  if (vary == response.headers.end())
    response.headers.emplace_back("Vary", "Accept-Encoding");
  else
    vary->second += ", Accept-Encoding";
  const Coding coding = choose_coding(request.header("accept-encoding"));
  if (coding == Coding::identity) return;
  auto packed = pack(coding, response.body);
  if (packed.size() >= response.body.size()) return;
  response.body = std::move(packed);
  response.headers.emplace_back("Content-Encoding", name_of(coding));
}

}  // namespace pratique
