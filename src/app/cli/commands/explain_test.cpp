// explain as a user types it.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "app/cli/command.h"

namespace pratique {
namespace {

namespace fs = std::filesystem;
const std::string reports = PRATIQUE_SOURCE_DIR "/tests/golden/reports";
const std::string bill = reports + "/bill.cdx.json";

class ExplainCommand : public testing::Test {
 protected:
  ExplainCommand() {
    std::string pattern = (fs::temp_directory_path() / "pratique_explain_XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    EXPECT_EQ(run({"db", "build", "--from", reports + "/advisories"}).code, 0);
    EXPECT_EQ(run({"scan", bill, "-o", "json=" + report()}).code, 0);
  }
  ~ExplainCommand() override { fs::remove_all(folder_); }

  struct Ran {
    int code = 0;
    std::string out, err;
    bool says(std::string_view text) const { return (out + err).find(text) != std::string::npos; }
  };
  Ran run(std::vector<std::string> words, const std::string& input = {}) const {
    words.insert(words.end(), {"--db", folder_ + "/db"});
    std::ostringstream out, err;
    std::istringstream in(input);
    Console console{
        .in = in, .out = out, .err = err, .clock = [] { return parse_time("2026-11-24T00:00:00Z").value(); }};
    const int code = run_command_line(words, console, [](const char*) -> const char* { return nullptr; });
    return {code, out.str(), err.str()};
  }
  std::string report() const { return folder_ + "/report.json"; }
  std::string read(const std::string& path) const {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
  }

  std::string folder_;
};

// The law of this command: the same evidence gives the same bytes, whichever way it comes.
TEST_F(ExplainCommand, ABillAndItsReportGiveTheSameBytes) {
  for (const std::string finding : {"CVE-2026-0001", "GHSA-dddd-eeee-ffff", "CVE-2026-0003@pkg:npm/left-pad"})
    for (const std::string format : {"table", "json", "yaml"}) {
      const auto from_bill = run({"explain", finding, "--sbom", bill, "-o", format});
      const auto from_report = run({"explain", finding, report(), "-o", format});
      EXPECT_EQ(from_bill.code, 0) << from_bill.err;
      EXPECT_EQ(from_report.code, 0) << from_report.err;
      EXPECT_EQ(from_bill.out, from_report.out);
      EXPECT_EQ(from_bill.out, run({"explain", finding, "--sbom", bill, "-o", format}).out);
      EXPECT_NE(from_bill.out.find(finding.substr(0, finding.find('@'))), std::string::npos) << from_bill.out;
      for (const char c : from_bill.out) EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= ' ');
    }
}

TEST_F(ExplainCommand, WhatASuppressionSaysIsPartOfIt) {
  const auto told = run({"explain", "CVE-2026-0003", "--sbom", bill, "--ignorefile", reports + "/ignore.yaml"});
  EXPECT_EQ(told.code, 0) << told.err;
  EXPECT_TRUE(told.says("no, ignore: the console is never reached")) << told.out;
  EXPECT_EQ(run({"scan", bill, "--ignorefile", reports + "/ignore.yaml", "-o", "json=" + report()}).code, 0);
  EXPECT_EQ(run({"explain", "CVE-2026-0003", report()}).out, told.out);
  EXPECT_EQ(run({"explain", "CVE-2026-0003", report(), "--ignorefile", reports + "/ignore.yaml"}).code, 2);
}

TEST_F(ExplainCommand, AnEditedReportIsFoundOut) {
  std::string text = read(report());
  const std::string range = "\"range\": \"vers:npm/<1.3.1\",\n        \"comparator\"";
  const auto at = text.find(range);
  ASSERT_NE(at, std::string::npos) << text;
  text.replace(at, range.size(), "\"range\": \"vers:npm/<1.2.1\",\n        \"comparator\"");
  std::ofstream(report()) << text;
  const auto ran = run({"explain", "CVE-2026-0001", report()});
  EXPECT_EQ(ran.code, 7);
  EXPECT_TRUE(ran.says("DIFFERS: ")) << ran.out;
  EXPECT_TRUE(ran.says("1.3.0 is not in vers:npm/<1.2.1")) << ran.out;
  EXPECT_TRUE(ran.says(report() + ": the proof does not hold")) << ran.err;
  EXPECT_EQ(run({"explain", "CVE-2026-0001", report(), "-o", "json"}).code, 7);
}

TEST_F(ExplainCommand, OneClearErrorForWhatCannotBe) {
  for (const auto& [words, code, reason] : std::vector<std::tuple<std::vector<std::string>, int, std::string>>{
           {{}, 2, "FINDING is missing"},
           {{"CVE-2026-0001"}, 2, "a report or --sbom is missing"},
           {{"CVE-2026-0001", report(), "--sbom", bill}, 2, "exclude each other"},
           {{"CVE-1999-1", report()}, 4, report() + ": CVE-1999-1: is no finding here"},
           {{"CVE-2026-0001@lodash", report()}, 4, "is no finding in that package"},
           {{"CVE-2026-0001", bill}, 7, "no report of a scan"},
           {{"CVE-2026-0001", "/nowhere"}, 4, "/nowhere"},
           {{"CVE-2026-0001", "--why-not", "CVE-2026-0001"}, 2, "exclude each other"},
           {{"--why-not", "CVE-2026-0001"}, 2, "--why-not needs the bill"},
           {{"--why-not", "CVE-1999-1", "--sbom", bill}, 4, "no advisory of this name"}}) {
    std::vector<std::string> all = words;
    all.insert(all.begin(), "explain");
    const auto ran = run(all);
    EXPECT_EQ(ran.code, code) << ran.err;
    EXPECT_TRUE(ran.says(reason)) << ran.err;
    EXPECT_EQ(ran.out, "");
  }
}

TEST_F(ExplainCommand, TellsWhyThereIsNone) {
  const std::string fixed = folder_ + "/fixed.json";
  std::ofstream(fixed) << R"({"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [
    {"type": "library", "name": "left-pad", "version": "1.3.1", "purl": "pkg:npm/left-pad@1.3.1"}]})";
  auto ran = run({"explain", "--why-not", "CVE-2026-0001", "--sbom", fixed});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_TRUE(ran.says("CVE-2026-0001 is no finding")) << ran.out;
  EXPECT_TRUE(ran.says("fixed already: 1.3.1 mends it")) << ran.out;
  EXPECT_TRUE(ran.says("vers:npm/<1.3.1")) << ran.out;
  ran = run({"explain", "--why-not", "CVE-2026-0001", "--sbom", fixed, "-o", "json"});
  EXPECT_TRUE(ran.says("\"reason\": \"fixed\"")) << ran.out;
  std::ofstream(fixed) << R"({"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [
    {"type": "library", "name": "leftpad", "version": "1.3.1", "purl": "pkg:npm/leftpad@1.3.1"}]})";
  ran = run({"explain", "--why-not", "CVE-2026-0001", "--sbom", fixed});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_TRUE(ran.says("is about pkg:npm/left-pad, and the bill lists nothing of that name; nearest there: leftpad"))
      << ran.out;
  // And where it is one, that is explained.
  ran = run({"explain", "--why-not", "CVE-2026-0001", "--sbom", bill});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_TRUE(ran.says("replayed")) << ran.out;
}

}  // namespace
}  // namespace pratique
