// A store of every earlier version becomes one of this version, and answers what it answered.
#include "world/store/schema.h"

#include <gtest/gtest.h>

#include "world/store/facts.h"
#include "world/store/long_text.h"
#include "world/store/postgres.h"
#include "world/store/sqlite.h"
#include "world/store/test_postgres.h"
#include "world/store/test_store.h"

namespace pratique {
namespace {

struct Case {
  int version;
  Engine engine;
};
void PrintTo(const Case& one, std::ostream* out) {
  *out << (one.engine == Engine::sqlite ? "SQLite" : "PostgreSQL") << " of version " << one.version;
}

class OlderStore : public testing::TestWithParam<Case> {
 protected:
  static int version() { return GetParam().version; }
  static bool is_file() { return GetParam().engine == Engine::sqlite; }

  void SetUp() override {
    url_ = is_file() ? folder_.path("store") : TestPostgres::instance().new_database();
    if (url_.empty()) GTEST_SKIP() << "PostgreSQL 15 is not installed";
    ASSERT_NO_FATAL_FAILURE(make());
  }

  // As a program of that version left it: its steps are its tables, as a step never changes.
  void make() {
    const Database database = is_file() ? open_sqlite(url_, SqliteAccess::write, std::chrono::seconds(1)).value()
                                        : std::move(open_postgres(url_, std::chrono::seconds(1)).value().database);
    const auto run = [&](const std::string& sql) {
      const auto done = database.execute(sql.c_str());
      ASSERT_TRUE(done) << render(done.error()) << "\n" << sql;
    };
    if (!is_file()) run("CREATE TABLE pratique (application BIGINT NOT NULL, version BIGINT NOT NULL)");
    for (int step = 0; step < version(); ++step) run(migration(static_cast<std::size_t>(step), GetParam().engine));
    const std::string application = std::to_string(store_application), number = std::to_string(version());
    run(is_file() ? "PRAGMA application_id = " + application + "; PRAGMA user_version = " + number
                  : "INSERT INTO pratique VALUES (" + application + ", " + number + ")");
    fill(database, run);
  }

  // Two components, one of them without purl, in one artifact; what runs; and what later versions added.
  static void fill(const Database& database, const std::function<void(const std::string&)>& run) {
    run("INSERT INTO packages (key, name) VALUES ('pkg:npm/x', 'x'), ('pkg:generic/y', 'y')");
    struct Row {
      std::int64_t package;
      std::string_view version, name, purl, source, context;
    };
    for (const Row& row : {Row{1, "1", "x", "@1", "", ""}, Row{2, "2", "y", "-", "src 2", "debian-12"}}) {
      const std::string identity = component_identity({row.version, row.name, row.purl, row.source, row.context});
      const auto added =
          version() == 1 ? database.run(
                               "INSERT INTO components (package, version, name, purl, source) "
                               "VALUES ($1, $2, $3, $4, $5)",
                               row.package, row.version, row.name, row.purl, row.source)
          : version() < 6 ? database.run(
                                "INSERT INTO components (package, version, name, purl, source, context) "
                                "VALUES ($1, $2, $3, $4, $5, $6)",
                                row.package, row.version, row.name, row.purl, row.source, row.context)
                          : database.run(
                                "INSERT INTO components (package, version, name, purl, source, context, identity) "
                                "VALUES ($1, $2, $3, $4, $5, $6, $7)",
                                row.package, row.version, row.name, row.purl, row.source, row.context, Blob{identity});
      ASSERT_TRUE(added) << render(added.error());
    }
    run("INSERT INTO artifacts (digest, name, first_seen) VALUES ('" + digest_of("i").text() +
        "', 'shop/cart:1', 1000), ('" + digest_of("bare").text() + "', 'shop/bare:1', 1000)");
    run("UPDATE totals SET bills = 1, artifacts = 1, components = 2, occurrences = 2, pods = 1");
    const std::array<std::uint32_t, 2> components = {1, 2}, before = {no_component, 0};
    const std::string facts = pack_facts(components, before);
    const PackedOriginal original = pack_original("the bytes");
    ASSERT_TRUE(database.run(
        "INSERT INTO bills (digest, artifact, ingested_at, format, spec_version, tool, distro, place, facts) "
        "VALUES ($1, 1, 1000, 'cyclonedx-json', '1.6', 't', '', 'p', $2)",
        digest_of("bill").text(), Blob{facts}));
    ASSERT_TRUE(database.run("INSERT INTO originals (bill, size, zstd) VALUES (1, $1, $2)",
                             static_cast<std::int64_t>(original.size), Blob{original.zstd}));
    for (const std::int64_t component : {0, 1, 2})
      ASSERT_TRUE(
          database.run("INSERT INTO postings (shard, component, artifacts) VALUES (0, $1, $2)", component, Blob{"1"}));
    run("INSERT INTO clusters (name, seen_at) VALUES ('north', 2000)");
    run("INSERT INTO workloads (cluster, name_space, kind, name) VALUES (1, 'shop', 'Deployment', 'cart')");
    ASSERT_TRUE(
        database.run("INSERT INTO pods (cluster, workload, name, uid, node, service_account, state, "
                     "valid_from) VALUES (1, 1, 'cart-1', 'u', 'n', 's', $1, 2000)",
                     Blob{"state"}));
    run("INSERT INTO containers (pod, position, workload, artifact, name, kind, image, valid_from) VALUES "
        "(1, 0, 1, 1, 'c', 'container', 'docker.io/shop/cart:1', 2000), "
        "(1, 1, 1, 2, 'd', 'container', 'docker.io/shop/bare:1', 2000)");
    ASSERT_TRUE(database.run("INSERT INTO running (cluster, shard, artifacts) VALUES (1, 0, $1)", Blob{"1,2"}));
    if (version() >= 2) fill_2(database, run);
    if (version() >= 3)
      run("INSERT INTO nodes (name, since, seen_at) VALUES ('node-1', 3000, 4000); "
          "INSERT INTO changes (at, kind, place, object) VALUES (3000, 'bill', 'shop/cart', 'o')");
    if (version() >= 4) fill_4(database, run);
    if (version() >= 5)
      run("INSERT INTO failures (digest, artifact, place, reason, failed_at) VALUES ('sha256:00', 2, 'bad.json', "
          "'no', 3000)");
  }
  static void fill_2(const Database& database, const std::function<void(const std::string&)>& run) {
    ASSERT_TRUE(
        database.run("INSERT INTO postings (shard, component, artifacts) VALUES (0, 4294967295, $1)", Blob{"1"}));
    run("INSERT INTO generations (digest, covers, since) VALUES ('sha256:g', 'npm', 2500)");
    run("INSERT INTO vulnerabilities (name) VALUES ('CVE-1')");
    run("INSERT INTO aliases (name, vulnerability) VALUES ('GHSA-1', 1)");
    ASSERT_TRUE(
        database.run("INSERT INTO reasons (digest, vulnerability, severity, fixed, proof) VALUES "
                     "($1, 1, 4, '2', '{}')",
                     Blob{"r"}));
    run("INSERT INTO findings (component, reason, since, opened_at, opened_by) VALUES (1, 1, 2500, 2500, 1)");
    run("INSERT INTO traits (kind, text) VALUES (0, 'mit'); INSERT INTO traits_of VALUES (1, 1); "
        "INSERT INTO pending (component, is_new) VALUES (2, 1)");
  }
  static void fill_4(const Database& database, const std::function<void(const std::string&)>& run) {
    run("INSERT INTO registries (name, seen_at) VALUES ('r.example', 3000); "
        "INSERT INTO repositories (registry, name) VALUES (1, 'r.example/cart'); "
        "INSERT INTO manifests (artifact) VALUES (1); "
        "INSERT INTO holdings (repository, artifact, tags, valid_from) VALUES (1, 1, '1', 3000)");
    ASSERT_TRUE(
        database.run("INSERT INTO held (registry, is_index, shard, artifacts) VALUES (1, 0, 0, $1)", Blob{"1"}));
  }

  Folder folder_;
  std::string url_;
};

TEST_P(OlderStore, IsBroughtUpToDateAndAnswersWhatItAnswered) {
  if (version() < store_version) {
    EXPECT_EQ(Store::open(url_, Store::Mode::read).error().text,
              "the store has the older schema " + std::to_string(version()));
  }
  auto store = Store::open(url_, Store::Mode::create);
  ASSERT_TRUE(store) << render(store.error());
  EXPECT_TRUE(Store::open(url_, Store::Mode::read));

  const auto x = store->find_components("pkg:npm/x").value();
  ASSERT_EQ(x.size(), 1u);
  EXPECT_EQ(x[0].id, 1u);
  EXPECT_EQ(x[0].purl, "pkg:npm/x@1");
  const auto y = store->find_components("pkg:generic/y").value();
  ASSERT_EQ(y.size(), 1u);
  EXPECT_EQ(y[0].source, "src 2");
  EXPECT_EQ(y[0].context.release, version() == 1 ? "" : "debian-12");
  EXPECT_EQ(holders(*store, {1}), std::set<std::uint32_t>{1});
  EXPECT_EQ(holders(*store, {any_package}), std::set<std::uint32_t>{1});
  EXPECT_EQ(store->load_facts(std::vector<ArtifactId>{1})->at(0).path(1), (std::vector<std::uint32_t>{0, 1}));
  EXPECT_EQ(store->load_bill(digest_of("i")).value()->view(), "the bytes");
  const auto counts = store->counts().value();
  EXPECT_EQ(counts.bills, 1u);
  EXPECT_EQ(counts.components, 2u);
  EXPECT_EQ(counts.pods, 1u);
  const auto running = store->find_running(std::vector<ArtifactId>{1, 2}, 9).value();
  EXPECT_EQ(running[0].in.at(0).name, "cart");
  EXPECT_EQ(running[1].pods, 1u);
  EXPECT_EQ(store->find_run({at(2), at(2)}).value(), (std::vector<ArtifactId>{1, 2}));
  EXPECT_EQ(store->load_workloads()->at(0).containers.size(), 2u);

  if (version() == 1) {
    EXPECT_EQ(store->find_pending(9).value(), (std::vector<ComponentId>{1, 2})) << "nothing of it was ever judged";
    EXPECT_TRUE(store->find_findings("CVE-1", {})->empty());
  } else {
    EXPECT_EQ(store->find_pending(9).value(), std::vector<ComponentId>{2});
    const auto findings = store->find_findings("GHSA-1", {}).value();
    ASSERT_EQ(findings.size(), 1u);
    EXPECT_EQ(findings[0].reason.vulnerability, "CVE-1");
    EXPECT_EQ(findings[0].component, 1u);
    EXPECT_EQ(store->find_by_trait(Trait::license, "MIT").value(), std::vector<ComponentId>{1});
    EXPECT_EQ(store->generation().value()->digest, "sha256:g");
  }
  EXPECT_EQ(store->load_nodes()->size(), version() >= 3 ? 1u : 0u);
  EXPECT_EQ(store->load_changes(0, 9)->size(), version() >= 3 ? 1u : 0u);
  EXPECT_EQ(store->find_held_as(std::vector<ArtifactId>{1})->size(), version() >= 4 ? 1u : 0u);
  EXPECT_EQ(store->find_failures()->size(), version() >= 5 ? 1u : 0u);
}

TEST_P(OlderStore, IsWrittenOnAsIfItHadAlwaysBeenSo) {
  Store store = Store::open(url_, Store::Mode::create).value();
  auto more = bill_of("more", "j", {"pkg:npm/x@1", "pkg:npm/new@1"});
  const auto saved = store.save_bills(std::vector{more}, merge, at(9));
  ASSERT_TRUE(saved) << render(saved.error());
  EXPECT_EQ(store.find_components("pkg:npm/x")->size(), 1u) << "a component that was there is found again";
  EXPECT_EQ(store.find_components("pkg:npm/new")->at(0).id, 3u) << "ids go on behind those there are";
  EXPECT_EQ(holders(store, {1}), (std::set<std::uint32_t>{1, 3}));
  ASSERT_TRUE(
      store.save_workloads("north", std::vector{pod_of("cart", "cart-2", {"j"})}, Coverage::whole, merge, at(9)));
  EXPECT_EQ(store.counts()->pods, 1u);
  EXPECT_EQ(store.find_run({at(3), at(3)}).value(), (std::vector<ArtifactId>{1, 2}));
  const std::vector<ListedRepository> listed{{"r.example/cart", Coverage::whole, {{digest_of("j"), {"1"}, {}}}}};
  ASSERT_TRUE(store.save_registry("r.example", listed, Coverage::whole, merge, at(9)));
  EXPECT_EQ(store.find_held("", {})->images, std::vector<ArtifactId>{3});
}

std::vector<Case> every_version() {
  std::vector<Case> cases;
  for (int version = 1; version <= store_version; ++version)
    for (const Engine engine : {Engine::sqlite, Engine::postgres}) cases.push_back({version, engine});
  return cases;
}
INSTANTIATE_TEST_SUITE_P(Versions, OlderStore, testing::ValuesIn(every_version()), [](const auto& one) {
  return std::string(one.param.engine == Engine::sqlite ? "SQLite" : "PostgreSQL") + std::to_string(one.param.version);
});

// A store that someone has was made by these very words: to change one of them is to lose it. What is to be different
// is a step of its own; here its digest is added.
TEST(StoreSchema, AStepNeverChanges) {
  const std::vector<std::string> digests = {"ed29dc297dd393d2", "24da481bc7da18ac", "1eec57382e4999fe",
                                            "77e8cf6bf52ef1e4", "0f9f0f52078b8e95", "d4ad68cb8a31f512"};
  ASSERT_EQ(digests.size(), static_cast<std::size_t>(store_version));
  for (std::size_t step = 0; step < digests.size(); ++step) {
    const std::string both = migration(step, Engine::sqlite) + migration(step, Engine::postgres);
    EXPECT_EQ(std::string(sha256_of(both).hex().substr(0, 16)), digests[step]) << "step " << step;
  }
}

}  // namespace
}  // namespace pratique
