// Real bills against the real Go advisories: every finding is compared with what go_advisories.py, which shares no code
// with the program, works out from the same files.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "engine/format/format.h"
#include "flow/build.h"
#include "flow/scan.h"
#include "world/file/file.h"

namespace pratique {
namespace {

namespace fs = std::filesystem;

const std::string data = PRATIQUE_SOURCE_DIR "/../shared/data";
const std::string archive = data + "/advisories/osv/Go.zip";
const std::string script = PRATIQUE_SOURCE_DIR "/tests/conformance/go_advisories.py";

class GoConformanceTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(archive)) GTEST_SKIP() << archive << " is absent";
    std::string pattern = (fs::temp_directory_path() / "pratique_go_XXXXXX").string();
    root_ = ::mkdtemp(pattern.data());
    const auto report = build_database({archive}, root_ + "/db", Time{}, {});
    ASSERT_TRUE(report) << render(report.error());
    EXPECT_EQ(report->records, 4291u);
    EXPECT_EQ(report->status.advisories, 4291u);
    EXPECT_EQ(report->status.withdrawn, 17u);
    for (const auto& part : report->rejected) ADD_FAILURE() << part.place << ": " << part.reason;
  }
  void TearDown() override { fs::remove_all(root_); }

  std::string root_;
};

// The first documents, in the order of their names, that speak of Go modules.
std::vector<std::string> documents(std::size_t count) {
  std::vector<std::string> found;
  const auto files = list_files(data + "/sboms/containers");
  for (const auto& file : files.value()) {
    if (found.size() == count) break;
    const auto bytes = read_file(file, std::size_t{64} << 20);
    if (bytes && bytes->view().find("pkg:golang/") != std::string_view::npos) found.push_back(file);
  }
  return found;
}

std::set<std::string> lines_of(const std::string& command) {
  std::set<std::string> lines;
  std::FILE* const output = ::popen(command.c_str(), "r");
  std::string text;
  char piece[4096];
  while (const std::size_t got = std::fread(piece, 1, sizeof piece, output)) text.append(piece, got);
  EXPECT_EQ(::pclose(output), 0);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    if (end > at) lines.insert(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

std::set<std::string> findings_in(const std::string& file, const AdvisoryDb& db) {
  auto bytes = read_file(file, std::size_t{64} << 20);
  const auto bill = read_bill(std::move(bytes).value());
  EXPECT_TRUE(bill) << file << (bill ? "" : render(bill.error()));
  std::set<std::string> lines;
  const auto match = scan(*bill, db);
  for (const auto& finding : match->findings) {
    std::vector<Proof> proofs = finding.other_proofs;
    proofs.push_back(finding.proof);
    for (const auto& proof : proofs) {
      std::string version = proof.installed;
      const std::string module = proof.package.substr(std::string("pkg:golang/").size());
      if (module == "stdlib" && version.starts_with("go")) version.erase(0, 2);
      lines.insert(file + "\t" + module + "\t" + version + "\t" + proof.advisory);
    }
  }
  return lines;
}

TEST_F(GoConformanceTest, FindsWhatASecondImplementationFinds) {
  const auto files = documents(30);
  ASSERT_GE(files.size(), 10u);
  std::string command = "python3 '" + script + "' '" + archive + "'";
  for (const auto& file : files) command += " '" + file + "'";
  const auto expected = lines_of(command);
  const auto db = AdvisoryDb::open(root_ + "/db");
  ASSERT_TRUE(db);
  std::set<std::string> found;
  for (const auto& file : files) found.merge(findings_in(file, *db));
  EXPECT_GT(expected.size(), 1000u);
  for (const auto& line : expected)
    if (!found.contains(line)) ADD_FAILURE() << "not found: " << line.substr(data.size());
  for (const auto& line : found)
    if (!expected.contains(line)) ADD_FAILURE() << "found by us alone: " << line.substr(data.size());
}

// Facts that a person looked up.
TEST_F(GoConformanceTest, FindsKnownFacts) {
  const auto db = AdvisoryDb::open(root_ + "/db");
  ASSERT_TRUE(db);
  const auto found = [&](std::string_view purl, const std::string& id) {
    Bill bill;
    bill.components.resize(1);
    bill.components[0].purl = purl;
    const auto match = scan(bill, *db);
    return std::any_of(match->findings.begin(), match->findings.end(), [&](const Finding& finding) {
      return finding.id == id || std::find(finding.aliases.begin(), finding.aliases.end(), id) != finding.aliases.end();
    });
  };
  EXPECT_TRUE(found("pkg:golang/golang.org/x/net@v0.16.0", "CVE-2023-39325"));
  EXPECT_FALSE(found("pkg:golang/golang.org/x/net@v0.17.0", "CVE-2023-39325"));
  EXPECT_TRUE(found("pkg:golang/github.com/opencontainers/runc@v1.1.11", "GHSA-xr7r-f8xq-vfvv"));
  EXPECT_FALSE(found("pkg:golang/github.com/opencontainers/runc@v1.0.0-rc92", "GHSA-xr7r-f8xq-vfvv"));
  EXPECT_TRUE(found("pkg:golang/stdlib@1.21.2", "GO-2023-2102"));
  EXPECT_FALSE(found("pkg:golang/stdlib@1.21.3", "GO-2023-2102"));
  EXPECT_TRUE(found("pkg:golang/golang.org/x/crypto@v0.0.0-20210921155107-089bfa567519", "GO-2026-5932"));
}

}  // namespace
}  // namespace pratique
