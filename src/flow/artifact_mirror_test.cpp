// Against a real registry (Debian's docker-registry) on the loopback interface, started by the test.
#include "flow/artifact_mirror.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>

#include "flow/test_registry.h"
#include "flow/update.h"
#include "world/file/file.h"

namespace pratique {
namespace {

namespace fs = std::filesystem;
using State = Fetched::State;
using testing::HasSubstr;

constexpr const char* kev =
    R"({"catalogVersion":"2025.08.12","vulnerabilities":[{"cveID":"CVE-2021-44228","dateAdded":"2021-12-10"}]})";

class ArtifactMirrorTest : public testing::Test {
 protected:
  ArtifactMirrorTest() {
    std::string pattern = (fs::temp_directory_path() / "pratique_artifact_XXXXXX").string();
    root_ = ::mkdtemp(pattern.data());
    ::setenv("DOCKER_CONFIG", root_.c_str(), 1);
    options_.folder = root_ + "/cache";
    options_.wait = [](std::chrono::milliseconds) {};
    fs::create_directory(options_.folder);
    registry_ = std::make_unique<TestRegistry>(root_);
  }
  ~ArtifactMirrorTest() override {
    registry_.reset();
    fs::remove_all(root_);
  }
  void SetUp() override {
    if (!TestRegistry::is_installed()) GTEST_SKIP() << "docker-registry is not installed";
  }

  void start(bool secured = false) {
    registry_->start(secured);
    host_ = registry_->host();
  }
  void log_in() const { std::ofstream(root_ + "/config.json") << registry_->log_in_text(); }
  // An artifact as `oras push` makes it.
  void push(const std::string& tag, const std::string& name, std::string_view bytes) const {
    registry_->push("team/advisories", tag, bytes, "application/octet-stream",
                    R"("artifactType":"application/vnd.unknown.artifact.v1",)",
                    R"({"org.opencontainers.image.title":")" + name + "\"}");
  }
  Result<ArtifactMirror> open(const std::string& tag) const {
    return ArtifactMirror::open("oci://" + host_ + "/team/advisories:" + tag, options_);
  }

  std::string root_, host_;
  std::unique_ptr<TestRegistry> registry_;
  FetchOptions options_;
};

TEST_F(ArtifactMirrorTest, GivesTheFilesOfAnArtifactAndAsksForNoneTwice) {
  start();
  push("v1", "kev.json", kev);
  auto mirror = open("v1");
  ASSERT_TRUE(mirror) << render(mirror.error());
  const auto first = mirror->fetch("kev.json", options_);
  ASSERT_TRUE(first) << render(first.error());
  EXPECT_EQ(first->state, State::fresh);
  EXPECT_EQ(read_file(options_.folder + "/kev.json", 1000)->view(), kev);
  fs::remove(options_.folder + "/kev.json.state");  // what is there is known by its digest
  EXPECT_EQ(mirror->fetch("kev.json", options_)->state, State::unchanged);
  EXPECT_EQ(mirror->fetch("epss.csv.gz", options_).error().fault, Fault::not_found);
  EXPECT_EQ(open("v2").error().fault, Fault::not_found);
  EXPECT_EQ(ArtifactMirror::open("oci://no such", options_).error().fault, Fault::usage);
}

TEST_F(ArtifactMirrorTest, LogsInAsDockerDid) {
  start(true);
  push("v1", "kev.json", kev);
  const auto refused = open("v1");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fault, Fault::refused);
  EXPECT_THAT(refused.error().remedy, HasSubstr("docker login " + host_));
  log_in();
  auto mirror = open("v1");
  ASSERT_TRUE(mirror) << render(mirror.error());
  EXPECT_TRUE(mirror->fetch("kev.json", options_));
}

TEST_F(ArtifactMirrorTest, RefusesBytesThatTheManifestDoesNotName) {
  start();
  push("v1", "kev.json", kev);
  const std::string hex(sha256_of(kev).hex());
  std::ofstream(root_ + "/registry/docker/registry/v2/blobs/sha256/" + hex.substr(0, 2) + "/" + hex + "/data",
                std::ios::trunc)
      << std::string(std::string_view(kev).size(), 'x');
  auto mirror = open("v1");
  ASSERT_TRUE(mirror) << render(mirror.error());
  const auto fetched = mirror->fetch("kev.json", options_);
  ASSERT_FALSE(fetched);
  EXPECT_FALSE(fs::exists(options_.folder + "/kev.json"));
}

TEST_F(ArtifactMirrorTest, FeedsAnUpdate) {
  start();
  push("latest", "kev.json", kev);
  UpdateOptions update;
  update.mirror = "oci://" + host_ + "/team/advisories";
  update.sources = {"kev", "epss"};
  update.fetch = options_;
  const auto report = update_database(update, root_ + "/db", parse_time("2026-03-01T12:00:00Z").value(), {});
  ASSERT_TRUE(report) << render(report.error());
  EXPECT_EQ(report->files[0].state, UpdatedFile::State::fresh);
  EXPECT_EQ(report->files[1].state, UpdatedFile::State::missing);
  ASSERT_TRUE(report->built);
  EXPECT_EQ(report->built->status.sources.at("kev").revision, "2025.08.12");
}

}  // namespace
}  // namespace pratique
