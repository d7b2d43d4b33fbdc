// Class "matching" (docs/testing.md): what other matchers of bills and advisories got wrong, a file a case, each with
// the report it is about. The advisories and bills are written for these tests; where a field repeats what the report
// says (a version, a package), that is the point of the case.
//
// A case goes the whole way: advisories are files that the database is built from, bills are bytes that are read and
// scanned. tests/regression/matching/README.md has the fields.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "../support/files.h"
#include "base/text.h"
#include "engine/format/format.h"
#include "flow/build.h"
#include "flow/scan.h"

namespace pratique {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

const std::string folder = PRATIQUE_SOURCE_DIR "/tests/regression/matching";

// A text, a JSON document, or parts of a text of which some are repeated.
std::string text_of(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_object()) return value.dump();
  std::string text;
  for (const auto& part : value) {
    const bool once = part.is_string();
    const std::string piece = once ? part.get<std::string>() : part.at("repeat").get<std::string>();
    for (std::size_t left = once ? 1 : part.at("times").get<std::size_t>(); left > 0; --left) text += piece;
  }
  return text;
}

std::string encoded(const std::string& text, const std::string& encoding) {
  if (encoding.empty()) return text;
  if (encoding == "utf-8 with mark") return "\xef\xbb\xbf" + text;
  EXPECT_EQ(encoding, "utf-16");
  std::string wide = "\xff\xfe";
  for (const char c : text) wide += std::string{c, '\0'};
  return wide;
}

std::string bill_of(const json& document) {
  if (!document.contains("purls")) return encoded(text_of(document.at("bill")), document.value("encoding", ""));
  json components = json::array();
  for (const auto& purl : document.at("purls"))
    components.push_back({{"type", "library"}, {"name", purl}, {"purl", purl}});
  return json{{"bomFormat", "CycloneDX"}, {"specVersion", "1.6"}, {"components", components}}.dump();
}

json shown(const Match& match) {
  json findings = json::array(), unknown = json::array();
  for (const auto& finding : match.findings)
    findings.push_back(finding.id + " in " + finding.name + " " + finding.version +
                       (finding.proof.doubt.empty() ? "" : " (" + finding.proof.doubt + ")"));
  for (const auto& one : match.unknown) unknown.push_back(one.name + ": " + one.reason);
  return {{"findings", findings}, {"unknown", unknown}};
}

json scanned(const json& document, const AdvisoryDb& db, CpeUse cpes) {
  auto bill = read_bill(Bytes::copy_of(bill_of(document)));
  if (!bill) return {{"error", render(bill.error())}};
  const auto match = scan(*bill, db, cpes);
  if (!match) return {{"error", render(match.error())}};
  json result = shown(*match);
  result["set aside"] = json::array();
  for (const auto& part : bill->rejected) result["set aside"].push_back(part.place + ": " + part.reason);
  return result;
}

json expected_of(const json& document) {
  if (document.contains("error")) return {{"error", document.at("error")}};
  json expected;
  for (const auto* key : {"findings", "unknown", "set aside"}) expected[key] = document.value(key, json::array());
  return expected;
}

class MatchingRegressionTest : public testing::TestWithParam<std::string> {
 protected:
  MatchingRegressionTest() {
    std::string pattern = (fs::temp_directory_path() / "pratique_matching_XXXXXX").string();
    root_ = ::mkdtemp(pattern.data());
    fs::create_directory(root_ + "/advisories");
  }
  ~MatchingRegressionTest() override { fs::remove_all(root_); }

  std::string root_;
};

TEST_P(MatchingRegressionTest, IsAnsweredAsItShouldBe) {
  const json test = json::parse(read_whole(folder + "/" + GetParam()));
  ASSERT_FALSE(test.at("issue").get<std::string>().empty());
  for (const auto& [name, content] : test.at("advisories").items())
    std::ofstream(root_ + "/advisories/" + name) << text_of(content);
  const auto built = build_database({root_ + "/advisories"}, root_ + "/db", Time{}, {});
  ASSERT_TRUE(built) << render(built.error());
  json set_aside = json::array();
  for (const auto& part : built->rejected)
    set_aside.push_back(part.place.substr(root_.size() + 12) + ": " + part.reason);
  for (const auto& name : built->passed_over) set_aside.push_back(name.substr(root_.size() + 12) + ": no advisory");
  EXPECT_EQ(set_aside, test.value("advisories set aside", json::array()));
  const auto db = AdvisoryDb::open(root_ + "/db");
  ASSERT_TRUE(db) << render(db.error());
  const CpeUse cpes = test.value("cpe", false) ? CpeUse::asked : CpeUse::last_resort;
  for (const auto& document : test.at("documents")) {
    SCOPED_TRACE(document.dump(1).substr(0, 400));
    EXPECT_EQ(scanned(document, *db, cpes).dump(1), expected_of(document).dump(1));
  }
}

std::vector<std::string> cases() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == ".json") names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

INSTANTIATE_TEST_SUITE_P(Cases, MatchingRegressionTest, testing::ValuesIn(cases()), [](const auto& of) {
  std::string name = of.param;
  for (char& c : name)
    if (!is_alpha(c) && !is_digit(c)) c = '_';
  return name;
});

}  // namespace
}  // namespace pratique
