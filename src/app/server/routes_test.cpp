#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "app/server/route.h"
#include "app/server/schemas.h"
#include "base/text.h"

namespace pratique {
namespace {

using nlohmann::json;

TEST(Routes, AreWhatTheFileSays) {
  const std::string file = std::string(PRATIQUE_SOURCE_DIR) + "/docs/openapi.json";
  const auto made = render_openapi();
  if (std::getenv("PRATIQUE_UPDATE_GOLDEN") != nullptr) std::ofstream(file) << made;
  std::ostringstream kept;
  kept << std::ifstream(file).rdbuf();
  EXPECT_EQ(kept.str(), made) << "write it anew with PRATIQUE_UPDATE_GOLDEN=1 and read the difference";
}

TEST(Routes, HaveWholeRows) {
  std::set<std::string> names, places;
  const auto schemas = json::parse(api_schemas);
  for (const Route& route : routes()) {
    const auto place = std::string(route.method) + " " + std::string(route.path);
    EXPECT_TRUE(places.insert(place).second) << place << " stands twice";
    EXPECT_TRUE(names.insert(std::string(route.name)).second) << route.name << " stands twice";
    EXPECT_NE(route.handle, nullptr) << place;
    EXPECT_FALSE(route.summary.empty()) << place;
    EXPECT_FALSE(route.summary.ends_with('.')) << place;
    EXPECT_FALSE(route.answers.empty()) << place;
    EXPECT_EQ(static_cast<std::size_t>(std::count(route.path.begin(), route.path.end(), '{')),
              route.path_parameters.size())
        << place;
    for (const auto& parameter : route.path_parameters)
      EXPECT_THAT(std::string(route.path), testing::HasSubstr("{" + std::string(parameter.name) + "}"));
    EXPECT_TRUE(!route.body || route.body->schema.empty() || schemas.contains(route.body->schema)) << place;
    for (const auto& answer : route.answers)
      EXPECT_TRUE(answer.schema.empty() || schemas.contains(answer.schema)) << place << " " << answer.schema;
  }
}

TEST(Routes, OnlyTheseAreOpen) {
  std::set<std::string_view> open;
  for (const Route& route : routes())
    if (route.permission == Permission::open) open.insert(route.path);
  EXPECT_EQ(open, (std::set<std::string_view>{"/v1/admit", "/healthz", "/livez", "/readyz", "/api/v1/openapi.json"}));
}

TEST(Routes, AreFoundByTheWholePath) {
  for (const Route& route : routes()) {
    std::string path;
    for (const auto part : split(route.path, '/'))
      if (!part.empty()) path.append("/").append(part.starts_with('{') ? "sha256:x" : part);
    const auto found = find_routes(path);
    EXPECT_THAT(found.routes, testing::Contains(&route)) << path;
    EXPECT_EQ(found.names.size(), route.path_parameters.size());
    for (const auto& wrong : {path + "/", path + "/x/y/z", "/" + path, path.substr(1)})
      EXPECT_THAT(find_routes(wrong).routes, testing::Not(testing::Contains(&route))) << wrong;
  }
  for (const auto* path : {"", "/", "/api", "/api/v1", "/api/v1/where/", "//"})
    EXPECT_TRUE(find_routes(path).routes.empty()) << path;
}

Asked asked_for(std::string_view path, std::string_view method = "GET") {
  Asked asked;
  auto found = find_routes(path);
  for (const auto* route : found.routes)
    if (route->method == method) asked.route = route;
  asked.names = found.names;
  return asked;
}

unsigned objection(const HttpRequest& request) {
  auto asked = asked_for(request.path, request.method);
  const auto objection = objection_to(request, asked);
  return objection ? objection->status : 0;
}

TEST(Routes, ObjectToWhatIsNotInTheirRow) {
  using Query = std::vector<std::pair<std::string, std::string>>;
  const auto where = [](Query query, Query headers = {}) {
    return objection({"GET", "/api/v1/where", std::move(query), std::move(headers), {}, {}});
  };
  EXPECT_EQ(where({{"purl", "pkg:npm/x"}}), 0u);
  EXPECT_EQ(where({{"license", "MIT"}, {"group_by", "cluster"}}), 0u);
  EXPECT_EQ(where({{"license", "MIT"}, {"group_by", "planet"}}), 400u);
  EXPECT_EQ(where({{"purl", "pkg:npm/x"}, {"limit", "0"}}), 400u);
  EXPECT_EQ(where({{"purl", ""}}), 400u);
  EXPECT_EQ(where({{"purl", "pkg:npm/x"}, {"purl", "pkg:npm/y"}}), 400u);
  EXPECT_EQ(where({{"purl", "pkg:npm/x"}, {"rnage", "1"}}), 400u);
  EXPECT_EQ(where({{"purl", "pkg:npm/x"}, {"running", "yes"}}), 400u);
  EXPECT_EQ(where({{"purl", "pkg:npm/x"}, {"limit", "-1"}}), 400u);
  EXPECT_EQ(where({{"purl", "pkg:npm/x"}}, {{"accept", "text/csv"}}), 0u);
  EXPECT_EQ(where({{"purl", "pkg:npm/x"}}, {{"accept", "image/png"}}), 406u);
  const auto admit = [](Query headers) { return objection({"POST", "/v1/admit", {}, std::move(headers), "{}", {}}); };
  EXPECT_EQ(admit({}), 0u);
  EXPECT_EQ(admit({{"content-type", "Application/JSON; charset=utf-8"}}), 0u);
  EXPECT_EQ(admit({{"content-type", "text/yaml"}}), 415u);
}

}  // namespace
}  // namespace pratique
