#include <algorithm>

#include "app/server/route.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/text.h"

namespace pratique {
namespace {

using Kind = RouteParameter::Kind;

// A route's path in parts, taken apart once.
struct Pattern {
  const Route* route;
  std::vector<std::string_view> parts;
};

const std::vector<Pattern>& patterns() {
  static const std::vector<Pattern> all = [] {
    std::vector<Pattern> made;
    for (const Route& route : routes()) made.push_back({&route, split(route.path, '/')});
    return made;
  }();
  return all;
}

bool stands_for_name(std::string_view part) { return part.starts_with('{'); }

bool fits(const Pattern& pattern, const std::vector<std::string_view>& parts) {
  if (pattern.parts.size() != parts.size()) return false;
  for (std::size_t i = 0; i < parts.size(); ++i)
    if (stands_for_name(pattern.parts[i]) ? parts[i].empty() : pattern.parts[i] != parts[i]) return false;
  return true;
}

// Empty where the value is of its kind.
std::string_view mistake_in(const RouteParameter& parameter, std::string_view value) {
  switch (parameter.kind) {
    case Kind::text:
      if (!parameter.choices.empty())
        return std::find(parameter.choices.begin(), parameter.choices.end(), value) != parameter.choices.end()
                   ? ""
                   : "one of a few words that the description lists";
      return is_utf8(value) && !value.empty() && value.size() <= 4096 ? "" : "a text of up to 4096 bytes";
    case Kind::flag: return value == "true" || value == "false" ? "" : "true or false";
    case Kind::number:
      return value.size() <= 15 && parse_unsigned(value) && *parse_unsigned(value) >= parameter.least ? ""
             : parameter.least > 0 ? "a whole number, at least 1"
                                   : "a whole number";
    case Kind::digest: return parse_digest(value) ? "" : "a digest such as sha256:...";
    case Kind::time: return parse_time(value) ? "" : "a time such as 2026-03-01T12:00:00Z";
  }
  return "";
}

std::optional<HttpResponse> objection_to(const RouteParameter& parameter, std::string_view value) {
  const auto wanted = mistake_in(parameter, value);
  if (wanted.empty()) return std::nullopt;
  return problem_response(400, "'" + std::string(parameter.name) + "' is " + std::string(wanted));
}

std::optional<HttpResponse> objection_to_query(const HttpRequest& request, const Route& route) {
  for (auto given = request.query.begin(); given != request.query.end(); ++given) {
    const auto& name = given->first;
    const auto known =
        std::find_if(route.query.begin(), route.query.end(), [&](const auto& p) { return p.name == name; });
    if (known == route.query.end()) {
      std::vector<std::string_view> names;
      for (const auto& parameter : route.query) names.push_back(parameter.name);
      const auto near = nearest(name, names);
      return problem_response(400, "there is no parameter '" + printable(name.substr(0, 64)) + "' here" +
                                       (near.empty() ? "" : "; did you mean '" + std::string(near) + "'?"));
    }
    const auto is_same = [&](const auto& other) { return other.first == name; };
    if (std::any_of(request.query.begin(), given, is_same))
      return problem_response(400, "'" + std::string(known->name) + "' is given twice");
    if (auto objection = objection_to(*known, given->second)) return objection;
  }
  for (const auto& parameter : route.query)
    if (parameter.is_needed && request.parameter(parameter.name).empty())
      return problem_response(400, "'" + std::string(parameter.name) + "' is missing; ask as " +
                                       std::string(route.path) + "?" + std::string(parameter.name) + "=" +
                                       std::string(parameter.example));
  return std::nullopt;
}

// A body without a type is taken for what the route wants: its reader judges it.
std::optional<HttpResponse> objection_to_type(const HttpRequest& request, const Route& route) {
  const auto given = request.header("content-type");
  const auto type = trim(given.substr(0, given.find(';')));
  if (!route.body || type.empty()) return std::nullopt;
  const auto& types = route.body->types;
  if (std::any_of(types.begin(), types.end(), [&](auto one) { return equal_ignoring_case(one, type); }))
    return std::nullopt;
  std::string names;
  for (const auto one : types) names.append(names.empty() ? "" : ", ").append(one);
  auto response = problem_response(415, "a body of " + names + " is read here");
  response.headers.emplace_back(request.method == "PATCH" ? "Accept-Patch" : "Accept-Post", names);
  return response;
}

unsigned status_of(Fault fault) {
  switch (fault) {
    case Fault::usage:
    case Fault::malformed:
    case Fault::unsupported: return 400;
    case Fault::not_found: return 404;
    case Fault::limit: return 413;
    case Fault::refused: return 403;
    case Fault::timeout: return 504;
    case Fault::unavailable:
    case Fault::interrupted: return 503;
    case Fault::internal: break;
  }
  return 500;
}

}  // namespace

const std::vector<Route>& routes() {
  static const std::vector<Route> all = [] {
    std::vector<Route> rows;
    for (auto* part : {gate_routes, question_routes, inventory_routes, upload_routes, node_routes, access_routes}) {
      auto more = part();
      rows.insert(rows.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
    }
    return rows;
  }();
  return all;
}

RoutesOfPath find_routes(std::string_view path) {
  RoutesOfPath found;
  const auto parts = split(path, '/');
  const Pattern* first = nullptr;
  for (const auto& pattern : patterns()) {
    // Paths without {names} stand before those with, so that "/bills/batch" is no digest.
    if (first != nullptr ? pattern.parts != first->parts : !fits(pattern, parts)) continue;
    first = &pattern;
    found.routes.push_back(pattern.route);
  }
  for (std::size_t i = 0; first != nullptr && i < parts.size(); ++i)
    if (stands_for_name(first->parts[i])) found.names.emplace_back(parts[i]);
  return found;
}

std::string allowed_methods(const std::vector<const Route*>& routes) {
  std::string methods;
  for (const Route* route : routes) {
    methods.append(route->method).append(", ");
    if (route->method == "GET") methods.append("HEAD, ");
  }
  return methods + "OPTIONS";
}

std::optional<HttpResponse> objection_to(const HttpRequest& request, Asked& asked) {
  const Route& route = *asked.route;
  for (std::size_t i = 0; i < route.path_parameters.size(); ++i)
    if (auto objection = objection_to(route.path_parameters[i], asked.names[i])) return objection;
  if (auto objection = objection_to_query(request, route)) return objection;
  if (auto objection = objection_to_type(request, route)) return objection;
  const auto& types = route.answers.front().types;
  asked.type = choose_media_type(request.header("accept"), types);
  if (!types.empty() && asked.type.empty()) {
    std::string names;
    for (const auto one : types) names.append(names.empty() ? "" : ", ").append(one);
    return problem_response(406, "the answer is made as " + names);
  }
  return std::nullopt;
}

HttpResponse problem_of(const Error& error) {
  auto response = problem_response(status_of(error.fault), render(error));
  if (response.status == 503) response.headers.emplace_back("Retry-After", "1");
  return response;
}

}  // namespace pratique
