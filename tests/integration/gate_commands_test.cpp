// admit and serve as a user types them, on the demo's input and the project's own facts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <stdlib.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "app/cli/command.h"
#include "world/http/http.h"
#include "world/http/test_client.h"

namespace pratique {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::StartsWith;

const std::string demo = PRATIQUE_SOURCE_DIR "/demo/";

class GateCommands : public testing::Test {
 protected:
  GateCommands() {
    std::string pattern = (fs::temp_directory_path() / "pratique_commands_XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~GateCommands() override { fs::remove_all(folder_); }

  struct Ran {
    int code = 0;
    std::string out, err;
  };
  Ran run(std::vector<std::string> words) const {
    words.insert(words.end(), {"--store", folder_ + "/store.sqlite", "--db", folder_ + "/advisories.mdb", "--quiet"});
    std::ostringstream out, err;
    std::istringstream in;
    Console console{.in = in, .out = out, .err = err, .clock = [] {
                      return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
                    }};
    const int code = run_command_line(words, console, [](const char*) -> const char* { return nullptr; });
    return {code, out.str(), err.str()};
  }
  Ran admit(const std::string& review, std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"admit", "--policy", demo + "policies", "--review", demo + "reviews/" + review});
    return run(more);
  }
  void build_database() const {
    EXPECT_EQ(run({"db", "build", "--from", PRATIQUE_SOURCE_DIR "/facts"}).code, exit_code::ok);
  }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ + "/" + name) << text;
    return folder_ + "/" + name;
  }

  std::string folder_;
};

TEST_F(GateCommands, AdmitJudgesByBillsInFilesOrByTheStore) {
  build_database();
  const auto denied = admit("checkout.json", {"--sbom", demo + "bills", "-o", "table"});
  EXPECT_EQ(denied.code, exit_code::gate) << denied.err;
  EXPECT_THAT(denied.out, StartsWith("denied: Pod shop/checkout\n"));
  EXPECT_THAT(denied.out, HasSubstr("CVE-2021-44228 (critical), fixed in "));
  EXPECT_THAT(denied.out, HasSubstr("\n3 rules asked about 1 image\n"));
  EXPECT_EQ(admit("search.json", {"--sbom", demo + "bills"}).code, exit_code::ok);
  EXPECT_EQ(run({"ingest", demo + "bills"}).code, exit_code::ok);
  EXPECT_EQ(admit("checkout.json", {"-o", "table"}).out, denied.out);
}

TEST_F(GateCommands, AdmitPrintsWhatTheWebhookAnswers) {
  build_database();
  const auto ran = admit("unknown.json", {"--sbom", demo + "bills"});
  EXPECT_EQ(ran.code, exit_code::gate);
  const auto answer = nlohmann::json::parse(ran.out);
  EXPECT_EQ(answer["kind"], "AdmissionReview");
  EXPECT_EQ(answer["response"]["allowed"], false);
  const auto verdict = nlohmann::json::parse(admit("unknown.json", {"--sbom", demo + "bills", "-o", "verdict"}).out);
  EXPECT_EQ(verdict["decision"], "deny");
  EXPECT_EQ(verdict["rules"][0]["unknown"], "not-pinned");
}

TEST_F(GateCommands, AdmittedWithDoubtIsAnExitCodeOfItsOwn) {
  const auto policy = write("warn.yaml",
                            "apiVersion: pratique.dev/v1alpha1\nkind: Policy\nmetadata: {name: p}\nspec:\n  rules:\n"
                            "    - {name: r, requireSBOM: {}, onUnknown: warn}\n");
  const std::vector<std::string> words = {"admit",  "--policy",    policy, "--review", demo + "reviews/unknown.json",
                                          "--sbom", demo + "bills"};
  EXPECT_EQ(run(words).code, exit_code::partial);
  auto trusting = words;
  trusting.push_back("--allow-unknown");
  EXPECT_EQ(run(trusting).code, exit_code::ok);
}

TEST_F(GateCommands, AdmitSaysWhatIsWrong) {
  EXPECT_EQ(run({"admit", "--policy", demo + "policies"}).code, exit_code::usage);
  EXPECT_EQ(admit("absent.json").code, exit_code::not_found);
  EXPECT_EQ(admit("search.json", {"--sbom", demo + "bills"}).code, exit_code::not_found);  // no advisory database
  build_database();
  EXPECT_EQ(admit("search.json").code, exit_code::not_found);  // no store
  EXPECT_EQ(admit("search.json", {"--policy", write("bad.yaml", "kind: [")}).code, exit_code::malformed);
  EXPECT_EQ(admit("search.json", {"--sbom", write("bad.json", "{}")}).code, exit_code::malformed);
  const auto malformed =
      run({"admit", "--policy", demo + "policies", "--sbom", demo + "bills", "--review", write("r.json", "{}")});
  EXPECT_EQ(malformed.code, exit_code::malformed);
  EXPECT_THAT(malformed.err, HasSubstr("r.json: /kind: is not AdmissionReview"));
}

// The demo's checkout has log4j-core 2.14.1.
TEST_F(GateCommands, WhatATrustedAuthorStatesIsExcusedAndReplayed) {
  build_database();
  const auto vex = [&](const char* version) {
    return write(std::string("vex-") + version + ".json",
                 R"({"@context":"https://openvex.dev/ns/v0.2.0","@id":"https://vendor.example.com/1",)"
                 R"("author":"vendor@example.com","timestamp":"2026-01-01T00:00:00Z","version":1,"statements":[{)"
                 R"("vulnerability":{"name":"CVE-2021-44228"},"products":[{"@id":)"
                 R"("pkg:maven/org.apache.logging.log4j/log4j-core@)" +
                     std::string(version) +
                     R"("}],"status":"not_affected","justification":"vulnerable_code_not_present"}]})");
  };
  const auto trusting = [&](const char* author) {
    return write("trusting.yaml",
                 "apiVersion: pratique.dev/v1alpha1\nkind: Policy\nmetadata: {name: p}\nspec:\n  rules:\n"
                 "    - {name: r, denyVulnerabilities: {ids: [CVE-2021-44228], trustVEX: ['" +
                     std::string(author) + "']}}\n");
  };
  const auto decided = [&](const std::string& policy, const std::string& statements, const char* format = "table") {
    return run({"admit", "--policy", policy, "--review", demo + "reviews/checkout.json", "--sbom", demo + "bills",
                "--vex", statements, "-o", format});
  };
  const auto policy = trusting("*@example.com");
  EXPECT_EQ(decided(policy, vex("2.15.0")).code, exit_code::gate);
  const auto excused = decided(policy, vex("2.14.1"));
  EXPECT_EQ(excused.code, exit_code::ok) << excused.out;
  EXPECT_THAT(excused.out, HasSubstr("excepted by VEX of vendor@example.com: not_affected"));
  EXPECT_EQ(decided(trusting("*@other.example"), vex("2.14.1")).code, exit_code::gate);

  trusting("*@example.com");
  const auto record = write("record.json", decided(policy, vex("2.14.1"), "record").out);
  const auto replayed = [&](const std::string& statements) {
    return run({"policy", "replay", record, "--policy", policy, "--sbom", demo + "bills", "--vex", statements});
  };
  EXPECT_EQ(replayed(vex("2.14.1")).out, "the same, byte for byte\n");
  const auto without = replayed(vex("2.15.0"));
  EXPECT_EQ(without.code, exit_code::not_found);
  EXPECT_THAT(without.out, HasSubstr("missing: the advisory database of generation "));
}

TEST_F(GateCommands, ServeSaysWhatIsWrong) {
  EXPECT_EQ(run({"serve"}).code, exit_code::usage);
  EXPECT_EQ(run({"serve", "--config", folder_ + "/absent.yaml"}).code, exit_code::not_found);
  EXPECT_EQ(run({"serve", "--config", write("serve.yaml", "polices: [x]\n")}).code, exit_code::usage);
  EXPECT_EQ(run({"serve", "--config", write("serve.yaml", "policies: [absent]\n")}).code, exit_code::not_found);
}

TEST_F(GateCommands, ServeAnswersUntilItIsTold) {
  build_database();
  EXPECT_EQ(run({"ingest", demo + "bills"}).code, exit_code::ok);
  // A port that was free a moment ago.
  ASSERT_TRUE(make_self_signed_certificate("localhost", folder_ + "/c", folder_ + "/k", Time{}));
  std::uint16_t port = 0;
  {
    const auto probe = HttpServer::start({.port = 0, .certificate_file = folder_ + "/c", .key_file = folder_ + "/k"},
                                         [](const HttpRequest&) { return HttpResponse{}; });
    port = probe->port();
  }
  const auto config =
      write("serve.yaml", "listen: 127.0.0.1:" + std::to_string(port) + "\npolicies: [" + demo + "policies]\n");
  const pthread_t main = pthread_self();
  unsigned status = 0;
  std::atomic<bool> ended{false};
  std::thread asking([&] {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
    while (!ended && !can_connect(port)) std::this_thread::yield();
    if (ended) return;
    status = TlsClient(port, folder_ + "/tls.crt").ask("GET", "/readyz").status;
    pthread_kill(main, SIGHUP);
    pthread_kill(main, SIGTERM);
  });
  const auto ran = run({"serve", "--config", config});
  ended = true;
  asking.join();
  EXPECT_EQ(ran.code, exit_code::ok) << ran.err;
  EXPECT_EQ(status, 200u);
  EXPECT_FALSE(can_connect(port));
}

}  // namespace
}  // namespace pratique
