// A server on the demo's input and the project's own facts, for the tests of this folder.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "app/server/server.h"
#include "base/log.h"
#include "flow/build.h"
#include "flow/ingest.h"
#include "world/http/test_client.h"

namespace pratique {

namespace fs = std::filesystem;
using nlohmann::json;

inline const fs::path project = PRATIQUE_SOURCE_DIR;
inline const Time now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());

inline std::string text_of(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

inline void write(const fs::path& path, const std::string& text) { std::ofstream(path) << text; }

class Serve : public testing::Test {
 protected:
  Serve() {
    configure_log(LogLevel::off, LogFormat::text);
    std::string pattern = (fs::temp_directory_path() / "pratique_serve_XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    fs::copy(project / "demo/policies", folder_ / "policies");
    config_.http.port = 0;
    config_.no_auth = true;  // access_test.cpp is about who may what
    config_.http.certificate_file = folder_ / "tls.crt";
    config_.http.key_file = folder_ / "tls.key";
    config_.self_signed = folder_;
    config_.store = folder_ / "store.sqlite";
    config_.database = folder_ / "advisories.mdb";
    config_.policies = {folder_ / "policies"};
    build({project / "facts"});
    auto store = Store::open(config_.store, Store::Mode::create).value();
    EXPECT_EQ(ingest_bills(store, {project / "demo/bills"}, now).value().failed.size(), 0u);
  }
  ~Serve() override { fs::remove_all(folder_); }

  void build(const std::vector<std::string>& from) const {
    const auto report = build_database(from, config_.database, now, {});
    ASSERT_TRUE(report) << render(report.error());
  }
  Server start() const {
    auto server = Server::start(
        config_, [] { return now; }, "0.0.0");
    if (!server) ADD_FAILURE() << render(server.error());
    return std::move(server).value();
  }
  static Reply ask(const Server& server, const std::string& method, const std::string& target,
                   const std::string& body = {}) {
    TlsClient client(server.port());
    return client.ask(method, target, body);
  }
  static json judge(const Server& server, const std::string& review) {
    const auto reply = ask(server, "POST", "/v1/admit?timeout=10s", text_of(project / "demo/reviews" / review));
    EXPECT_EQ(reply.status, 200u) << reply.body;
    return json::parse(reply.body, nullptr, false)["response"];
  }
  static std::string message_of(const json& response) {
    return response["allowed"] == true ? "" : response["status"]["message"].get<std::string>();
  }
  // What /readyz comes to say once the store was asked again.
  static unsigned readiness_after_probe(Server& server, unsigned wanted) {
    unsigned status = 0;
    for (int i = 0; i < 1000 && status != wanted; ++i) {
      server.refresh(Server::What::changed);
      status = ask(server, "GET", "/readyz").status;
    }
    return status;
  }
  Error start_error() const {
    auto server = Server::start(
        config_, [] { return now; }, "0.0.0");
    EXPECT_FALSE(server);
    return server ? Error{} : server.error();
  }

  fs::path folder_;
  ServerConfig config_;
};

}  // namespace pratique
