// From a request to its answer: the route, who asks, whether that may be, and one log line and one count at the end.
#include <algorithm>
#include <atomic>
#include <random>

#include "app/server/service.h"
#include "base/digest.h"
#include "base/log.h"
#include "base/text.h"

namespace pratique {
namespace {

using std::chrono::steady_clock;

// Ours, or the caller's where it can stand in a log and a header.
std::string id_of(const HttpRequest& request) {
  const auto given = request.header("x-request-id");
  const bool good = !given.empty() && given.size() <= 128 && std::all_of(given.begin(), given.end(), [](char c) {
    return is_alpha(c) || is_digit(c) || c == '-' || c == '_' || c == '.';
  });
  if (good) return std::string(given);
  static const std::uint64_t seed = std::random_device{}() * std::uint64_t{0x9E3779B97F4A7C15};
  static std::atomic<std::uint64_t> count{0};
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(seed + ++count * 0x9E3779B97F4A7C15));
  return text;
}

HttpResponse no_such_path(const HttpRequest& request) {
  return problem_response(404, "there is nothing at '" + printable(request.path.substr(0, 256)) + "'");
}

HttpResponse other_method(const HttpRequest& request, const RoutesOfPath& found) {
  auto response = request.method == "OPTIONS"
                      ? HttpResponse{204, "", "", {}}
                      : problem_response(405, "only " + allowed_methods(found.routes) + " are answered here");
  response.headers.emplace_back("Allow", allowed_methods(found.routes));
  return response;
}

// Whoever is nobody is asked to say who it is; whoever is somebody may not.
HttpResponse refusal_of(const HttpRequest& request, const Asked& asked) {
  const bool showed_something = !request.header("authorization").empty() || request.certificate != nullptr;
  if (!asked.who->name.empty())
    return problem_response(403,
                            asked.who->name + " may not " + std::string(name_of(asked.route->permission)) + " here");
  auto response = problem_response(401, showed_something ? "what was shown names nobody that is known here"
                                                         : "show an API token: 'Authorization: Bearer prq_...'");
  response.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"pratique\"");
  return response;
}

// Somebody known is counted wherever it comes from, nobody by its address.
bool has_left(Service& service, const HttpRequest& request, const Asked& asked) {
  return service.rates.take(asked.who->name.empty() ? address_of(request.peer) : asked.who->name, asked.since);
}

// Once it is known who asks.
HttpAnswer admitted(Service& service, const HttpRequest& request, Asked& asked) {
  if (asked.route->permission != Permission::open) {
    if (!has_left(service, request, asked)) {
      auto response = problem_response(429, "more than " + std::to_string(service.config.rate) + " requests a second");
      response.headers.emplace_back("Retry-After", "1");
      return response;
    }
    if (!asked.who->may(asked.route->permission)) return refusal_of(request, asked);
  }
  if (auto objection = objection_to(request, asked)) return std::move(*objection);
  return asked.route->handle(service, request, asked);
}

HttpAnswer identified(Service& service, const HttpRequest& request, Asked& asked) {
  if (asked.route->permission == Permission::open) return admitted(service, request, asked);
  if (auto known = service.access.recognise(request)) {
    asked.who = std::move(*known);
    return admitted(service, request, asked);
  }
  return [&service, &request, &asked]() -> HttpResponse {
    auto identity = service.access.identify(request);
    if (!identity && identity.error().fault != Fault::refused) return problem_of(identity.error());
    asked.who = identity ? std::move(*identity) : std::make_shared<const Principal>();
    auto answered = admitted(service, request, asked);
    if (auto* response = std::get_if<HttpResponse>(&answered)) return std::move(*response);
    return std::get<HttpLater>(answered)();
  };
}

HttpAnswer answer_at(Service& service, const HttpRequest& request, Asked& asked) {
  auto found = find_routes(request.path);
  if (found.routes.empty()) return no_such_path(request);
  const std::string_view method = request.method == "HEAD" ? "GET" : std::string_view(request.method);
  const auto route =
      std::find_if(found.routes.begin(), found.routes.end(), [&](const Route* one) { return one->method == method; });
  if (route == found.routes.end()) return other_method(request, found);
  asked.route = *route;
  asked.names = std::move(found.names);
  return identified(service, request, asked);
}

HttpResponse finished(Service& service, const HttpRequest& request, const Asked& asked, HttpResponse response) {
  if ((response.status == 401 || response.status == 403) && asked.route != nullptr)
    service.refusals.add(act_of(request, asked, "access.refused",
                                std::string(asked.route->method) + " " + std::string(asked.route->path),
                                std::to_string(response.status)));
  if (request.method == "HEAD") response.stream = nullptr;
  response.headers.emplace_back("X-Request-ID", asked.id);
  const Route* const route = asked.route;
  service.metrics.count_request(route, response.status, steady_clock::now() - asked.since);
  const bool is_admission = route != nullptr && route->name == "admit" && response.status == 200;  // has its own line
  if (!is_admission)
    log(route != nullptr && route->is_routine && response.status == 200 ? LogLevel::debug : LogLevel::info, "request",
        {{"id", asked.id},
         {"peer", request.peer},
         {"who", asked.who ? std::string_view(asked.who->name) : std::string_view()},
         {"method", request.method},
         {"path", request.path},
         {"status", std::to_string(response.status)},
         {"detail", response.status >= 400 ? std::string_view(response.body).substr(0, 512) : std::string_view()},
         {"ms", milliseconds_since(asked.since)}});
  return response;
}

}  // namespace

HttpResponse tagged(const HttpRequest& request, HttpResponse response) {
  const auto tag = "\"" + std::string(sha256_of(response.body).hex().substr(0, 32)) + "\"";
  response.headers.emplace_back("ETag", "W/" + tag);
  response.headers.emplace_back("Cache-Control", "private, no-cache");  // to be kept, and asked about each time
  for (auto known : split(request.header("if-none-match"), ',')) {
    known = trim(known);
    if (known.starts_with("W/")) known.remove_prefix(2);
    if (known != tag && known != "*") continue;
    response.status = 304;
    response.body.clear();
    break;
  }
  return response;
}

AuditEntry act_of(const HttpRequest& request, const Asked& asked, std::string action, std::string object,
                  std::string detail) {
  return {asked.who ? asked.who->name : std::string(), request.peer, std::move(action), std::move(object),
          std::move(detail)};
}

std::string milliseconds_since(steady_clock::time_point since) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3f",
                std::chrono::duration<double, std::milli>(steady_clock::now() - since).count());
  return text;
}

HttpAnswer answer(Service& service, const HttpRequest& request) {
  const auto asked = std::make_shared<Asked>();  // shared: std::function copies
  asked->id = id_of(request);
  auto answered = answer_at(service, request, *asked);
  if (auto* response = std::get_if<HttpResponse>(&answered))
    return finished(service, request, *asked, std::move(*response));
  return [&service, &request, asked, later = std::get<HttpLater>(std::move(answered))] {
    return finished(service, request, *asked, later());
  };
}

}  // namespace pratique
