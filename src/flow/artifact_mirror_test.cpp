// Against a real registry (Debian's docker-registry) on the loopback interface, started by the test.
#include "flow/artifact_mirror.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "flow/update.h"
#include "world/file/file.h"
#include "world/http/http.h"

namespace pratique {
namespace {

namespace fs = std::filesystem;
using State = Fetched::State;
using testing::HasSubstr;

constexpr const char* kev =
    R"({"catalogVersion":"2025.08.12","vulnerabilities":[{"cveID":"CVE-2021-44228","dateAdded":"2021-12-10"}]})";

std::uint16_t free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ::bind(socket, reinterpret_cast<sockaddr*>(&address), size);
  ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(socket);
  return ntohs(address.sin_port);
}

class ArtifactMirrorTest : public testing::Test {
 protected:
  ArtifactMirrorTest() {
    std::string pattern = (fs::temp_directory_path() / "pratique_artifact_XXXXXX").string();
    root_ = ::mkdtemp(pattern.data());
    ::setenv("DOCKER_CONFIG", root_.c_str(), 1);
    options_.folder = root_ + "/cache";
    options_.wait = [](std::chrono::milliseconds) {};
    fs::create_directory(options_.folder);
  }
  ~ArtifactMirrorTest() override {
    stop();
    fs::remove_all(root_);
  }
  void SetUp() override {
    if (std::system("command -v docker-registry >/dev/null") != 0) GTEST_SKIP() << "docker-registry is not installed";
  }

  // With `secured` only alice may do anything, with the password "secret".
  void start(bool secured = false) {
    host_ = "localhost:" + std::to_string(free_port());
    std::ofstream(root_ + "/users") << "alice:$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW\n";
    std::ofstream(root_ + "/registry.yml")
        << "version: 0.1\nlog: {level: error}\nstorage:\n  filesystem: {rootdirectory: " << root_ << "/registry}\n"
        << "http: {addr: \"" << host_ << "\"}\n"
        << (secured ? "auth: {htpasswd: {realm: test, path: " + root_ + "/users}}\n" : std::string());
    const std::string command =
        "docker-registry serve '" + root_ + "/registry.yml' >'" + root_ + "/log' 2>&1 & echo $! >'" + root_ + "/pid'";
    ASSERT_EQ(std::system(command.c_str()), 0);
    for (int tries = 0; tries < 200; ++tries) {
      if (call("GET", "/v2/", {}, {}).status != 0) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    FAIL() << "the registry does not answer";
  }
  void stop() const {
    if (fs::exists(root_ + "/pid") && std::system(("kill $(cat '" + root_ + "/pid')").c_str()) != 0)
      ADD_FAILURE() << "the registry ended by itself";
  }
  void log_in() const {
    std::ofstream(root_ + "/config.json") << R"({"auths":{")" << host_ << R"(":{"auth":"YWxpY2U6c2VjcmV0"}}})";
  }

  HttpReply call(const std::string& method, const std::string& path, std::string_view body,
                 std::string_view type) const {
    HttpCall call;
    call.method = method;
    call.url = path.starts_with("http") ? path : "http://" + host_ + path;
    call.headers = {"Authorization: Basic YWxpY2U6c2VjcmV0"};
    if (!type.empty()) call.headers.push_back("Content-Type: " + std::string(type));
    call.body = body;
    call.receive = [](const HttpReply&, std::string_view) -> Result<void> { return {}; };
    auto outcome = http_call(call);
    const auto* reply = std::get_if<HttpReply>(&outcome);
    return reply == nullptr ? HttpReply{} : *reply;
  }
  std::string push_blob(std::string_view bytes) const {
    const std::string digest = sha256_of(bytes).text();
    const auto begun = call("POST", "/v2/team/advisories/blobs/uploads/", {}, {});
    EXPECT_EQ(begun.status, 202);
    const std::string where = begun.headers.contains("location") ? begun.headers.at("location") : "";
    const std::string end = where + (where.find('?') == std::string::npos ? "?" : "&") + "digest=" + digest;
    EXPECT_EQ(call("PUT", end, bytes, "application/octet-stream").status, 201);
    return R"("digest":")" + digest + R"(","size":)" + std::to_string(bytes.size());
  }
  // An artifact as `oras push` makes it.
  void push(const std::string& tag, const std::string& name, std::string_view bytes) const {
    const std::string config = push_blob("{}"), layer = push_blob(bytes);
    const std::string manifest =
        R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","artifactType":"application/vnd.unknown.artifact.v1",)"
        R"("config":{"mediaType":"application/vnd.oci.empty.v1+json",)" +
        config + R"(},"layers":[{"mediaType":"application/octet-stream",)" + layer +
        R"(,"annotations":{"org.opencontainers.image.title":")" + name + R"("}}]})";
    EXPECT_EQ(
        call("PUT", "/v2/team/advisories/manifests/" + tag, manifest, "application/vnd.oci.image.manifest.v1+json")
            .status,
        201);
  }
  Result<ArtifactMirror> open(const std::string& tag) const {
    return ArtifactMirror::open("oci://" + host_ + "/team/advisories:" + tag, options_);
  }

  std::string root_, host_;
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
