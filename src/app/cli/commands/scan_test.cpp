// scan as a user types it.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "app/cli/command.h"
#include "app/cli/commands/scan_filter.h"

namespace pratique {
namespace {

namespace fs = std::filesystem;
const std::string reports = PRATIQUE_SOURCE_DIR "/tests/golden/reports";

class ScanCommand : public testing::Test {
 protected:
  ScanCommand() {
    std::string pattern = (fs::temp_directory_path() / "pratique_scan_XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    EXPECT_EQ(run({"db", "build", "--from", reports + "/advisories"}).code, 0);
  }
  ~ScanCommand() override { fs::remove_all(folder_); }

  struct Ran {
    int code = 0;
    std::string out, err;
    bool says(std::string_view text) const { return (out + err).find(text) != std::string::npos; }
  };
  Ran run(std::vector<std::string> words) const {
    words.insert(words.end(), {"--db", folder_ + "/db"});
    std::ostringstream out, err;
    std::istringstream in;
    Console console{
        .in = in, .out = out, .err = err, .clock = [] { return parse_time("2026-11-24T00:00:00Z").value(); }};
    const int code = run_command_line(words, console, [](const char*) -> const char* { return nullptr; });
    return {code, out.str(), err.str()};
  }
  Ran scan(std::vector<std::string> words) const {
    words.insert(words.begin(), {"scan", reports + "/bill.cdx.json"});
    return run(words);
  }

  std::string folder_;
};

TEST_F(ScanCommand, TakesAPackageByItsUrl) {
  for (const std::string target : {"pkg:npm/left-pad@1.0.0", "purl:pkg:npm/left-pad@1.0.0"}) {
    const auto found = run({"scan", target, "-o", "json"});
    EXPECT_TRUE(found.says("CVE-2026-0001")) << found.out << found.err;
    EXPECT_TRUE(found.says(R"("purl": "pkg:npm/left-pad@1.0.0")")) << found.out;
  }
  EXPECT_TRUE(run({"scan", "pkg:npm/left-pad@3.0.0"}).says("1 clean"));
  EXPECT_EQ(run({"scan", "pkg:npm"}).code, exit_code::malformed);
}

// A bill that names no release, as older tools write them.
TEST_F(ScanCommand, TakesTheReleaseThatTheUserKnows) {
  const std::string bill = folder_ + "/bare.cdx.json";
  std::ofstream(bill)
      << R"({"bomFormat":"CycloneDX","specVersion":"1.5","components":[)"
      << R"({"type":"library","name":"curl","version":"7.88.1-10","purl":"pkg:deb/debian/curl@7.88.1-10"}]})";
  std::ofstream(folder_ + "/record.json")
      << R"({"id":"DEBIAN-CVE-2023-38545","upstream":["CVE-2023-38545"],"modified":"2026-01-01T00:00:00Z","affected":[{"package":{)"
      << R"("ecosystem":"Debian:12","name":"curl"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},)"
      << R"({"fixed":"7.88.1-10+deb12u4"}]}]}]})";
  ASSERT_EQ(run({"db", "build", "--from", folder_ + "/record.json"}).code, 0);
  const auto bare = run({"scan", bill});
  EXPECT_TRUE(bare.says("name it: --distro")) << bare.err;
  EXPECT_TRUE(bare.says("0 affected, 1 unknown")) << bare.err;
  const auto known = run({"scan", bill, "--distro", "debian-12"});
  EXPECT_FALSE(known.says("--distro")) << known.err;
  EXPECT_TRUE(known.says("CVE-2023-38545")) << known.out;
  EXPECT_EQ(run({"scan", bill, "--distro", "shop-12"}).code, exit_code::usage);
}

TEST_F(ScanCommand, TheGateTripsOnAnyOfItsConditions) {
  for (const auto& [condition, code] : std::vector<std::pair<std::string, int>>{{"any", 1},
                                                                                {"critical", 1},
                                                                                {"kev", 3},
                                                                                {"kev,low", 1},
                                                                                {"epss>0.5", 3},
                                                                                {"epss>1.5", 2},
                                                                                {"epss", 2},
                                                                                {"severe", 2},
                                                                                {"unknown", 2},
                                                                                {"", 2},
                                                                                {"high,", 2}})
    EXPECT_EQ(scan({"--fail-on", condition}).code, code) << condition;
  EXPECT_EQ(scan({"--fail-on", "kev", "--allow-unknown"}).code, 0);
}

TEST_F(ScanCommand, WhatIsIgnoredIsCountedAndShownOnDemand) {
  const std::string ignorefile = reports + "/ignore.yaml";
  auto ran = scan({"--ignorefile", ignorefile});
  EXPECT_FALSE(ran.out.find("CVE-2026-0003") != std::string::npos) << ran.out;
  EXPECT_TRUE(ran.says("1 suppressed")) << ran.err;
  EXPECT_TRUE(ran.says("the rule for CVE-2026-0001 has expired")) << ran.err;
  ran = scan({"--ignorefile", ignorefile, "--show-suppressed"});
  EXPECT_TRUE(ran.says("ignore: the console is never reached")) << ran.out;
  ran = scan({"--ignorefile", ignorefile, "-o", "json"});
  EXPECT_TRUE(ran.says("CVE-2026-0003")) << ran.out;
  EXPECT_EQ(scan({"--ignorefile", folder_ + "/none"}).code, 4);
}

// What is left out of the output is left out of nothing else.
TEST_F(ScanCommand, HidingFindingsMakesNothingClean) {
  const auto ran = scan({"--only-fixed", "--severity", "critical", "-o", "json"});
  EXPECT_TRUE(ran.says("\"affected\": 1")) << ran.out;
  EXPECT_TRUE(ran.says("\"state\": \"affected\"")) << ran.out;
  EXPECT_FALSE(ran.says("GHSA-dddd-eeee-ffff"));
}

TEST_F(ScanCommand, WhatAFormatNeedsIsAskedFor) {
  EXPECT_EQ(scan({"-o", "github"}).code, 2);
  EXPECT_EQ(scan({"-o", "github", "--commit", std::string(40, 'a'), "--ref", "refs/heads/main"}).code, 0);
  EXPECT_EQ(scan({"-o", "template"}).code, 2);
  EXPECT_EQ(scan({"-o", "template", "-t", reports + "/page.mustache"}).code, 0);
}

TEST(FailOnTest, TheLowestOfSeveralSeveritiesCounts) {
  const auto fail_on = parse_fail_on("critical, medium,epss>0.25").value();
  EXPECT_EQ(fail_on.least, Severity::medium);
  EXPECT_EQ(fail_on.epss, 0.25);
  EXPECT_FALSE(fail_on.kev);
}

}  // namespace
}  // namespace pratique
