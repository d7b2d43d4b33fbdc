// The routes as one table: what each answers, to whom, and how it is described. From it come routing, authorisation,
// the checks of a request's form, the labels of the metrics, and docs/openapi.json, so that they cannot disagree.
// Private to the server.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/access.h"
#include "world/http/http.h"

namespace pratique {

class Service;
struct Route;

// A request being answered, checked as its route's row says.
struct Asked {
  std::string id;
  std::chrono::steady_clock::time_point since = std::chrono::steady_clock::now();
  const Route* route = nullptr;          // null where there is none
  std::vector<std::string> names;        // what stood for {name} in the path, in order
  std::string_view type;                 // of the forms a good answer has, the one the client wants most
  std::shared_ptr<const Principal> who;  // null on open routes; shared with the cache of tokens
};

struct RouteParameter {
  enum class Kind : std::uint8_t { text, flag, number, digest, time };
  std::string_view name;
  Kind kind = Kind::text;
  std::string_view help;
  std::string_view example;
  bool is_needed = false;
  std::vector<std::string_view> choices = {};  // all that is allowed of a text, where that is a short list
  std::uint64_t least = 0;                     // of a number
};

struct RouteBody {
  std::vector<std::string_view> types;  // the first one is that of a body without Content-Type
  std::string_view schema;              // its name in schemas.cpp
};

struct RouteAnswer {
  unsigned status = 200;
  std::string_view help;
  std::string_view schema;              // of the JSON form; empty for none
  std::vector<std::string_view> types;  // empty: no body
};

struct Route {
  std::string_view method, path;  // "GET", "/api/v1/nodes/{name}/kernel"
  Permission permission = Permission::manage;
  HttpAnswer (*handle)(Service& service, const HttpRequest& request, const Asked& asked) = nullptr;
  std::string_view name;                             // "getNodeKernel": what generated clients call it
  std::string_view summary;                          // a sentence without a full stop
  std::vector<RouteParameter> path_parameters = {};  // in the order of the path
  std::vector<RouteParameter> query = {};
  std::optional<RouteBody> body = {};
  std::vector<RouteAnswer> answers = {};  // good ones, the usual one first; problems follow from the rest of the row
  std::vector<unsigned> problems = {};    // and these
  bool is_routine = false;                // asked every few seconds: logged only on demand
};

const std::vector<Route>& routes();

// The rows, one file a subject.
std::vector<Route> gate_routes();       // the webhook, health, metrics, this description
std::vector<Route> question_routes();   // where, vulnerabilities, artifacts, coverage, top, diff
std::vector<Route> inventory_routes();  // bills, workloads
std::vector<Route> node_routes();       // kernels, changes
std::vector<Route> upload_routes();     // large bills, piece by piece
std::vector<Route> access_routes();     // tokens, audit

// The route of a path, whatever the method, and what stands for its {names}. Empty where there is none.
struct RoutesOfPath {
  std::vector<const Route*> routes;
  std::vector<std::string> names;
};
RoutesOfPath find_routes(std::string_view path);

// "GET, HEAD, OPTIONS"
std::string allowed_methods(const std::vector<const Route*>& routes);

// What is wrong with a request's form: an unknown parameter, one given twice, one of another kind, a body of another
// type (415), an answer wanted that is not made here (406). Sets asked.type.
std::optional<HttpResponse> objection_to(const HttpRequest& request, Asked& asked);

// The status of an error, and the answer that tells of it.
HttpResponse problem_of(const Error& error);

// The OpenAPI 3.1 description of the table: what docs/openapi.json holds and /api/v1/openapi.json answers.
std::string render_openapi();

}  // namespace pratique
