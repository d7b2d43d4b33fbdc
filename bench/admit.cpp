// The gate without its door: a review read, a decision made, an answer written. `bench/serve.py` measures the server.
#include <benchmark/benchmark.h>

#include <string>

#include "engine/format/format.h"
#include "engine/policy/policy.h"
#include "model/purl.h"

namespace {

using namespace pratique;

// A pod as kubectl applies it: managedFields and the last-applied annotation are most of its bytes.
std::string review_text(int containers) {
  std::string specs, fields;
  for (int i = 0; i < containers; ++i) {
    const auto name = "c" + std::to_string(i);
    specs +=
        std::string(i == 0 ? "" : ",") + R"({"name":")" + name + R"(","image":"registry.example.com/shop/)" + name +
        "@" + sha256_of(name).text() +
        R"(","resources":{"requests":{"cpu":"100m","memory":"64Mi"}},"volumeMounts":[{"name":"kube-api-access-x6mc5",)"
        R"("readOnly":true,"mountPath":"/var/run/secrets/kubernetes.io/serviceaccount"}],"terminationMessagePath":)"
        R"("/dev/termination-log","terminationMessagePolicy":"File","imagePullPolicy":"IfNotPresent"})";
    fields +=
        std::string(i == 0 ? "" : ",") + R"("k:{\"name\":\")" + name +
        R"(\"}":{".":{},"f:image":{},"f:imagePullPolicy":{},"f:name":{},"f:resources":{".":{},"f:requests":{".":{},)"
        R"("f:cpu":{},"f:memory":{}}},"f:terminationMessagePath":{},"f:terminationMessagePolicy":{}})";
  }
  return R"({"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"c4fa6b55-7cf6-4130-97d6-38808dddab29",)"
         R"("kind":{"group":"","version":"v1","kind":"Pod"},"resource":{"group":"","version":"v1","resource":"pods"},)"
         R"("name":"web","namespace":"shop","operation":"CREATE","userInfo":{"username":"admin","groups":["system:masters"]},)"
         R"("object":{"kind":"Pod","apiVersion":"v1","metadata":{"name":"web","namespace":"shop","labels":{"app":"shop"},)"
         R"("annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\"apiVersion\":\"v1\",\"kind\":\"Pod\",)"
         R"(\"metadata\":{\"annotations\":{},\"labels\":{\"app\":\"shop\"},\"name\":\"web\",\"namespace\":\"shop\"},\"spec\":)"
         R"({\"containers\":[{\"image\":\"registry.example.com/shop/cart:4.2.1\",\"name\":\"cart\"}]}}\n"},)"
         R"("managedFields":[{"manager":"kubectl-client-side-apply","operation":"Update","apiVersion":"v1","time":)"
         R"("2026-11-23T21:52:04Z","fieldsType":"FieldsV1","fieldsV1":{"f:metadata":{"f:labels":{".":{},"f:app":{}}},)"
         R"("f:spec":{"f:containers":{)" +
         fields + R"(},"f:dnsPolicy":{},"f:enableServiceLinks":{},"f:restartPolicy":{}}}}]},"spec":{"containers":[)" +
         specs +
         R"(],"restartPolicy":"Always","terminationGracePeriodSeconds":30,"dnsPolicy":"ClusterFirst"}},)"
         R"("oldObject":null,"dryRun":false,"options":{"kind":"CreateOptions","apiVersion":"meta.k8s.io/v1"}}})";
}

Bill bill_of(int packages) {
  Bill bill;
  for (int i = 0; i < packages; ++i) {
    Component component;
    component.name = bill.pool->keep("package-" + std::to_string(i));
    component.version = "1.2.3";
    component.purl = bill.pool->keep("pkg:maven/com.example.shop/package-" + std::to_string(i) + "@1.2.3");
    bill.components.push_back(component);
    if (i > 0) bill.edges.push_back({static_cast<std::uint32_t>(i / 2), static_cast<std::uint32_t>(i)});
  }
  return bill;
}

PolicySet policies_of(int deny_packages) {
  std::string yaml =
      "apiVersion: pratique.dev/v1alpha1\nkind: Policy\nmetadata: {name: p}\nspec:\n  rules:\n"
      "    - {name: bill, requireSBOM: {}}\n    - {name: criticals, denyVulnerabilities: {severity: critical}}\n";
  for (int i = 0; i < deny_packages; ++i)
    yaml += "    - {name: r" + std::to_string(i) + ", denyPackage: {purl: pkg:maven/org.bad/bad-" + std::to_string(i) +
            ", range: vers:maven/<2}}\n";
  return PolicySet(parse_policies(yaml, "bench.yaml").value());
}

std::vector<ImageEvidence> evidence_for(const PolicySet& policies, const AdmissionRequest& request, int packages) {
  const auto facts = std::make_shared<const ImageFacts>(bill_of(packages));
  const auto match = std::make_shared<const MatchFacts>(Match{}, "generation");
  auto images = inquiry_of(policies, request).images;
  for (auto& image : images) {
    image.bill = facts;
    image.match = match;
  }
  return images;
}

void read_review(benchmark::State& state) {
  const auto document = Bytes::copy_of(review_text(static_cast<int>(state.range(0))));
  for (auto _ : state) benchmark::DoNotOptimize(read_admission_review(document));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(document.size()));
  state.counters["bytes"] = static_cast<double>(document.size());
}
BENCHMARK(read_review)->Arg(1)->Arg(3)->Arg(20);

// Three containers with a bill of 1,000 packages each.
void decide_pod(benchmark::State& state) {
  const auto policies = policies_of(static_cast<int>(state.range(0)));
  const auto request = read_admission_review(Bytes::copy_of(review_text(3))).value();
  const auto images = evidence_for(policies, request, 1000);
  for (auto _ : state) benchmark::DoNotOptimize(decide(policies, request, images));
}
BENCHMARK(decide_pod)->Arg(0)->Arg(18)->Arg(1000)->Arg(10'000);

// Twenty rules of every kind that a bill answers, none of which is violated.
PolicySet rules_of_every_kind() {
  std::string yaml =
      "apiVersion: pratique.dev/v1alpha1\nkind: Policy\nmetadata: {name: p}\nspec:\n  rules:\n"
      "    - {name: bill, requireSBOM: {}}\n    - {name: pinned, requireDigest: {}}\n"
      "    - {name: ours, allowRegistries: {registries: [registry.example.com, 'ghcr.io/acme/*']}}\n"
      "    - {name: criticals, denyVulnerabilities: {severity: critical, onlyFixed: true, grace: 14d}}\n"
      "    - {name: exploited, denyVulnerabilities: {kev: true}}\n"
      "    - {name: likely, denyVulnerabilities: {severity: medium, epss: 0.5}}\n"
      "    - {name: licenses, denyLicense: {licenses: ['AGPL-*', 'GPL-*', SSPL-1.0]}}\n"
      "    - {name: allowed, denyLicense: {allowOnly: [MIT, Apache-2.0, 'BSD-*']}}\n"
      "    - {name: good, requireQuality: {packages: 10, version: 90, purl: 90}}\n"
      "    - {name: fresh, requireFresh: {maxAge: 90d}}\n    - {name: known, denyUnknown: {}}\n"
      "    - {name: few, cel: 'vulns.atLeast(\"high\").size() < 10'}\n"
      "    - {name: none, cel: '!sbom.has(\"pkg:npm/left-pad\", \"vers:npm/<2\")'}\n";
  for (int i = 0; i < 7; ++i)
    yaml += "    - {name: r" + std::to_string(i) + ", denyPackage: {purl: pkg:maven/org.bad/bad-" + std::to_string(i) +
            ", range: vers:maven/<2}}\n";
  return PolicySet(parse_policies(yaml, "bench.yaml").value());
}

void decide_by_rules_of_every_kind(benchmark::State& state) {
  const auto policies = rules_of_every_kind();
  const auto request = read_admission_review(Bytes::copy_of(review_text(3))).value();
  Bill bill = bill_of(1000);
  Surroundings around;
  around.now = parse_time("2026-06-01T00:00:00Z").value();
  bill.created = *around.now - Days{3};
  const char* const licenses[] = {"MIT", "Apache-2.0", "MIT OR GPL-2.0-only", "BSD-3-Clause", "BSD-2-Clause AND MIT"};
  for (std::size_t i = 0; i < bill.components.size(); ++i)
    bill.components[i].license = bill.pool->keep(licenses[i % 5]);
  Match match;
  for (std::uint32_t i = 0; i < 20; ++i) {
    Finding finding;
    finding.id = "CVE-2026-" + std::to_string(i);
    finding.severity = i < 5 ? Severity::high : Severity::medium;
    finding.epss = Epss{0.01, 0.1};
    finding.component = i;
    match.findings.push_back(finding);
  }
  auto images = inquiry_of(policies, request).images;
  for (auto& image : images) {
    image.bill = std::make_shared<const ImageFacts>(bill);
    image.match = std::make_shared<const MatchFacts>(match, "generation", Catalogues{true, true});
  }
  if (decide(policies, request, images, around).decision != Decision::allow) state.SkipWithError("a rule is violated");
  for (auto _ : state) benchmark::DoNotOptimize(decide(policies, request, images, around));
}
BENCHMARK(decide_by_rules_of_every_kind);

// A request to one of so many namespaces, each with two policies of its own.
void decide_among_policies(benchmark::State& state) {
  std::string yaml;
  for (int i = 0; i < state.range(0); ++i)
    for (const auto* rule : {"requireSBOM: {}", "denyPackage: {purl: pkg:npm/a}"})
      yaml += "---\napiVersion: pratique.dev/v1alpha1\nkind: Policy\nmetadata: {name: " + std::string(1, rule[0]) +
              std::to_string(i) + "}\nspec: {match: {namespaces: [" + (i == 0 ? "shop" : "team-" + std::to_string(i)) +
              "]}, rules: [{name: r, " + rule + "}]}\n";
  const PolicySet policies(parse_policies(yaml, "bench.yaml").value());
  const auto request = read_admission_review(Bytes::copy_of(review_text(3))).value();
  const auto images = evidence_for(policies, request, 1000);
  for (auto _ : state) benchmark::DoNotOptimize(decide(policies, request, images));
}
BENCHMARK(decide_among_policies)->Arg(1)->Arg(1000)->Arg(5000);

void answer(benchmark::State& state) {
  const auto policies = policies_of(0);
  const auto request = read_admission_review(Bytes::copy_of(review_text(3))).value();
  const auto verdict = decide(policies, request, evidence_for(policies, request, 1000));
  for (auto _ : state) benchmark::DoNotOptimize(render_admission_response(request, verdict));
}
BENCHMARK(answer);

void compile_facts(benchmark::State& state) {
  const auto bill = bill_of(static_cast<int>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(ImageFacts(bill));
}
BENCHMARK(compile_facts)->Arg(1000)->Arg(10'000)->Unit(benchmark::kMillisecond);

void read_policies(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(policies_of(static_cast<int>(state.range(0))));
}
BENCHMARK(read_policies)->Arg(10'000)->Unit(benchmark::kMillisecond);

}  // namespace
