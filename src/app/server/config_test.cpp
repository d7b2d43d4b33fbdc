#include <gtest/gtest.h>

#include "app/server/server.h"
#include "app/server/service.h"

namespace pratique {
namespace {

using std::chrono::milliseconds;

Result<ServerConfig> parse(std::string_view yaml) {
  ServerConfig defaults;
  defaults.store = "/home/ada/store.sqlite";
  defaults.database = "/home/ada/advisories.mdb";
  return parse_server_config(yaml, "/etc/pratique/serve.yaml", defaults);
}

TEST(ServerConfig, HasDefaultsForAllButPolicies) {
  const auto config = parse("policies: [policies]\n").value();
  EXPECT_EQ(config.http.address, "127.0.0.1");
  EXPECT_EQ(config.http.port, 8443);
  EXPECT_EQ(config.http.certificate_file, "/etc/pratique/tls.crt");
  EXPECT_EQ(config.store, "/home/ada/store.sqlite");
  EXPECT_EQ(config.database, "/home/ada/advisories.mdb");
  EXPECT_EQ(config.policies, std::vector<std::string>{"/etc/pratique/policies"});
}

TEST(ServerConfig, ReadsEveryField) {
  const auto config = parse(R"(
listen: '[::]:9443'
tls: {certificate: tls/tls.crt, key: /run/tls.key, host: gate.port.svc}
store: sqlite:data/store.sqlite
database: ../advisories.mdb
policies: [a.yaml, /srv/policies]
vex: [vex]
keys: [ci.pub, /srv/keys]
yanked: [yanked.yaml]
namespaces: namespaces.yaml
cluster: harbour
limits: {body: 4MiB, bodies: 64 MiB, cache: 1GiB, connections: 100, threads: 3, workers: 4, lookups: 5, requestTimeout: 10s, idleTimeout: 2m}
shutdown: {delay: 500ms, grace: 5s}
)")
                          .value();
  EXPECT_EQ(config.http.address, "::");
  EXPECT_EQ(config.http.port, 9443);
  EXPECT_EQ(config.self_signed, "");
  EXPECT_EQ(config.http.certificate_file, "/etc/pratique/tls/tls.crt");
  EXPECT_EQ(config.http.key_file, "/run/tls.key");
  EXPECT_EQ(config.host, "gate.port.svc");
  EXPECT_EQ(config.store, "sqlite:/etc/pratique/data/store.sqlite");
  EXPECT_EQ(config.database, "/etc/advisories.mdb");
  EXPECT_EQ(config.policies, (std::vector<std::string>{"/etc/pratique/a.yaml", "/srv/policies"}));
  EXPECT_EQ(config.vex, std::vector<std::string>{"/etc/pratique/vex"});
  EXPECT_EQ(config.keys, (std::vector<std::string>{"/etc/pratique/ci.pub", "/srv/keys"}));
  EXPECT_EQ(config.yanked, std::vector<std::string>{"/etc/pratique/yanked.yaml"});
  EXPECT_EQ(config.namespaces, "/etc/pratique/namespaces.yaml");
  EXPECT_EQ(config.cluster, "harbour");
  EXPECT_EQ(config.http.body_limit, 4u << 20);
  EXPECT_EQ(config.http.memory_limit, 64u << 20);
  EXPECT_EQ(config.cache_bytes, 1u << 30);
  EXPECT_EQ(config.http.connection_limit, 100u);
  EXPECT_EQ(config.http.threads, 3u);
  EXPECT_EQ(config.http.workers, 4u);
  EXPECT_EQ(config.lookups, 5u);
  EXPECT_EQ(config.http.request_timeout, milliseconds(10'000));
  EXPECT_EQ(config.http.idle_timeout, milliseconds(120'000));
  EXPECT_EQ(config.shutdown_delay, milliseconds(500));
  EXPECT_EQ(config.shutdown_grace, milliseconds(5000));
}

TEST(ServerConfig, SaysWhatIsWrongWhereAndWhatWasMeant) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "serve.yaml: holds 0 documents; write one; docs/server.md"},
      {"polices: []", "serve.yaml:1:1: the configuration has no field 'polices'; did you mean 'policies'?"},
      {"listen: ':1'", "serve.yaml:1:1: the configuration has no 'policies'; add it"},
      {"policies: []", "serve.yaml:1:11: without a policy everything would be admitted; name a file or a folder"},
      {"policies: [a]\nlisten: here", "serve.yaml:2:9: 'here' is no address with a port; write it as 0.0.0.0:8443"},
      {"policies: [a]\nlisten: ':70000'", "serve.yaml:2:9: ':70000' is no address with a port"},
      {"policies: [a]\ntls: {certificate: a}", "serve.yaml:2:6: tls has no 'key'; add it"},
      {"policies: [a]\ntls: {certificate: a, key: b, selfSigned: c}",
       "serve.yaml:2:43: a certificate is given already"},
      {"policies: [a]\nlimits: {body: much}", "serve.yaml:2:16: 'body' is a size; write it as 8MiB"},
      {"policies: [a]\nlimits: {body: 0}", "serve.yaml:2:16: 'body' is a size"},
      {"policies: [a]\nlimits: {body: [1]}", "serve.yaml:2:16: 'body' is a size"},
      {"policies: [a]\nlimits: {threads: 0}", "serve.yaml:2:19: 'threads' is a number from 1 to 1,024"},
      {"policies: [a]\nlimits: {requestTimeout: 10}", "serve.yaml:2:26: 'requestTimeout' is a time of at most a day"},
      {"policies: [a]\nshutdown: {delay: 30h}", "serve.yaml:2:19: 'delay' is a time of at most a day"},
      {"policies: [a]\n---\npolicies: [b]", "serve.yaml: holds 2 documents"},
  };
  for (const auto& [yaml, wanted] : cases) {
    SCOPED_TRACE(yaml);
    const auto config = parse(yaml);
    ASSERT_FALSE(config);
    EXPECT_EQ(config.error().fault, Fault::usage);
    EXPECT_TRUE(render(config.error()).starts_with(std::string("/etc/pratique/") + wanted)) << render(config.error());
  }
}

TEST(Patience, IsWhatTheApiServerWrites) {
  const milliseconds usual(10'000);
  const std::pair<const char*, int> cases[] = {
      {"10s", 10'000},  {"1s", 1000},     {"1.5s", 1500},  {"500ms", 500},
      {"1m0s", 30'000}, {"30s", 30'000},  {"2h", 30'000},  {"", 10'000},
      {"10", 10'000},   {"-5s", 10'000},  {"0s", 10'000},  {"soon", 10'000},
      {"1e9s", 10'000}, {"nans", 10'000}, {"1s2", 10'000}, {"99999999999999999999h", 30'000}};
  for (const auto& [text, wanted] : cases) EXPECT_EQ(patience_of(text, usual).count(), wanted) << text;
}

}  // namespace
}  // namespace pratique
