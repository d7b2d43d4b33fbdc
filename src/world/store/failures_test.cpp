// Documents that could not be read, on both engines.
#include <gtest/gtest.h>

#include "world/store/test_postgres.h"
#include "world/store/test_store.h"

namespace pratique {
namespace {

class FailureStore : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    url_ = GetParam() == "SQLite" ? folder_.path("store") : TestPostgres::instance().new_database();
    if (url_.empty()) GTEST_SKIP() << "PostgreSQL 15 is not installed";
    store_ = std::make_unique<Store>(Store::open(url_, Store::Mode::create).value());
  }
  void fail(std::string_view text, std::optional<Digest> subject = {}, Time now = at(1)) {
    const std::vector documents{
        FailedDocument{digest_of(text), std::move(subject), "bills/" + std::string(text), "no"}};
    const auto saved = store_->save_failures(documents, now);
    ASSERT_TRUE(saved) << render(saved.error());
  }
  std::vector<std::string> failed(const Period& when = {}) const {
    std::vector<std::string> places;
    const auto failures = store_->find_failures(when);
    EXPECT_TRUE(failures) << render(failures.error());
    for (const auto& one : *failures) places.push_back(one.place);
    return places;
  }
  using Places = std::vector<std::string>;
  Folder folder_;
  std::string url_;
  std::unique_ptr<Store> store_;
};

TEST_P(FailureStore, IsOfTheDocumentWhereNobodyKnowsWhatItIsAbout) {
  fail("a");
  fail("b", digest_of("image"), at(2));
  fail("a", {}, at(3));
  const auto failures = store_->find_failures().value();
  ASSERT_EQ(failures.size(), 2u);
  EXPECT_EQ(failures[0].since, at(1)) << "the same document once";
  EXPECT_EQ(failures[0].reason, "no");
  const auto artifacts = store_->load_artifacts(std::vector{failures[0].artifact, failures[1].artifact}).value();
  EXPECT_EQ(artifacts[0].digest, digest_of("a").text());
  EXPECT_EQ(artifacts[0].name, "a");
  EXPECT_EQ(artifacts[1].digest, digest_of("image").text());
  EXPECT_EQ(store_->counts()->artifacts, 0u);
}

TEST_P(FailureStore, IsMendedByABillOfTheArtifactOrFromThePlace) {
  fail("a", digest_of("image"));
  fail("b");
  fail("c");
  ASSERT_TRUE(store_->save_bills(std::vector{bill_of("good", "image", {"pkg:npm/x@1"})}, merge, at(5)));
  EXPECT_EQ(failed(), (Places{"bills/b", "bills/c"}));
  EXPECT_EQ(failed({at(4), at(4)}), (Places{"bills/a", "bills/b", "bills/c"}));
  auto mended = bill_of("mended", "other", {"pkg:npm/x@1"});
  mended.place = "bills/b";
  ASSERT_TRUE(store_->save_bills(std::vector{mended}, merge, at(6)));
  EXPECT_EQ(failed(), Places{"bills/c"});
  fail("a", digest_of("image"), at(7));
  EXPECT_EQ(failed(), (Places{"bills/a", "bills/c"})) << "it came again and is told again";
}

TEST_P(FailureStore, IsDroppedWhenThatIsAskedFor) {
  fail("a");
  fail("b", {}, at(9));
  Retention retention;
  retention.failures_before = at(5);
  EXPECT_EQ(store_->count_prunable(retention)->failures, 1u);
  EXPECT_EQ(store_->prune(retention)->failures, 1u);
  EXPECT_EQ(failed(), Places{"bills/b"});
}

INSTANTIATE_TEST_SUITE_P(Engines, FailureStore, testing::Values("SQLite", "PostgreSQL"),
                         [](const auto& engine) { return engine.param; });

}  // namespace
}  // namespace pratique
