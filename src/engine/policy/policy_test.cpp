#include "engine/policy/policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/policy/test_policy.h"

namespace pratique {
namespace {

using testing::ElementsAre;

std::vector<std::string> denials(const PolicySet& policies, const std::vector<ImageEvidence>& images) {
  return lines_of(decide(policies, request_in("shop"), images), Decision::deny, 100);
}

const std::string log4j =
    "    - {name: log4j, denyPackage: {purl: pkg:maven/org.apache.logging.log4j/log4j-core, range: "
    "vers:maven/<2.17.1}}\n";
const std::string criticals = "    - {name: criticals, denyVulnerabilities: {severity: critical}}\n";

TEST(Decide, NamesPackagePathFixAndRule) {
  Match match;
  match.findings = {finding("CVE-2021-44228", Severity::critical, 2, {"2.15.0", "2.12.2"}),
                    finding("CVE-2021-45105", Severity::medium, 2, {"2.17.0"})};
  const auto policies = policies_of(
      criticals + "    - {name: any, denyPackage: {purl: pkg:maven/org.apache.logging.log4j/log4j-core}}\n");
  EXPECT_THAT(
      denials(policies, {image_with(shop, match)}),
      ElementsAre("checkout: log4j-core 2.14.1 (via checkout 1.4.0 > spring-boot-starter-log4j2 2.6.1) has "
                  "CVE-2021-44228 (critical), fixed in 2.15.0 [policy p, rule criticals]",
                  "checkout: log4j-core 2.14.1 (via checkout 1.4.0 > spring-boot-starter-log4j2 2.6.1) is denied "
                  "[policy p, rule any]"));
}

TEST(Decide, CountsWhatItAskedAndSaysWithWhat) {
  const auto policies = policies_of(criticals);
  const auto verdict = decide(policies, request_in("shop"), {image_with(shop), image_with(shop)});
  EXPECT_EQ(verdict.decision, Decision::allow);
  EXPECT_TRUE(verdict.rules.empty());
  EXPECT_EQ(verdict.asked, 1u);
  EXPECT_EQ(verdict.images, 2u);
  EXPECT_EQ(verdict.policies, policies.generation());
  EXPECT_EQ(verdict.database, "generation-1");
}

TEST(Decide, DeniesEveryAliasOfAPackage) {
  const auto policies = policies_of(
      "    - {name: r, denyPackage: {purl: 'pkg:pypi/My_Package'}}\n"
      "    - {name: go, denyPackage: {purl: 'pkg:golang/GitHub.com/Foo/Bar'}}\n");
  for (const auto* purl : {"pkg:pypi/my-package@1", "pkg:PyPI/MY.Package@1", "pkg:pypi/my__package@1?x=y",
                           "pkg:golang/github.com/foo/bar@v1#sub"}) {
    SCOPED_TRACE(purl);
    EXPECT_EQ(denials(policies, {image_with({{"x", "1", purl}})}).size(), 1u);
  }
  EXPECT_TRUE(denials(policies, {image_with({{"x", "1", "pkg:npm/my-package@1"}})}).empty());
}

TEST(Decide, ComparesTheVersionOfTheDocumentAndThatOfThePurl) {
  const auto policies = policies_of("    - {name: r, denyPackage: {purl: pkg:generic/a, range: vers:generic/<2}}\n");
  EXPECT_EQ(denials(policies, {image_with({{"a", "1", "pkg:generic/a@1"}})}).size(), 1u);
  EXPECT_EQ(denials(policies, {image_with({{"a", "3", "pkg:generic/a@3"}})}).size(), 0u);
  EXPECT_EQ(denials(policies, {image_with({{"a", "3", "pkg:generic/a@1"}})}).size(), 1u);
  EXPECT_EQ(denials(policies, {image_with({{"a", "1", "pkg:generic/a@3"}})}).size(), 1u);
  EXPECT_THAT(denials(policies, {image_with({{"a", "", "pkg:generic/a"}})}),
              ElementsAre("checkout: unknown: a has no version, and vers:generic/<2 is denied [policy p, rule r]"));
}

TEST(Decide, AComponentWithoutAPurlMayBeTheOneThatIsDenied) {
  for (const auto* name : {"log4j-core", "Log4J-Core", "org.apache.logging.log4j:log4j-core", "lib/log4j-core"}) {
    const auto lines = denials(policies_of(log4j), {image_with({{name, "2.14.1", ""}})});
    ASSERT_EQ(lines.size(), 1u) << name;
    EXPECT_NE(lines[0].find("has no purl and may be pkg:maven/org.apache.logging.log4j/log4j-core"), std::string::npos);
  }
  EXPECT_TRUE(denials(policies_of(log4j), {image_with({{"log4j-api", "2.14.1", ""}})}).empty());
}

TEST(Decide, FindsTheSameWhicheverListIsShorter) {
  std::string many;
  for (int i = 0; i < 300; ++i)
    many += "    - {name: r" + std::to_string(i) + ", denyPackage: {purl: pkg:npm/p" + std::to_string(i) + "}}\n";
  EXPECT_EQ(denials(policies_of(many + log4j), {image_with(shop)}).size(), 1u);
  EXPECT_EQ(denials(policies_of(log4j), {image_with(shop)}).size(), 1u);
  const auto verdict =
      decide(policies_of(many), request_in("shop"),
             {image_with({{"p7", "1", "pkg:npm/p7@1"}, {"q", "1", "pkg:npm/q@1"}, {"p250", "1", "pkg:npm/p250@1"}})});
  EXPECT_EQ(verdict.asked, 300u);
  ASSERT_EQ(verdict.rules.size(), 2u);
  EXPECT_EQ(verdict.rules[0].rule, "r7");
  EXPECT_EQ(verdict.rules[1].rule, "r250");
}

TEST(Decide, KeepsTheOrderOfThePolicies) {
  const auto policies = policies_of(
      "    - {name: first, denyPackage: {purl: pkg:maven/org.apache.logging.log4j/log4j-core}}\n"
      "    - {name: second, requireSBOM: {}}\n"
      "    - {name: third, denyPackage: {purl: pkg:npm/a}}\n");
  const auto verdict = decide(policies, request_in("shop"), {image_without(Gap::no_bill, "no SBOM"), image_with(shop)});
  std::vector<std::string> order;
  for (const auto& result : verdict.rules) order.push_back(result.rule + " " + std::string(name_of(result.gap)));
  EXPECT_THAT(order, ElementsAre("first ", "first no-bill", "second "));
  EXPECT_EQ(verdict.rules[1].more_rules, 1u);
}

TEST(Decide, EveryGapLeadsToWhatTheRuleChose) {
  const std::string choice = ", onUnknown: {notPinned: allow, noSBOM: warn, unavailable: deny, unjudged: warn}";
  const std::string rules[] = {"    - {name: r, denyPackage: {purl: pkg:npm/a}" + choice + "}\n",
                               "    - {name: r, denyVulnerabilities: {severity: low}" + choice + "}\n"};
  Match unjudged;
  unjudged.unknown.add(0, "a", "1", {}, "no purl");
  const std::tuple<ImageEvidence, Gap, Decision> cases[] = {
      {image_without(Gap::not_pinned, "a tag"), Gap::not_pinned, Decision::allow},
      {image_without(Gap::no_bill, "no SBOM"), Gap::no_bill, Decision::warn},
      {image_without(Gap::unavailable, "store locked"), Gap::unavailable, Decision::deny},
      {image_without(Gap::none, ""), Gap::unavailable, Decision::deny},
      {image_with({}), Gap::unjudged, Decision::warn},
      {image_with({{"a", "1", ""}}, unjudged), Gap::unjudged, Decision::warn},
  };
  for (const auto& rule : rules)
    for (const auto& [image, gap, decision] : cases) {
      SCOPED_TRACE(rule + image.reason);
      const auto verdict = decide(policies_of(rule), request_in("shop"), {image});
      ASSERT_EQ(verdict.rules.size(), 1u);
      EXPECT_EQ(verdict.rules[0].gap, gap);
      EXPECT_EQ(verdict.rules[0].decision, decision);
      EXPECT_EQ(verdict.decision, decision);
      EXPECT_FALSE(verdict.rules[0].evidence.at(0).reason.empty());
    }
}

TEST(Decide, WithoutAMatchOnlyVulnerabilitiesAreUnknown) {
  ImageEvidence image = image_with(shop);
  image.match = nullptr;
  image.gap = Gap::unavailable;
  image.reason = "the advisory database is corrupt";
  const auto verdict =
      decide(policies_of("    - {name: bill, requireSBOM: {}}\n" + log4j + criticals), request_in("shop"), {image});
  ASSERT_EQ(verdict.rules.size(), 2u);
  EXPECT_EQ(verdict.rules[0].rule, "log4j");
  EXPECT_EQ(verdict.rules[0].gap, Gap::none);
  EXPECT_EQ(verdict.rules[1].rule, "criticals");
  EXPECT_EQ(verdict.rules[1].gap, Gap::unavailable);
}

TEST(Decide, ABillThatIsMissingOrEmptyFailsRequireSbom) {
  const auto policies = policies_of("    - {name: bill, requireSBOM: {}, onUnknown: warn}\n");
  EXPECT_THAT(denials(policies, {image_without(Gap::no_bill, "no SBOM for sha256:12")}),
              ElementsAre("checkout: no SBOM for sha256:12 [policy p, rule bill]"));
  EXPECT_THAT(denials(policies, {image_with({})}),
              ElementsAre("checkout: its SBOM lists nothing [policy p, rule bill]"));
  EXPECT_TRUE(denials(policies, {image_with(shop)}).empty());
  EXPECT_EQ(decide(policies, request_in("shop"), {image_without(Gap::unavailable, "locked")}).decision, Decision::warn);
}

TEST(Decide, CountsSeverityAndFixes) {
  Match match;
  match.findings = {finding("CVE-1", Severity::critical, 0, {}), finding("CVE-2", Severity::high, 0, {"2"}),
                    finding("CVE-3", Severity::low, 0, {"2"}), finding("CVE-4", Severity::unknown, 0, {})};
  const auto said = [&](const std::string& rule) {
    std::string ids;
    for (const auto& result : decide(policies_of("    - {name: r, denyVulnerabilities: " + rule + "}\n"),
                                     request_in("shop"), {image_with(shop, match)})
                                  .rules)
      for (const auto& evidence : result.evidence) ids += (result.gap == Gap::none ? "" : "?") + evidence.finding + " ";
    return ids;
  };
  EXPECT_EQ(said("{severity: critical}"), "CVE-1 ?CVE-4 ");
  EXPECT_EQ(said("{severity: high}"), "CVE-1 CVE-2 ?CVE-4 ");
  EXPECT_EQ(said("{severity: low, onlyFixed: true}"), "CVE-2 CVE-3 ");
}

TEST(Decide, ComponentsThatCouldNotBeReadAreUnknown) {
  Bill bill = bill_of(shop);
  bill.rejected = {{"/components/7", "not an object"},
                   {"/components/2/licenses/0", "not a text"},
                   {"/dependencies/3", "no such ref"}};
  ImageEvidence image = image_with({});
  image.bill = std::make_shared<ImageFacts>(bill);
  const auto lines = denials(policies_of("    - {name: r, denyPackage: {purl: pkg:npm/a}}\n" + criticals), {image});
  EXPECT_THAT(lines,
              ElementsAre("checkout: unknown: one component of its SBOM could not be read [policy p, rule r and 1 "
                          "more rule]"));
}

TEST(Decide, LeavesOutAndCountsMoreThanAnyoneReads) {
  std::vector<Part> parts;
  for (int i = 0; i < 80; ++i) parts.push_back({"a", std::to_string(i), "pkg:npm/a@" + std::to_string(i)});
  const auto verdict =
      decide(policies_of("    - {name: r, denyPackage: {purl: pkg:npm/a}}\n"), request_in("shop"), {image_with(parts)});
  ASSERT_EQ(verdict.rules.size(), 1u);
  EXPECT_EQ(verdict.rules[0].evidence.size(), 50u);
  EXPECT_EQ(verdict.rules[0].more, 30u);
  const auto lines = lines_of(verdict, Decision::deny, 5);
  ASSERT_EQ(lines.size(), 5u);
  EXPECT_EQ(lines[4], "and 76 more");
  // The path of the last one goes through 79 others: the middle of it is left out.
  EXPECT_NE(verdict.rules[0].evidence[49].path.find("a 3 > ... 42 more ... > a 46"), std::string::npos)
      << verdict.rules[0].evidence[49].path;
}

TEST(Decide, AppliesToTheNamespacesItNames) {
  const auto policies =
      policies_of(criticals, "  match: {namespaces: [shop, 'team-*'], excludeNamespaces: ['*-test']}\n");
  const std::pair<const char*, std::uint64_t> cases[] = {{"shop", 1},        {"team-a", 1}, {"team-", 1}, {"team", 0},
                                                         {"team-a-test", 0}, {"shop2", 0},  {"", 0}};
  for (const auto& [name_space, asked] : cases)
    EXPECT_EQ(decide(policies, request_in(name_space), {image_with(shop)}).asked, asked) << name_space;
}

TEST(Decide, WarnsWhereTheRuleOnlyWarns) {
  const auto policies = policies_of("    - {name: r, requireSBOM: {}, effect: warn, message: 'see the wiki'}\n");
  const auto verdict = decide(policies, request_in("shop"), {image_without(Gap::no_bill, "no SBOM")});
  EXPECT_EQ(verdict.decision, Decision::warn);
  EXPECT_THAT(lines_of(verdict, Decision::warn, 9), ElementsAre("checkout: no SBOM [policy p, rule r] see the wiki"));
}

TEST(Decide, PrintsNothingThatDeceives) {
  const auto lines = denials(policies_of("    - {name: r, denyPackage: {purl: pkg:npm/a}}\n"),
                             {image_with({{"a\x1b[2J\n<img onerror>\xE2\x80\xAE", "1", "pkg:npm/a@1"}})});
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0], "checkout: a\\x1b[2J\\n<img onerror>\\u202e 1 is denied [policy p, rule r]");
}

TEST(Inquiry, AsksOnlyAboutImagesThatTheRequestBrings) {
  const auto policies = policies_of("    - {name: r, requireSBOM: {}}\n");
  const auto container = [](const std::string& name, const std::string& image) {
    return Container{name, ContainerKind::container, parse_image(image).value()};
  };
  const auto names = [&](const AdmissionRequest& request) {
    std::string text;
    for (const auto& image : inquiry_of(policies, request).images)
      text += image.container.name + (image.gap == Gap::none ? " " : "? ");
    return text;
  };
  AdmissionRequest request = request_in("shop");
  request.containers = {container("pinned", "a@" + digest.text()), container("tagged", "a:1")};
  request.bad_images = {{"bad", "A B"}};
  EXPECT_EQ(names(request), "pinned tagged? bad? ");
  EXPECT_FALSE(inquiry_of(policies, request).needs.match);
  EXPECT_TRUE(inquiry_of(policies_of(criticals), request).needs.match);

  request.operation = "UPDATE";
  request.old_containers = {container("tagged", "a:1")};
  request.old_bad_images = {{"bad", "A B"}};
  EXPECT_EQ(names(request), "pinned ");
  request.old_containers.push_back(container("other", "docker.io/library/a@" + digest.text()));
  EXPECT_EQ(names(request), "");

  request = request_in("shop");
  request.containers = {container("pinned", "a@" + digest.text())};
  for (const auto* operation : {"DELETE", "CONNECT"}) {
    request.operation = operation;
    EXPECT_EQ(names(request), "") << operation;
  }
  request.operation = "A VERB TO COME";
  EXPECT_EQ(names(request), "pinned ");
  request.deleting = true;
  EXPECT_EQ(names(request), "pinned ");
  EXPECT_EQ(inquiry_of(policies_of(criticals, "  match: {namespaces: [elsewhere]}\n"), request).images.size(), 0u);
  EXPECT_EQ(inquiry_of(PolicySet(), request).images.size(), 0u);
}

}  // namespace
}  // namespace pratique
