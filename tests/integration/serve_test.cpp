#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "served.h"  // which reads below PRATIQUE_SOURCE_DIR

namespace pratique {
namespace {

using testing::HasSubstr;

TEST_F(Serve, DeniesLog4ShellByNameAndAdmitsWhatIsClean) {
  const auto server = start();
  const auto denied = message_of(judge(server, "checkout.json"));
  EXPECT_THAT(denied, HasSubstr("log4j-core 2.14.1"));
  EXPECT_THAT(denied, HasSubstr(" (via "));
  EXPECT_THAT(denied, HasSubstr("CVE-2021-44228 (critical), fixed in "));
  EXPECT_THAT(denied, HasSubstr("[policy clean-bill, rule no-known-criticals]"));
  EXPECT_THAT(denied, HasSubstr("[policy no-log4shell, rule log4j-core-below-2.17.1]"));
  EXPECT_EQ(message_of(judge(server, "search.json")), "");
  EXPECT_THAT(message_of(judge(server, "unknown.json")), HasSubstr("is not pinned by digest"));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(message_of(judge(server, "checkout.json")), denied);
}

TEST_F(Serve, ConvincesWithItsOwnCertificate) {
  const auto server = start();
  EXPECT_TRUE(TlsClient(server.port(), folder_ / "tls.crt").connected());
}

TEST_F(Serve, SaysWhereAPackageIs) {
  const auto server = start();
  const auto reply =
      ask(server, "GET", "/api/v1/where?purl=pkg:maven/org.apache.logging.log4j/log4j-core&range=vers:maven/<2.17.1");
  EXPECT_EQ(reply.status, 200u);
  const auto answer = json::parse(reply.body);
  ASSERT_FALSE(answer["items"].empty());
  EXPECT_THAT(answer["items"][0].dump(), HasSubstr("log4j-core"));
  EXPECT_TRUE(answer.contains("ledger"));
  const std::string limited = "/api/v1/where?purl=pkg:maven/org.apache.logging.log4j/log4j-core&limit=1";
  TlsClient client(server.port());
  const auto page = client.ask("GET", limited);
  const auto tag = page.header("etag");
  EXPECT_TRUE(tag.starts_with("w/\"")) << page.head;
  const auto same = client.ask("GET", limited, {}, "If-None-Match: \"x\", " + tag.substr(2) + "\r\n");
  EXPECT_EQ(same.status, 304u);
  EXPECT_EQ(same.body, "");
  EXPECT_EQ(client.ask("GET", limited, {}, "If-None-Match: \"x\"\r\n").body, page.body);
  const auto csv = client.ask("GET", limited, {}, "Accept: text/csv\r\n");
  EXPECT_EQ(csv.header("content-type"), "text/csv; charset=utf-8");
  EXPECT_TRUE(csv.body.starts_with("image,digest,")) << csv.body;
  const auto lines = client.ask("GET", limited, {}, "Accept: application/x-ndjson\r\n");
  EXPECT_EQ(json::parse(lines.body.substr(0, lines.body.find('\n')))["digest"], answer["items"][0]["digest"]);
  EXPECT_EQ(page.header("link").empty(), !json::parse(page.body).contains("next"));
  const std::pair<const char*, unsigned> refused[] = {{"/api/v1/where", 400},
                                                      {"/api/v1/where?purl=log4j", 400},
                                                      {"/api/v1/where?purl=pkg:npm/x&range=oops", 400},
                                                      {"/api/v1/where?purl=pkg:npm/x&running=maybe", 400},
                                                      {"/api/v1/where?purl=pkg:npm/x&limit=-1", 400},
                                                      {"/api/v1/where?purl=pkg:npm/nobody-has-this", 404}};
  for (const auto& [target, status] : refused) {
    const auto problem = ask(server, "GET", target);
    EXPECT_EQ(problem.status, status) << target << problem.body;
    EXPECT_EQ(problem.header("content-type"), "application/problem+json");
  }
}

TEST_F(Serve, TellsItsHealth) {
  auto server = start();
  for (const auto* path : {"/healthz", "/livez", "/readyz"}) EXPECT_EQ(ask(server, "GET", path).status, 200u) << path;
  judge(server, "search.json");
  judge(server, "unknown.json");
  const auto metrics = ask(server, "GET", "/metrics").body;
  for (const auto* line :
       {"pratique_admission_decisions_total{decision=\"allow\"} 1", "pratique_policies 2",
        "pratique_admission_decisions_total{decision=\"deny\"} 1",
        "pratique_admission_unknown_total{decision=\"deny\",reason=\"not-pinned\"}",
        "pratique_http_requests_total{code=\"200\",method=\"POST\",route=\"/v1/admit\"} 2",
        "pratique_evidence_lookups_total{result=\"gathered\"} 1", "pratique_build_info{version=\"0.0.0\"} 1",
        "# TYPE pratique_http_request_duration_seconds histogram"})
    EXPECT_THAT(metrics, HasSubstr(line));
  server.drain();
  EXPECT_EQ(ask(server, "GET", "/readyz").status, 503u);
  EXPECT_EQ(ask(server, "GET", "/livez").status, 200u);
  EXPECT_EQ(message_of(judge(server, "search.json")), "");
}

TEST_F(Serve, KeepsRoutesMethodsAndRequestIds) {
  const auto server = start();
  EXPECT_EQ(ask(server, "GET", "/").status, 404u);
  EXPECT_EQ(ask(server, "GET", "/v1//admit").status, 404u);
  const auto wrong = ask(server, "GET", "/v1/admit");
  EXPECT_EQ(wrong.status, 405u);
  EXPECT_EQ(wrong.header("allow"), "post, options");
  const auto options = ask(server, "OPTIONS", "/api/v1/where");
  EXPECT_EQ(options.status, 204u);
  EXPECT_EQ(options.header("allow"), "get, head, options");
  EXPECT_EQ(ask(server, "OPTIONS", "/nowhere").status, 404u);
  TlsClient client(server.port());
  EXPECT_EQ(client.ask("GET", "/healthz", {}, "X-Request-ID: abc-7\r\n").header("x-request-id"), "abc-7");
  const auto own = client.ask("GET", "/healthz", {}, "X-Request-ID: a b\r\n").header("x-request-id");
  EXPECT_EQ(own.size(), 16u);
  EXPECT_NE(own, client.ask("GET", "/healthz").header("x-request-id"));
}

TEST_F(Serve, RefusesReviewsThatAreNoneAndGoesOn) {
  const auto server = start();
  const std::string good = text_of(project / "demo/reviews/search.json");
  for (const auto& body :
       {std::string(), std::string("{}"), std::string("[]"), std::string("\xff"), good.substr(0, good.size() / 2)}) {
    const auto reply = ask(server, "POST", "/v1/admit", body);
    EXPECT_EQ(reply.status, 400u) << body.substr(0, 40);
    EXPECT_EQ(reply.header("content-type"), "application/problem+json");
  }
  EXPECT_EQ(ask(server, "POST", "/v1/admit", std::string(100'000, '[')).status, 413u);
  EXPECT_EQ(ask(server, "POST", "/v1/admit", std::string(config_.http.body_limit + 1, ' ')).status, 413u);
  EXPECT_EQ(message_of(judge(server, "search.json")), "");
  EXPECT_THAT(ask(server, "GET", "/metrics").body,
              HasSubstr("pratique_admission_reviews_refused_total{reason=\"malformed\"} 5"));
}

TEST_F(Serve, TakesNewPoliciesAndKeepsTheOldOnesWhenTheyAreBroken) {
  auto server = start();
  EXPECT_EQ(message_of(judge(server, "search.json")), "");
  write(folder_ / "policies/more.yaml",
        "apiVersion: pratique.dev/v1alpha1\nkind: Policy\nmetadata: {name: more}\nspec:\n  rules:\n"
        "    - {name: hands-off, denyPackage: {purl: pkg:golang/stdlib}}\n");
  server.refresh(Server::What::changed);
  EXPECT_THAT(ask(server, "GET", "/metrics").body, HasSubstr("pratique_policies 3"));
  write(folder_ / "policies/more.yaml", "apiVersion: [");
  server.refresh(Server::What::changed);
  const auto metrics = ask(server, "GET", "/metrics").body;
  EXPECT_THAT(metrics, HasSubstr("pratique_policies 3"));
  EXPECT_THAT(metrics, HasSubstr("pratique_reloads_total{result=\"refused\",what=\"policies\"} 1"));
  EXPECT_THAT(metrics, HasSubstr("pratique_reloads_total{result=\"taken\",what=\"policies\"} 1"));
  server.refresh(Server::What::changed);  // nothing new: not tried again
  EXPECT_EQ(ask(server, "GET", "/metrics").body.find("result=\"refused\",what=\"policies\"} 2"), std::string::npos);
}

TEST_F(Serve, TakesANewAdvisoryDatabase) {
  auto server = start();
  const auto before = judge(server, "checkout.json")["auditAnnotations"]["database"];
  fs::create_directory(folder_ / "none");
  fs::copy(project / "facts/CVE-2014-0160.json", folder_ / "none");
  build({folder_ / "none"});
  server.refresh(Server::What::changed);
  const auto after = judge(server, "checkout.json");
  EXPECT_NE(after["auditAnnotations"]["database"], before);
  EXPECT_EQ(message_of(after).find("CVE-2021-44228"), std::string::npos);
  write(config_.database, "damaged");
  server.refresh(Server::What::changed);
  EXPECT_EQ(judge(server, "checkout.json")["auditAnnotations"]["database"], after["auditAnnotations"]["database"]);
}

TEST_F(Serve, TakesANewCertificate) {
  auto server = start();
  const auto before = TlsClient(server.port()).certificate();
  ASSERT_TRUE(make_self_signed_certificate("other", config_.http.certificate_file, config_.http.key_file, now));
  server.refresh(Server::What::changed);
  EXPECT_NE(TlsClient(server.port()).certificate(), before);
}

TEST_F(Serve, DeniesWhileTheStoreIsBrokenAndComesBack) {
  auto server = start();
  fs::rename(config_.store, folder_ / "aside");
  write(config_.store, "not a store");
  EXPECT_THAT(message_of(judge(server, "search.json")), HasSubstr("the store gave no answer"));
  EXPECT_EQ(readiness_after_probe(server, 503), 503u);
  EXPECT_GE(ask(server, "GET", "/api/v1/where?purl=pkg:npm/x").status, 400u);
  EXPECT_EQ(ask(server, "GET", "/livez").status, 200u);
  fs::rename(folder_ / "aside", config_.store);
  EXPECT_EQ(message_of(judge(server, "search.json")), "");
  EXPECT_EQ(readiness_after_probe(server, 200), 200u);
}

TEST_F(Serve, SaysWhatItCannotStartWithout) {
  const auto good = config_;
  config_.database = folder_ / "absent.mdb";
  EXPECT_EQ(start_error().fault, Fault::not_found);
  EXPECT_THAT(render(start_error()), HasSubstr("db build"));
  config_ = good;
  config_.policies = {folder_ / "absent"};
  EXPECT_EQ(start_error().fault, Fault::not_found);
  config_ = good;
  write(folder_ / "bad.yaml", "apiVersion: 1\n");
  config_.policies = {folder_ / "bad.yaml"};
  EXPECT_THAT(render(start_error()), HasSubstr("bad.yaml:1:13: "));
  config_ = good;
  config_.store = folder_ / "bad.yaml";
  EXPECT_EQ(start_error().fault, Fault::malformed);
  config_ = good;
  config_.self_signed.clear();
  config_.http.certificate_file = folder_ / "absent.crt";
  EXPECT_EQ(start_error().fault, Fault::not_found);
  config_ = good;
  const auto running = start();
  config_.http.port = running.port();
  EXPECT_THAT(render(start_error()), HasSubstr("is taken"));
}

TEST_F(Serve, StopsWhenToldAndAnswersBefore) {
  auto server = start();
  TlsClient idle(server.port());
  EXPECT_EQ(idle.ask("GET", "/healthz").status, 200u);
  server.stop();
  EXPECT_TRUE(idle.closed());
}

}  // namespace
}  // namespace pratique
