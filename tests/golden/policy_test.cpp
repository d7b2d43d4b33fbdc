// tests/golden/policy: a folder a case: policy.yaml, review.json, bills/, and the verdict that must come out.
// Advisories are the project's own facts/.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "../support/files.h"
#include "engine/format/format.h"
#include "flow/admit.h"
#include "flow/build.h"
#include "flow/scan.h"

namespace pratique {
namespace {

namespace fs = std::filesystem;

// The verdict, without what depends on facts that have nothing to do with the case, and its lines as people see them.
std::string text_of(const Verdict& verdict) {
  auto json = nlohmann::ordered_json::parse(render_verdict(verdict));
  json.erase("database");
  json["lines"] = nlohmann::ordered_json::array();
  for (const auto decision : {Decision::deny, Decision::warn})
    for (const auto& line : lines_of(verdict, decision, 100)) json["lines"].push_back(line);
  return json.dump(1) + "\n";
}

class GoldenPolicies : public testing::Test {
 protected:
  GoldenPolicies() {
    std::string pattern = (fs::temp_directory_path() / "pratique_golden_XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    const auto report = build_database({PRATIQUE_SOURCE_DIR "/facts"}, folder_ / "advisories.mdb", Time{}, {});
    EXPECT_TRUE(report);
    database_.emplace(AdvisoryDb::open(folder_ / "advisories.mdb").value());
  }
  ~GoldenPolicies() override { fs::remove_all(folder_); }

  Verdict verdict_of(const fs::path& example) const {
    std::vector<std::string> bills;
    if (fs::exists(example / "bills")) bills.push_back(example / "bills");
    auto source = evidence_of_files(bills);
    EXPECT_TRUE(source) << render(source.error());
    Gate gate(std::move(source).value());
    auto policies = load_policies({example / "policy.yaml"});
    EXPECT_TRUE(policies) << render(policies.error());
    gate.use(std::move(policies).value());
    gate.use(Advisories{[&](const Bill& bill) { return scan(bill, *database_); }, "facts"});
    auto question = gate.open(Bytes::copy_of(read_whole(example / "review.json")));
    EXPECT_TRUE(question) << render(question.error());
    return gate.close(std::move(question).value(), Deadline::max()).verdict;
  }

  fs::path folder_;
  std::optional<AdvisoryDb> database_;
};

TEST_F(GoldenPolicies, LeadToTheVerdictsExpected) {
  std::set<fs::path> examples;
  for (const auto& entry : fs::directory_iterator(PRATIQUE_SOURCE_DIR "/tests/golden/policy"))
    examples.insert(entry.path());
  EXPECT_GT(examples.size(), 10U);
  for (const auto& example : examples) {
    SCOPED_TRACE(example.filename().string());
    const auto found = text_of(verdict_of(example));
    if (std::getenv("PRATIQUE_UPDATE_GOLDEN")) std::ofstream(example / "verdict.json") << found;
    EXPECT_EQ(read_whole(example / "verdict.json"), found);
  }
}

}  // namespace
}  // namespace pratique
