#include "app/question/question.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "flow/test_inventory.h"

namespace pratique {
namespace {

using Options = std::map<std::string, std::string, std::less<>>;

// Two stores in which the namespace "shop" is the same; in the second one there is more.
class Questions : public InventoryTest {
 protected:
  Questions() {
    write("osv/1.json", osv("GHSA-1", "left-pad", "2.0.0", severity("CRITICAL") + R"("aliases":["CVE-1"],)"));
    write("osv/2.json", osv("GHSA-2", "secret-lib", "2.0.0", severity("HIGH") + R"("aliases":["CVE-2"],)"));
    db_.emplace(build());
    alone_.emplace(fill("alone", false));
    among_.emplace(fill("among", true));
  }

  static std::string pods(const std::vector<std::pair<std::string, std::string>>& running) {
    std::string items;
    for (const auto& [place, image] : running)
      items += std::string(items.empty() ? "" : ",") + R"({"kind":"Pod","metadata":{"name":")" + place +
               R"(","namespace":")" + place.substr(0, place.find('-')) +
               R"("},"spec":{"containers":[{"name":"c","image":")" +
               (image.starts_with("?") ? image.substr(1) : image + "@" + sha256_of(image).text()) + R"("}]}})";
    return R"({"kind":"List","items":[)" + items + "]}";
  }
  Store fill(const std::string& name, bool with_others) const {
    auto store = Store::open(path(name), Store::Mode::create).value();
    const auto ingest = [&](const std::string& text, Time now) {
      const StoredBill bill = receive_bill(Bytes::copy_of(text), "bill").value();
      EXPECT_TRUE(save_received(store, std::span(&bill, 1), {}, now));
    };
    const auto look = [&](const std::string& cluster, std::vector<std::pair<std::string, std::string>> running,
                          Time now) {
      EXPECT_TRUE(receive_workloads(store, Bytes::copy_of(pods(running)), cluster, {}, now));
    };
    ingest(bill("shop/cart", npm("left-pad", "1.0.0") + "," + npm("tidy", "1.0.0")), at(1));
    ingest(bill("shop/mail", npm("tidy", "1.0.0")), at(1));
    if (with_others) {
      ingest(bill("bank/vault", npm("left-pad", "0.9.0") + "," +
                                    npm("secret-lib", "1.0.0", R"(,"licenses":[{"license":{"id":"MIT"}}])")),
             at(1));
      look("north", {{"bank-1", "shop/cart"}, {"bank-2", "bank/vault"}, {"bank-3", "?nobody:1"}}, at(2));
    }
    EXPECT_TRUE(rematch(store, *db_, at(3)));
    std::vector<std::pair<std::string, std::string>> running = {
        {"shop-1", "shop/cart"}, {"shop-2", "shop/mail"}, {"shop-3", "shop/unknown"}, {"shop-4", "?loose:1"}};
    if (with_others) {
      running.insert(running.end(), {{"bank-2", "bank/vault"}, {"bank-5", "shop/mail"}, {"bank-6", "bank/unknown"}});
      ingest(bill("bank/late", npm("unseen", "1.0.0")), at(9));
    }
    look("north", running, at(10));
    return store;
  }

  Result<InventoryAnswer> answer(const Store& store, Topic topic, Options options, const std::string& scope = {},
                                 std::size_t most = 0) const {
    Inventory inventory{.store = store, .database = &*db_, .most = most};
    if (!scope.empty()) inventory.scopes = std::vector{parse_scope(scope).value()};
    return ask(inventory, {topic, std::move(options)});
  }
  std::string told(const Store& store, Topic topic, const Options& options, const std::string& scope = {},
                   const std::string& form = "json") const {
    const auto answered = answer(store, topic, options, scope);
    return answered ? answered->render(form, {}).value() : render(answered.error());
  }

  std::optional<AdvisoryDb> db_;
  std::optional<Store> alone_, among_;
};

const std::string as_of_6 = "1970-01-01T00:00:06Z", start = "1970-01-01T00:00:02.500Z", end = "1970-01-01T00:00:20Z";
const std::string left_pad = "pkg:npm/left-pad";

std::vector<std::pair<Topic, Options>> all_questions() {
  return {{Topic::where, {{"purl", left_pad}}},
          {Topic::where, {{"purl", left_pad}, {"running", "true"}}},
          {Topic::where, {{"purl", left_pad}, {"running", "true"}, {"as-of", as_of_6}}},
          {Topic::where, {{"purl", "pkg:npm/tidy"}, {"group-by", "workload"}}},
          {Topic::where, {{"purl", "pkg:npm/tidy"}, {"group-by", "image"}}},
          {Topic::where, {{"purl", "pkg:npm/tidy"}, {"group-by", "cluster"}}},
          {Topic::where, {{"purl", "pkg:npm/secret-lib"}}},
          {Topic::where, {{"purl", "pkg:npm/secret-lip"}}},
          {Topic::where, {{"purl", "secret"}}},
          {Topic::where, {{"license", "MIT"}}},
          {Topic::where, {{"license", "MI"}}},
          {Topic::vuln, {{"id", "CVE-1"}}},
          {Topic::vuln, {{"id", "GHSA-1"}, {"running", "true"}}},
          {Topic::vuln, {{"id", "CVE-1"}, {"from", start}, {"to", end}}},
          {Topic::vuln, {{"id", "CVE-1"}, {"from", start}, {"to", end}, {"known", "now"}}},
          {Topic::vuln, {{"id", "CVE-1"}, {"running", "true"}, {"as-of", as_of_6}}},
          {Topic::vuln, {{"id", "CVE-2"}}},
          {Topic::vuln, {{"id", "CVE-3"}}},
          {Topic::artifact, {{"digest", sha256_of("shop/cart").text()}}},
          {Topic::artifact, {{"digest", sha256_of("shop/mail").text()}}},
          {Topic::artifact, {{"digest", sha256_of("bank/vault").text()}}},
          {Topic::artifact, {{"digest", sha256_of("bank/vault").text().substr(0, 20)}}},
          {Topic::coverage, {}},
          {Topic::coverage, {{"running", "true"}}},
          {Topic::coverage, {{"running", "true"}, {"as-of", as_of_6}}},
          {Topic::top, {}},
          {Topic::top, {{"running", "true"}}},
          {Topic::diff, {{"from", start}, {"to", end}}},
          {Topic::diff, {{"from", "1970-01-01T00:00:00.500Z"}, {"to", "1970-01-01T00:00:07Z"}}}};
}

std::string name_of(const std::pair<Topic, Options>& question) { return path_of({question.first, question.second}); }

TEST_F(Questions, AViewerOfANamespaceIsToldTheSameWhateverElseThereIs) {
  for (const auto& question : all_questions())
    EXPECT_EQ(told(*among_, question.first, question.second, "namespace=shop"),
              told(*alone_, question.first, question.second, "namespace=shop"))
        << name_of(question);
}

TEST_F(Questions, AViewerOfARepositoryIsToldTheSameWhateverElseThereIs) {
  for (const auto& question : all_questions()) {
    if (question.second.contains("running") || question.second.contains("group-by")) continue;  // it runs elsewhere too
    const auto other = told(*among_, question.first, question.second, "repository=shop/*");
    for (const auto* secret : {"vault", "secret-lib\"", "unseen", "0.9.0"})
      EXPECT_EQ(other.find(secret), std::string::npos) << name_of(question) << other;
  }
}

TEST_F(Questions, WhoeverSeesAllIsToldMore) {  // so that the tests above can fail
  int different = 0;
  for (const auto& question : all_questions())
    different += told(*among_, question.first, question.second) != told(*alone_, question.first, question.second);
  EXPECT_GT(different, 15);
}

TEST_F(Questions, AnAnswerReadBackLooksTheSame) {
  for (const auto& question : all_questions()) {
    const auto answered = answer(*among_, question.first, question.second, "namespace=*");
    if (!answered) continue;
    const auto read = InventoryAnswer::parse({question.first, question.second}, answered->render("json", {}).value());
    ASSERT_TRUE(read) << render(read.error()) << name_of(question);
    for (const auto* form : {"table", "json", "jsonl", "csv"})
      EXPECT_EQ(read->render(form, {}).value(), answered->render(form, {}).value()) << name_of(question) << form;
    EXPECT_EQ(read->notes(), answered->notes()) << name_of(question);
    EXPECT_FALSE(read->notes().empty() && question.first != Topic::artifact) << name_of(question);
  }
}

TEST_F(Questions, PagesAddUpToTheWhole) {
  for (const auto& [topic, options] : all_questions()) {
    if (options.contains("group-by") || topic == Topic::coverage || topic == Topic::artifact || topic == Topic::top)
      continue;
    const auto whole = answer(*among_, topic, options);
    if (!whole) continue;
    Options page = options;
    std::optional<InventoryAnswer> all;
    for (;;) {
      auto some = answer(*among_, topic, page, {}, 1);
      ASSERT_TRUE(some);
      const auto next = some->next();
      all ? all->add(std::move(*some)) : static_cast<void>(all.emplace(std::move(*some)));
      if (!next) break;
      page.insert_or_assign("cursor", std::to_string(*next));
    }
    const auto parts = [](const InventoryAnswer& one) {  // a page names fewer workloads
      const auto json = nlohmann::json::parse(one.render("json", {}).value());
      std::string text = json["ledger"].dump() + (json.contains("next") ? " and more" : "");
      for (const auto& item : json["items"])
        text +=
            "\n" + item.value("digest", "") + item.value("id", "") + item.value("time", "") + item["package"].dump();
      return text;
    };
    EXPECT_EQ(parts(*all), parts(*whole)) << name_of({topic, options});
  }
}

TEST_F(Questions, WhatIsNoQuestionIsSaid) {
  const auto fault = [&](Topic topic, const Options& options) {
    const auto answered = answer(*alone_, topic, options);
    return answered ? std::optional<Fault>() : answered.error().fault;
  };
  EXPECT_EQ(fault(Topic::where, {}), Fault::usage);
  EXPECT_EQ(fault(Topic::where, {{"purl", left_pad}, {"license", "MIT"}}), Fault::usage);
  EXPECT_EQ(fault(Topic::where, {{"purl", left_pad}, {"group-by", "planet"}}), Fault::usage);
  EXPECT_EQ(fault(Topic::where, {{"purl", left_pad}, {"known", "now"}}), Fault::usage);
  EXPECT_EQ(fault(Topic::where, {{"purl", left_pad}, {"limit", "0"}}), Fault::usage);
  EXPECT_EQ(fault(Topic::vuln, {{"id", "CVE-1"}, {"from", start}}), Fault::usage);
  EXPECT_EQ(fault(Topic::diff, {}), Fault::usage);
  EXPECT_EQ(fault(Topic::diff, {{"from", end}, {"to", start}}), Fault::usage);
  EXPECT_EQ(fault(Topic::vuln, {{"id", "CVE-9"}}), Fault::not_found);
  EXPECT_EQ(fault(Topic::artifact, {{"digest", "sha256:00"}}), Fault::usage);
}

TEST_F(Questions, WhatIsNoAnswerIsRefused) {
  const Question vuln{Topic::vuln, {{"id", "CVE-1"}}};
  const auto good = told(*alone_, Topic::vuln, vuln.options);
  EXPECT_TRUE(InventoryAnswer::parse(vuln, good));
  auto json = nlohmann::json::parse(good);
  for (const auto* name : {"kind", "items", "ledger", "history", "query", "unknown", "statements"}) {
    auto broken = json;
    broken[name] = 7;
    EXPECT_FALSE(InventoryAnswer::parse(vuln, broken.dump())) << name;
    broken.erase(name);
    EXPECT_FALSE(InventoryAnswer::parse(vuln, broken.dump())) << name;
  }
  json["items"][0]["path"] = {1};
  EXPECT_FALSE(InventoryAnswer::parse(vuln, json.dump()));
  for (const auto* text : {"", "[]", "{}", R"({"kind":"Pod"})"}) EXPECT_FALSE(InventoryAnswer::parse(vuln, text));
  EXPECT_FALSE(InventoryAnswer::parse(vuln, std::string(100'000, '[')));
}

TEST(QuestionPath, NamesTopicSubjectAndOptions) {
  EXPECT_EQ(path_of({Topic::vuln, {{"id", "CVE-1/2"}, {"as-of", "2026-03-01"}, {"running", "true"}}}),
            "/api/v1/vulnerabilities/CVE-1%2F2?as_of=2026-03-01&running=true");
  EXPECT_EQ(path_of({Topic::where, {{"purl", "pkg:npm/a"}}}), "/api/v1/where?purl=pkg%3Anpm%2Fa");
  EXPECT_EQ(path_of({Topic::coverage, {}}), "/api/v1/coverage");
}

}  // namespace
}  // namespace pratique
