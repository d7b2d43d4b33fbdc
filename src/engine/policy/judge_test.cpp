// Each typed rule with its evidence, and what happens when that is not there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/text.h"
#include "engine/policy/test_policy.h"

namespace pratique {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const Time now = parse_time("2026-06-01T00:00:00Z").value();

std::string rule(const std::string& body) { return "    - {name: r, " + body + "}\n"; }

// What the one rule says: "deny: text", "warn absent: text".
std::vector<std::string> said(const PolicySet& policies, const ImageEvidence& image, const AdmissionRequest& request) {
  Surroundings around;
  around.now = now;
  std::vector<std::string> lines;
  for (const auto& result : decide(policies, request, {image}, around).rules)
    for (const auto& evidence : result.evidence) {
      auto line = line_of(result, evidence);
      line =
          line.substr(0, line.find(" [policy")) + (result.exception.empty() ? "" : " excepted by " + result.exception);
      lines.push_back(std::string(name_of(result.decision)) + (result.gap == Gap::none ? "" : " ") +
                      std::string(name_of(result.gap)) + ": " + line);
    }
  return lines;
}
std::vector<std::string> said(const std::string& rules, const ImageEvidence& image) {
  return said(policies_of(rules), image, request_in("shop"));
}

TEST(Rules, RequireDigestAndAllowRegistriesNeedNoBill) {
  auto tagged = image_without(Gap::not_pinned, "it is not pinned");
  tagged.container.image = parse_image("nginx:1").value();
  EXPECT_THAT(said(rule("requireDigest: {}"), tagged), ElementsAre("deny: checkout: it is not pinned"));
  EXPECT_THAT(said(rule("requireDigest: {}"), image_without(Gap::no_bill, "x")), IsEmpty());
  const auto registries = rule("allowRegistries: {registries: [registry.example.com, 'ghcr.io/acme/*']}");
  EXPECT_THAT(said(registries, image_without(Gap::no_bill, "x")), IsEmpty());
  EXPECT_THAT(said(registries, tagged),
              ElementsAre("deny: checkout: docker.io/library/nginx is in no registry that is allowed"));
  for (const auto& [image, allowed] : {std::pair("ghcr.io/acme/a", true),
                                       {"ghcr.io/acmeevil/a", false},
                                       {"registry.example.com.evil.org/a", false},
                                       {"ghcr.io/other/a", false}}) {
    tagged.container.image = parse_image(image).value();
    EXPECT_EQ(said(registries, tagged).empty(), allowed) << image;
  }
  ImageEvidence bad = image_without(Gap::not_pinned, "'A B' is not an image reference");
  bad.container.image = {};
  EXPECT_THAT(said(registries, bad), ElementsAre(HasSubstr("deny not-pinned: checkout: unknown: 'A B'")));
  EXPECT_FALSE(inquiry_of(policies_of(registries), request_in("shop")).needs.bill);
}

TEST(Rules, DenyYankedAsksTheRegistry) {
  auto image = image_with(shop);
  EXPECT_THAT(said(rule("denyYanked: {}"), image),
              ElementsAre("deny absent: checkout: unknown: nobody looked whether the image is yanked"));
  image.standing = {nullptr, Gap::unavailable, "the registry timed out"};
  EXPECT_THAT(said(rule("denyYanked: {}, onUnknown: {unavailable: warn}"), image),
              ElementsAre("warn unavailable: checkout: unknown: the registry timed out"));
  image.standing = {std::make_shared<Standing>(), Gap::none, ""};
  EXPECT_THAT(said(rule("denyYanked: {}"), image), IsEmpty());
  image.standing.value = std::make_shared<Standing>(Standing{true, "backdoor"});
  EXPECT_THAT(said(rule("denyYanked: {}"), image), ElementsAre("deny: checkout: the image is yanked: backdoor"));
}

TEST(Rules, SignaturesAreOfTheImageOrOfTheBillThatIsJudged) {
  const auto signers = std::string(
      "{signers: [{identity: 'https://github.com/acme/*', issuer: https://tokens.example.com}, {key: ci}]}");
  const auto of_image = rule("requireSignature: " + signers), of_bill = rule("requireSignedSBOM: " + signers);
  const auto document = sha256_of("the bill");
  ImageEvidence image = image_with(shop);
  image.bill = std::make_shared<ImageFacts>(bill_of(shop), document);
  EXPECT_THAT(said(of_image, image), ElementsAre("deny absent: checkout: unknown: nobody looked for signatures"));
  const auto with = [&](std::vector<Attestation> verified) {
    image.attestations = {std::make_shared<Attestations>(Attestations{std::move(verified), {"bad.sig: expired"}, ""}),
                          Gap::none, ""};
    return image;
  };
  Attestation ci;
  ci.key = "ci";
  Attestation job;
  job.identity = "https://github.com/acme/shop/.github/workflows/release.yml@refs/heads/main";
  job.issuer = "https://tokens.example.com";
  EXPECT_THAT(said(of_image, with({ci})), IsEmpty());
  EXPECT_THAT(said(of_image, with({job})), IsEmpty());
  EXPECT_THAT(said(of_image, with({})),
              ElementsAre("deny: checkout: the image carries no verified signature: bad.sig: expired"));
  job.issuer = "https://evil.example.com";
  EXPECT_THAT(said(of_image, with({job})), ElementsAre(HasSubstr("is signed by https://github.com/acme/shop")));
  // An attestation is no signature of the image, and one of another bill says nothing of this one.
  ci.type = "https://cyclonedx.org/bom";
  EXPECT_THAT(said(of_image, with({ci})), ElementsAre(HasSubstr("no verified signature")));
  ci.bill = sha256_of("an older, cleaner bill");
  EXPECT_THAT(said(of_bill, with({ci})), ElementsAre(HasSubstr("its SBOM carries no verified signature")));
  ci.bill = document;
  EXPECT_THAT(said(of_bill, with({ci})), IsEmpty());
  image.bill = std::make_shared<ImageFacts>(bill_of(shop));  // nobody knows which bytes it came from
  EXPECT_THAT(said(of_bill, with({ci})), ElementsAre(HasSubstr("its SBOM carries no verified signature")));
}

TEST(Rules, DenyLicenseReadsExpressions) {
  const auto image_under = [](const char* license) {
    Bill bill = bill_of({{"a", "1", "pkg:npm/a@1"}});
    bill.components[0].license = bill.pool->keep(license);
    ImageEvidence image = image_with({});
    image.bill = std::make_shared<ImageFacts>(bill);
    return image;
  };
  const std::tuple<const char*, const char*, const char*> cases[] = {
      {"licenses: [GPL-3.0-only]", "GPL-3.0-only", "deny"},
      {"licenses: [GPL-3.0-only]", "gpl-3.0", "deny"},
      {"licenses: [GPL-3.0-only]", "MIT OR GPL-3.0-only", ""},
      {"licenses: [GPL-3.0-only]", "MIT AND GPL-3.0-only", "deny"},
      {"licenses: ['AGPL-*']", "AGPL-1.0-or-later", "deny"},
      {"licenses: ['*gpl*']", "GNU GPL version 2", "deny"},
      {"licenses: ['AGPL-*']", "some licence of ours", "deny unjudged"},
      {"licenses: ['AGPL-*']", "NOASSERTION", "deny unjudged"},
      {"licenses: ['AGPL-*']", "", "deny unjudged"},
      {"allowOnly: [MIT, Apache-2.0]", "MIT AND Apache-2.0", ""},
      {"allowOnly: [MIT, Apache-2.0]", "MIT OR LicenseRef-x", ""},
      {"allowOnly: [MIT, Apache-2.0]", "MIT AND LicenseRef-x", "deny"},
      {"allowOnly: ['BSD-*']", "BSD-3-Clause", ""},
  };
  for (const auto& [list, license, wanted] : cases) {
    SCOPED_TRACE(std::string(list) + " " + license);
    const auto lines = said(rule("denyLicense: {" + std::string(list) + "}"), image_under(license));
    if (*wanted == '\0') {
      EXPECT_THAT(lines, IsEmpty());
    } else {
      EXPECT_THAT(lines, ElementsAre(testing::StartsWith(std::string(wanted) + ":")));
    }
  }
  EXPECT_THAT(said(rule("denyLicense: {licenses: ['AGPL-*']}"), image_under("AGPL-3.0-only")),
              ElementsAre("deny: checkout: a 1 is licensed under AGPL-3.0-only"));
}

TEST(Rules, QualityFreshnessAndUnknowns) {
  Bill bill = bill_of({{"a", "1", "pkg:npm/a@1"}, {"b", "", ""}});
  ImageEvidence image = image_with({});
  image.bill = std::make_shared<ImageFacts>(bill);
  EXPECT_THAT(said(rule("requireQuality: {packages: 3, version: 50, purl: 51, score: 70}"), image),
              ElementsAre("deny: checkout: its SBOM lists 2 packages, fewer than 3",
                          "deny: checkout: of its SBOM's packages 50 % have a purl, fewer than 51 %",
                          "deny absent: checkout: unknown: nobody has rated the quality of its SBOM"));
  image.bill = std::make_shared<ImageFacts>(bill, std::nullopt, 69.9);
  EXPECT_THAT(said(rule("requireQuality: {score: 70}"), image),
              ElementsAre("deny: checkout: the quality of its SBOM is 69 of 100, less than 70"));

  EXPECT_THAT(said(rule("requireFresh: {maxAge: 30d}"), image),
              ElementsAre("deny unjudged: checkout: unknown: its SBOM does not say when it was made"));
  const std::pair<const char*, const char*> ages[] = {
      {"2026-05-02T00:00:00Z", ""},
      {"2026-05-01T00:00:00Z", "deny: checkout: its SBOM is 31 days old"},
      {"2027-05-01T00:00:00Z", "deny unjudged: checkout: unknown: its"}};
  for (const auto& [created, wanted] : ages) {
    bill.created = parse_time(created).value();
    image.bill = std::make_shared<ImageFacts>(bill);
    const auto lines = said(rule("requireFresh: {maxAge: 30d}"), image);
    EXPECT_EQ(lines.empty(), std::string(wanted).empty()) << created;
    if (!lines.empty()) {
      EXPECT_THAT(lines[0], testing::StartsWith(wanted));
    }
  }

  Match match;
  match.unknown.add(1, "b", {}, {}, "no purl");
  EXPECT_THAT(said(rule("denyUnknown: {}"), image_with(shop, match)),
              ElementsAre("deny: checkout: one package could not be judged: b (no purl)"));
  EXPECT_THAT(said(rule("denyUnknown: {most: 1}"), image_with(shop, match)), IsEmpty());
}

// "CVE-1 CVE-2? CVE-3~": denied, unknown, warned of.
std::string found(const std::string& body, const std::vector<Finding>& findings, Catalogues catalogues = {true, true}) {
  ImageEvidence image = image_with(shop);
  Match match;
  match.findings = findings;
  image.match = std::make_shared<MatchFacts>(match, "g", catalogues);
  Surroundings around;
  around.now = now;
  std::string ids;
  for (const auto& result :
       decide(policies_of(rule("denyVulnerabilities: {" + body + "}")), request_in("shop"), {image}, around).rules)
    for (const auto& evidence : result.evidence)
      ids += evidence.finding + (result.gap != Gap::none ? "?" : result.decision == Decision::warn ? "~" : "") + " ";
  return ids;
}

TEST(Rules, DenyVulnerabilitiesByEveryCondition) {
  auto worst = finding("CVE-1", Severity::critical, 2, {"2"});
  worst.aliases = {"GHSA-1"};
  worst.score = 9.8;
  worst.kev = Kev{"2021-12-10", "2021-12-24", true};
  worst.epss = Epss{0.97, 0.99};
  worst.published = now - Days{100};
  auto young = finding("CVE-2", Severity::high, 2, {});
  young.score = 7.5;
  young.epss = Epss{0.01, 0.2};
  young.published = now - Days{5};
  const auto bare = finding("CVE-3", Severity::unknown, 2, {});
  const std::vector<Finding> all = {worst, young, bare};
  const std::pair<const char*, const char*> cases[] = {
      {"severity: high", "CVE-1 CVE-2 CVE-3? "},
      {"cvss: 7.5", "CVE-1 CVE-2 CVE-3? "},
      {"cvss: 9", "CVE-1 CVE-3? "},
      {"epss: 0.5", "CVE-1 CVE-3? "},
      {"kev: true", "CVE-1 "},
      {"ids: [GHSA-1, CVE-2]", "CVE-1 CVE-2 "},
      {"severity: high, except: [GHSA-1]", "CVE-2 CVE-3? "},
      {"severity: high, olderThan: 14d", "CVE-1 CVE-3? "},
      {"severity: high, kev: true", "CVE-1 "},
      {"severity: high, onlyFixed: true", "CVE-1 "},
      {"severity: high, grace: 2w", "CVE-1 CVE-2~ CVE-3? "},
      {"severity: high, grace: {high: 3d}", "CVE-1 CVE-2 CVE-3? "},
      {"severity: high, grace: {critical: 101d}", "CVE-2 CVE-1~ CVE-3? "},
  };
  for (const auto& [body, wanted] : cases) {
    SCOPED_TRACE(body);
    auto words = found(body, all);
    // Results stand in the order deny, warn, unknown; the same ids in any order will do.
    std::multiset<std::string> a, b;
    for (const auto part : split(words, ' ')) a.emplace(part);
    for (const auto part : split(wanted, ' ')) b.emplace(part);
    EXPECT_EQ(a, b) << words;
  }
  // Without the catalogue nobody knows.
  EXPECT_EQ(found("kev: true", {young}, {}), "CVE-2? ");
  EXPECT_EQ(found("epss: 0.5", {bare}, {}), "CVE-3? ");
}

TEST(Rules, GraceNeedsAClockAndADate) {
  auto young = finding("CVE-2", Severity::critical, 2, {});
  young.published = now - Days{5};
  const auto policies = policies_of(rule("denyVulnerabilities: {severity: high, grace: 14d, inGrace: audit}"));
  Match match;
  match.findings = {young};
  EXPECT_EQ(decide(policies, request_in("shop"), {image_with(shop, match)}).decision, Decision::deny);
  Surroundings around;
  around.now = now;
  EXPECT_EQ(decide(policies, request_in("shop"), {image_with(shop, match)}, around).decision, Decision::audit);
  match.findings[0].published.reset();
  EXPECT_EQ(decide(policies, request_in("shop"), {image_with(shop, match)}, around).decision, Decision::deny);
}

TEST(Rules, TrustedAuthorsMayExcuseAFinding) {
  auto flaw = finding("CVE-1", Severity::critical, 2, {});
  flaw.suppressed =
      Suppression{"vex", "not_affected", "vulnerable_code_not_present", "", "https://vendor.example.com", "", ""};
  const auto lines = [&](const std::string& more) {
    Match match;
    match.findings = {flaw};
    return said(rule("denyVulnerabilities: {severity: high" + more + "}"), image_with(shop, match));
  };
  EXPECT_THAT(lines(", trustVEX: ['https://vendor.*']"),
              ElementsAre(testing::AllOf(testing::StartsWith("allow: "),
                                         HasSubstr("excepted by VEX of https://vendor.example.com: not_affected, "
                                                   "vulnerable_code_not_present"))));
  EXPECT_THAT(lines(""), ElementsAre(testing::StartsWith("deny: ")));
  EXPECT_THAT(lines(", trustVEX: ['https://other.*']"), ElementsAre(testing::StartsWith("deny: ")));
  flaw.suppressed->by = "ignore";  // a scan's ignore file is nobody's word
  EXPECT_THAT(lines(", trustVEX: ['*']"), ElementsAre(testing::StartsWith("deny: ")));
  flaw.suppressed->by = "vex";
  flaw.suppressed->status = "under_investigation";
  EXPECT_THAT(lines(", trustVEX: ['*']"), ElementsAre(testing::StartsWith("deny: ")));
}

TEST(Rules, VersionsThatCannotBeOrderedAreUnknown) {
  const auto go = rule("denyPackage: {purl: 'pkg:golang/example.com/a', range: 'vers:golang/<1.2.0'}");
  EXPECT_THAT(said(go, image_with({{"example.com/a", "(devel)", "pkg:golang/example.com/a@(devel)"}})),
              ElementsAre(HasSubstr("deny unjudged: checkout: unknown: example.com/a (devel) has a version that cannot "
                                    "be ordered, and vers:golang/<1.2.0 is denied")));
  EXPECT_THAT(said(go, image_with({{"example.com/a", "v1.1.0", "pkg:golang/example.com/a@v1.1.0"}})),
              ElementsAre(HasSubstr("deny: checkout: example.com/a v1.1.0 is denied")));
}

TEST(Rules, SelectorsNarrowByKindLabelOperationAndImage) {
  const auto policies = [](const std::string& match) {
    return policies_of(rule("requireSBOM: {}"), "  match: {" + match + "}\n");
  };
  const auto speaks = [&](const std::string& match, const AdmissionRequest& request) {
    return !said(policies(match), image_without(Gap::no_bill, "no SBOM"), request).empty();
  };
  auto request = request_in("shop");
  request.labels = {{"app", "web"}, {"tier", "front"}};
  EXPECT_TRUE(speaks("kinds: [Pod]", request));
  EXPECT_FALSE(speaks("kinds: [Deployment]", request));
  EXPECT_FALSE(speaks("kinds: [apps/Pod]", request));
  EXPECT_TRUE(speaks("labels: {app: web, tier: '*'}", request));
  EXPECT_FALSE(speaks("labels: {app: web, team: '*'}", request));
  EXPECT_TRUE(speaks("operations: [CREATE]", request));
  EXPECT_FALSE(speaks("operations: [UPDATE]", request));
  EXPECT_TRUE(speaks("images: ['registry.example.com/shop/*']", request));
  EXPECT_FALSE(speaks("images: ['registry.example.com/other/*']", request));
  EXPECT_FALSE(speaks("excludeImages: ['*/checkout']", request));
  EXPECT_FALSE(speaks("images: [nginx]", request));
  EXPECT_TRUE(speaks("images: ['registry.example.com/shop/checkout@sha256:*']", request));
  // An image whose name cannot be read is meant by every selector.
  ImageEvidence bad = image_without(Gap::not_pinned, "not an image");
  bad.container.image = {};
  EXPECT_FALSE(said(policies("images: [nginx]"), bad, request).empty());
}

TEST(Messages, AreTemplatesThatExpandOnce) {
  const auto lines =
      said("    - {name: r, denyPackage: {purl: pkg:npm/a}, message: 'ask {policy}/{rule} {{x} {package}'}\n",
           image_with({{"{rule}", "{purl}", "pkg:npm/a@1"}}));
  EXPECT_THAT(lines, ElementsAre("deny: checkout: {rule} {purl} is denied"));
  RuleResult result;
  result.policy = "p";
  result.rule = "r";
  result.note = "{rule} {{x} {package} {fixed}.";
  Evidence evidence;
  evidence.package = "{rule}{purl}";
  EXPECT_EQ(expand(result.note, result, evidence), "r {x} {rule}{purl} .");
  evidence.package = std::string(5000, 'a');
  EXPECT_LT(expand("{package}{package}", result, evidence).size(), 600u);
  for (const auto* note : {"{pakage}", "{", "{package", "{}", "{{{"}) {
    const auto read = parse_policies(
        policy_text("    - {name: r, requireSBOM: {}, message: '" + std::string(note) + "'}\n"), "p.yaml");
    ASSERT_FALSE(read) << note;
    EXPECT_THAT(render(read.error()), testing::StartsWith("p.yaml:6:")) << note;
  }
}

}  // namespace
}  // namespace pratique
