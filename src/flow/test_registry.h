// A registry of a test's own: Debian's docker-registry on a free port of the loopback interface, gone with the object.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include "base/digest.h"
#include "world/http/http.h"

namespace pratique {

class TestRegistry {
 public:
  explicit TestRegistry(std::string root) : root_(std::move(root)) {}
  TestRegistry(const TestRegistry&) = delete;
  TestRegistry& operator=(const TestRegistry&) = delete;
  ~TestRegistry() { stop(); }
  static bool is_installed() { return std::system("command -v docker-registry >/dev/null") == 0; }

  // With `secured` only alice may do anything, with the password "secret".
  void start(bool secured = false) {
    if (host_.empty()) host_ = "localhost:" + std::to_string(free_port());
    std::ofstream(root_ + "/users") << "alice:$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW\n";
    std::ofstream(root_ + "/registry.yml")
        << "version: 0.1\nlog: {level: error}\nstorage:\n  filesystem: {rootdirectory: " << root_ << "/registry}\n"
        << "  delete: {enabled: true}\nhttp: {addr: \"" << host_ << "\"}\n"
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
  void stop() {
    if (!std::filesystem::exists(root_ + "/pid")) return;
    if (std::system(("kill $(cat '" + root_ + "/pid')").c_str()) != 0) ADD_FAILURE() << "the registry ended by itself";
    std::filesystem::remove(root_ + "/pid");
    for (int tries = 0; tries < 200 && call("GET", "/v2/", {}, {}).status != 0; ++tries)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  const std::string& host() const { return host_; }
  std::string log_in_text() const { return R"({"auths":{")" + host_ + R"(":{"auth":"YWxpY2U6c2VjcmV0"}}})"; }

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
  // `"digest":"sha256:...","size":N` of what was pushed.
  std::string push_blob(const std::string& repository, std::string_view bytes) const {
    const std::string digest = sha256_of(bytes).text();
    const auto begun = call("POST", "/v2/" + repository + "/blobs/uploads/", {}, {});
    EXPECT_EQ(begun.status, 202);
    const std::string where = begun.headers.contains("location") ? begun.headers.at("location") : "";
    const std::string end = where + (where.find('?') == std::string::npos ? "?" : "&") + "digest=" + digest;
    EXPECT_EQ(call("PUT", end, bytes, "application/octet-stream").status, 201);
    return R"("digest":")" + digest + R"(","size":)" + std::to_string(bytes.size());
  }
  Digest push_manifest(const std::string& repository, const std::string& tag, const std::string& manifest,
                       std::string_view type = oci_manifest) const {
    EXPECT_EQ(call("PUT", "/v2/" + repository + "/manifests/" + tag, manifest, type).status, 201) << manifest;
    return sha256_of(manifest);
  }
  // One layer, of which the media type and annotations are told; `more` are further members of the manifest.
  Digest push(const std::string& repository, const std::string& tag, std::string_view bytes,
              const std::string& layer_type = "application/octet-stream", const std::string& more = {},
              const std::string& annotations = "{}") const {
    const std::string config = push_blob(repository, "{}"), layer = push_blob(repository, bytes);
    return push_manifest(repository, tag,
                         R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",)" + more +
                             R"("config":{"mediaType":"application/vnd.oci.empty.v1+json",)" + config +
                             R"(},"layers":[{"mediaType":")" + layer_type + R"(",)" + layer + R"(,"annotations":)" +
                             annotations + "}]}");
  }
  static constexpr std::string_view oci_manifest = "application/vnd.oci.image.manifest.v1+json";
  static constexpr std::string_view oci_index = "application/vnd.oci.image.index.v1+json";

 private:
  static std::uint16_t free_port() {
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

  std::string root_, host_;
};

}  // namespace pratique
