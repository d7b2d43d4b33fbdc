// The tests of the VERS specification under ../shared/data/vers-spec/tests. Cases that the specification contradicts
// stand in tests/conformance/vers_spec_exceptions.json, each with its reason and what is answered instead.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "engine/version/version.h"

namespace pratique {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

const fs::path folder = PRATIQUE_SOURCE_DIR "/../shared/data/vers-spec/tests";

Json read_json(const fs::path& file) { return Json::parse(std::ifstream(file)); }

// Keyed by the input's text; the value is what we answer.
std::map<std::string, std::string> exceptions() {
  std::map<std::string, std::string> answers;
  const Json file = read_json(PRATIQUE_SOURCE_DIR "/tests/conformance/vers_spec_exceptions.json");
  for (const Json& exception : file)
    answers[exception.at("input").get<std::string>()] = exception.at("answer").get<std::string>();
  return answers;
}

Scheme scheme_of(const Json& input) {
  const Json& name = input.contains("scheme") ? input.at("scheme") : input.at("input_scheme");
  return scheme_named(name.get<std::string>()).value();
}

std::string rendered(const Result<Vers>& vers) { return vers ? render_vers(*vers) : "! " + render(vers.error()); }

void run_comparison(const Json& test) {
  const Scheme scheme = scheme_of(test.at("input"));
  auto versions = test.at("input").at("versions").get<std::vector<std::string>>();
  if (test.at("test_type") == "equality") {
    EXPECT_EQ(compare_versions(scheme, versions.at(0), versions.at(1)).order == 0,
              test.at("expected_output").get<bool>());
    return;
  }
  std::stable_sort(versions.begin(), versions.end(), [&](const std::string& a, const std::string& b) {
    return compare_versions(scheme, a, b).order < 0;
  });
  // By order and not by text: NuGet's cases expect other letters than they give.
  const auto expected = test.at("expected_output").get<std::vector<std::string>>();
  ASSERT_EQ(versions.size(), expected.size());
  for (std::size_t i = 0; i < versions.size(); ++i)
    EXPECT_EQ(compare_versions(scheme, versions[i], expected[i]).order, std::strong_ordering::equal) << expected[i];
}

void run_containment(const Json& test) {
  const Result<Vers> vers = parse_vers(test.at("input").at("vers").get<std::string>());
  ASSERT_TRUE(vers) << render(vers.error());
  EXPECT_EQ(contains(*vers, test.at("input").at("version").get<std::string>()).inside,
            test.at("expected_output").get<bool>());
}

void run_parse(const Json& test) {
  const auto text = test.at("input").get<std::string>();
  const Result<void> valid = validate_vers(text);
  if (test.value("expected_failure", false)) {
    EXPECT_FALSE(valid);
    return;
  }
  ASSERT_TRUE(valid) << render(valid.error());
  const Result<Vers> vers = parse_vers(text);
  ASSERT_TRUE(vers) << render(vers.error());
  EXPECT_EQ(name_of(vers->scheme), test.at("expected_output").at("scheme").get<std::string>());
  Json constraints = Json::array();
  for (const Constraint& constraint : vers->constraints)
    constraints.push_back({symbol_of(constraint.comparator), constraint.version});
  EXPECT_EQ(constraints, test.at("expected_output").at("version_constraints"));
  EXPECT_EQ(render_vers(*vers), text);
}

void run_text(const Json& test, const std::map<std::string, std::string>& answers) {
  const bool native = test.at("test_type") == "from_native";
  const Json& input = native ? test.at("input").at("native_range") : test.at("input");
  const std::string text = input.is_string() ? input.get<std::string>() : input.dump();
  const Result<Vers> vers = native ? vers_from_native(scheme_of(test.at("input")), text) : parse_vers(text);
  const auto exception = answers.find(text);
  EXPECT_EQ(rendered(vers),
            exception == answers.end() ? test.at("expected_output").get<std::string>() : exception->second);
}

TEST(VersSpec, EveryCaseOfEveryFile) {
  if (!fs::exists(folder)) GTEST_SKIP() << folder << " is absent";
  const auto answers = exceptions();
  std::size_t cases = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    SCOPED_TRACE(entry.path().filename().string());
    const Json file = read_json(entry.path());
    for (const Json& test : file.at("tests")) {
      SCOPED_TRACE(test.at("input").dump());
      const auto type = test.at("test_type").get<std::string>();
      if (type == "comparison" || type == "equality")
        run_comparison(test);
      else if (type == "containment")
        run_containment(test);
      else if (type == "parse")
        run_parse(test);
      else
        run_text(test, answers);
      ++cases;
    }
  }
  EXPECT_GT(cases, 2'500u);
}

}  // namespace
}  // namespace pratique
