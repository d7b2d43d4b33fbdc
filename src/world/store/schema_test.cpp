// A store of every earlier version becomes one of this version, and answers what it answered.
#include "world/store/schema.h"

#include <gtest/gtest.h>

#include "world/store/facts.h"
#include "world/store/postgres.h"
#include "world/store/sqlite.h"
#include "world/store/test_postgres.h"
#include "world/store/test_store.h"

namespace pratique {
namespace {

// Two components, one of them without purl, in one artifact that runs: as version 1 wrote them.
void fill_version_1(const Database& database) {
  const std::array<std::uint32_t, 2> components = {1, 2}, before = {no_component, 0};
  const std::string facts = pack_facts(components, before);
  ASSERT_TRUE(
      database.execute("INSERT INTO packages (key, name) VALUES ('pkg:npm/x', 'x'), ('pkg:generic/y', 'y');"
                       "INSERT INTO components (package, version, name, purl, source) VALUES (1, '1', 'x', '@1', ''), "
                       "(2, '2', 'y', '-', '');"
                       "INSERT INTO artifacts (digest, name, first_seen) VALUES ('sha256:aa', 'shop/cart:1', 1000);"
                       "UPDATE totals SET bills = 1, artifacts = 1, components = 2, occurrences = 2"));
  ASSERT_TRUE(database.run(
      "INSERT INTO bills (digest, artifact, ingested_at, format, spec_version, tool, distro, place, facts) "
      "VALUES ('sha256:bb', 1, 1000, 'cyclonedx-json', '1.6', 't', '', 'p', $1)",
      Blob{facts}));
  for (const std::int64_t component : {0, 1, 2})
    ASSERT_TRUE(
        database.run("INSERT INTO postings (shard, component, artifacts) VALUES (0, $1, $2)", component, Blob{"1"}));
}

void expect_all_there(const std::string& url) {
  EXPECT_EQ(Store::open(url, Store::Mode::read).error().text, "the store has the older schema 1");
  auto store = Store::open(url, Store::Mode::create);
  ASSERT_TRUE(store) << render(store.error());
  EXPECT_TRUE(Store::open(url, Store::Mode::read));
  const auto x = store->find_components("pkg:npm/x").value();
  ASSERT_EQ(x.size(), 1u);
  EXPECT_EQ(x[0].id, 1u);
  EXPECT_EQ(x[0].purl, "pkg:npm/x@1");
  EXPECT_EQ(x[0].context, PartContext());
  EXPECT_EQ(holders(*store, {1}), std::set<std::uint32_t>{1});
  EXPECT_EQ(holders(*store, {any_package}), std::set<std::uint32_t>{1});
  EXPECT_EQ(store->load_facts(std::vector<ArtifactId>{1})->at(0).path(1), (std::vector<std::uint32_t>{0, 1}));
  EXPECT_EQ(store->find_pending(9).value(), (std::vector<ComponentId>{1, 2})) << "nothing of it was ever judged";
  ASSERT_TRUE(store->save_bills(std::vector{bill_of("more", "i", {"pkg:npm/x@1", "pkg:npm/new@1"})}, merge, at(9)));
  EXPECT_EQ(store->find_components("pkg:npm/new")->at(0).id, 3u) << "ids go on behind those there are";
  EXPECT_EQ(holders(*store, {1}), (std::set<std::uint32_t>{1, 2}));
}

TEST(StoreSchema, SqliteOfVersion1IsBroughtUpToDate) {
  const Folder folder;
  const std::string path = folder.path("store");
  {
    const Database database = open_sqlite(path, SqliteAccess::write, std::chrono::seconds(1)).value();
    ASSERT_TRUE(database.execute(migration(0, Engine::sqlite).c_str()));
    ASSERT_TRUE(database.execute(
        ("PRAGMA application_id = " + std::to_string(store_application) + "; PRAGMA user_version = 1").c_str()));
    fill_version_1(database);
  }
  expect_all_there(path);
}

TEST(StoreSchema, PostgresOfVersion1IsBroughtUpToDate) {
  const std::string url = TestPostgres::instance().new_database();
  if (url.empty()) GTEST_SKIP() << "PostgreSQL 15 is not installed";
  {
    const PostgresStore opened = open_postgres(url, std::chrono::seconds(1)).value();
    ASSERT_TRUE(
        opened.database.execute("CREATE TABLE pratique (application BIGINT NOT NULL, version BIGINT NOT NULL)"));
    ASSERT_TRUE(opened.database.execute(
        ("INSERT INTO pratique VALUES (" + std::to_string(store_application) + ", 1)").c_str()));
    ASSERT_TRUE(opened.database.execute(migration(0, Engine::postgres).c_str()));
    fill_version_1(opened.database);
  }
  expect_all_there(url);
}

}  // namespace
}  // namespace pratique
