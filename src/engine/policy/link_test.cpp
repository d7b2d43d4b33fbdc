// The one merge, and exceptions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/policy/test_policy.h"

namespace pratique {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const Time now = parse_time("2026-06-01T00:00:00Z").value();

std::string document(const std::string& kind, const std::string& metadata, const std::string& spec) {
  return "---\napiVersion: pratique.dev/v1alpha1\nkind: " + kind + "\nmetadata: {" + metadata + "}\nspec: {" + spec +
         "}\n";
}
std::string policy(const std::string& name, const std::string& more = "") {
  return document("Policy", "name: " + name, more + "rules: [{name: bill, requireSBOM: {}}]");
}
std::string exception(const std::string& spec, const std::string& name = "e") {
  return document("Exception", "name: " + name,
                  "policy: p, " + spec + ", reason: 'not reachable', approver: ann, expires: 2026-12-31");
}

std::vector<std::string> names(const std::vector<Policy>& policies) {
  std::vector<std::string> out;
  for (const auto& one : policies) out.push_back(one.name);
  return out;
}

TEST(Link, SetsNarrowAndSoftenWhatTheyName) {
  const auto policies =
      parse_policies(
          policy("a", "match: {namespaces: [prod-1, prod-2]}, ") + policy("b") + policy("alone") +
              document("PolicySet", "name: base", "policies: [a, b], match: {excludeNamespaces: [prod-2]}") +
              document("PolicySet", "name: trial", "policies: [base, b], atMost: audit, match: {kinds: [Pod]}"),
          "p.yaml")
          .value();
  EXPECT_THAT(names(policies), ElementsAre("alone", "trial/base/a", "trial/base/b", "trial/b"));
  EXPECT_EQ(policies[1].selectors.size(), 3u);
  EXPECT_EQ(policies[1].rules[0].effect, Decision::audit);
  EXPECT_EQ(policies[0].rules[0].effect, Decision::deny);
  const PolicySet set(policies);
  const auto said = [&](const char* name_space) {
    std::vector<std::string> out;
    for (const auto& result : decide(set, request_in(name_space), {image_without(Gap::no_bill, "no SBOM")}).rules)
      out.push_back(result.policy + " " + std::string(name_of(result.decision)));
    return out;
  };
  EXPECT_THAT(said("prod-1"), ElementsAre("alone deny", "trial/base/a audit", "trial/base/b audit", "trial/b audit"));
  EXPECT_THAT(said("prod-2"), ElementsAre("alone deny", "trial/b audit"));
}

// Whatever a namespace adds, nothing that is denied without it comes in with it.
TEST(Link, ANamespacesOwnPoliciesOnlyTighten) {
  const auto base = policy("p");
  const std::string own =
      document("Policy", "name: p, namespace: shop",
               "defaults: {effect: warn}, rules: [{name: bill, requireSBOM: {}}]") +
      document("Exception", "name: e, namespace: shop", "policy: p, reason: r, approver: a, expires: 2030-01-01");
  const PolicySet set(parse_policies(base + own, "p.yaml").value());
  Surroundings around;
  around.now = now;
  const auto verdict = decide(set, request_in("shop"), {image_without(Gap::no_bill, "no SBOM")}, around);
  EXPECT_EQ(verdict.decision, Decision::deny);
  ASSERT_EQ(verdict.rules.size(), 2u);
  EXPECT_EQ(verdict.rules[1].policy, "shop/p");
  EXPECT_EQ(verdict.rules[1].decision, Decision::allow);
  EXPECT_EQ(decide(set, request_in("other"), {image_without(Gap::no_bill, "no SBOM")}, around).rules.size(), 1u);
}

TEST(Link, SaysWhatIsWrongAndWhatWasMeant) {
  const std::pair<std::string, const char*> cases[] = {
      {policy("p") + document("PolicySet", "name: s", "policies: [q]"), "p.yaml:7:1: there is no policy or set 'q'"},
      {policy("log4j") + document("PolicySet", "name: s", "policies: [log4i]"),
       "p.yaml:7:1: there is no policy or set 'log4i'; did you mean 'log4j'?"},
      {policy("p") + document("PolicySet", "name: s", "policies: [t]") +
           document("PolicySet", "name: t", "policies: [s]"),
       "p.yaml:7:1: the set contains itself through others; take a member away"},
      {policy("p") + document("PolicySet", "name: s", "policies: [s]"), "p.yaml:7:1: the set contains itself"},
      {policy("p") + exception("rules: [bil]"), "p.yaml:7:1: policy 'p' has no rule 'bil'; did you mean 'bill'?"},
      {exception("rules: [bill]"), "p.yaml:2:1: there is no policy 'p'; name one that is there"},
      {policy("p") + document("Exception", "name: e", "policy: p, reason: r, expires: 2026-01-01"),
       "p.yaml:10:7: spec has no 'approver'; add it"},
      {policy("p") + document("Exception", "name: e", "policy: p, reason: r, approver: a, expires: soon"),
       "p.yaml:10:"},
      {policy("s") + policy("p") + document("PolicySet", "name: s", "policies: [p]"),
       "p.yaml:12:1: a policy is named 's' too"},
      {document("Policy", "name: p, namespace: shop",
                "match: {namespaces: [other]}, rules: [{name: r, requireSBOM: {}}]"),
       "p.yaml:5:15: a namespace's own is about 'shop' alone"},
      {policy("p") + document("PolicySet", "name: s, namespace: shop", "policies: [p]"),
       "p.yaml:9:32: a set belongs to the cluster"},
  };
  for (const auto& [yaml, wanted] : cases) {
    SCOPED_TRACE(yaml);
    const auto policies = parse_policies(yaml, "p.yaml");
    ASSERT_FALSE(policies);
    EXPECT_EQ(render(policies.error()).substr(0, std::string(wanted).size()), wanted);
  }
  // Sets in sets multiply: 16 members in each of 5 levels.
  std::string many = policy("p");
  for (int level = 0; level < 6; ++level) {
    std::string members;
    for (int i = 0; i < 16; ++i)
      members += (i ? ", " : "") + (level == 0 ? std::string("p") : "s" + std::to_string(level - 1));
    many += document("PolicySet", "name: s" + std::to_string(level), "policies: [" + members + "]");
  }
  const auto policies = parse_policies(many, "p.yaml");
  ASSERT_FALSE(policies);
  EXPECT_THAT(render(policies.error()), HasSubstr("sets unfold to more than 20,000 policies"));
}

TEST(Exceptions, CoverEvidenceThatIsAllTheySay) {
  Match match;
  match.findings = {finding("CVE-1", Severity::critical, 2, {"2"}), finding("CVE-2", Severity::critical, 1, {})};
  match.findings[0].aliases = {"GHSA-1"};
  const auto yaml = document("Policy", "name: p", "rules: [{name: r, denyVulnerabilities: {severity: high}}]");
  // What is denied in spite of the exceptions.
  const auto left = [&](const std::string& exceptions, const ImageEvidence& image, Time at = now) {
    const PolicySet set(parse_policies(yaml + exceptions, "p.yaml").value());
    Surroundings around;
    around.now = at;
    std::string ids;
    for (const auto& result : decide(set, request_in("shop"), {image}, around).rules)
      if (result.decision == Decision::deny)
        for (const auto& evidence : result.evidence) ids += evidence.finding + " ";
    return ids;
  };
  const auto image = image_with(shop, match);
  EXPECT_EQ(left("", image), "CVE-1 CVE-2 ");
  EXPECT_EQ(left(exception("vulnerabilities: [CVE-1]"), image), "CVE-2 ");
  EXPECT_EQ(left(exception("vulnerabilities: [GHSA-1]"), image), "CVE-2 ");
  EXPECT_EQ(
      left(exception("packages: [{purl: 'pkg:maven/org.apache.logging.log4j/log4j-core', range: 'vers:maven/<2.15'}]"),
           image),
      "CVE-2 ");
  EXPECT_EQ(
      left(exception("packages: [{purl: 'pkg:maven/org.apache.logging.log4j/log4j-core', range: 'vers:maven/<2'}]"),
           image),
      "CVE-1 CVE-2 ");
  EXPECT_EQ(left(exception("match: {images: ['registry.example.com/shop/*']}"), image), "");
  EXPECT_EQ(left(exception("match: {images: ['registry.example.com/other']}"), image), "CVE-1 CVE-2 ");
  EXPECT_EQ(left(exception("match: {namespaces: [other]}"), image), "CVE-1 CVE-2 ");
  // Two exceptions, neither of which covers it alone, do not add up.
  EXPECT_EQ(left(exception("vulnerabilities: [CVE-1], match: {namespaces: [other]}") +
                     exception("match: {namespaces: [shop]}, vulnerabilities: [CVE-9]", "f"),
                 image),
            "CVE-1 CVE-2 ");
  // The last day counts, the next does not; without a clock nothing does.
  EXPECT_EQ(left(exception("vulnerabilities: [CVE-1]"), image, parse_time("2026-12-31T23:59:59Z").value()), "CVE-2 ");
  EXPECT_EQ(left(exception("vulnerabilities: [CVE-1]"), image, parse_time("2027-01-01T00:00:00Z").value()),
            "CVE-1 CVE-2 ");
  const PolicySet set(parse_policies(yaml + exception("rules: [r]"), "p.yaml").value());
  EXPECT_EQ(decide(set, request_in("shop"), {image}).decision, Decision::deny);
}

TEST(Exceptions, StayOnRecord) {
  const PolicySet set(parse_policies(policy("p") + exception("rules: [bill]"), "p.yaml").value());
  Surroundings around;
  around.now = now;
  const auto verdict = decide(set, request_in("shop"), {image_without(Gap::no_bill, "no SBOM")}, around);
  EXPECT_EQ(verdict.decision, Decision::allow);
  ASSERT_EQ(verdict.rules.size(), 1u);
  EXPECT_EQ(line_of(verdict.rules[0], verdict.rules[0].evidence[0]),
            "checkout: no SBOM [policy p, rule bill] excepted by e until 2027-01-01T00:00:00Z, approved by ann: not "
            "reachable");
}

TEST(Exceptions, OneRulesExceptionDoesNotSpeakForOthers) {
  const std::string yaml =
      document("Policy", "name: p",
               "rules: [{name: a, denyPackage: {purl: 'pkg:npm/a'}}, {name: b, denyPackage: {purl: 'pkg:npm/b'}}]");
  const PolicySet set(parse_policies(yaml + exception("rules: [a]"), "p.yaml").value());
  Surroundings around;
  around.now = now;
  EXPECT_EQ(decide(set, request_in("shop"), {image_without(Gap::no_bill, "no SBOM")}, around).decision, Decision::deny);
}

TEST(PolicySet, FindsThePoliciesOfANamespaceAmongMany) {
  std::string yaml;
  for (int i = 0; i < 50; ++i)
    yaml += policy("p" + std::to_string(i), "match: {namespaces: [team-" + std::to_string(i % 25) + "]}, ");
  yaml += policy("everywhere") + policy("some", "match: {namespaces: ['team-1*', other]}, ");
  const PolicySet set(parse_policies(yaml, "p.yaml").value());
  const auto asked = [&](const char* name_space) {
    return decide(set, request_in(name_space), {image_with(shop)}).asked;
  };
  EXPECT_EQ(asked("team-3"), 3u);
  EXPECT_EQ(asked("team-12"), 4u);
  EXPECT_EQ(asked("other"), 2u);
  EXPECT_EQ(asked(""), 1u);
}

}  // namespace
}  // namespace pratique
