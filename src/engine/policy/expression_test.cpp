// Rules in CEL, and every example of docs/policy.md.
#include "engine/policy/expression.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "base/text.h"
#include "base/yaml.h"
#include "engine/policy/fields.h"
#include "engine/policy/test_policy.h"
#include "engine/policy/view.h"

namespace pratique {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// What docs/policy.md says its examples are about.
struct World {
  World() {
    Bill bill = bill_of(shop);
    bill.format = BillFormat::cyclonedx_json;
    bill.spec_version = "1.6";
    bill.created = parse_time("2026-05-01T00:00:00Z").value();
    bill.components[2].license = bill.pool->keep("Apache-2.0");
    Match match;
    match.findings = {finding("CVE-2021-44228", Severity::critical, 2, {"2.15.0"}),
                      finding("CVE-2021-45105", Severity::medium, 2, {"2.17.0"})};
    match.findings[0].aliases = {"GHSA-jfh8-c2jp-5v3q"};
    match.findings[0].score = 10;
    match.findings[0].kev = Kev{"2021-12-10", "2021-12-24", true};
    match.findings[0].epss = Epss{0.97, 1};
    match.findings[0].published = parse_time("2021-12-10T00:00:00Z").value();
    ImageEvidence image = image_with({});
    image.bill = std::make_shared<ImageFacts>(bill, std::nullopt, 80.0);
    image.match = std::make_shared<MatchFacts>(match, "g", Catalogues{true, true});
    Attestation attestation;
    attestation.type = "https://cyclonedx.org/bom";
    attestation.identity = "https://github.com/acme/shop";
    attestation.issuer = "https://tokens.example.com";
    attestation.time = parse_time("2026-05-02T00:00:00Z").value();
    image.attestations = {std::make_shared<Attestations>(Attestations{{attestation}, {}, ""}), Gap::none, ""};
    images.push_back(image);
    review = json_tree_of(parse_yaml(R"(
request:
  uid: u
  operation: UPDATE
  namespace: shop
  userInfo: {username: ann}
  object: {metadata: {name: web, labels: {app: web}}, spec: {replicas: 3}}
  oldObject: {spec: {replicas: 2}}
)")
                              .value()
                              .front());
    namespace_object = json_tree_of(parse_yaml("{metadata: {labels: {tier: production}}}").value().front());
    params = json_tree_of(parse_yaml("{owners: [ann, bob], most: 5}").value().front());
  }
  std::vector<ImageEvidence> images;
  JsonTree review, namespace_object, params;
};

class Bound final : public cel::Activation {
 public:
  explicit Bound(const World& world)
      : review_(world.review),
        namespace_object_(world.namespace_object),
        params_(world.params),
        images_(world.images) {}
  cel::Value value_of(std::uint32_t variable) const override {
    const auto request = review_.member("request");
    switch (static_cast<Name>(variable)) {
      case Name::object: return request.find(cel::Value::text("object"));
      case Name::old_object: return request.find(cel::Value::text("oldObject"));
      case Name::request: return request;
      case Name::namespace_object: return namespace_object_.value_of(0);
      case Name::params: return params_.value_of(0);
      case Name::now: return pratique::value_of(parse_time("2026-06-01T00:00:00Z").value());
      case Name::images: return images_.list();
      case Name::image: return images_[0].image();
      case Name::sbom: return images_[0].sbom();
      case Name::package: return images_[0].package(2);
      case Name::vulnerabilities: return images_[0].vulnerabilities();
      case Name::attestations: return images_[0].attestations();
    }
    return {};
  }

 private:
  TreeView review_, namespace_object_, params_;
  ImagesView images_;
};

TEST(PolicyDocumentation, EveryExampleGivesWhatItPromises) {
  std::ifstream in(PRATIQUE_SOURCE_DIR "/docs/policy.md", std::ios::binary);
  std::ostringstream page;
  page << in.rdbuf();
  const World world;
  const Bound bound(world);
  std::string all;
  bool inside = false;
  std::size_t examples = 0;
  const auto text = page.str();
  for (const auto line : split(text, '\n')) {
    if (line.starts_with("```")) inside = line == "```cel";
    const auto comment = line.rfind(" // ");
    if (!inside || comment == std::string_view::npos) continue;
    ++examples;
    const auto expression = trim(line.substr(0, comment));
    SCOPED_TRACE(expression);
    all += std::string(expression) + "\n";
    const auto program = compile(expression, policy_environment());
    ASSERT_TRUE(program) << render(program.error());
    cel::Evaluator evaluator;
    const auto value = evaluator.run(*program, bound);
    EXPECT_EQ(value ? render_literal(*value) : "error: " + value.error().text, trim(line.substr(comment + 4)));
  }
  EXPECT_GT(examples, 30u);
  for (const auto& name : expression_names()) {
    const auto signature = name.substr(0, name.find(" -> "));
    const auto receiver = signature.rfind(").") == std::string::npos ? 0 : signature.rfind(").") + 2;
    const auto word = signature.substr(receiver, signature.find('(', receiver) - receiver);
    EXPECT_THAT(all, HasSubstr(word.substr(word.rfind('.') == std::string::npos || !(word[0] >= 'A' && word[0] <= 'Z')
                                               ? 0
                                               : word.rfind('.') + 1)));
  }
}

std::vector<std::string> said(const std::string& expression, const std::vector<ImageEvidence>& images,
                              const Surroundings& around, const std::string& more = "") {
  const auto policies = policies_of("    - name: r\n      cel: '" + expression + "'\n" + more);
  AdmissionRequest request = request_in("shop");
  for (const auto& image : images) request.containers.push_back(image.container);
  std::vector<std::string> lines;
  for (const auto& result : decide(policies, request, images, around).rules)
    for (const auto& evidence : result.evidence)
      lines.push_back(std::string(name_of(result.decision)) + " " +
                      line_of(result, evidence).substr(0, line_of(result, evidence).find(" [policy")));
  return lines;
}

TEST(CelRule, IsAskedOfTheRequestTheImageOrThePackage) {
  const World world;
  Surroundings around;
  around.review = &world.review;
  around.now = parse_time("2026-06-01T00:00:00Z").value();
  EXPECT_THAT(said("object.spec.replicas < 3", world.images, around),
              ElementsAre("deny is not true: object.spec.replicas < 3"));
  EXPECT_THAT(said("vulns.atLeast(\"high\").size() == 0", world.images, around),
              ElementsAre("deny checkout: is not true: vulns.atLeast(\"high\").size() == 0"));
  EXPECT_THAT(
      said("!pkg.name.startsWith(\"log4j\")", world.images, around),
      ElementsAre("deny checkout: log4j-core 2.14.1 (via checkout 1.4.0 > spring-boot-starter-log4j2 2.6.1) does "
                  "not satisfy !pkg.name.startsWith(\"log4j\")"));
  EXPECT_TRUE(said("images.all(i, i.registry == \"registry.example.com\")", world.images, around).empty());
}

TEST(CelRule, WhatIsNotThereIsUnknownAndWhatFailsIsAnError) {
  const World world;
  const Surroundings nothing;
  EXPECT_THAT(said("object.spec.replicas < 3", world.images, nothing),
              ElementsAre("deny unknown: the object could not be read for expressions"));
  EXPECT_THAT(said("namespaceObject.metadata.name == \"a\"", world.images, nothing),
              ElementsAre("deny unknown: nobody looked up the namespace"));
  EXPECT_THAT(said("sbom.packages.size() > 1", {image_without(Gap::no_bill, "no SBOM")}, nothing),
              ElementsAre("deny checkout: unknown: no SBOM"));
  EXPECT_THAT(said("attestations.size() > 0", {image_with(shop)}, nothing),
              ElementsAre("deny checkout: unknown: nobody looked for signatures"));
  EXPECT_THAT(said("age(sbom.created) < duration(\"1h\")", {image_with(shop)}, nothing),
              ElementsAre(HasSubstr("deny checkout: unknown: the expression failed at 1:10: ")));
  Surroundings around;
  around.review = &world.review;
  EXPECT_THAT(said("object.spec.nothing.there == 1", world.images, around, "      onUnknown: {error: warn}\n"),
              ElementsAre(HasSubstr("warn unknown: the expression failed at 1:13: no such key")));
  EXPECT_THAT(said("object.spec.replicas", world.images, around), ElementsAre(HasSubstr("neither true nor false")));
  // Versions that cannot be ordered are no reason to say that a package is not there.
  EXPECT_THAT(said("!sbom.has(\"pkg:golang/a/b\", \"vers:golang/<1\")",
                   {image_with({{"a/b", "(devel)", "pkg:golang/a/b@(devel)"}})}, around),
              ElementsAre(HasSubstr("the package's version cannot be ordered")));
}

TEST(CelRule, BombsEndAtTheBudget) {
  std::vector<Part> parts;
  for (int i = 0; i < 2000; ++i)
    parts.push_back({"p" + std::to_string(i), "1", "pkg:npm/p" + std::to_string(i) + "@1"});
  const auto image = image_with(parts);
  for (const auto* bomb :
       {"sbom.packages.all(a, sbom.packages.all(b, sbom.packages.all(c, a.name != b.name + c.name)))",
        "sbom.packages.all(a, sbom.packages.all(b, a.name.size() < 99 && b.name.size() < 99))",
        "sbom.packages.map(p, p.name).join().matches(\"(a?){900}(p.*){50}z\")",
        "[0,1,2,3,4,5,6,7,8,9].all(a, [\"x\"].map(s, s+s+s+s).map(s, s+s+s+s+s+s).map(s, s+s+s+s+s+s+s).all(s, "
        "sbom.packages.all(p, s.contains(p.name))))",
        "sbom.packages.exists(o, o.name == pkg.name + pkg.version)"}) {
    SCOPED_TRACE(bomb);
    const auto lines = said(bomb, {image}, {});
    ASSERT_FALSE(lines.empty());
    EXPECT_THAT(lines[0], testing::AnyOf(HasSubstr("unknown: "), HasSubstr("not true"), HasSubstr("does not satisfy")));
  }
  const auto policies = policies_of(
      "    - {name: r, cel: 'sbom.packages.all(a, sbom.packages.exists(b, b.name == a.name + pkg.name))'}\n");
  EXPECT_LE(decide(policies, request_in("shop"), {image, image, image}).cost, 10'000'000u);
}

TEST(CelRule, IsRefusedWithItsPlace) {
  const std::pair<const char*, const char*> cases[] = {
      {"vulns.size(", "test.yaml:6:22: 1:12: "},
      {"sbom.pakages.size() > 0", "test.yaml:6:22: 1:6: "},
      {"vulns.size()", "test.yaml:6:22: 1:1: the expression is of type int, and a rule is true or false"},
      {"nowhere == 1", "test.yaml:6:22: 1:1: "},
  };
  for (const auto& [expression, wanted] : cases) {
    const auto read =
        parse_policies(policy_text("    - {name: r, cel: '" + std::string(expression) + "'}\n"), "test.yaml");
    ASSERT_FALSE(read) << expression;
    EXPECT_THAT(render(read.error()), testing::StartsWith(wanted));
  }
  std::string deep;
  for (int i = 0; i < 5000; ++i) deep += "(";
  EXPECT_FALSE(parse_policies(policy_text("    - {name: r, cel: '" + deep + "'}\n"), "test.yaml"));
  EXPECT_FALSE(parse_policies(policy_text("    - {name: r, cel: '\"" + std::string(200'000, 'a') + "\" == object'}\n"),
                              "test.yaml"));
}

}  // namespace
}  // namespace pratique
