#include "engine/policy/cases.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/policy/test_policy.h"

namespace pratique {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string test_of(const std::string& cases) {
  return "apiVersion: pratique.dev/v1alpha1\nkind: PolicyTest\nmetadata: {name: t}\nspec:\n  policies: [p.yaml]\n"
         "  now: 2026-06-01\n  cases:\n" +
         cases;
}

PolicyCase one_case(const std::string& text) {
  auto cases = read_policy_cases(test_of("    - " + text + "\n"), "p.test.yaml");
  if (!cases) ADD_FAILURE() << render(cases.error());
  return cases ? std::move(cases->cases.at(0)) : PolicyCase();
}

TEST(PolicyCases, BringTheirEvidenceAlong) {
  const auto one = one_case(
      "{name: c, given: {namespace: shop, kind: apps/Deployment, labels: {app: web}, packages: ['pkg:npm/a@1', {name: "
      "b}], "
      "created: 2026-05-01, score: 70, vulnerabilities: [{id: CVE-1, severity: high, cvss: 7.5, epss: 0.5, kev: true, "
      "fixed: "
      "['2'], published: 2026-01-01}], unjudged: [b], signatures: [{of: sbom, key: ci}], yanked: bad, object: {a: 1}}, "
      "expect: {decision: deny}}");
  EXPECT_EQ(one.request.group, "apps");
  EXPECT_EQ(one.request.kind, "Deployment");
  ASSERT_EQ(one.images.size(), 1u);
  const auto& image = one.images[0];
  EXPECT_EQ(image.bill->bill().components.size(), 2u);
  EXPECT_EQ(image.bill->score(), 70.0);
  EXPECT_EQ(image.match->findings.at(0).severity, Severity::high);
  EXPECT_TRUE(image.match->findings[0].kev);
  EXPECT_EQ(image.match->unknown_count, 1u);
  EXPECT_EQ(image.attestations.value->verified.at(0).bill, image.bill->document());
  EXPECT_TRUE(image.standing.value->yanked);
  EXPECT_EQ(one.now, parse_time("2026-06-01").value());
  EXPECT_EQ(one_case("{name: c, expect: {decision: deny}}").images.at(0).gap, Gap::no_bill);
  EXPECT_EQ(one_case("{name: c, given: {image: 'a:1'}, expect: {decision: deny}}").images.at(0).gap, Gap::not_pinned);
  EXPECT_EQ(one_case("{name: c, given: {unavailable: down}, expect: {decision: deny}}").images.at(0).gap,
            Gap::unavailable);
}

TEST(PolicyCases, FailWhereTheyAreNotMet) {
  const auto policies = policies_of("    - {name: bill, requireSBOM: {}}\n");
  const auto failures = [&](const std::string& expect) {
    return run_case(policies, one_case("{name: c, expect: {" + expect + "}}")).failures;
  };
  EXPECT_THAT(failures("decision: deny, rules: [bill], message: no SBOM"), IsEmpty());
  EXPECT_THAT(failures("rules: [p/bill]"), IsEmpty());
  EXPECT_THAT(failures("decision: allow"),
              ElementsAre("expected allow, got deny:\n  deny  app: no SBOM [policy p, rule bill]"));
  EXPECT_THAT(failures("rules: []"), ElementsAre(HasSubstr("rule 'bill' spoke unexpectedly")));
  EXPECT_THAT(failures("rules: [bill, other]"), ElementsAre(HasSubstr("rule 'other' did not speak")));
  EXPECT_THAT(failures("message: another"), ElementsAre(HasSubstr("no line says 'another'")));
}

TEST(PolicyCases, AreRefusedWithTheirPlace) {
  const std::pair<const char*, const char*> cases[] = {
      {"{name: c}", "t.yaml:8:7: a case has no 'expect'; add it"},
      {"{name: c, expect: {}}", "t.yaml:8:25: the case expects nothing"},
      {"{name: c, given: {pakages: []}, expect: {decision: deny}}",
       "t.yaml:8:25: given has no field 'pakages'; did you mean 'packages'?"},
      {"{name: c, given: {packages: [x]}, expect: {decision: deny}}", "t.yaml:8:36: "},
      {"{name: c, given: {packages: [], vulnerabilities: [{id: CVE-1}]}, expect: {decision: deny}}",
       "t.yaml:8:57: there is no package that could have it"},
      {"{name: c, expect: {decision: denied}}",
       "t.yaml:8:36: 'decision' cannot be 'denied'; it is one of allow, audit, warn, deny"},
  };
  for (const auto& [text, wanted] : cases) {
    const auto read = read_policy_cases(test_of("    - " + std::string(text) + "\n"), "t.yaml");
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(render(read.error()).substr(0, std::string(wanted).size()), wanted);
  }
}

}  // namespace
}  // namespace pratique
