#include "app/render/where.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "app/render/csv.h"

namespace pratique {
namespace {

RunningIn running(const std::string& name, std::uint64_t pods) {
  RunningIn one;
  one.cluster = "north";
  one.name_space = "shop";
  one.kind = "Deployment";
  one.name = name;
  one.pods = pods;
  one.containers = {"main"};
  return one;
}

WhereReport report() {
  WhereReport report{"pkg:maven/a/log", "vers:maven/<2", true, false, {}};
  LocatedArtifact cart{"sha256:aa", "shop/cart:1", {}, {}, {}};
  cart.packages = {{"log", "1.0", "pkg:maven/a/log@1.0", {"web 1", "log 1.0"}}, {"log", "", "", {"log"}}};
  cart.running = {1, 3, 1203, {running("cart", 1200), running("mail", 1), running("pay", 2)}};
  report.answer.artifacts = {cart,
                             LocatedArtifact{"sha256:bb", "=cmd|'\x1b[2J", {}, {{"log", "1.0", "", {"log 1.0"}}}, {}}};
  report.answer.ledger = {.clean = 5, .affected = 2, .unknown = 12};
  report.answer.unknown = {{"shop/x:1", "sha256:cc", "runs and has no bill"}};
  report.answer.next = 70000;
  return report;
}

TEST(WhereReport, IsATable) {
  EXPECT_EQ(
      render_where_table(report(), {}),
      "IMAGE          PACKAGE  RUNS IN                                                           PATH\n"
      "shop/cart:1    log 1.0  north/shop/cart (1,200 pods), north/shop/mail (1 pod) and 1 more  web 1 > log 1.0\n"
      "shop/cart:1    log      north/shop/cart (1,200 pods), north/shop/mail (1 pod) and 1 more  log\n"
      "=cmd|'\\x1b[2J  log 1.0  -                                                                 log 1.0\n");
}

TEST(WhereReport, IsJsonWithTheDocumentedFields) {
  const auto json = nlohmann::json::parse(render_where_json(report()));
  EXPECT_EQ(json["apiVersion"], "pratique/v1");
  EXPECT_EQ(json["ledger"]["examined"], 19);
  EXPECT_EQ(json["next"], "70000");
  ASSERT_EQ(json["items"].size(), 3u);
  const auto& item = json["items"][0];
  EXPECT_EQ(item["digest"], "sha256:aa");
  EXPECT_EQ(item["image"], "shop/cart:1");
  EXPECT_EQ(item["package"]["name"], "log");
  EXPECT_EQ(item["package"]["version"], "1.0");
  EXPECT_EQ(item["path"], (std::vector<std::string>{"web 1", "log 1.0"}));
  EXPECT_EQ(item["workloads"][0]["namespace"], "shop");
  EXPECT_EQ(item["workloads"][0]["cluster"], "north");
  EXPECT_EQ(item["workloads"][0]["kind"], "Deployment");
  EXPECT_EQ(item["workloads"][0]["name"], "cart");
  EXPECT_EQ(item["workloads"][0]["pods"], 1200);
  EXPECT_EQ(item["running"]["workloads"], 3);
  EXPECT_EQ(item["running"]["pods"], 1203);
  EXPECT_TRUE(item["registry"].is_array());
  EXPECT_EQ(item["since"], "1970-01-01T00:00:00Z");
  EXPECT_EQ(json["items"][1]["package"]["name"], "log");
  EXPECT_EQ(json["unknown"][0]["reason"], "runs and has no bill");
  const auto lines = render_where_jsonl(report());
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 3);
  EXPECT_EQ(nlohmann::json::parse(lines.substr(0, lines.find('\n'))), item);
}

TEST(WhereReport, ReadsBackWhatItWrote) {
  const auto json = render_where_json(report());
  const auto read = parse_where_json(json);
  ASSERT_TRUE(read) << render(read.error());
  EXPECT_EQ(render_where_json(*read), json);
  EXPECT_EQ(render_where_csv(*read), render_where_csv(report()));
  EXPECT_EQ(render_where_table(*read, {}), render_where_table(report(), {}));
}

TEST(WhereReport, RefusesWhatIsNoAnswer) {
  const auto whole = nlohmann::json::parse(render_where_json(report()));
  for (const auto* text : {"", "{}", "[]", "null", "{\"kind\":\"List\"}", "{\"kind\":7}", "{\"kind\":\"WhereReport\"}"})
    EXPECT_EQ(parse_where_json(text).error().fault, Fault::malformed) << text;
  EXPECT_FALSE(parse_where_json(std::string(100'000, '[')));
  for (const auto& [name, value] : whole.items()) {
    if (name == "apiVersion" || name == "next") continue;
    for (const auto& other : {nlohmann::json(), nlohmann::json(-1), nlohmann::json::array({1})}) {
      auto changed = whole;
      changed[name] = other;
      EXPECT_FALSE(parse_where_json(changed.dump())) << name << other;
    }
  }
}

TEST(WhereReport, IsCsvWithALineForEachWorkload) {
  const auto csv = render_where_csv(report());
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 1 + 3 + 3 + 1);
  EXPECT_NE(csv.find("shop/cart:1,sha256:aa,log 1.0,web 1 > log 1.0,north,shop,Deployment,cart,1200,1970"),
            std::string::npos);
  EXPECT_NE(csv.find("\n'=cmd"), std::string::npos);
}

TEST(WhereReport, IsNamesAndSaysWhatIsUnknown) {
  EXPECT_EQ(render_where_name(report()), "sha256:aa\nsha256:bb\n");
  EXPECT_EQ(notes_on(report()), (std::vector<std::string>{"unknown: shop/x:1 (runs and has no bill)",
                                                          "unknown: 11 more (-o json lists them)",
                                                          "2 of 2 artifacts shown (--cursor 70000 goes on)",
                                                          "19 examined: 5 clean, 2 affected, 12 unknown, 0 failed"}));
  EXPECT_EQ(render_where_table({}, {}), "");
  EXPECT_EQ(render_where_name({}), "");
}

TEST(Csv, QuotesAndRunsNothing) {
  EXPECT_EQ(render_csv_line(std::vector<std::string>{"a", "b c", "", "1,5", "say \"hi\"", "two\nlines"}),
            "a,b c,,\"1,5\",\"say \"\"hi\"\"\",\"two\nlines\"\n");
  EXPECT_EQ(render_csv_line(std::vector<std::string>{"=1+1", "+1", "-1", "@x", "\tx", "\rx", "=a,b"}),
            "'=1+1,'+1,'-1,'@x,\"'\tx\",\"'\rx\",\"'=a,b\"\n");
}

}  // namespace
}  // namespace pratique
