// ingest and where as a user types them.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "app/cli/command.h"
#include "base/digest.h"

namespace pratique {
namespace {

namespace fs = std::filesystem;
const std::string x = "pkg:npm/left-pad";

class WhereCommand : public testing::Test {
 protected:
  WhereCommand() {
    std::string pattern = (fs::temp_directory_path() / "pratique_where_XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    write("a.json", R"({"bomFormat":"CycloneDX","specVersion":"1.5","metadata":{"component":{"type":"container",
      "name":"shop/cart","version":")" +
                        sha256_of("cart").text() + R"("}},
      "components":[{"type":"library","name":"left-pad","version":"1.0.0","purl":"pkg:npm/left-pad@1.0.0"}]})");
    write("pods.json", R"({"kind":"List","items":[{"kind":"Pod","metadata":{"name":"cart-1","namespace":"shop"},"spec":
      {"containers":[{"name":"c","image":"shop/cart@)" +
                           sha256_of("cart").text() + R"("},{"name":"d","image":"other"}]}}]})");
  }
  ~WhereCommand() override { fs::remove_all(folder_); }

  struct Ran {
    int code = 0;
    std::string out, err;
  };
  Ran run(std::vector<std::string> words) const {
    words.insert(words.end(), {"--store", path("store")});
    std::ostringstream out, err;
    std::istringstream in;
    Console console{
        .in = in, .out = out, .err = err, .clock = [] { return parse_time("2026-11-24T00:00:00Z").value(); }};
    const int code = run_command_line(words, console, [](const char*) -> const char* { return nullptr; });
    return {code, out.str(), err.str()};
  }
  std::string path(const std::string& name) const { return folder_ + "/" + name; }
  void write(const std::string& name, const std::string& text) const { std::ofstream(path(name)) << text; }

  std::string folder_;
};

TEST_F(WhereCommand, AnswersFromWhatWasIngested) {
  auto ran = run({"ingest", path("a.json"), "--workloads", path("pods.json"), "--cluster", "north"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_NE(ran.out.find("1 files: 1 bills added with 1 components"), std::string::npos) << ran.out;
  ran = run({"where", x, "--range", "vers:npm/<2", "--running"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(ran.out,
            "IMAGE      PACKAGE         RUNS IN                    PATH\n"
            "shop/cart  left-pad 1.0.0  north/shop/cart-1 (1 pod)  left-pad 1.0.0\n");
  EXPECT_EQ(ran.err,
            "unknown: docker.io/library/other (runs and is not pinned by digest)\n"
            "2 examined: 0 clean, 1 affected, 1 unknown, 0 failed\n");
  EXPECT_EQ(run({"where", x, "-o", "name"}).out, sha256_of("cart").text() + "\n");
  const auto json = nlohmann::json::parse(run({"where", x, "--range", "^1.0", "-o", "json"}).out);
  EXPECT_EQ(json["items"][0]["workloads"][0]["pods"], 1);
  EXPECT_EQ(json["items"][0]["since"], "2026-11-24T00:00:00Z");
  EXPECT_EQ(json["query"]["range"], "vers:npm/>=1.0.0|<2.0.0");
}

TEST_F(WhereCommand, AnswersNothingWithZeroAndNoSuchPackageWithFour) {
  ASSERT_EQ(run({"ingest", path("a.json")}).code, 0);
  const auto none = run({"where", x + "@9"});
  EXPECT_EQ(none.code, 0);
  EXPECT_EQ(none.out, "");
  EXPECT_EQ(none.err, "1 examined: 1 clean, 0 affected, 0 unknown, 0 failed\n");
  const auto absent = run({"where", "pkg:pypi/left-pad"});
  EXPECT_EQ(absent.code, 4);
  EXPECT_NE(absent.err.find("did you mean pkg:npm/left-pad?"), std::string::npos) << absent.err;
  const auto bare = run({"where", "left"});
  EXPECT_EQ(bare.code, 2);
  EXPECT_NE(bare.err.find("did you mean pkg:npm/left-pad?"), std::string::npos) << bare.err;
  EXPECT_EQ(run({"where", x, "--range", "vers:npm"}).code, 2);
  EXPECT_EQ(run({"where", x, "--range", "vers:deb/<2"}).code, 2);
  EXPECT_EQ(run({"where", x, "--limit", "0"}).code, 2);
}

TEST_F(WhereCommand, SaysThatThereIsNoStoreOrNoBill) {
  EXPECT_EQ(run({"where", x}).code, 4);
  const auto ran = run({"ingest", path("pods.json"), path("a.json")});
  EXPECT_EQ(ran.code, 7);
  EXPECT_NE(ran.err.find("failed: " + path("pods.json")), std::string::npos) << ran.err;
  EXPECT_EQ(run({"where", x}).code, 0);
  EXPECT_EQ(run({"ingest"}).code, 2);
}

}  // namespace
}  // namespace pratique
