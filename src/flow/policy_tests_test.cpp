#include "flow/policy_tests.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "flow/admit.h"

namespace pratique {
namespace {

using testing::IsEmpty;

// The library is what `policy init` gives out: every policy has a test, every test passes, every rule speaks.
TEST(PolicyLibrary, PassesItsOwnTests) {
  const auto report = run_policy_tests({PRATIQUE_SOURCE_DIR "/policies"});
  ASSERT_TRUE(report) << render(report.error());
  std::set<std::string> tests;
  for (const auto& one : report->cases) {
    tests.insert(one.test);
    EXPECT_THAT(one.failures, IsEmpty()) << one.place << ": " << one.name;
  }
  EXPECT_GE(tests.size(), 20u);
  EXPECT_THAT(report->never_spoken, IsEmpty());
  const auto policies = load_policies({PRATIQUE_SOURCE_DIR "/policies"});
  ASSERT_TRUE(policies) << render(policies.error());
  EXPECT_EQ(policies->policies().size(), tests.size());
  EXPECT_THAT(find_doubts(policies->policies(), parse_time("2026-06-01").value()), IsEmpty());
}

}  // namespace
}  // namespace pratique
