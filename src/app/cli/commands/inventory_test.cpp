// vuln, artifact, coverage, top, diff, where about other times and things, and store prune, as a user types them.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "app/cli/command.h"
#include "base/digest.h"

namespace pratique {
namespace {

namespace fs = std::filesystem;

class InventoryCommand : public testing::Test {
 protected:
  InventoryCommand() {
    std::string pattern = (fs::temp_directory_path() / "pratique_inventory_XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    write("a.json", R"({"bomFormat":"CycloneDX","specVersion":"1.5","metadata":{"component":{"type":"container",
      "name":"shop/cart","version":")" +
                        sha256_of("cart").text() + R"("}},
      "components":[{"type":"library","name":"left-pad","version":"1.0.0","purl":"pkg:npm/left-pad@1.0.0",
        "licenses":[{"license":{"id":"MIT"}}],"hashes":[{"alg":"SHA-1","content":"00112233445566778899aabbccddeeff00112233"}]}]})");
    write("pods.json", R"({"kind":"List","items":[{"kind":"Pod","metadata":{"name":"cart-1","namespace":"shop",
      "labels":{"team":"carts","app":"cart"}},"spec":{"containers":[{"name":"c","image":"shop/cart@)" +
                           sha256_of("cart").text() +
                           R"("}]}},{"kind":"Service","metadata":{"name":"cart","namespace":"shop"},
      "spec":{"type":"LoadBalancer","selector":{"app":"cart"}}}]})");
    write("no-pods.json", R"({"kind":"List","items":[]})");
    advise("2.0.0");
  }
  ~InventoryCommand() override { fs::remove_all(folder_); }

  struct Ran {
    int code = 0;
    std::string out, err;
  };
  Ran run(std::vector<std::string> words) const {
    words.insert(words.end(), {"--store", path("store"), "--db", path("db")});
    std::ostringstream out, err;
    std::istringstream in;
    Console console{.in = in, .out = out, .err = err, .clock = [this] { return parse_time(now_).value(); }};
    const int code = run_command_line(words, console, [](const char*) -> const char* { return nullptr; });
    return {code, out.str(), err.str()};
  }
  nlohmann::json json(std::vector<std::string> words) const {
    words.insert(words.end(), {"-o", "json"});
    const auto ran = run(words);
    EXPECT_EQ(ran.code, 0) << ran.err;
    return nlohmann::json::parse(ran.out, nullptr, false);
  }
  std::string path(const std::string& name) const { return folder_ + "/" + name; }
  void write(const std::string& name, const std::string& text) const { std::ofstream(path(name)) << text; }
  void advise(const std::string& fixed) const {
    write("osv.json", R"({"id":"GHSA-1","aliases":["CVE-1"],"modified":"2024-01-01T00:00:00Z","summary":"pads too far",
      "database_specific":{"severity":"CRITICAL"},"affected":[{"package":{"ecosystem":"npm","name":"left-pad"},
      "ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":")" +
                          fixed + R"("}]}]}]})");
  }
  // On the first of November the bill and the pod, on the tenth the pod is gone, on the twentieth it was no finding.
  void live() {
    now_ = "2026-11-01T00:00:00Z";
    ASSERT_EQ(run({"db", "build", "--from", path("osv.json")}).code, 0);
    const auto first = run({"ingest", path("a.json"), "--workloads", path("pods.json"), "--cluster", "north"});
    ASSERT_EQ(first.code, 0) << first.err;
    EXPECT_NE(first.out.find("1 components judged: 1 findings opened"), std::string::npos) << first.out;
    now_ = "2026-11-10T00:00:00Z";
    ASSERT_EQ(run({"ingest", "--workloads", path("no-pods.json"), "--cluster", "north"}).code, 0);
    now_ = "2026-11-20T00:00:00Z";
    advise("0.5.0");
    ASSERT_EQ(run({"db", "build", "--from", path("osv.json")}).code, 0);
    const auto again = run({"ingest", "--rematch"});
    EXPECT_NE(again.out.find("0 findings opened, 1 closed"), std::string::npos) << again.out << again.err;
    now_ = "2026-11-24T00:00:00Z";
  }

  std::string folder_, now_ = "2026-11-24T00:00:00Z";
};

TEST_F(InventoryCommand, AVulnerabilityNowThenAndBetween) {
  live();
  const auto now = run({"vuln", "CVE-1"});
  EXPECT_EQ(now.code, 0) << now.err;
  EXPECT_NE(now.out.find("CVE-1 (GHSA-1)\npads too far"), std::string::npos) << now.out;
  EXPECT_NE(now.out.find("closed by GHSA-1"), std::string::npos) << now.out;
  EXPECT_EQ(now.err, "1 examined: 1 clean, 0 affected, 0 unknown, 0 failed\n");
  const auto then = json({"vuln", "GHSA-1", "--as-of", "2026-11-05", "--running"});
  ASSERT_EQ(then["items"].size(), 1u);
  EXPECT_EQ(then["items"][0]["path"], nlohmann::json({"left-pad 1.0.0"}));
  EXPECT_EQ(then["items"][0]["severity"], "critical");
  EXPECT_EQ(then["items"][0]["since"], "2026-11-01T00:00:00Z");
  const auto& workload = then["items"][0]["workloads"][0];
  EXPECT_EQ(workload["until"], "2026-11-10T00:00:00Z");
  EXPECT_EQ(workload["exposure"], nlohmann::json({"load-balancer cart"}));
  EXPECT_EQ(workload["owner"], nlohmann::json({"team=carts"}));
  const auto between = json({"vuln", "CVE-1", "--from", "2026-11-05", "--to", "2026-11-22"});
  EXPECT_EQ(between["items"][0]["exposed"][0]["from"], "2026-11-05T00:00:00Z");
  EXPECT_EQ(between["items"][0]["exposed"][0]["to"], "2026-11-10T00:00:00Z");
  EXPECT_TRUE(json({"vuln", "CVE-1", "--from", "2026-11-05", "--to", "2026-11-22", "--known", "now"})["items"].empty());
  EXPECT_EQ(run({"vuln", "CVE-9"}).code, 4);
  EXPECT_EQ(run({"vuln", "CVE-1", "--as-of", "yesterday"}).code, 2);
  EXPECT_EQ(run({"vuln", "CVE-1", "--known", "now"}).code, 2);
  EXPECT_EQ(run({"vuln", "CVE-1", "--from", "2026-11-05"}).code, 2);
}

TEST_F(InventoryCommand, AnArtifactCoverageTopAndDiff) {
  live();
  const std::string digest = sha256_of("cart").text();
  const auto artifact = json({"artifact", digest.substr(0, 20), "--as-of", "2026-11-05"});
  EXPECT_EQ(artifact["health"], "affected");
  EXPECT_EQ(artifact["items"][0]["id"], "CVE-1");
  EXPECT_EQ(artifact["history"].size(), 2u);
  EXPECT_NE(run({"artifact", digest}).out.find("clean: 0 findings in 1 packages"), std::string::npos);
  EXPECT_EQ(run({"coverage"}).out,
            "STATE  ARTIFACTS  WHY\nclean  1          every package was matched, none is known to be vulnerable\n");
  EXPECT_EQ(json({"coverage", "--as-of", "2026-11-05"})["ledger"]["affected"], 1);
  const auto top = json({"top", "--as-of", "2026-11-05"});
  EXPECT_EQ(top["items"][0]["what"], "fix");
  EXPECT_EQ(top["items"][0]["to"], "2.0.0");
  EXPECT_EQ(top["items"][0]["vulnerabilities"]["critical"], 1);
  EXPECT_EQ(top["items"][0]["workloads"], 1);
  const auto diff = run({"diff", "--from", "2026-11-05", "--to", "2026-11-22", "-o", "csv"});
  EXPECT_EQ(diff.out,
            "time,what,vulnerability,severity,package,artifacts,running,because of\n"
            "2026-11-20T00:00:00Z,closed,CVE-1,critical,left-pad 1.0.0,1,0,GHSA-1 of 2024-01-01T00:00:00Z (says "
            "something else)\n");
  EXPECT_EQ(json({"diff", "--from", "2026-11-05", "--to", "2026-11-22"})["stopped"][0]["image"], "shop/cart");
  EXPECT_EQ(run({"diff"}).code, 2);
}

TEST_F(InventoryCommand, WhereByOtherThingsAndTimes) {
  live();
  const std::string x = "pkg:npm/left-pad";
  EXPECT_EQ(json({"where", x, "--running", "--as-of", "2026-11-05"})["items"].size(), 1u);
  EXPECT_EQ(json({"where", x, "--running"})["items"].size(), 0u);
  EXPECT_EQ(json({"where", x, "--as-of", "2026-10-01"})["items"].size(), 0u);
  EXPECT_EQ(json({"where", "--license", "mit"})["items"].size(), 1u);
  EXPECT_EQ(json({"where", "--hash", "sha1:00112233"})["items"].size(), 1u);
  EXPECT_EQ(run({"where", "--license", "MIT-1"}).code, 4);
  EXPECT_EQ(run({"where"}).code, 2);
  EXPECT_EQ(run({"where", x, "--license", "MIT"}).code, 2);
  const auto near = run({"where", "pkg:npm/letf-pad"});
  EXPECT_EQ(near.code, 4);
  EXPECT_NE(near.err.find("did you mean pkg:npm/left-pad?"), std::string::npos) << near.err;
  const auto grouped = run({"where", x, "--as-of", "2026-11-05", "--group-by", "namespace"});
  EXPECT_EQ(grouped.out,
            "CLUSTER  NAMESPACE  PACKAGES        ARTIFACTS  PODS  PATH\n"
            "north    shop       left-pad 1.0.0  1          1     left-pad 1.0.0\n");
}

TEST_F(InventoryCommand, TellsWhatFailedUntilItIsMendedOrDropped) {
  live();
  write("bad.json", "{");
  EXPECT_EQ(run({"ingest", path("a.json"), path("bad.json")}).code, 7);
  const auto covered = run({"coverage"});
  EXPECT_NE(covered.err.find("failed: bad.json (" + path("bad.json") + ": "), std::string::npos) << covered.err;
  EXPECT_NE(covered.err.find("1 failed\n"), std::string::npos) << covered.err;
  const auto report = json({"coverage"});
  EXPECT_EQ(report["ledger"]["failed"], 1);
  EXPECT_EQ(report["failed"][0]["digest"], sha256_of("{").text());
  EXPECT_EQ(json({"where", "pkg:npm/left-pad"})["failed"].size(), 1u);
  EXPECT_EQ(json({"artifact", sha256_of("{").text()})["health"], "failed");
  now_ = "2027-11-24T00:00:00Z";
  EXPECT_EQ(run({"store", "prune", "--failed", "30d", "--apply"}).code, 0);
  EXPECT_EQ(json({"coverage"})["ledger"]["failed"], 0);
}

TEST_F(InventoryCommand, AsksForARegistryWithAndWithoutItsName) {
  live();
  const auto none = run({"where", "pkg:npm/left-pad", "--registry"});
  EXPECT_EQ(none.code, 4);
  EXPECT_NE(none.err.find("no registry was ever listed"), std::string::npos) << none.err;
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"where", "pkg:npm/left-pad", "--registry=r.example/shop/"},
        {"where", "pkg:npm/left-pad", "--registry", "r.example/shop"},
        {"where", "--registry", "r.example/shop", "pkg:npm/left-pad"},
        {"coverage", "--registry", "r.example/shop"},
        {"top", "--registry", "r.example/shop", "--running"}}) {
    const auto ran = run(words);
    EXPECT_EQ(ran.code, 4);
    EXPECT_NE(ran.err.find("of the registry r.example/shop; list it with 'pratique ingest --registry r.example'"),
              std::string::npos)
        << ran.err;
  }
  EXPECT_EQ(run({"where", "pkg:npm/left-pad", "one-too-many"}).code, 2);
  EXPECT_EQ(run({"ingest", "--registry", "not a registry"}).code, 2);
  EXPECT_EQ(run({"ingest", path("a.json"), "--subject", "sha256:1"}).code, 2);
}

TEST_F(InventoryCommand, WhatIsBroughtIsInTheAuditLog) {
  live();
  const auto log = run({"audit", "list", "-o", "jsonl"}).out;
  EXPECT_NE(log.find("bill.ingest"), std::string::npos) << log;
  EXPECT_NE(log.find("workloads.ingest"), std::string::npos) << log;
  const auto before = std::count(log.begin(), log.end(), '\n');
  EXPECT_EQ(run({"ingest", path("a.json")}).code, 0);
  const auto again = run({"audit", "list", "-o", "jsonl"}).out;
  EXPECT_EQ(std::count(again.begin(), again.end(), '\n'), before) << "what is there already is not brought";
  EXPECT_EQ(run({"audit", "verify"}).code, 0);
}

TEST_F(InventoryCommand, PrunesWithAPreview) {
  live();
  EXPECT_EQ(run({"store", "prune"}).code, 2);
  EXPECT_EQ(run({"store", "prune", "--history", "soon"}).code, 2);
  const auto preview = run({"store", "prune", "--history", "1d", "--originals", "1d"});
  EXPECT_EQ(preview.out,
            "would drop 0 originals (0 B), 1 pods that are gone, 0 tags that are gone, 1 closed findings and 0 failed "
            "documents\n");
  EXPECT_EQ(json({"coverage", "--as-of", "2026-11-05"})["ledger"]["affected"], 1);
  EXPECT_EQ(run({"store", "prune", "--history", "1d", "--apply"}).out,
            "dropped 0 originals (0 B), 1 pods that are gone, 0 tags that are gone, 1 closed findings and 0 failed "
            "documents\n");
  const auto late = run({"coverage", "--as-of", "2026-11-05"});
  EXPECT_EQ(late.code, 2);
  EXPECT_NE(late.err.find("history before 2026-11-23"), std::string::npos) << late.err;
  EXPECT_EQ(run({"coverage"}).code, 0);
}

}  // namespace
}  // namespace pratique
