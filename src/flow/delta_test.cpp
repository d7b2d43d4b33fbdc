#include "flow/delta.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "engine/version/version.h"
#include "flow/build.h"

namespace pratique {
namespace {

namespace fs = std::filesystem;

const Time noon = parse_time("2026-03-01T12:00:00Z").value();

std::string record(const std::string& id, const std::string& name, const std::string& fixed) {
  return R"({"id":")" + id +
         R"(","modified":"2026-01-01T00:00:00Z","affected":[{"package":{"ecosystem":"npm","name":")" + name +
         R"("},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":")" + fixed + R"("}]}]}]})";
}

class DeltaFlowTest : public testing::Test {
 protected:
  DeltaFlowTest() {
    std::string pattern = (fs::temp_directory_path() / "pratique_delta_XXXXXX").string();
    root_ = ::mkdtemp(pattern.data());
  }
  ~DeltaFlowTest() override { fs::remove_all(root_); }

  BuildReport build(const std::vector<std::string>& records) {
    fs::remove_all(root_ + "/osv");
    fs::create_directory(root_ + "/osv");
    for (std::size_t i = 0; i < records.size(); ++i) std::ofstream(root_ + "/osv/" + std::to_string(i)) << records[i];
    auto report = build_database({root_ + "/osv"}, db(), noon, {});
    EXPECT_TRUE(report) << render(report.error());
    return report.value();
  }
  std::string db() const { return root_ + "/db"; }

  std::string root_;
};

TEST_F(DeltaFlowTest, EachBuildLeavesWhatItTouchedBesideTheDatabase) {
  EXPECT_FALSE(
      build({record("A", "left", "1.0.0"), record("B", "right", "1.0.0"), record("C", "gone", "3.0.0")}).touched);
  EXPECT_EQ(load_delta(delta_path(db())).error().fault, Fault::not_found);
  const auto first = AdvisoryDb::open(db()).value().status().generation;
  const auto report = build({record("A", "left", "1.0.0"), record("B", "right", "1.2.0"), record("D", "new", "2.0.0")});
  EXPECT_EQ(report.touched, 3u);
  const auto delta = load_delta(delta_path(db()));
  ASSERT_TRUE(delta) << render(delta.error());
  EXPECT_EQ(delta->before, first);
  EXPECT_EQ(delta->after, report.status.generation);
  EXPECT_EQ(delta->added, 1u);
  EXPECT_EQ(delta->removed, 1u);
  EXPECT_EQ(delta->changed, 1u);
  ASSERT_EQ(delta->touched.size(), 3u);
  EXPECT_EQ(delta->touched[0], (Touched{"pkg:npm/gone", "", parse_vers("vers:npm/<3.0.0").value()}));
  EXPECT_EQ(delta->touched[1].package, "pkg:npm/new");
  EXPECT_EQ(render_vers(delta->touched[2].range), "vers:npm/>=1.0.0|<1.2.0");
  // The same once more: the same generation, and the delta to it stays.
  EXPECT_FALSE(
      build({record("A", "left", "1.0.0"), record("B", "right", "1.2.0"), record("D", "new", "2.0.0")}).touched);
  EXPECT_EQ(load_delta(delta_path(db())).value(), *delta);
}

TEST_F(DeltaFlowTest, AVulnerabilityThatIsExploitedNowTouchesItsPackages) {
  const std::string left = record("CVE-2021-1001", "left", "1.0.0"), right = record("CVE-2021-1002", "right", "1.0.0");
  build({left, right});
  build({left, right,
         R"({"catalogVersion":"2026.01.01","vulnerabilities":[{"cveID":"CVE-2021-1002","dateAdded":"2026-01-01"}]})"});
  const auto delta = load_delta(delta_path(db()));
  ASSERT_TRUE(delta) << render(delta.error());
  ASSERT_EQ(delta->touched.size(), 1u);
  EXPECT_EQ(delta->touched[0].package, "pkg:npm/right");
}

TEST_F(DeltaFlowTest, ABrokenFileIsNone) {
  for (const std::string text :
       {"", "nonsense", "pratique-delta 1 a b 0 0 0\nno tabs", "pratique-delta 1 a b 0 0 0\np\ts\tno vers"}) {
    std::ofstream(delta_path(db())) << text;
    EXPECT_EQ(load_delta(delta_path(db())).error().fault, Fault::malformed) << text;
  }
}

}  // namespace
}  // namespace pratique
