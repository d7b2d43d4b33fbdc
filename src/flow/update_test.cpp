#include "flow/update.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "model/source.h"

namespace pratique {
namespace {

namespace fs = std::filesystem;
using State = UpdatedFile::State;

const Time noon = parse_time("2026-03-01T12:00:00Z").value();
constexpr const char* kev =
    R"({"catalogVersion":"2025.08.12","vulnerabilities":[{"cveID":"CVE-2021-44228","dateAdded":"2021-12-10"}]})";
constexpr const char* epss = "#model_version:v1,score_date:2025-08-12\ncve,epss,percentile\nCVE-2021-44228,0.9,0.99\n";

class UpdateTest : public testing::Test {
 protected:
  UpdateTest() {
    std::string pattern = (fs::temp_directory_path() / "pratique_update_XXXXXX").string();
    root_ = ::mkdtemp(pattern.data());
    fs::create_directory(root_ + "/mirror");
    options_.mirror = "file://" + root_ + "/mirror";
    options_.sources = {"kev", "epss"};
    options_.fetch.folder = root_ + "/cache";
    options_.fetch.wait = [](std::chrono::milliseconds) {};
  }
  ~UpdateTest() override { fs::remove_all(root_); }

  void publish(const std::string& name, const std::string& text) const {
    std::ofstream(root_ + "/mirror/" + name, std::ios::binary) << text;
  }
  Result<UpdateReport> update() const { return update_database(options_, root_ + "/db", noon, {}); }
  static std::vector<State> states_of(const UpdateReport& report) {
    std::vector<State> states;
    for (const auto& file : report.files) states.push_back(file.state);
    return states;
  }

  std::string root_;
  UpdateOptions options_;
};

TEST_F(UpdateTest, FetchesBuildsAndDoesNothingWhereNothingChanged) {
  publish("kev.json", kev);
  publish("epss.csv.gz", epss);  // told by content, whatever its name says
  const auto first = update();
  ASSERT_TRUE(first) << render(first.error());
  EXPECT_EQ(states_of(*first), (std::vector{State::fresh, State::fresh}));
  ASSERT_TRUE(first->built);
  EXPECT_EQ(first->built->status.sources.at("kev").revision, "2025.08.12");
  EXPECT_EQ(first->built->status.vulnerabilities, 1u);
  const auto second = update();
  EXPECT_EQ(states_of(*second), (std::vector{State::unchanged, State::unchanged}));
  EXPECT_FALSE(second->built);
}

TEST_F(UpdateTest, OneSourceAloneLeavesTheOthersIn) {
  publish("kev.json", kev);
  publish("epss.csv.gz", epss);
  ASSERT_TRUE(update());
  options_.sources = {"epss"};
  publish("epss.csv.gz", "#model_version:v1,score_date:2025-08-13\ncve,epss,percentile\nCVE-2021-44228,0.8,0.98\n");
  const auto report = update();
  ASSERT_TRUE(report && report->built);
  EXPECT_EQ(report->files.size(), 1u);
  EXPECT_EQ(report->built->status.sources.at("kev").notes, 1u);
  EXPECT_EQ(report->built->status.sources.at("epss").revision, "2025-08-13");
}

// Class "absent": a source that is gone costs its news alone.
TEST_F(UpdateTest, KeepsWhatItHasOfASourceThatIsGone) {
  publish("kev.json", kev);
  const auto first = update();
  ASSERT_TRUE(first);
  EXPECT_EQ(states_of(*first), (std::vector{State::fresh, State::missing}));
  EXPECT_THAT(first->files[1].reason, testing::HasSubstr("no such file"));
  publish("epss.csv.gz", epss);
  fs::remove(root_ + "/mirror/kev.json");
  const auto second = update();
  EXPECT_EQ(states_of(*second), (std::vector{State::kept, State::fresh}));
  EXPECT_EQ(second->built->status.sources.at("kev").notes, 1u);
}

TEST_F(UpdateTest, NeedsNoNetworkForWhatIsThere) {
  options_.offline = true;
  EXPECT_EQ(update().error().fault, Fault::unavailable);
  fs::create_directories(options_.fetch.folder);
  std::ofstream(options_.fetch.folder + "/kev.json") << kev;
  const auto report = update();
  ASSERT_TRUE(report) << render(report.error());
  EXPECT_EQ(states_of(*report), (std::vector{State::unchanged, State::missing}));
  EXPECT_TRUE(report->built);
}

TEST_F(UpdateTest, ASourceNobodyKnowsIsAnError) {
  options_.sources = {"nobody"};
  EXPECT_EQ(update().error().fault, Fault::usage);
  options_.sources = {"malicious"};
  EXPECT_EQ(update().error().fault, Fault::usage);
}

}  // namespace
}  // namespace pratique
