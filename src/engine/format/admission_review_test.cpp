#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "engine/format/format.h"

namespace pratique {
namespace {

using nlohmann::json;
using testing::ElementsAre;

json pod_spec() {
  return {{"volumes",
           {{{"name", "model"}, {"image", {{"reference", "registry.example.com/model:7"}}}},
            {{"name", "tmp"}, {"emptyDir", json::object()}}}},
          {"initContainers", {{{"name", "migrate"}, {"image", "registry.example.com/shop/migrate:1"}}}},
          {"containers", {{{"name", "cart"}, {"image", "registry.example.com/shop/cart:4.2.1"}}}},
          {"ephemeralContainers", {{{"name", "debug"}, {"image", "busybox"}}}}};
}

json review_of(const std::string& group, const std::string& kind, json object) {
  json kind_of = {{"group", group}, {"version", "v1"}, {"kind", kind}};
  json request = {{"uid", "u-1"},
                  {"kind", kind_of},
                  {"resource", {{"group", group}, {"version", "v1"}, {"resource", "things"}}},
                  {"name", "web"},
                  {"namespace", "shop"},
                  {"operation", "CREATE"},
                  {"userInfo", {{"username", "ada"}}},
                  {"object", std::move(object)},
                  {"oldObject", nullptr},
                  {"dryRun", true}};
  return {{"kind", "AdmissionReview"}, {"apiVersion", "admission.k8s.io/v1"}, {"request", std::move(request)}};
}

json pod_review() {
  return review_of("", "Pod",
                   {{"metadata", {{"name", "web"}, {"labels", {{"b", "2"}, {"a", "1"}}}}}, {"spec", pod_spec()}});
}

Result<AdmissionRequest> read(const json& review) { return read_admission_review(Bytes::copy_of(review.dump())); }

std::vector<std::string> containers_of(const std::vector<Container>& containers) {
  std::vector<std::string> out;
  for (const auto& container : containers)
    out.push_back(std::string(name_of(container.kind)) + " " + container.name + " " + container.image.text());
  return out;
}

TEST(AdmissionReview, ReadsWhatPoliciesLookAt) {
  const auto request = read(pod_review()).value();
  EXPECT_EQ(request.uid, "u-1");
  EXPECT_EQ(request.operation, "CREATE");
  EXPECT_EQ(request.kind, "Pod");
  EXPECT_EQ(request.resource, "things");
  EXPECT_EQ(request.name_space, "shop");
  EXPECT_EQ(request.name, "web");
  EXPECT_EQ(request.user, "ada");
  EXPECT_TRUE(request.dry_run);
  EXPECT_FALSE(request.deleting);
  EXPECT_EQ(request.labels, (std::vector<std::pair<std::string, std::string>>{{"a", "1"}, {"b", "2"}}));
  EXPECT_THAT(containers_of(request.containers), ElementsAre("container cart registry.example.com/shop/cart:4.2.1",
                                                             "init migrate registry.example.com/shop/migrate:1",
                                                             "ephemeral debug docker.io/library/busybox",
                                                             "image-volume model registry.example.com/model:7"));
}

TEST(AdmissionReview, KnowsWhereEachKindHasItsPods) {
  const json templated = {{"template", {{"spec", pod_spec()}}}};
  const std::tuple<const char*, const char*, json, std::size_t> cases[] = {
      {"apps", "Deployment", {{"spec", templated}}, 4},
      {"apps", "ReplicaSet", {{"spec", templated}}, 4},
      {"apps", "StatefulSet", {{"spec", templated}}, 4},
      {"apps", "DaemonSet", {{"spec", templated}}, 4},
      {"batch", "Job", {{"spec", templated}}, 4},
      {"batch", "CronJob", {{"spec", {{"jobTemplate", {{"spec", templated}}}}}}, 4},
      {"", "ReplicationController", {{"spec", templated}}, 4},
      {"", "PodTemplate", templated, 4},
      {"example.com", "Pod", {{"spec", pod_spec()}}, 0},
      {"autoscaling", "Scale", {{"spec", {{"replicas", 1}}}}, 0},
  };
  for (const auto& [group, kind, object, count] : cases) {
    SCOPED_TRACE(kind);
    const auto request = read(review_of(group, kind, object));
    ASSERT_TRUE(request) << render(request.error());
    EXPECT_EQ(request->containers.size(), count);
  }
}

TEST(AdmissionReview, TakesTheNameFromWhereverItIs) {
  json review = pod_review();
  review["request"].erase("name");
  EXPECT_EQ(read(review)->name, "web");
  review["request"]["object"]["metadata"] = {{"generateName", "web-"}};
  EXPECT_EQ(read(review)->name, "web-*");
  review["request"]["operation"] = "DELETE";
  review["request"]["oldObject"] = {{"metadata", {{"name", "old"}, {"labels", {{"x", "y"}}}}}, {"spec", pod_spec()}};
  review["request"]["object"] = nullptr;
  const auto request = read(review).value();
  EXPECT_EQ(request.name, "old");
  EXPECT_EQ(request.labels.size(), 1u);
  EXPECT_TRUE(request.containers.empty());
  EXPECT_EQ(request.old_containers.size(), 4u);
}

TEST(AdmissionReview, KeepsImagesThatAreNone) {
  json review = pod_review();
  review["request"]["object"]["spec"]["containers"][0]["image"] = "Not An Image";
  review["request"]["object"]["spec"]["initContainers"][0].erase("image");
  review["request"]["object"]["metadata"]["deletionTimestamp"] = "2026-03-01T12:00:00Z";
  const auto request = read(review).value();
  EXPECT_EQ(request.bad_images,
            (std::vector<std::pair<std::string, std::string>>{{"cart", "Not An Image"}, {"migrate", ""}}));
  EXPECT_EQ(request.containers.size(), 2u);
  EXPECT_TRUE(request.deleting);
}

TEST(AdmissionReview, RefusesWhatMayHideAnImage) {
  const auto spec = [](json& review) -> json& { return review["request"]["object"]["spec"]; };
  const std::pair<std::function<void(json&)>, const char*> cases[] = {
      {[&](json& r) { spec(r)["containers"] = "none"; }, "/request/object/spec/containers: "},
      {[&](json& r) { spec(r)["containers"][0] = 7; }, "/request/object/spec/containers/0: "},
      {[&](json& r) { spec(r)["containers"][0]["image"] = 7; }, "/request/object/spec/containers/0/image: "},
      {[&](json& r) { spec(r)["volumes"][0]["image"]["reference"] = json::array(); },
       "/request/object/spec/volumes/0/image/reference: "},
      {[&](json& r) { spec(r) = nullptr; }, "/request/object: a Pod without a pod spec"},
      {[](json& r) { r["request"]["object"].erase("spec"); }, "/request/object: a Pod without a pod spec"},
      {[](json& r) { r["request"]["object"] = nullptr; }, "/request/object: is missing"},
      {[](json& r) { r["request"]["object"] = "text"; }, "/request/object: "},
      {[](json& r) { r["request"]["kind"] = "Pod"; }, "/request/kind: "},
      {[](json& r) { r["request"].erase("uid"); }, "/request/uid: is missing"},
      {[](json& r) { r["request"]["uid"] = nullptr; }, "/request/uid: is missing"},
      {[](json& r) { r["request"]["operation"] = "PATCH"; }, "/request/operation: is none of"},
      {[](json& r) { r["request"]["namespace"] = 1; }, "/request/namespace: "},
      {[](json& r) { r.erase("request"); }, "/request: is missing"},
      {[](json& r) { r["kind"] = "Pod"; }, "/kind: is not AdmissionReview"},
      {[](json& r) { r["apiVersion"] = "admission.k8s.io/v1beta1"; },
       "/apiVersion: 'admission.k8s.io/v1beta1' is not read"},
      {[](json& r) { r = json::array(); }, ""},
  };
  for (const auto& [change, wanted] : cases) {
    json review = pod_review();
    change(review);
    SCOPED_TRACE(review.dump());
    const auto request = read(review);
    ASSERT_FALSE(request);
    EXPECT_TRUE(render(request.error()).starts_with(wanted)) << render(request.error());
  }
}

TEST(AdmissionReview, RefusesBrokenAndHostileText) {
  const std::string good = pod_review().dump();
  const std::string twice = std::string(good).insert(good.find("\"uid\""), "\"uid\":\"other\",");
  std::string late =
      R"({"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"u","operation":"CREATE",)"
      R"("object":{"spec":{"containers":[]}},"kind":{"group":"","version":"v1","kind":"Pod"}}})";
  const std::string deep = R"({"request":{"object":)" + std::string(100'000, '[');
  for (const auto& text : {std::string(), std::string("{"), good.substr(0, good.size() / 2), good + "x", twice, late,
                           deep, std::string("\xff\xfe"), std::string("null")}) {
    SCOPED_TRACE(text.substr(0, 200));
    const auto request = read_admission_review(Bytes::copy_of(text));
    ASSERT_FALSE(request);
    EXPECT_FALSE(render(request.error()).empty());
  }
  const auto large = read_admission_review(Bytes::copy_of(good + std::string(review_limits.bytes, ' ')));
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().fault, Fault::limit);
}

// Every node deleted, and every node made null: an answer or an error, never a crash.
TEST(AdmissionReview, StandsAnyMissingField) {
  const json review = pod_review().flatten();
  for (const auto& [pointer, value] : review.items()) {
    for (json::json_pointer at(pointer); !at.empty(); at = at.parent_pointer()) {
      json gone = pod_review(), nothing = pod_review();
      if (gone.at(at.parent_pointer()).is_object()) gone.at(at.parent_pointer()).erase(at.back());
      nothing.at(at) = nullptr;
      for (const auto& changed : {gone, nothing}) {
        const auto request = read(changed);
        EXPECT_TRUE(request || !render(request.error()).empty());
      }
    }
  }
}

Verdict denial() {
  Verdict verdict;
  verdict.decision = Decision::deny;
  verdict.asked = 3;
  verdict.images = 1;
  verdict.policies = "sha256:p";
  verdict.database = "sha256:d";
  Evidence evidence;
  evidence.container = "checkout";
  evidence.image = "registry.example.com/shop/checkout@sha256:1";
  evidence.package = "log4j-core 2.14.1";
  evidence.path = "a 1 > b 2";
  evidence.finding = "CVE-2021-44228";
  evidence.severity = "critical";
  evidence.fixed = "2.15.0";
  RuleResult certain{
      "no-criticals", "known", "denyVulnerabilities", Decision::deny, Gap::none, "", "", {evidence}, 0, 0};
  RuleResult warning{"hints", "bill", "requireSBOM", Decision::warn, Gap::not_pinned, "see the wiki", "", {{}}, 0, 0};
  warning.evidence[0].container = "proxy";
  warning.evidence[0].reason = "the image is not pinned";
  verdict.rules = {certain, warning};
  return verdict;
}

json answer_to(const Verdict& verdict) {
  AdmissionRequest request;
  request.uid = "u-1";
  return json::parse(render_admission_response(request, verdict));
}

TEST(AdmissionResponse, NamesEverythingInADenial) {
  const auto answer = answer_to(denial());
  EXPECT_EQ(answer["apiVersion"], "admission.k8s.io/v1");
  EXPECT_EQ(answer["kind"], "AdmissionReview");
  const auto& response = answer["response"];
  EXPECT_EQ(response["uid"], "u-1");
  EXPECT_EQ(response["allowed"], false);
  EXPECT_EQ(response["status"]["code"], 403);
  EXPECT_EQ(response["status"]["message"],
            "checkout: log4j-core 2.14.1 (via a 1 > b 2) has CVE-2021-44228 (critical), fixed in 2.15.0 [policy "
            "no-criticals, rule known]");
  EXPECT_EQ(response["warnings"],
            json({"proxy: unknown: the image is not pinned [policy hints, rule bill] see the wiki"}));
  const auto& annotations = response["auditAnnotations"];
  EXPECT_EQ(annotations["decision"], "deny");
  EXPECT_EQ(annotations["policies"], "sha256:p");
  EXPECT_EQ(annotations["database"], "sha256:d");
  const auto evidence = json::parse(annotations["evidence"].get<std::string>());
  EXPECT_EQ(evidence[0]["evidence"][0]["fixed"], "2.15.0");
  EXPECT_EQ(evidence[1]["unknown"], "not-pinned");
}

TEST(AdmissionResponse, SaysLittleWhenAllIsWell) {
  const auto answer = answer_to(Verdict{});
  EXPECT_EQ(answer["response"]["allowed"], true);
  EXPECT_FALSE(answer["response"].contains("status"));
  EXPECT_FALSE(answer["response"].contains("warnings"));
  EXPECT_FALSE(answer["response"]["auditAnnotations"].contains("evidence"));
}

TEST(AdmissionResponse, StaysWithinWhatTheApiServerTakes) {
  Verdict verdict = denial();
  for (int i = 0; i < 40; ++i) {
    RuleResult result = verdict.rules[i % 2];
    result.rule += std::to_string(i);
    result.evidence.assign(50, verdict.rules[i % 2].evidence[0]);
    for (auto& one : result.evidence)
      one.package = one.reason =
          std::to_string(i) + " " + std::to_string(&one - result.evidence.data()) + std::string(300, 'x') + "\xC3\xA9";
    verdict.rules.push_back(result);
  }
  const auto response = answer_to(verdict)["response"];
  std::size_t all = 0;
  for (const auto& warning : response["warnings"]) {
    EXPECT_LE(warning.get<std::string>().size(), 256u);
    all += warning.get<std::string>().size();
  }
  EXPECT_LE(all, 4096u);
  EXPECT_THAT(response["warnings"].back().get<std::string>(), testing::MatchesRegex("and [0-9,]+ more"));
  EXPECT_THAT(response["status"]["message"].get<std::string>(), testing::EndsWith("and 992 more"));
  EXPECT_LE(response["auditAnnotations"]["evidence"].get<std::string>().size(), 32u << 10);
  EXPECT_TRUE(json::parse(response["auditAnnotations"]["evidence"].get<std::string>())[2].contains("more"));
}

TEST(AdmissionResponse, CarriesHostileTextWithoutHarm) {
  Verdict verdict = denial();
  verdict.rules[0].evidence[0].package = "a\x1b[2J\"},\n{\xff${jndi}\xE2\x80\xAE";
  const auto response = answer_to(verdict)["response"];
  EXPECT_EQ(response["status"]["message"].get<std::string>().find('\x1b'), std::string::npos);
  EXPECT_EQ(response["status"]["message"].get<std::string>().find('\n'), std::string::npos);
  EXPECT_TRUE(json::parse(response["auditAnnotations"]["evidence"].get<std::string>()).is_array());
}

TEST(Verdict, RendersWithAllItsEvidence) {
  const auto object = json::parse(render_verdict(denial()));
  EXPECT_EQ(object["decision"], "deny");
  EXPECT_EQ(object["asked"], 3);
  EXPECT_EQ(object["rules"][0]["policy"], "no-criticals");
  EXPECT_EQ(object["rules"][0]["evidence"][0]["path"], "a 1 > b 2");
  EXPECT_EQ(object["rules"][1]["decision"], "warn");
}

}  // namespace
}  // namespace pratique
