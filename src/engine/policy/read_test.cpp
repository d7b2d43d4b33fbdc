#include <gtest/gtest.h>

#include "engine/policy/policy.h"
#include "engine/version/version.h"

namespace pratique {
namespace {

constexpr std::string_view two = R"(# both kinds
apiVersion: pratique.dev/v1alpha1
kind: Policy
metadata: {name: clean-bill, labels: {team: port}}
spec:
  match:
    namespaces: [shop, "team-*"]
    excludeNamespaces: [shop-test]
  rules:
    - name: has-a-bill
      requireSBOM:
    - name: no-known-criticals
      denyVulnerabilities: {severity: critical, onlyFixed: true}
      effect: warn
      message: ask in the harbour channel
---
apiVersion: pratique.dev/v1alpha1
kind: Policy
metadata: {name: no-log4shell}
spec:
  rules:
    - name: below-2.17.1
      denyPackage: {purl: pkg:maven/org.apache.logging.log4j/log4j-core, range: vers:maven/<2.17.1}
      onUnknown: {notPinned: warn, unjudged: allow}
    - name: this-one
      denyPackage: {purl: "pkg:npm/left-pad@1.3.0"}
      onUnknown: allow
)";

TEST(ReadPolicy, ReadsEveryField) {
  const auto policies = parse_policies(two, "two.yaml").value();
  ASSERT_EQ(policies.size(), 2u);
  EXPECT_EQ(policies[0].name, "clean-bill");
  EXPECT_EQ(policies[0].place(), "two.yaml:2:1");
  ASSERT_EQ(policies[0].selectors.size(), 1u);
  EXPECT_EQ(policies[0].selectors[0].namespaces, (std::vector<std::string>{"shop", "team-*"}));
  EXPECT_EQ(policies[0].selectors[0].exclude_namespaces, (std::vector<std::string>{"shop-test"}));
  ASSERT_EQ(policies[0].rules.size(), 2u);
  EXPECT_EQ(policies[0].rules[0], (Rule{"has-a-bill", RequireSbom{}, Decision::deny, Decision::deny, "", 10, 7}));
  DenyVulnerabilities criticals;
  criticals.at_least = Severity::critical;
  criticals.only_fixed = true;
  EXPECT_EQ(policies[0].rules[1], (Rule{"no-known-criticals", criticals, Decision::warn, Decision::warn,
                                        "ask in the harbour channel", 12, 7}));
  const auto& log4j = policies[1].rules[0];
  const auto& body = std::get<DenyPackage>(log4j.body);
  EXPECT_EQ(body.package, "pkg:maven/org.apache.logging.log4j/log4j-core");
  EXPECT_EQ(body.name, "log4j-core");
  EXPECT_EQ(render_vers(*body.range), "vers:maven/<2.17.1");
  EXPECT_EQ(log4j.on_unknown[Gap::not_pinned], Decision::warn);
  EXPECT_EQ(log4j.on_unknown[Gap::no_bill], Decision::deny);
  EXPECT_EQ(log4j.on_unknown[Gap::unjudged], Decision::allow);
  EXPECT_EQ(render_vers(*std::get<DenyPackage>(policies[1].rules[1].body).range), "vers:npm/1.3.0");
  EXPECT_EQ(policies[1].rules[1].on_unknown, OnUnknown(Decision::allow));
}

// A good policy with one line in place of `rule`.
std::string with_rule(const std::string& rule) {
  return "apiVersion: pratique.dev/v1alpha1\nkind: Policy\nmetadata: {name: p}\nspec:\n  rules:\n    - " + rule + "\n";
}

TEST(ReadPolicy, SaysWhatIsWrongWhereAndWhatWasMeant) {
  const std::pair<std::string, const char*> cases[] = {
      {"", "p.yaml: holds no policy; see docs/policy.md"},
      {"[]", "p.yaml:1:1: a policy is a map"},
      {"apiVersion: pratique.dev/v2\nkind: Policy\nmetadata: {name: p}\nspec: {rules: [{name: r, requireSBOM: {}}]}\n",
       "p.yaml:1:13: policies of 'pratique.dev/v2' are not read; write pratique.dev/v1alpha1"},
      {"apiVersion: pratique.dev/v1alpha1\nkind: Polcy\n",
       "p.yaml:2:7: 'kind' cannot be 'Polcy'; did you mean 'Policy'?"},
      {"apiVersion: pratique.dev/v1alpha1\nkind: Policy\nmetadata: {}\nspec: {}\n",
       "p.yaml:3:11: metadata has no 'name'; add it"},
      {"apiVersion: pratique.dev/v1alpha1\nkind: Policy\nmetadata: {name: P q}\nspec: {rules: []}\n",
       "p.yaml:3:18: 'name' cannot be 'P q'; use lower-case letters, digits and '-', at most 253 of them"},
      {"apiVersion: pratique.dev/v1alpha1\nkind: Policy\nmetadata: {name: p}\nspec: {rules: []}\n",
       "p.yaml:4:15: 'rules' is a list of rules"},
      {"apiVersion: pratique.dev/v1alpha1\nkind: Policy\nmetadata: {name: p}\nspec:\n  match: {namespace: [a]}\n",
       "p.yaml:5:11: match has no field 'namespace'; did you mean 'namespaces'?"},
      {"apiVersion: pratique.dev/v1alpha1\nkind: Policy\nmetadata: {name: p}\nspec:\n  match: {namespaces: []}\n",
       "p.yaml:5:23: an empty list matches nothing; fill it, or leave 'namespaces' out to match everything"},
      {"apiVersion: pratique.dev/v1alpha1\nkind: Policy\nmetadata: {name: p}\nspec:\n"
       "  match: {namespaces: [a], excludeNamespaces: [a]}\n",
       "p.yaml:5:47: the policy excludes what it matches: 'a'"},
      {with_rule("nmae: r"), "p.yaml:6:7: a rule has no field 'nmae'; did you mean 'name'?"},
      {with_rule("name: r"),
       "p.yaml:6:7: the rule says nothing; give it one of requireSBOM, requireSignature, requireSignedSBOM, "
       "denyPackage, "
       "denyVulnerabilities, denyLicense, requireQuality, requireFresh, denyUnknown, allowRegistries, requireDigest, "
       "denyYanked, cel"},
      {with_rule("{name: r, requireSBOM: {}, denyPackage: {}}"),
       "p.yaml:6:47: a rule is of one type, not of requireSBOM and denyPackage; write two rules"},
      {with_rule("{name: r, requireSBOM: {a: b}}"), "p.yaml:6:31: requireSBOM has no field 'a'"},
      {with_rule("{name: r, denyPakage: {}}"),
       "p.yaml:6:17: a rule has no field 'denyPakage'; did you mean 'denyPackage'?"},
      {with_rule("{name: r, denyPackage: {}}"), "p.yaml:6:30: denyPackage has no 'purl'; add it"},
      {with_rule("{name: r, denyPackage: {purl: 'pkg:deb/debian/curl?arch=amd64'}}"),
       "p.yaml:6:37: a rule speaks of a package, whatever its qualifiers and subpath; write it as "
       "'pkg:deb/debian/curl'"},
      {with_rule("{name: r, denyPackage: {purl: 'pkg:npm/a', range: 'vers:pypi/<1'}}"),
       "p.yaml:6:57: a range of pypi versions says nothing about 'pkg:npm'; write it as vers:npm/..."},
      {with_rule("{name: r, denyPackage: {purl: 'pkg:npm/a@1', range: 'vers:npm/<1'}}"),
       "p.yaml:6:59: the purl has a version already; take '@1' off the purl, or 'range' away"},
      {with_rule("{name: r, denyVulnerabilities: {}}"),
       "p.yaml:6:38: denyVulnerabilities does not say which; give 'severity', 'cvss', 'epss', 'kev' or 'ids'"},
      {with_rule("{name: r, denyVulnerabilities: {severity: critcal}}"),
       "p.yaml:6:49: 'severity' cannot be 'critcal'; did you mean 'critical'?"},
      {with_rule("{name: r, denyVulnerabilities: {severity: high, onlyFixed: yes}}"),
       "p.yaml:6:66: 'onlyFixed' is true or false"},
      {with_rule("{name: r, requireSBOM: {}, effect: allow}"),
       "p.yaml:6:42: 'effect' cannot be 'allow'; it is one of audit, warn, deny"},
      {with_rule("{name: r, requireSBOM: {}, onUnknown: maybe}"),
       "p.yaml:6:45: 'onUnknown' cannot be 'maybe'; it is one of allow, audit, warn, deny"},
      {with_rule("{name: r, requireSBOM: {}, onUnknown: {notPined: warn}}"),
       "p.yaml:6:46: onUnknown has no field 'notPined'; did you mean 'notPinned'?"},
      {with_rule("{name: r, requireSBOM: {}, message: [a]}"), "p.yaml:6:43: 'message' is a text"},
      {with_rule("{name: r, requireSBOM: {}}\n    - {name: r, requireSBOM: {}}"),
       "p.yaml:7:7: a rule named 'r' stands in line 6 already; name them apart"},
      {with_rule("{name: r, requireSBOM: {}, name: s}"), "p.yaml:6:34: 'name' is given twice; delete one"},
      {with_rule("{name: r, requireSBOM: {}}") + "---\n" + with_rule("{name: r, requireSBOM: {}}"),
       "p.yaml:8:1: a policy named 'p' begins in line 1 already; name them apart"},
  };
  for (const auto& [yaml, wanted] : cases) {
    SCOPED_TRACE(yaml);
    const auto policies = parse_policies(yaml, "p.yaml");
    ASSERT_FALSE(policies);
    EXPECT_EQ(render(policies.error()).substr(0, std::string(wanted).size()), wanted);
  }
}

TEST(ReadPolicy, PlacesWhatIsWrongInAPurlOrARange) {
  const auto purl = parse_policies(with_rule("{name: r, denyPackage: {purl: 'log4j-core'}}"), "p.yaml");
  ASSERT_FALSE(purl);
  EXPECT_TRUE(render(purl.error()).starts_with("p.yaml:6:37: ")) << render(purl.error());
  const auto range = parse_policies(with_rule("{name: r, denyPackage: {purl: 'pkg:npm/a', range: '<2'}}"), "p.yaml");
  ASSERT_FALSE(range);
  EXPECT_TRUE(render(range.error()).starts_with("p.yaml:6:57: ")) << render(range.error());
}

TEST(ReadPolicy, BoundsWhatItReads) {
  const auto fault = [](const std::string& yaml) {
    const auto read = parse_policies(yaml, "p.yaml");
    return read ? Fault::internal : read.error().fault;
  };
  EXPECT_EQ(fault(with_rule("{name: r, requireSBOM: {}}") + std::string(std::size_t{10} << 20, '#')), Fault::limit);
  EXPECT_EQ(fault("a: " + std::string(100'000, '[')), Fault::limit);
  EXPECT_EQ(fault(with_rule("{name: r, requireSBOM: {}, message: '" + std::string(257, 'a') + "'}")), Fault::malformed);
  EXPECT_EQ(fault(with_rule("{name: " + std::string(254, 'a') + ", requireSBOM: {}}")), Fault::malformed);
  std::string many;
  for (int i = 0; i < 10'000; ++i)
    many += (i == 0 ? "{name: r" : "    - {name: r") + std::to_string(i) + ", denyPackage: {purl: pkg:npm/p" +
            std::to_string(i) + "}}\n";
  const auto policies = parse_policies(with_rule(many), "p.yaml");
  ASSERT_TRUE(policies) << render(policies.error());
  EXPECT_EQ(policies->front().rules.size(), 10'000u);
}

TEST(ReadPolicy, GenerationFollowsWhatIsSaidNotHowItIsWritten) {
  const auto generation = [](const std::string& yaml) {
    return PolicySet(parse_policies(yaml, "any.yaml").value()).generation();
  };
  const auto one = generation(with_rule("{name: r, denyPackage: {purl: pkg:npm/a, range: vers:npm/<2}}"));
  EXPECT_EQ(one, generation("# a comment\n" +
                            with_rule("{denyPackage: {range: 'vers:npm/<2', purl: 'pkg:npm/%61'}, name: r}")));
  EXPECT_NE(one, generation(with_rule("{name: r, denyPackage: {purl: pkg:npm/a, range: vers:npm/<3}}")));
  EXPECT_NE(one, generation(with_rule("{name: r, denyPackage: {purl: pkg:npm/a, range: vers:npm/<2}, effect: warn}")));
  EXPECT_NE(one,
            generation(with_rule("{name: r, denyPackage: {purl: pkg:npm/a, range: vers:npm/<2}, onUnknown: warn}")));
}

}  // namespace
}  // namespace pratique
