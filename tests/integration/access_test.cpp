// Who may what, over the real server: every route, every role, every kind of token.
#include "flow/access.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <set>
#include <thread>

#include "app/server/route.h"
#include "base/text.h"
#include "served.h"  // which reads below PRATIQUE_SOURCE_DIR

namespace pratique {
namespace {

using testing::HasSubstr;
using testing::Not;

class ServeAccess : public Serve {
 protected:
  ServeAccess() {
    config_.no_auth = false;
    config_.rate = 0;
    auto store = Store::open(config_.store, Store::Mode::create).value();
    EXPECT_TRUE(ingest_workloads(store, project / "demo/pods.json", "harbour", now));
    EXPECT_TRUE(
        store.save_snapshot("node-canary", R"({"kind":"KernelInventory","node":"node-canary","items":[]})", now));
    EXPECT_TRUE(store.save_kernel_events("node-canary", std::vector<std::string>{R"({"x":"node-canary"})"}, now));
  }

  std::string token(Role role, const std::string& scope = {}, std::chrono::hours life = std::chrono::hours(1)) {
    auto store = Store::open(config_.store, Store::Mode::create).value();
    std::string entropy(token_entropy, static_cast<char>(++tokens_));
    auto grant = Grant{role, parse_scope(scope).value()};
    if (role == Role::agent && grant.scope.nodes.empty()) grant.scope.nodes = {"node-1"};
    // Made long ago, where it is to be over by now.
    const Time made = life.count() > 0 ? now : now - std::chrono::hours(100);
    const auto issued = issue_token(store, {"test", grant, made + (life.count() > 0 ? life : -life)}, entropy,
                                    {"test", "test", "", "", ""}, made);
    EXPECT_TRUE(issued) << render(issued.error());
    last_id_ = issued->kept.id;
    return issued->text;
  }
  void revoke_last() const {
    auto store = Store::open(config_.store, Store::Mode::create).value();
    EXPECT_TRUE(revoke_token(store, last_id_, {"test", "test", "", "", ""}, now));
  }

  static Reply ask_as(const Server& server, const std::string& token, const std::string& method,
                      const std::string& target, const std::string& body = {}, const std::string& type = {}) {
    TlsClient client(server.port());
    const auto headers = (token.empty() ? "" : "Authorization: Bearer " + token + "\r\n") +
                         (type.empty() ? "" : "Content-Type: " + type + "\r\n");
    return client.ask(method, target, body, headers);
  }

  // A request that a route takes.
  static std::string target_of(const Route& route) {
    std::string target;
    for (const auto part : split(route.path, '/')) {
      if (part.empty()) continue;
      target += "/";
      if (part == "{digest}")
        target += sha256_of(text_of(project / "demo/bills/checkout.cdx.json")).text();
      else if (part == "{vulnerability}")
        target += "CVE-2021-44228";
      else if (part == "{artifact}")
        target += "sha256:f51268b2f448";
      else if (part == "{id}")
        target += "ffffffffffffffff";
      else if (part == "{name}")
        target += route.path.find("/nodes/") == std::string_view::npos ? "harbour"
                  : route.permission == Permission::report             ? "node-1"
                                                                       : "node-canary";
      else
        target += part;
    }
    char mark = '?';
    for (const auto& parameter : route.query)
      if (!parameter.example.empty()) {
        target += mark + std::string(parameter.name) + "=" + percent_encoded(parameter.example, url_unreserved);
        mark = '&';
      }
    return target;
  }
  static std::string body_of(const Route& route) {
    const std::map<std::string_view, std::string> bodies = {
        {"admit", text_of(project / "demo/reviews/search.json")},
        {"postBill", text_of(project / "demo/bills/checkout.cdx.json")},
        {"postBills", R"({"place":"x","document":"{}"})"},
        {"patchUpload", "piece"},
        {"postWorkloads", text_of(project / "demo/pods.json")},
        {"postNodeKernel", R"({"kind":"KernelInventory","items":[]})"},
        {"postNodeEvents", R"({"action":"load"})"},
        {"postToken", R"({"name":"x","role":"viewer","expires":")" + render_time(now + std::chrono::hours(1)) + "\"}"}};
    if (!route.body) return {};
    EXPECT_TRUE(bodies.contains(route.name)) << "a new route needs an example here: " << route.name;
    return bodies.contains(route.name) ? bodies.at(route.name) : std::string();
  }
  static Reply ask_route(const Server& server, const std::string& token, const Route& route) {
    return ask_as(server, token, std::string(route.method), target_of(route), body_of(route));
  }

  int tokens_ = 0;
  std::string last_id_;
};

TEST_F(ServeAccess, NobodyGetsBeyondOpenRoutes) {
  const auto server = start();
  const std::string over = token(Role::admin, "", std::chrono::hours(-1));
  const std::string revoked = token(Role::admin);
  revoke_last();
  const std::string good = token(Role::admin);
  const std::string none[] = {
      "", "x", "prq_", over, revoked, good + "x", good.substr(0, 63), "eyJhbGciOiJub25lIn0.e30."};
  for (const Route& route : routes())
    for (const auto& token : none) {
      const auto reply = ask_route(server, token, route);
      const auto what = std::string(route.method) + " " + std::string(route.path) + " '" + token + "'";
      if (route.permission == Permission::open) {
        EXPECT_LT(reply.status, 400u) << what << reply.body;
        continue;
      }
      EXPECT_EQ(reply.status, 401u) << what;
      EXPECT_EQ(reply.header("www-authenticate"), "bearer realm=\"pratique\"") << what;
      EXPECT_EQ(reply.header("content-type"), "application/problem+json") << what;
    }
}

TEST_F(ServeAccess, EveryRoleGetsWhereItMayAndNowhereElse) {
  const auto server = start();
  for (const Role role : all_roles) {
    const auto good = token(role);
    for (const Route& route : routes()) {
      const auto reply = ask_route(server, good, route);
      const auto what = std::string(name_of(role)) + " " + std::string(route.method) + " " + std::string(route.path);
      // What is named in the target is not there.
      const bool is_in = reply.status < 400 || (reply.status == 404 && target_of(route).ends_with("ffff")) ||
                         (reply.status == 404 && route.name == "patchUpload");
      EXPECT_TRUE(may(role, route.permission) ? is_in : reply.status == 403)
          << what << " " << reply.status << reply.body;
    }
  }
}

TEST_F(ServeAccess, NoScopeShowsNorChangesWhatLiesOutside) {
  const auto server = start();
  const char* scopes[] = {"cluster=elsewhere", "namespace=elsewhere", "repository=elsewhere/*", "node=elsewhere",
                          "cluster=elsewhere namespace=elsewhere repository=elsewhere node=elsewhere"};
  std::set<std::string> shut;
  for (const Role role : all_roles)
    for (const auto* scope : scopes) {
      if (role == Role::agent && std::string_view(scope).find("node=") == std::string_view::npos) continue;
      const auto narrow = token(role, scope);
      for (const Route& route : routes()) {
        if (route.permission == Permission::open || !may(role, route.permission)) continue;
        const auto reply = ask_route(server, narrow, route);
        const auto what = std::string(name_of(role)) + " of " + scope + " " + std::string(route.method) + " " +
                          std::string(route.path) + " " + std::to_string(reply.status) + reply.body;
        EXPECT_NE(reply.status, 401u) << what;
        for (const auto* canary : {"checkout", "log4j-core 2", "node-canary", "kube-system"}) {
          if (reply.status >= 400) break;  // a refusal may say what was asked for
          EXPECT_THAT(reply.body, Not(HasSubstr(canary))) << what;
        }
        // An upload is judged when it is whole; a batch line by line.
        const bool changes =
            route.method != "GET" && route.name != "postBills" && !route.path.starts_with("/api/v1/uploads");
        EXPECT_TRUE(!changes || reply.status == 403) << what;
        if (reply.status == 403) shut.insert(std::string(route.name));
      }
    }
  EXPECT_THAT(shut, testing::IsSupersetOf({"getMetrics", "getTokens", "getAudit", "postBill", "postNodeKernel"}));
}

TEST_F(ServeAccess, AViewerOfANamespaceSeesItsWorkloadsAndCountsThem) {
  const auto server = start();
  const std::string target = "/api/v1/where?purl=pkg:maven/org.apache.logging.log4j/log4j-core";
  const auto all = json::parse(ask_as(server, token(Role::viewer), "GET", target).body);
  EXPECT_FALSE(all.contains("scope"));
  std::set<std::string> namespaces;
  for (const auto& item : all["items"])
    for (const auto& workload : item["workloads"]) namespaces.insert(workload["namespace"].get<std::string>());
  ASSERT_FALSE(namespaces.empty());
  for (const auto& name : namespaces) {
    const auto reply = ask_as(server, token(Role::viewer, "namespace=" + name), "GET", target);
    ASSERT_EQ(reply.status, 200u) << reply.body;
    const auto part = json::parse(reply.body);
    EXPECT_EQ(part["scope"], json::array({"namespace=" + name}));
    std::set<std::string> artifacts;
    for (const auto& item : part["items"]) {
      artifacts.insert(item["digest"].get<std::string>());
      std::uint64_t pods = 0;
      for (const auto& workload : item["workloads"]) {
        EXPECT_EQ(workload["namespace"], name);
        pods += workload["pods"].get<std::uint64_t>();
      }
      EXPECT_EQ(item["running"]["pods"], pods);
      EXPECT_EQ(item["running"]["workloads"], item["workloads"].size());
    }
    EXPECT_EQ(part["ledger"]["affected"], artifacts.size());
    EXPECT_LE(part["ledger"]["examined"], all["ledger"]["examined"]);
  }
  const auto other = ask_as(server, token(Role::viewer, "namespace=elsewhere"), "GET", target);
  const auto absent =
      ask_as(server, token(Role::viewer, "namespace=elsewhere"), "GET", "/api/v1/where?purl=pkg:npm/nobody-has-this");
  EXPECT_EQ(other.status, 404u);
  EXPECT_EQ(absent.status, 404u) << "what others have is not told from what nobody has";
  EXPECT_THAT(other.body, HasSubstr("no bill that you may see lists"));
}

TEST_F(ServeAccess, AnIngesterOfARepositoryCannotTouchWhatIsOfAnother) {
  const auto server = start();
  const auto bill = [](const std::string& name, const std::string& digest) {
    return R"({"bomFormat":"CycloneDX","specVersion":"1.5","metadata":{"component":{"type":"container","name":")" +
           name + R"(","version":")" + digest + R"("}},"components":[]})";
  };
  const auto own = token(Role::ingester, "repository=mine/*");
  const auto fresh = sha256_of("fresh").text();
  EXPECT_EQ(ask_as(server, own, "POST", "/api/v1/bills", bill("mine/app", fresh)).status, 201u);
  EXPECT_EQ(ask_as(server, own, "POST", "/api/v1/bills", bill("mine/app", fresh)).status, 200u);
  EXPECT_EQ(ask_as(server, own, "POST", "/api/v1/bills", bill("yours/app", sha256_of("y").text())).status, 403u);
  // Somebody else's artifact under a name of one's own would make its parts visible to whoever sees that name.
  EXPECT_EQ(
      ask_as(server, token(Role::ingester), "POST", "/api/v1/bills", bill("yours/app", sha256_of("y").text())).status,
      201u);
  EXPECT_EQ(ask_as(server, own, "POST", "/api/v1/bills", bill("mine/app", sha256_of("y").text())).status, 403u);
}

TEST_F(ServeAccess, ALargeBillComesPieceByPiece) {
  config_.http.body_limit = 1 << 20;
  const auto server = start();
  std::string bill =
      R"({"bomFormat":"CycloneDX","specVersion":"1.5","metadata":{"component":{"type":"container","name":"mine/app"}},"components":[)";
  // Few parts with much to say: what is large are the bytes.
  for (int i = 0; bill.size() < (5u << 20) / 2; ++i)
    bill += (i == 0 ? "" : ",") + std::string(R"({"type":"library","name":"p)") + std::to_string(i) +
            R"(","version":"1","description":")" + std::string(500'000, 'x') + "\"}";
  bill += "]}";
  const auto own = token(Role::ingester), other = token(Role::ingester, "repository=yours/*");
  const auto begun = ask_as(server, own, "POST", "/api/v1/uploads?size=" + std::to_string(bill.size()));
  ASSERT_EQ(begun.status, 201u) << begun.body;
  const auto place = begun.header("location");
  const auto send = [&](std::size_t at) {
    return ask_as(server, own, "PATCH", place + "?offset=" + std::to_string(at), bill.substr(at, 1 << 20));
  };
  EXPECT_EQ(send(0).status, 202u);
  EXPECT_EQ(send(0).status, 409u) << "it is there already";
  EXPECT_EQ(send(2 << 20).status, 409u) << "a piece is missing before it";
  EXPECT_EQ(json::parse(ask_as(server, own, "GET", place).body)["offset"], 1 << 20);
  EXPECT_EQ(ask_as(server, own, "PATCH", place + "?offset=1048576", std::string()).status, 409u);
  EXPECT_EQ(send(1 << 20).status, 202u);
  const auto done = send(2 << 20);
  EXPECT_EQ(done.status, 201u) << done.body;
  EXPECT_EQ(json::parse(done.body)["digest"], sha256_of(bill).text());
  EXPECT_EQ(ask_as(server, own, "GET", place).status, 404u);
  const auto again = ask_as(server, other, "POST", "/api/v1/uploads?size=" + std::to_string(5));
  EXPECT_EQ(ask_as(server, own, "POST", "/api/v1/uploads?size=0").status, 400u);
  EXPECT_EQ(ask_as(server, own, "POST", "/api/v1/uploads?size=999999999999").status, 413u);
  EXPECT_EQ(again.status, 201u);
  EXPECT_EQ(ask_as(server, other, "PATCH", again.header("location") + "?offset=0", "hello").status, 400u) << "no bill";
}

TEST_F(ServeAccess, WhatWasDoneAndWhatWasRefusedIsInTheLog) {
  auto server = start();
  const auto ci = token(Role::ingester);
  const auto bill = R"({"bomFormat":"CycloneDX","specVersion":"1.5","components":[]})";
  EXPECT_EQ(ask_as(server, ci, "POST", "/api/v1/bills", bill).status, 201u);
  EXPECT_EQ(ask_as(server, ci, "POST", "/api/v1/uploads?size=9&place=big").status, 201u);
  const auto agent = token(Role::agent, "node=node-1");
  const std::string kernel = R"({"kind":"KernelInventory","items":[]})";
  EXPECT_EQ(ask_as(server, agent, "POST", "/api/v1/nodes/node-1/kernel", kernel).status, 201u);
  EXPECT_EQ(ask_as(server, agent, "POST", "/api/v1/nodes/node-1/kernel", kernel).status, 200u);
  EXPECT_EQ(ask_as(server, agent, "POST", "/api/v1/nodes/node-1/events", "{}\n{}\n").status, 200u);
  EXPECT_EQ(ask_as(server, ci, "GET", "/api/v1/audit").status, 403u);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(ask(server, "GET", "/api/v1/audit").status, 401u);
  server.stop();
  const auto store = Store::open(config_.store, Store::Mode::read).value();
  AuditChain chain;
  std::vector<std::string> said;
  ASSERT_TRUE(store.visit_audit(1, 1000, [&](const AuditEntry& entry) -> Result<void> {
    said.push_back(entry.actor + " " + entry.action + " " + entry.object.substr(0, 17) + " " + entry.detail);
    EXPECT_THAT(entry.detail + entry.object, Not(HasSubstr(ci)));
    return chain.follow(entry);
  }));
  EXPECT_THAT(said, testing::Contains(HasSubstr("test token.create ")));
  EXPECT_THAT(said, testing::Contains(HasSubstr("token:test bill.ingest " + sha256_of(bill).text().substr(0, 17))));
  EXPECT_THAT(said, testing::Contains("token:test access.refused GET /api/v1/audit 403"));
  EXPECT_THAT(said, testing::Contains(HasSubstr(" big, 9 bytes")));
  EXPECT_EQ(std::count(said.begin(), said.end(), "token:test kernel.report node-1 " + sha256_of(kernel).text()), 1);
  EXPECT_THAT(said, testing::Contains("token:test events.report node-1 2 kernel events"));
  EXPECT_THAT(said, testing::Contains(" access.refused GET /api/v1/audit 401 (3 times)"));
}

TEST_F(ServeAccess, TokensAreMadeAndRevokedByAdmins) {
  const auto server = start();
  const auto admin = token(Role::admin);
  const auto wanted = R"({"name":"ci","role":"viewer","scope":"namespace=shop","expires":")" +
                      render_time(now + std::chrono::hours(2)) + "\"}";
  const auto made = ask_as(server, admin, "POST", "/api/v1/tokens", wanted, "application/json");
  ASSERT_EQ(made.status, 201u) << made.body;
  const auto issued = json::parse(made.body);
  const auto text = issued["token"].get<std::string>();
  EXPECT_EQ(ask_as(server, text, "GET", "/api/v1/nodes").status, 200u);
  EXPECT_THAT(ask_as(server, admin, "GET", "/api/v1/tokens").body, Not(HasSubstr(text)));
  EXPECT_EQ(ask_as(server, admin, "DELETE", "/api/v1/tokens/" + issued["id"].get<std::string>()).status, 204u);
  EXPECT_EQ(ask_as(server, admin, "DELETE", "/api/v1/tokens/" + issued["id"].get<std::string>()).status, 404u);
  for (const char* bad :
       {"", "{}", "[]", R"({"name":"x","role":"viewer"})", R"({"name":"x","role":"king","expires":"2026-01-01"})",
        R"({"name":"x","role":"viewer","expires":"2026-01-01","more":"x"})", R"({"name":7})"})
    EXPECT_EQ(ask_as(server, admin, "POST", "/api/v1/tokens", bad, "application/json").status, 400u) << bad;
}

TEST_F(ServeAccess, ACertificateSpeaksForItsNodeOnly) {
  make_client_certificate("node:n-1", folder_ / "agent");
  config_.http.client_ca_file = folder_ / "agent.crt";
  config_.certificates = {{"CN=node:*", "", {Role::agent, {}}}};
  const auto server = start();
  const auto snapshot = std::string(R"({"kind":"KernelInventory","items":[]})");
  const auto with_certificate = [&](const std::string& node) {
    TlsClient client(server.port(), {}, folder_ / "agent");
    return client.ask("POST", "/api/v1/nodes/" + node + "/kernel", snapshot);
  };
  EXPECT_EQ(with_certificate("n-1").status, 201u);
  EXPECT_EQ(with_certificate("n-1").status, 200u);
  EXPECT_EQ(with_certificate("n-2").status, 403u);
  TlsClient client(server.port(), {}, folder_ / "agent");
  EXPECT_EQ(client.ask("GET", "/api/v1/nodes").status, 403u);
  EXPECT_EQ(ask(server, "POST", "/v1/admit", text_of(project / "demo/reviews/search.json")).status, 200u)
      << "the API server has no certificate";
}

TEST_F(ServeAccess, WithoutAuthenticationOnlyThisMachineMayConnect) {
  config_.no_auth = true;
  config_.http.address = "0.0.0.0";
  EXPECT_EQ(start_error().fault, Fault::usage);
  EXPECT_THAT(render(start_error()), HasSubstr("--no-auth"));
}

TEST_F(ServeAccess, OneClientDoesNotTakeAll) {
  config_.rate = 2;
  const auto server = start();
  const auto one = token(Role::viewer);
  std::set<unsigned> statuses;
  TlsClient client(server.port());
  for (int i = 0; i < 50; ++i)
    statuses.insert(client.ask("GET", "/api/v1/nodes", {}, "Authorization: Bearer " + one + "\r\n").status);
  EXPECT_EQ(statuses, (std::set<unsigned>{200, 429}));
  EXPECT_EQ(ask(server, "GET", "/readyz").status, 200u);
}

TEST_F(ServeAccess, WhatIsTooMuchToTakeInIsPutOffAndReadsGoOn) {
  config_.ingests = 0;  // as when as many as may are under way
  const auto server = start();
  const auto ci = token(Role::ingester), viewer = token(Role::viewer);
  for (const auto* name : {"postBill", "postBills", "patchUpload", "postWorkloads"}) {
    const auto route =
        std::find_if(routes().begin(), routes().end(), [&](const Route& one) { return one.name == name; });
    ASSERT_NE(route, routes().end());
    const auto reply = ask_route(server, ci, *route);
    EXPECT_EQ(reply.status, 503u) << name << reply.body;
    EXPECT_EQ(reply.header("retry-after"), "1") << name;
  }
  for (const auto* target : {"/api/v1/coverage", "/api/v1/where?license=MIT", "/api/v1/vulnerabilities/CVE-2021-44228"})
    EXPECT_EQ(ask_as(server, viewer, "GET", target).status, 200u) << target;
}

TEST_F(ServeAccess, TellsWhatIsNewToWhomItConcerns) {
  auto server = start();
  server.refresh(Server::What::changed);
  const auto agent = token(Role::agent, "node=node-1");
  const auto listen = [&](const std::string& who, const std::string& wanted) {
    TlsClient client(server.port());
    client.send("GET /api/v1/events HTTP/1.1\r\nHost: x\r\nLast-Event-ID: 0\r\nAuthorization: Bearer " + who +
                "\r\n\r\n");
    std::string heard;
    while (heard.find(wanted) == std::string::npos) {
      const auto more = client.receive_some();
      if (more.empty()) break;
      heard += more;
    }
    return heard;
  };
  EXPECT_EQ(
      ask_as(server, agent, "POST", "/api/v1/nodes/node-1/kernel", R"({"kind":"KernelInventory","items":[]})").status,
      201u);
  const auto all = listen(token(Role::viewer), "node-1");
  EXPECT_THAT(all, HasSubstr("text/event-stream"));
  EXPECT_THAT(all, HasSubstr("event: snapshot\ndata: {"));
  EXPECT_THAT(all, HasSubstr("event: workloads\ndata: {"));
  const auto part = listen(token(Role::viewer, "cluster=harbour"), "harbour");
  EXPECT_THAT(part, HasSubstr("event: workloads\ndata: {"));
  EXPECT_THAT(part, Not(HasSubstr("node-1")));
}

// Bills, then what runs, matched by the server itself and then by another process with other advisories.
TEST_F(ServeAccess, TellsWhatFindingsOpenedAndClosedToWhomeverTheyConcern) {
  auto server = start();
  std::atomic<bool> is_over{false};
  std::thread watching([&] {
    for (; !is_over; std::this_thread::sleep_for(std::chrono::milliseconds(20))) server.refresh(Server::What::changed);
  });
  const auto listen = [&](const std::string& who, const std::string& after) {
    auto client = std::make_unique<TlsClient>(server.port());
    client->send("GET /api/v1/events HTTP/1.1\r\nHost: x\r\nLast-Event-ID: " + after + "\r\nAuthorization: Bearer " +
                 who + "\r\n\r\n");
    return client;
  };
  const auto hear = [](TlsClient& client, const std::string& wanted) {
    std::string heard;
    while (heard.find(wanted) == std::string::npos) {
      const auto more = client.receive_some();
      if (more.empty()) break;
      heard += more;
    }
    return heard;
  };
  const auto everybody = token(Role::viewer), shop = token(Role::viewer, "namespace=shop"),
             elsewhere = token(Role::viewer, "namespace=elsewhere");
  {  // the server matches what was ingested before it began
    auto all = listen(everybody, "0");
    const auto heard = hear(*all, "CVE-2021-44228");
    EXPECT_THAT(heard, HasSubstr("event: finding\ndata: {"));
    EXPECT_THAT(heard, HasSubstr("\"what\":\"opened\""));
    auto own = listen(shop, "0");
    EXPECT_THAT(hear(*own, "CVE-2021-44228"), HasSubstr("\"digests\":[\"sha256:f51268b2f448"));
  }
  // Another process with advisories that say nothing: all of it closes.
  auto store = Store::open(config_.store, Store::Mode::read).value();
  const auto last = std::to_string(store.last_change().value());
  auto all = listen(everybody, last), own = listen(shop, last), none = listen(elsewhere, last);
  EXPECT_THAT(hear(*none, "retry"), HasSubstr("retry"));
  const auto other = (folder_ / "other").string();
  fs::create_directories(other);
  write(fs::path(other) / "a.json",
        R"({"id":"GHSA-0","modified":"2999-01-01T00:00:00Z","affected":[{"package":{"ecosystem":"npm",
    "name":"nobody"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"}]}]}]})");
  ASSERT_TRUE(build_database({other}, config_.database, now, {}));
  const auto closed = hear(*all, "\"what\":\"closed\",\"vulnerability\":\"CVE-2021-44228\"");
  EXPECT_THAT(closed, HasSubstr("\"why\":\"not in the database any more\""));
  const auto part = hear(*own, "CVE-2021-44228");
  EXPECT_THAT(part, HasSubstr("\"what\":\"closed\""));
  EXPECT_THAT(part, HasSubstr("\"artifacts\":1,"));
  // A bill for somebody else comes last, and nothing of the rest came before it.
  is_over = true;
  watching.join();
  EXPECT_EQ(ask_as(server, token(Role::viewer, "namespace=elsewhere"), "GET", "/api/v1/vulnerabilities/CVE-2021-44228")
                .status,
            404u);
  server.drain();
  EXPECT_THAT(hear(*none, "CVE-2021-44228"), Not(HasSubstr("CVE-2021-44228")));
}

}  // namespace
}  // namespace pratique
