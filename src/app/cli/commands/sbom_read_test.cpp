// sbom show, validate, quality and diff as a user types them.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "app/cli/command.h"

namespace pratique {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr std::string_view shop = R"({"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
  "metadata": {"component": {"type": "application", "name": "shop", "bom-ref": "shop"}},
  "components": [
    {"type": "library", "bom-ref": "a", "name": "a", "version": "1.0.0", "purl": "pkg:npm/a@1.0.0"},
    {"type": "library", "bom-ref": "b", "name": "b", "version": "2.0.0", "purl": "pkg:npm/b@2.0.0"},
    {"type": "library", "bom-ref": "c", "name": "c", "version": "3.0.0", "purl": "pkg:npm/c@3.0.0"}],
  "dependencies": [{"ref": "shop", "dependsOn": ["a", "b"]}, {"ref": "a", "dependsOn": ["c"]},
                   {"ref": "b", "dependsOn": ["c"]}]})";

class SbomCommand : public testing::Test {
 protected:
  SbomCommand() {
    std::string pattern = (fs::temp_directory_path() / "pratique_sbom_XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    write("shop.json", std::string(shop));
  }
  ~SbomCommand() override { fs::remove_all(folder_); }

  struct Ran {
    int code = 0;
    std::string out, err;
  };
  static Ran run(const std::vector<std::string>& words) {
    std::ostringstream out, err;
    std::istringstream in;
    Console console{
        .in = in, .out = out, .err = err, .clock = [] { return parse_time("2026-11-24T00:00:00Z").value(); }};
    const int code = run_command_line(words, console, [](const char*) -> const char* { return nullptr; });
    return {code, out.str(), err.str()};
  }
  std::string path(const std::string& name) const { return folder_ + "/" + name; }
  void write(const std::string& name, const std::string& text) const { std::ofstream(path(name)) << text; }
  // The shop with one text replaced by another.
  void write_with(const std::string& name, const std::string& from, const std::string& to) const {
    std::string text(shop);
    text.replace(text.find(from), from.size(), to);
    write(name, text);
  }

  std::string folder_;
};

TEST_F(SbomCommand, ShowsATree) {
  const Ran ran = run({"sbom", "show", path("shop.json")});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(ran.out,
            "shop\n├─ a 1.0.0  pkg:npm/a@1.0.0\n│  └─ c 3.0.0  pkg:npm/c@3.0.0\n└─ b 2.0.0  pkg:npm/b@2.0.0\n");
  EXPECT_EQ(run({"sbom", "show", "--depth", "1", path("shop.json")}).out,
            "shop\n├─ a 1.0.0  pkg:npm/a@1.0.0 (1 below)\n└─ b 2.0.0  pkg:npm/b@2.0.0\n");
}

TEST_F(SbomCommand, ShowsEveryPathToAPackage) {
  const Ran ran = run({"sbom", "show", "--path", "pkg:npm/c", path("shop.json")});
  EXPECT_EQ(ran.out, "shop > a 1.0.0 > c 3.0.0\nshop > b 2.0.0 > c 3.0.0\n");
  EXPECT_EQ(run({"sbom", "show", "--path", "pkg:npm/c@4.0.0", path("shop.json")}).code, 4);
  EXPECT_NE(run({"sbom", "show", "--path", "pkg:npm/c@4.0.0", path("shop.json")}).err.find("it has 'pkg:npm/c@3.0.0'"),
            std::string::npos);
  const Ran no_purl = run({"sbom", "show", "--path", "lodash", path("shop.json")});
  EXPECT_EQ(no_purl.code, 2);
  EXPECT_NE(no_purl.err.find("not 'lodash'"), std::string::npos) << no_purl.err;
}

TEST_F(SbomCommand, ShowsJsonAsDocumented) {
  write_with("bad.json", R"("purl": "pkg:npm/b@2.0.0")", R"("purl": "b")");
  const Json json = Json::parse(run({"sbom", "show", "-o", "json", path("bad.json")}).out);
  EXPECT_EQ(json["apiVersion"], "pratique/v1");
  EXPECT_EQ(json["items"].size(), 3U);
  EXPECT_EQ(json["items"][2]["id"], "c");
  EXPECT_EQ(json["items"][2]["path"], Json::parse(R"(["a 1.0.0", "c 3.0.0"])"));
  EXPECT_EQ(json["items"][2]["scope"], "");
  EXPECT_EQ(json["rejected"][0]["place"], "/components/1/purl");
  EXPECT_EQ(json["subject"]["name"], "shop");
  EXPECT_EQ(json["format"], "cyclonedx-json");
}

TEST_F(SbomCommand, ValidatesAndAddsUp) {
  EXPECT_EQ(run({"sbom", "validate", path("shop.json")}).code, 0);
  EXPECT_NE(run({"sbom", "validate", path("shop.json")}).out.find("valid         cyclonedx-json 1.6"),
            std::string::npos)
      << run({"sbom", "validate", path("shop.json")}).out;
  write_with("wrong.json", R"("type": "library", "bom-ref": "b")", R"("type": "boat", "bom-ref": "b")");
  Ran ran = run({"sbom", "validate", "-o", "json", path("shop.json"), path("wrong.json")});
  EXPECT_EQ(ran.code, 1);
  EXPECT_EQ(Json::parse(ran.out)["ledger"].dump(), R"({"examined":2,"failed":0,"invalid":1,"valid":1})");
  EXPECT_EQ(Json::parse(ran.out)["items"][1]["errors"][0]["place"], "/components/1/type");
  write("broken.json", R"({"bomFormat": "CycloneDX", )");
  EXPECT_EQ(run({"sbom", "validate", path("broken.json")}).code, 7);
  ran = run({"sbom", "validate", path("broken.json"), path("wrong.json"), path("shop.json")});
  EXPECT_EQ(ran.code, 7);
  EXPECT_NE(ran.err.find("3 examined: 1 valid, 1 invalid, 1 failed"), std::string::npos) << ran.err;
}

TEST_F(SbomCommand, ListsErrorsOfOneKindOnce) {
  std::string components;
  for (int i = 0; i < 20; ++i)
    components += (i == 0 ? "" : ",") + (R"({"type":"library","name":"p)" + std::to_string(i) + R"(","colour":"red"})");
  write("red.json", R"({"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"components":[)" + components + "]}");
  const Ran ran = run({"sbom", "validate", path("red.json")});
  EXPECT_NE(ran.out.find("/components/2/colour"), std::string::npos) << ran.out;
  EXPECT_EQ(ran.out.find("/components/3/colour"), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("/components/*/colour"), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("17 times more"), std::string::npos) << ran.out;
  EXPECT_NE(run({"sbom", "validate", "-v", path("red.json")}).out.find("/components/19/colour"), std::string::npos);
}

TEST_F(SbomCommand, MeasuresQualityAndGates) {
  const Ran ran = run({"sbom", "quality", "-o", "json", path("shop.json")});
  EXPECT_EQ(ran.code, 0);
  const Json item = Json::parse(ran.out)["items"][0];
  EXPECT_EQ(item["profiles"].size(), 4U);
  const unsigned score = item["score"];
  EXPECT_EQ(run({"sbom", "quality", "--fail-under", std::to_string(score), path("shop.json")}).code, 0);
  EXPECT_EQ(run({"sbom", "quality", "--fail-under", std::to_string(score + 1), path("shop.json")}).code, 1);
  EXPECT_EQ(run({"sbom", "quality", "--profile", "bsi-tr-03183-2", "--fail-under", "90", path("shop.json")}).code, 1);
  EXPECT_EQ(run({"sbom", "quality", "--profile", "iso", path("shop.json")}).code, 2);
}

TEST_F(SbomCommand, ComparesTwoBills) {
  write_with("next.json", R"("version": "2.0.0", "purl": "pkg:npm/b@2.0.0")",
             R"("version": "2.1.0", "purl": "pkg:npm/b@2.1.0")");
  EXPECT_EQ(run({"sbom", "diff", path("shop.json"), path("shop.json")}).code, 0);
  const Ran ran = run({"sbom", "diff", path("shop.json"), path("next.json")});
  EXPECT_EQ(ran.code, 1);
  EXPECT_EQ(ran.out, "CHANGE   NAME  BEFORE  AFTER  WHAT\nchanged  b     2.0.0   2.1.0\n");
  EXPECT_NE(ran.err.find("1 changed, 2 same"), std::string::npos) << ran.err;
  write_with("other.json", "pkg:npm/b@2.0.0", "pkg:npm/b@2.0.0?arch=any");
  EXPECT_EQ(run({"sbom", "diff", path("other.json"), path("shop.json")}).out,
            "CHANGE  NAME  BEFORE    AFTER  WHAT\nretold  b     arch=any         purl\n");
}

TEST_F(SbomCommand, LetsNothingHostileReachTheTerminal) {
  write_with("evil.json", R"("name": "c")", R"("name": "\u001b[2J\u202ec")");
  for (const char* command : {"show", "quality"})
    EXPECT_EQ(run({"sbom", command, path("evil.json")}).out.find('\x1b'), std::string::npos) << command;
  EXPECT_EQ(run({"sbom", "diff", path("shop.json"), path("evil.json")}).out.find('\x1b'), std::string::npos);
  EXPECT_EQ(run({"sbom", "show", "--path", "pkg:npm/c", path("evil.json")}).out.find("\u202e"), std::string::npos);
}

}  // namespace
}  // namespace pratique
