// Tokens and the audit log, in every engine of the store.
#include <gtest/gtest.h>

#include <thread>

#include "world/store/test_postgres.h"
#include "world/store/test_store.h"

namespace pratique {
namespace {

class StoreAccess : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    url_ = GetParam() == std::string_view("sqlite") ? folder_.path("store") : TestPostgres::instance().new_database();
    if (url_.empty()) GTEST_SKIP() << "PostgreSQL 15 is not installed";
  }
  Store open() const { return Store::open(url_, Store::Mode::create).value(); }
  static AccessToken token(const std::string& id) {
    return {id,      "ci",     "00ff", {Role::ingester, parse_scope("cluster=harbour repository=r/*").value()},
            at(100), at(1000), "ada",  {}};
  }
  static AuditEntry act(const std::string& action) { return {"ada", "command line", action, "x", ""}; }
  static std::vector<AuditEntry> log_of(const Store& store) {
    std::vector<AuditEntry> entries;
    AuditChain chain;
    EXPECT_TRUE(store.visit_audit(1, UINT64_MAX, [&](const AuditEntry& entry) -> Result<void> {
      entries.push_back(entry);
      return chain.follow(entry);
    }));
    EXPECT_EQ(store.audit_entries().value(), entries.size());
    return entries;
  }

  Folder folder_;
  std::string url_;
};

TEST_P(StoreAccess, KeepsTokensUntilTheyAreRevoked) {
  auto store = open();
  ASSERT_TRUE(store.save_token(token("0000000000000001"), act("token.create")));
  ASSERT_TRUE(store.save_token(token("0000000000000002"), act("token.create")));
  EXPECT_EQ(store.find_token("0000000000000001").value(), token("0000000000000001"));
  EXPECT_EQ(store.find_token("0000000000000003").value(), std::nullopt);
  EXPECT_TRUE(store.revoke_token("0000000000000001", act("token.revoke"), at(200)).value());
  EXPECT_FALSE(store.revoke_token("0000000000000001", act("token.revoke"), at(300)).value()) << "only once";
  EXPECT_FALSE(store.revoke_token("0000000000000003", act("token.revoke"), at(300)).value());
  EXPECT_EQ(store.find_token("0000000000000001").value()->revoked, at(200));
  EXPECT_EQ(store.load_tokens()->size(), 2u);
  EXPECT_FALSE(store.save_token(token("0000000000000002"), act("token.create"))) << "an id is used once";
  const auto entries = log_of(store);
  ASSERT_EQ(entries.size(), 3u);
  EXPECT_EQ(entries[2].action, "token.revoke");
  EXPECT_EQ(entries[2].at, at(200));
}

TEST_P(StoreAccess, SaysWhatWasDoneInTheSameBreath) {
  auto store = open();
  const std::vector bills{bill_of("a", "image", {"pkg:npm/x@1"})};
  ASSERT_TRUE(store.save_bills(bills, merge, at(1), std::vector{act("bill.ingest")}));
  ASSERT_TRUE(store.save_workloads("harbour", {}, Coverage::whole, merge, at(2), std::vector{act("workloads.ingest")}));
  const std::vector worse{bill_of("b", "image", {"pkg:npm/x@1"})};
  const auto broken = [](std::uint32_t, std::string_view, std::span<const ArtifactId>) -> Result<std::string> {
    return Error{Fault::unavailable, "no", {}, ""};
  };
  EXPECT_FALSE(store.save_bills(worse, broken, at(3), std::vector{act("bill.ingest")}));
  EXPECT_EQ(log_of(store).size(), 2u) << "what was not done is not said";
}

TEST_P(StoreAccess, ALogNeverRunsBackwardsAndIsPlainText) {
  auto store = open();
  ASSERT_TRUE(store.save_audit(std::vector{act("first")}, at(10)));
  ASSERT_TRUE(store.save_audit(std::vector{act("second\x1b[2J\xff"), act("third")}, at(5)));
  const auto entries = log_of(store);
  ASSERT_EQ(entries.size(), 3u);
  EXPECT_EQ(entries[1].at, at(10));
  EXPECT_EQ(entries[1].action, "second\\x1b[2J\\xff");
}

TEST_P(StoreAccess, TwoWritersMakeOneChain) {
  constexpr int each = 10;
  open();
  std::vector<std::jthread> threads;
  for (int writer = 0; writer < 2; ++writer)
    threads.emplace_back([&] {
      auto store = Store::open(url_, Store::Mode::create, std::chrono::seconds(30)).value();
      for (int i = 0; i < each; ++i) ASSERT_TRUE(store.save_audit(std::vector{act("x")}, at(i)));
    });
  threads.clear();
  EXPECT_EQ(log_of(open()).size(), 2u * each);
}

INSTANTIATE_TEST_SUITE_P(Engines, StoreAccess, testing::Values("sqlite", "postgresql"),
                         [](const auto& engine) { return std::string(engine.param); });

}  // namespace
}  // namespace pratique
