#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/policy/test_policy.h"

namespace pratique {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> doubts(const std::string& yaml) {
  const auto policies = parse_policies(yaml, "p.yaml");
  if (!policies) ADD_FAILURE() << render(policies.error());
  std::vector<std::string> lines;
  for (const auto& doubt : find_doubts(policies.value(), parse_time("2026-06-01").value()))
    lines.push_back(render(doubt));
  return lines;
}
std::string rules(const std::vector<std::string>& all) {
  std::string text;
  for (std::size_t i = 0; i < all.size(); ++i) text += "    - {name: r" + std::to_string(i) + ", " + all[i] + "}\n";
  return policy_text(text);
}

TEST(Doubts, RulesThatOthersCover) {
  const auto package = [](const std::string& range) {
    return "denyPackage: {purl: 'pkg:npm/a'" + (range.empty() ? "" : ", range: 'vers:npm/" + range + "'") + "}";
  };
  EXPECT_THAT(doubts(rules({package("<2"), package("<1")})),
              ElementsAre("p.yaml:7:7: rule 'r1' says nothing that 'r0' does not say already; delete it"));
  EXPECT_THAT(doubts(rules({package(""), package("<1")})), ElementsAre(HasSubstr("rule 'r1' says nothing")));
  EXPECT_THAT(doubts(rules({package("<1"), package("<2")})), IsEmpty());
  EXPECT_THAT(doubts(rules({package("<2") + ", effect: warn", package("<1")})), IsEmpty());
  EXPECT_THAT(doubts(rules({package("<2") + ", onUnknown: warn", package("<1")})), IsEmpty());
  EXPECT_THAT(doubts(rules({"denyVulnerabilities: {severity: high}", "denyVulnerabilities: {severity: critical}"})),
              ElementsAre(HasSubstr("rule 'r1' says nothing")));
  EXPECT_THAT(
      doubts(rules({"denyVulnerabilities: {severity: high, kev: true}", "denyVulnerabilities: {severity: critical}"})),
      IsEmpty());
  EXPECT_THAT(doubts(rules({"requireSBOM: {}", "requireSBOM: {}"})), ElementsAre(HasSubstr("rule 'r1' says nothing")));
  EXPECT_THAT(doubts(rules({"denyVulnerabilities: {ids: [CVE-1], except: [CVE-1]}"})),
              ElementsAre(HasSubstr("it excepts all that it is about")));
}

TEST(Doubts, ExpressionsThatLookAtNothing) {
  EXPECT_THAT(doubts(rules({"cel: '1 < 2'"})),
              ElementsAre("p.yaml:6:7: rule 'r0' looks at nothing and is always true; delete it"));
  EXPECT_THAT(doubts(rules({"cel: 'false'"})), ElementsAre(HasSubstr("is never true")));
  EXPECT_THAT(doubts(rules({"cel: 'params.a == 1'"})),
              ElementsAre(HasSubstr("reads 'params', and the policy has none")));
}

TEST(Doubts, ExceptionsThatAreOverOrOverlap) {
  const auto exception = [](const std::string& name, const std::string& spec) {
    return "---\napiVersion: pratique.dev/v1alpha1\nkind: Exception\nmetadata: {name: " + name +
           "}\nspec: {policy: p, " + spec + ", reason: r, approver: a}\n";
  };
  const auto base = rules({"requireSBOM: {}"});
  EXPECT_THAT(doubts(base + exception("e", "expires: 2026-05-31")),
              ElementsAre("p.yaml:8:1: exception 'e' is over since 2026-06-01T00:00:00Z; delete it"));
  EXPECT_THAT(doubts(base + exception("e", "vulnerabilities: [CVE-1], expires: 2027-01-01") +
                     exception("f", "match: {namespaces: [shop]}, expires: 2027-01-01")),
              ElementsAre("p.yaml:13:1: exception 'f' overlaps with 'e' in p.yaml:8:1; narrow one of them"));
  EXPECT_THAT(doubts(base + exception("e", "vulnerabilities: [CVE-1], expires: 2027-01-01") +
                     exception("f", "vulnerabilities: [CVE-2], expires: 2027-01-01")),
              IsEmpty());
  EXPECT_THAT(doubts(base + exception("e", "match: {namespaces: ['team-*']}, expires: 2027-01-01") +
                     exception("f", "match: {namespaces: [team-a]}, expires: 2027-01-01")),
              ElementsAre(HasSubstr("overlaps")));
}

TEST(Doubts, CostWhatThereIsToCompare) {
  std::string many;
  for (int i = 0; i < 4000; ++i)
    many += "    - {name: r" + std::to_string(i) + ", denyPackage: {purl: 'pkg:npm/p" + std::to_string(i) + "'}}\n";
  EXPECT_THAT(doubts(policy_text(many)), IsEmpty());
}

}  // namespace
}  // namespace pratique
