// The same question by the command line, by the command line through a server, and by HTTP: the same answer, on both
// engines.
#include <gmock/gmock.h>

#include "world/store/test_postgres.h"
//
#include "app/cli/command.h"
#include "app/question/question.h"
#include "flow/rematch.h"
#include "served.h"  // which reads below PRATIQUE_SOURCE_DIR

namespace pratique {
namespace {

using testing::HasSubstr;
using Words = std::vector<std::string>;

Time days_ago(int days) { return now - std::chrono::hours(24 * days); }
std::string day(int days) { return render_time(days_ago(days)); }

class AskedBothWays : public Serve, public testing::WithParamInterface<const char*> {
 protected:
  struct Ran {
    int code = 0;
    std::string out, err;
    bool operator==(const Ran&) const = default;
  };

  void SetUp() override {
    if (GetParam() == std::string("PostgreSQL")) {
      config_.store = TestPostgres::instance().new_database();
      if (config_.store.empty()) GTEST_SKIP() << "PostgreSQL is not installed";
    } else {
      config_.store = folder_ / "asked.sqlite";
    }
    auto store = Store::open(config_.store, Store::Mode::create).value();
    ASSERT_TRUE(ingest_bills(store, {project / "demo/bills"}, days_ago(10)));
    ASSERT_TRUE(ingest_workloads(store, project / "demo/pods.json", "harbour", days_ago(9)));
    const auto db = AdvisoryDb::open(config_.database).value();
    ASSERT_TRUE(rematch(store, db, days_ago(8)));
  }
  static Ran run(const Words& words) {
    std::ostringstream out, err;
    std::istringstream in;
    Console console{.in = in, .out = out, .err = err, .clock = [] { return now; }};
    const int code = run_command_line(words, console, [](const char*) -> const char* { return nullptr; });
    configure_log(LogLevel::off, LogFormat::text);
    return {code, out.str(), err.str()};
  }
  Ran by_store(Words words) const {
    words.insert(words.end(), {"--store", config_.store, "--db", config_.database});
    return run(words);
  }
  Ran by_server(Words words, const Server& server) const {
    words.insert(words.end(),
                 {"--server", "https://127.0.0.1:" + std::to_string(server.port()), "--ca-file", folder_ / "tls.crt"});
    return run(words);
  }
};

const std::string log4j = "pkg:maven/org.apache.logging.log4j/log4j-core";
const std::string checkout = "sha256:f51268b2f448";

std::vector<Words> questions() {
  return {{"where", log4j},
          {"where", log4j, "--range", "vers:maven/<2.17.1", "--running"},
          {"where", log4j, "--range", "(,2.17.1)", "--direct"},
          {"where", log4j, "--running", "--as-of", day(5)},
          {"where", log4j, "--as-of", day(20)},
          {"where", log4j, "--as-of", day(20), "--known", "now"},
          {"where", log4j, "--limit", "1"},
          {"where", "pkg:npm/lodash", "--limit", "1", "--cursor", "2"},
          {"where", "--license", "MIT"},
          {"where", log4j, "--group-by", "workload"},
          {"where", log4j, "--group-by", "image"},
          {"where", "pkg:npm/lodash", "--group-by", "namespace", "--running"},
          {"vuln", "CVE-2021-44228"},
          {"vuln", "CVE-2021-44228", "--running", "--as-of", day(5)},
          {"vuln", "CVE-2021-44228", "--from", day(9), "--to", day(1)},
          {"vuln", "CVE-2021-44228", "--from", day(12), "--to", day(1), "--known", "now"},
          {"vuln", "CVE-2021-44228", "--limit", "1"},
          {"artifact", checkout},
          {"artifact", checkout, "--as-of", day(5)},
          {"coverage"},
          {"coverage", "--running", "--as-of", day(5)},
          {"top"},
          {"top", "--running", "--limit", "2"},
          {"diff", "--from", day(20), "--to", day(1)},
          {"diff", "--from", day(20), "--to", day(1), "--running", "--limit", "3"},
          {"diff", "--from", day(20), "--to", day(1), "--limit", "3", "--cursor", "3"}};
}

TEST_P(AskedBothWays, TheAnswerIsTheSameInEveryForm) {
  const auto server = start();
  for (const auto& question : questions()) {
    const bool has_places =
        question[0] == "where" && std::find(question.begin(), question.end(), "--group-by") == question.end();
    for (const auto* form : {"table", "json", "yaml", "jsonl", "csv", "wide", "name"}) {
      if (!has_places && (form == std::string("wide") || form == std::string("name"))) continue;
      auto words = question;
      words.insert(words.end(), {"-o", form});
      const auto local = by_store(words), remote = by_server(words, server);
      EXPECT_EQ(local.code, 0) << testing::PrintToString(words) << local.err;
      EXPECT_FALSE(local.out.empty() && form == std::string("json"));
      EXPECT_EQ(remote.code, local.code) << testing::PrintToString(words) << remote.err;
      EXPECT_EQ(remote.out, local.out) << testing::PrintToString(words);
      EXPECT_EQ(remote.err, local.err) << testing::PrintToString(words);
    }
  }
}

TEST_P(AskedBothWays, HttpSendsTheBytesThatTheCommandPrints) {
  const auto server = start();
  for (const auto& words : questions()) {
    Question question;
    const std::map<std::string, std::pair<Topic, std::string>> topics = {
        {"where", {Topic::where, "purl"}},   {"vuln", {Topic::vuln, "id"}}, {"artifact", {Topic::artifact, "digest"}},
        {"coverage", {Topic::coverage, ""}}, {"top", {Topic::top, ""}},     {"diff", {Topic::diff, ""}}};
    question.topic = topics.at(words[0]).first;
    for (std::size_t i = 1; i < words.size(); ++i) {
      if (!words[i].starts_with("--"))
        question.options.emplace(topics.at(words[0]).second, words[i]);
      else if (words[i] == "--running" || words[i] == "--direct")
        question.options.emplace(words[i].substr(2), "true");
      else
        question.options.emplace(words[i].substr(2), words[i + 1]), ++i;
    }
    const auto target = path_of(question);
    TlsClient client(server.port());
    const std::pair<const char*, const char*> forms[] = {
        {"json", "application/json"}, {"csv", "text/csv"}, {"jsonl", "application/x-ndjson"}};
    for (const auto& [form, type] : forms) {
      auto printing = words;
      printing.insert(printing.end(), {"-o", form});
      const auto reply = client.ask("GET", target, {}, std::string("Accept: ") + type + "\r\n");
      EXPECT_EQ(reply.status, 200u) << target << reply.body;
      EXPECT_EQ(reply.body, by_store(printing).out) << target << type;
      EXPECT_EQ(
          client
              .ask("GET", target, {},
                   std::string("Accept: ") + type + "\r\nIf-None-Match: " + reply.header("etag").substr(2) + "\r\n")
              .status,
          304u)
          << target;
    }
  }
}

TEST_P(AskedBothWays, ExitCodesAreTheSame) {
  const auto server = start();
  const std::pair<Words, int> failing[] = {{{"where", "pkg:npm/nobody-has-this"}, 4},
                                           {{"where", "log4j"}, 2},
                                           {{"where"}, 2},
                                           {{"where", log4j, "--range", "vers:npm/<1"}, 2},
                                           {{"where", log4j, "--license", "MIT"}, 2},
                                           {{"where", "--license", "nobody-has-this"}, 4},
                                           {{"where", log4j, "--limit", "0"}, 2},
                                           {{"where", log4j, "--as-of", "yesterday"}, 2},
                                           {{"where", log4j, "--group-by", "image", "-o", "name"}, 2},
                                           {{"vuln", "CVE-1999-9999"}, 4},
                                           {{"vuln", "CVE-2021-44228", "--known", "now"}, 2},
                                           {{"artifact", "sha256:ffffffffffff"}, 4},
                                           {{"artifact", "sha256:ff"}, 2},
                                           {{"diff"}, 2},
                                           {{"diff", "--from", day(1), "--to", day(2)}, 2}};
  for (const auto& [words, code] : failing) {
    EXPECT_EQ(by_store(words).code, code) << testing::PrintToString(words) << by_store(words).err;
    EXPECT_EQ(by_server(words, server).code, code) << testing::PrintToString(words) << by_server(words, server).err;
  }
  EXPECT_EQ(by_server({"vuln", "CVE-2021-44228", "--vex", folder_}, server).code, 2);
}

TEST_P(AskedBothWays, ALargeBillComesPieceByPieceAndAnotherServerGoesOn) {
  const auto first = start(), second = start();
  const std::string bill =
      R"({"bomFormat":"CycloneDX","specVersion":"1.5","components":[{"type":"library","name":"in-pieces",
    "version":"1","purl":"pkg:npm/in-pieces@1"}]})";
  const auto begun = ask(first, "POST", "/api/v1/uploads?size=" + std::to_string(bill.size()));
  ASSERT_EQ(begun.status, 201u) << begun.body;
  const auto place = "/api/v1/uploads/" + json::parse(begun.body)["id"].get<std::string>();
  EXPECT_EQ(ask(first, "PATCH", place + "?offset=0", bill.substr(0, 40)).status, 202u);
  EXPECT_EQ(ask(second, "PATCH", place + "?offset=0", bill.substr(0, 40)).status, 409u);
  EXPECT_EQ(ask(second, "GET", place).header("upload-offset"), "40");
  EXPECT_EQ(ask(second, "PATCH", place + "?offset=40", bill.substr(40)).status, 201u);
  EXPECT_EQ(json::parse(ask(first, "GET", "/api/v1/where?purl=pkg:npm/in-pieces").body)["items"].size(), 1u);
  EXPECT_EQ(ask(first, "GET", place).status, 404u);
}

INSTANTIATE_TEST_SUITE_P(Engines, AskedBothWays, testing::Values("SQLite", "PostgreSQL"),
                         [](const auto& engine) { return std::string(engine.param); });

}  // namespace
}  // namespace pratique
