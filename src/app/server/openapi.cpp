// The table of routes as OpenAPI 3.1.
#include <map>
#include <nlohmann/json.hpp>

#include "app/server/route.h"
#include "app/server/schemas.h"
#include "base/text.h"

namespace pratique {
namespace {

using Json = nlohmann::ordered_json;
using Kind = RouteParameter::Kind;

Json schema_of(const RouteParameter& parameter) {
  switch (parameter.kind) {
    case Kind::text:
      if (!parameter.choices.empty()) return {{"type", "string"}, {"enum", parameter.choices}};
      return {{"type", "string"}, {"minLength", 1}, {"maxLength", 4096}};
    case Kind::flag: return {{"type", "boolean"}};
    case Kind::number: return {{"type", "integer"}, {"minimum", parameter.least}, {"maximum", 999'999'999'999'999}};
    case Kind::digest:
      return {{"type", "string"}, {"pattern", "^(sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})$"}};
    case Kind::time: return {{"type", "string"}, {"format", "date-time"}};
  }
  return {};
}

Json reference_to(std::string_view schema) { return {{"$ref", "#/components/schemas/" + std::string(schema)}}; }

Json parameter_of(const RouteParameter& parameter, std::string_view place) {
  Json json{{"name", parameter.name}, {"in", place}, {"description", parameter.help}};
  json["required"] = parameter.is_needed || place == "path";
  json["schema"] = schema_of(parameter);
  if (!parameter.example.empty()) json["example"] = parameter.example;
  return json;
}

// JSON is described by name, or is any JSON; everything else is bytes.
Json content_of(const std::vector<std::string_view>& types, std::string_view schema) {
  Json content = Json::object();
  for (const auto type : types) {
    Json described = type != "application/json" ? Json{{"type", "string"}}
                     : schema.empty()           ? Json::object()
                                                : reference_to(schema);
    content[std::string(type)] = {{"schema", std::move(described)}};
  }
  return content;
}

std::string_view meaning_of(unsigned status) {
  switch (status) {
    case 400: return "The request is not what it should be";
    case 401: return "Nobody that is known here asks";
    case 403: return "Whoever asks may not";
    case 404: return "There is no such thing, or none that whoever asks may see";
    case 406: return "No form of the answer is acceptable";
    case 409: return "The request contradicts what is there";
    case 413: return "The body is larger or deeper than the limit";
    case 415: return "The body is of another type";
    case 431: return "The request line and headers are larger than 16 KiB";
    case 429: return "Too many requests; Retry-After says when to come again";
    case 503: return "More than there is room for, or the store does not answer; Retry-After says when to come again";
    default: return "A problem";
  }
}

// Which problems a route may answer, from its row.
std::vector<unsigned> problems_of(const Route& route) {
  std::vector<unsigned> all = route.problems;
  const auto add = [&](unsigned status) { all.push_back(status); };
  add(400);
  add(431);
  if (route.permission != Permission::open)
    for (const unsigned status : {401u, 403u, 429u, 503u}) add(status);
  if (!route.path_parameters.empty()) add(404);
  if (!route.answers.front().types.empty()) add(406);
  if (route.body)
    for (const unsigned status : {413u, 415u, 503u}) add(status);
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

Json operation_of(const Route& route) {
  Json json{{"operationId", route.name}, {"summary", route.summary}};
  json["x-permission"] = name_of(route.permission);
  json["security"] = route.permission == Permission::open
                         ? Json::array({Json::object()})
                         : Json::array({{{"token", Json::array()}}, {{"certificate", Json::array()}}});
  Json parameters = Json::array();
  for (const auto& parameter : route.path_parameters) parameters.push_back(parameter_of(parameter, "path"));
  for (const auto& parameter : route.query) parameters.push_back(parameter_of(parameter, "query"));
  if (!parameters.empty()) json["parameters"] = std::move(parameters);
  if (route.body)
    json["requestBody"] = {{"required", true}, {"content", content_of(route.body->types, route.body->schema)}};
  Json answers = Json::object();
  for (const auto& answer : route.answers) {
    Json one{{"description", answer.help}};
    if (!answer.types.empty()) one["content"] = content_of(answer.types, answer.schema);
    answers[std::to_string(answer.status)] = std::move(one);
  }
  for (const unsigned status : problems_of(route))
    if (!answers.contains(std::to_string(status)))
      answers[std::to_string(status)] = {
          {"description", meaning_of(status)},
          {"content", {{"application/problem+json", {{"schema", reference_to("Problem")}}}}}};
  json["responses"] = std::move(answers);
  return json;
}

}  // namespace

std::string render_openapi() {
  Json paths = Json::object();
  for (const Route& route : routes()) paths[std::string(route.path)][lower(route.method)] = operation_of(route);
  const Json document{
      {"openapi", "3.1.0"},
      {"info",
       {{"title", "Pratique"},
        {"version", "1"},
        {"license", {{"name", "Apache-2.0"}, {"identifier", "Apache-2.0"}}},
        {"description", "The inventory, the gate and the kernels of a cluster. docs/api.md is the manual."}}},
      {"servers", Json::array({{{"url", "https://127.0.0.1:8443"}}})},
      {"paths", std::move(paths)},
      {"components",
       {{"securitySchemes",
         {{"token",
           {{"type", "http"}, {"scheme", "bearer"}, {"description", "An API token (prq_...) or an OIDC token"}}},
          {"certificate",
           {{"type", "mutualTLS"}, {"description", "A client certificate that the configuration names"}}}}},
        {"schemas", Json::parse(api_schemas)}}}};
  return document.dump(2) + "\n";
}

}  // namespace pratique
