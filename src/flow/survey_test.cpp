#include "flow/survey.h"

#include <gmock/gmock.h>

#include "flow/test_inventory.h"

namespace pratique {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class SurveyTest : public InventoryTest {
 protected:
  void fill() {
    write("osv/a.json", osv("CVE-1", "x", "2.0.0", severity("CRITICAL")));
    write("osv/b.json", osv("CVE-2", "x", "3.0.0", severity("HIGH")));
    write("osv/c.json", osv("CVE-3", "y", "2.0.0", severity("LOW")));
    write("bills/1.json", bill("one", npm("x", "1.0.0") + "," + npm("y", "1.0.0")));
    write("bills/2.json", bill("two", npm("x", "1.5.0")));
    write("bills/3.json", bill("three", npm("y", "1.0.0")));
    write("bills/4.json", bill("clean", npm("x", "3.0.0")));
    write("bills/5.json", bill("doubtful", npm("x", "3.0.0") + R"(,{"type":"library","name":"w","version":"1"})"));
    write("bills/6.json", bill("empty", R"({"type":"file","name":"/etc/motd"})"));
  }
  SurveyAnswer count(const QueryScope& scope = {}) const {
    const auto answer = survey(*store_, scope);
    EXPECT_TRUE(answer) << render(answer.error());
    return answer ? *answer : SurveyAnswer();
  }
  TopAnswer top(const QueryScope& scope = {}) const {
    auto answer = find_top(*store_, scope, 10);
    EXPECT_TRUE(answer) << render(answer.error());
    return answer ? std::move(*answer) : TopAnswer();
  }
};

TEST_F(SurveyTest, EveryArtifactIsOneOfFour) {
  fill();
  ingest(at(1));
  EXPECT_EQ(count().ledger, (Ledger{0, 0, 6, 0})) << "nothing was matched";
  match(build(), at(10));
  look({"one", "clean", "unbilled"}, at(11));
  const auto all = count();
  EXPECT_EQ(all.ledger, (Ledger{1, 3, 3, 0}));
  EXPECT_EQ(all.worst[static_cast<std::size_t>(Severity::critical)], 2u);
  EXPECT_EQ(all.worst[static_cast<std::size_t>(Severity::low)], 1u);
  std::vector<std::string> reasons;
  for (const auto& one : all.unknown) reasons.push_back(one.reason + ": " + std::to_string(one.artifacts));
  EXPECT_THAT(reasons, ElementsAre("lists packages that nobody can judge: 1", "its bill lists no package: 1",
                                   "runs and has no bill: 1"));
  EXPECT_EQ(count({.running = true}).ledger, (Ledger{1, 1, 1, 0}));
  EXPECT_EQ(count({.when = as_of(5)}).ledger.affected, 0u);
  EXPECT_EQ(all.waiting, 0u);
  EXPECT_TRUE(all.generation);
}

TEST_F(SurveyTest, RanksUpgradesByWhatTheyRemove) {
  fill();
  ingest(at(1));
  match(build(), at(10));
  look({"one", "two"}, at(11));
  const auto answer = top();
  ASSERT_EQ(answer.fixes.size(), 2u);
  const TopFix& first = answer.fixes[0];
  EXPECT_EQ(first.package, "pkg:npm/x");
  EXPECT_EQ(first.to, "3.0.0") << "mends both";
  EXPECT_THAT(first.from, ElementsAre("1.0.0", "1.5.0"));
  EXPECT_EQ(first.weight.vulnerabilities[static_cast<std::size_t>(Severity::critical)], 1u);
  EXPECT_EQ(first.weight.vulnerabilities[static_cast<std::size_t>(Severity::high)], 1u);
  EXPECT_EQ(first.weight.artifacts, 2u);
  EXPECT_EQ(first.weight.workloads, 2u);
  EXPECT_EQ(first.weight.criticals, 2u);
  EXPECT_EQ(answer.fixes[1].package, "pkg:npm/y");
  EXPECT_EQ(answer.fixes[1].weight.artifacts, 2u);
  EXPECT_EQ(top({.running = true}).fixes[1].weight.artifacts, 1u);
  EXPECT_EQ(find_top(*store_, {}, 1)->fixes.size(), 1u);
  EXPECT_EQ(find_top(*store_, {}, 1)->all_fixes, 2u);
}

TEST_F(SurveyTest, TellsWhatChangedAndBecauseOfWhat) {
  fill();
  ingest(at(1));
  match(build(), at(10));
  look({"one"}, at(11));
  write("osv/a.json", osv("CVE-1", "x", "2.0.0", R"("withdrawn":"2024-02-01T00:00:00Z",)"));
  write("osv/b.json", osv("CVE-2", "x", "3.0.0", severity("CRITICAL")));
  match(build(at(20)), at(20));
  look({"two"}, at(25));
  write("bills/7.json", bill("seven", npm("y", "3.0.0")));
  ingest(at(26));
  const auto answer = find_changes(*store_, at(15), at(30), {});
  ASSERT_TRUE(answer) << render(answer.error());
  std::vector<std::string> lines;
  for (const auto& change : answer->findings)
    lines.push_back(std::string(name_of(change.kind)) + " " + change.vulnerability + " " + change.package + " " +
                    std::to_string(change.artifacts) + " " + change.why);
  EXPECT_THAT(lines,
              testing::UnorderedElementsAre("closed CVE-1 x 1.0.0 1 withdrawn", "closed CVE-1 x 1.5.0 1 withdrawn",
                                            "changed CVE-2 x 1.0.0 1 ", "changed CVE-2 x 1.5.0 1 "));
  EXPECT_EQ(answer->findings[0].before == Severity::high || answer->findings[1].before == Severity::high, true);
  EXPECT_EQ(answer->closed, 2u);
  EXPECT_EQ(answer->changed, 2u);
  ASSERT_EQ(answer->added.all, 1u);
  EXPECT_EQ(answer->added.named.at(0).name, "seven");
  EXPECT_EQ(answer->started.named.at(0).name, "two");
  EXPECT_EQ(answer->stopped.named.at(0).name, "one");
  EXPECT_EQ(answer->before.examined(), 6u);
  EXPECT_EQ(answer->after.examined(), 7u);
  EXPECT_THAT(find_changes(*store_, at(27), at(30), {})->findings, IsEmpty());
  EXPECT_FALSE(find_changes(*store_, at(30), at(30), {}));
}

}  // namespace
}  // namespace pratique
