// The largest table on other machines: a coordinator whose postings are partitions on two more servers, by
// postgres_fdw. docs/scaling.md says what this stands for.
#include <gtest/gtest.h>

#include "world/store/test_postgres.h"

namespace pratique {
namespace {

constexpr std::string_view postings_columns =
    "shard BIGINT NOT NULL, component BIGINT NOT NULL, artifacts BYTEA NOT NULL";

class ShardingTest : public testing::Test {
 protected:
  void SetUp() override {
    url_ = coordinator().new_database();
    if (url_.empty()) GTEST_SKIP() << "PostgreSQL 15 is not installed";
    ASSERT_TRUE(Store::open(url_, Store::Mode::create));
    run("DROP TABLE postings");
    run("CREATE TABLE postings (" + std::string(postings_columns) + ") PARTITION BY RANGE (shard)");
    run("CREATE EXTENSION postgres_fdw");
    left_ = add_shard("near", near(), "MINVALUE", "1");
    right_ = add_shard("far", far(), "1", "MAXVALUE");
    // So that the artifacts to come are in two shards of the index.
    run("ALTER TABLE artifacts ALTER COLUMN id RESTART WITH 65530");
  }

  static TestPostgres& coordinator() { return TestPostgres::instance(); }
  static TestPostgres& near() {
    static TestPostgres one;
    return one;
  }
  static TestPostgres& far() {
    static TestPostgres one;
    return one;
  }

  void run(const std::string& text) const { ASSERT_TRUE(coordinator().sql(url_, text)) << text; }
  std::string add_shard(const std::string& name, TestPostgres& server, const std::string& from, const std::string& to) {
    const std::string url = server.new_database();
    EXPECT_TRUE(server.sql(
        url, "CREATE TABLE postings (" + std::string(postings_columns) + ", PRIMARY KEY (shard, component))"));
    run("CREATE SERVER " + name + " FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '" + server.socket_folder() +
        "', dbname '" + url.substr(url.find("@/") + 2, url.find('?') - url.find("@/") - 2) + "')");
    run("CREATE USER MAPPING FOR CURRENT_USER SERVER " + name +
        " OPTIONS (user 'postgres', password_required 'false')");
    run("CREATE FOREIGN TABLE postings_" + name + " PARTITION OF postings FOR VALUES FROM (" + from + ") TO (" + to +
        ") SERVER " + name + " OPTIONS (table_name 'postings')");
    return url;
  }
  // Whether a shard's own table holds rows, and none of the other's.
  static bool holds(TestPostgres& server, const std::string& url, const std::string& its) {
    return server.sql(url, "SELECT 1 / (count(*) FILTER (WHERE " + its + ")) FROM postings") &&
           !server.sql(url, "SELECT 1 / (count(*) FILTER (WHERE NOT (" + its + "))) FROM postings");
  }

  std::string url_, left_, right_;
};

TEST_F(ShardingTest, PostingsLieOnTwoServersAndAnswerAsOne) {
  constexpr int images = 20;
  Store store = Store::open(url_, Store::Mode::create).value();
  for (int i = 0; i < images; ++i) {
    const std::string name = "image " + std::to_string(i);
    const auto saved = store.save_bills(
        std::vector{bill_of(name, name, {"pkg:npm/common@1", "pkg:npm/own-" + std::to_string(i) + "@1"})}, merge,
        at(i));
    ASSERT_TRUE(saved) << render(saved.error());
  }
  EXPECT_TRUE(holds(near(), left_, "shard = 0"));
  EXPECT_TRUE(holds(far(), right_, "shard = 1"));

  const Store reader = Store::open(url_, Store::Mode::read).value();
  const auto found = holders(reader, {reader.find_components("pkg:npm/common")->front().id});
  ASSERT_EQ(found.size(), std::size_t{images});
  EXPECT_LT(*found.begin(), 65'536u);
  EXPECT_GE(*found.rbegin(), 65'536u);
  EXPECT_EQ(holders(reader, {any_component}), found);
  EXPECT_EQ(holders(reader, {reader.find_components("pkg:npm/own-19")->front().id}).size(), 1u);
}

TEST_F(ShardingTest, AShardThatIsAwayIsAFailureAndNoShorterAnswer) {
  Store store = Store::open(url_, Store::Mode::create).value();
  ASSERT_TRUE(store.save_bills(std::vector{bill_of("one", "one", {"pkg:npm/common@1"})}, merge, at(1)));
  run("ALTER SERVER near OPTIONS (SET host '/nowhere')");
  const Store reader = Store::open(url_, Store::Mode::read).value();
  const auto visited = reader.visit_postings(std::vector{any_component},
                                             [](std::uint32_t, std::string_view) -> Result<void> { return {}; });
  ASSERT_FALSE(visited);
  EXPECT_EQ(visited.error().fault, Fault::unavailable) << render(visited.error());
  EXPECT_FALSE(store.save_bills(std::vector{bill_of("two", "two", {"pkg:npm/common@1"})}, merge, at(2)));
  EXPECT_EQ(reader.counts()->bills, 1u);
}

}  // namespace
}  // namespace pratique
