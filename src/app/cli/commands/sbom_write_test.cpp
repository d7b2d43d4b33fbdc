// sbom convert and sbom merge as a user types them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "app/cli/command.h"

namespace pratique {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class SbomWrite : public testing::Test {
 protected:
  SbomWrite() {
    std::string pattern = (fs::temp_directory_path() / "pratique_sbom_XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    for (const std::string name : {"web", "worker"})
      std::ofstream(path(name))
          << R"({"bomFormat":"CycloneDX","specVersion":"1.6","metadata":{"component":{"type":"application","name":")"
          << name
          << R"("}},"components":[{"type":"library","group":"org.x","name":"a","version":"1","purl":"pkg:npm/a@1"},)"
          << R"({"type":"library","name":")" << name << R"(-own","purl":"nonsense"}]})";
  }
  ~SbomWrite() override { fs::remove_all(folder_); }

  struct Ran {
    int code = 0;
    std::string out, err;
  };
  Ran run(const std::vector<std::string>& words, const char* epoch = nullptr) const {
    std::ostringstream out, err;
    std::istringstream in;
    Console console{
        .in = in, .out = out, .err = err, .clock = [] { return parse_time("2026-11-24T00:00:00Z").value(); }};
    const int code = run_command_line(words, console, [&](const char* name) -> const char* {
      return std::string_view(name) == "SOURCE_DATE_EPOCH" ? epoch : nullptr;
    });
    return {code, out.str(), err.str()};
  }
  std::string path(const std::string& name) const { return folder_ + "/" + name; }

  std::string folder_;
};

TEST_F(SbomWrite, ConvertsAndSaysWhatIsLost) {
  const auto ran = run({"sbom", "convert", path("web"), "-o", "spdx-json", "-o", "purls=" + path("list")});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("\"created\": \"2026-11-24T00:00:00Z\""));
  EXPECT_THAT(ran.out, HasSubstr("Tool: pratique-"));
  EXPECT_THAT(ran.err, HasSubstr("1 set aside in reading"));
  EXPECT_THAT(ran.err, HasSubstr("spdx-json cannot say: group, 1 (a 1: org.x)"));
  std::ifstream list(path("list"));
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(list), {}), "pkg:npm/a@1\n");
}

TEST_F(SbomWrite, TakesTheTimeFromSourceDateEpoch) {
  EXPECT_THAT(run({"sbom", "convert", path("web"), "-o", "spdx-tag-value"}, "86400").out,
              HasSubstr("Created: 1970-01-02T00:00:00Z"));
  const auto bad = run({"sbom", "convert", path("web")}, "yesterday");
  EXPECT_EQ(bad.code, exit_code::usage);
  EXPECT_THAT(bad.err, HasSubstr("SOURCE_DATE_EPOCH"));
}

TEST_F(SbomWrite, RefusesWhatItCannotReadOrWrite) {
  EXPECT_EQ(run({"sbom", "convert", path("web"), "-o", "excel"}).code, exit_code::usage);
  EXPECT_EQ(run({"sbom", "convert", path("absent")}).code, exit_code::not_found);
  std::ofstream(path("text")) << "hello";
  EXPECT_EQ(run({"sbom", "convert", path("text")}).code, exit_code::malformed);
}

TEST_F(SbomWrite, Merges) {
  const auto ran = run({"sbom", "merge", path("web"), path("worker"), "--name", "shop", "-o", "cyclonedx-json@1.7"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("\"name\": \"shop\""));
  EXPECT_THAT(ran.out, HasSubstr("\"name\": \"worker-own\""));
  EXPECT_EQ(ran.out.find("pkg:npm/a@1\""), ran.out.find("pkg:npm/a@1"));
}

}  // namespace
}  // namespace pratique
