// What comes out of other programs' policies can be read, and says no less than they did.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/policy/test_policy.h"

namespace pratique {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Outcome {
  std::vector<Policy> policies;
  std::vector<std::string> notes;
};
Outcome imported(const std::string& yaml) {
  const auto made = import_policies(yaml, "x.yaml");
  if (!made) {
    ADD_FAILURE() << render(made.error());
    return {};
  }
  Outcome result{{}, made->notes};
  if (made->yaml.empty()) return result;
  auto policies = parse_policies(made->yaml, "made.yaml");
  if (!policies) ADD_FAILURE() << render(policies.error()) << "\n" << made->yaml;
  if (policies) result.policies = std::move(*policies);
  return result;
}

TEST(Import, KyvernosVerifyImages) {
  const auto [policies, notes] = imported(R"yaml(apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata: {name: check-images}
spec:
  validationFailureAction: Enforce
  rules:
    - name: signed
      match: {any: [{resources: {kinds: [Pod], namespaces: [prod]}}]}
      exclude: {any: [{resources: {namespaces: [kube-system]}}]}
      verifyImages:
        - imageReferences: ["ghcr.io/acme/*"]
          skipImageReferences: ["ghcr.io/acme/tools*"]
          mutateDigest: true
          attestors:
            - count: 1
              entries:
                - keyless:
                    subjectRegExp: ^https://github\.com/acme/.*$
                    issuer: https://token.actions.githubusercontent.com
                - keys: {publicKeys: "-----BEGIN PUBLIC KEY-----"}
            - entries:
                - keys: {publicKeys: "k8s://cosign/key"}
                - keyless: {subject: "release@acme.com", issuerRegExp: "(a|b)"}
          attestations:
            - type: https://cyclonedx.org/bom
              conditions: [{all: []}]
            - type: https://slsa.dev/provenance/v1
)yaml");
  ASSERT_EQ(policies.size(), 1u);
  EXPECT_EQ(policies[0].name, "check-images-signed");
  const auto& selector = policies[0].selectors[0];
  EXPECT_THAT(selector.namespaces, ElementsAre("prod"));
  EXPECT_THAT(selector.exclude_namespaces, ElementsAre("kube-system"));
  EXPECT_THAT(selector.kinds, ElementsAre("Pod"));
  EXPECT_THAT(selector.images, ElementsAre("ghcr.io/acme/*"));
  EXPECT_THAT(selector.exclude_images, ElementsAre("ghcr.io/acme/tools*"));
  ASSERT_EQ(policies[0].rules.size(), 2u);
  const auto& either = std::get<RequireSignedSbom>(policies[0].rules[0].body).signers;
  ASSERT_EQ(either.size(), 2u);
  EXPECT_EQ(either[0].identity, "https://github.com/acme/*");
  EXPECT_EQ(either[1].key, "check-images-signed-key-1");
  for (const auto* part :
       {"'mutateDigest' does not map", "save this key as check-images-signed-key-1.pub",
        "fetch the public key and save it as check-images-signed-key-2.pub", "the regular expression has no pattern",
        "'conditions' does not map", "type 'https://slsa.dev/provenance/v1' does not map"})
    EXPECT_THAT(notes, Contains(HasSubstr(part)));
}

TEST(Import, SigstoresClusterImagePolicy) {
  const auto [policies, notes] = imported(R"(apiVersion: policy.sigstore.dev/v1beta1
kind: ClusterImagePolicy
metadata: {name: ours}
spec:
  mode: warn
  images: [{glob: "registry.example.com/**"}]
  authorities:
    - keyless: {url: https://fulcio.sigstore.dev, identities: [{issuer: https://accounts.example.com, subject: ann@example.com}]}
    - key: {data: PEM}
      attestations: [{name: sbom, predicateType: cyclonedx, policy: {type: cue, data: x}}]
)");
  ASSERT_EQ(policies.size(), 1u);
  EXPECT_THAT(policies[0].selectors[0].images, ElementsAre("registry.example.com/*"));
  ASSERT_EQ(policies[0].rules.size(), 2u);
  EXPECT_EQ(policies[0].rules[0].effect, Decision::warn);
  EXPECT_EQ(std::get<RequireSignature>(policies[0].rules[0].body).signers[0].identity, "ann@example.com");
  EXPECT_EQ(std::get<RequireSignedSbom>(policies[0].rules[1].body).signers[0].key, "ours-key-1");
  EXPECT_THAT(notes, Contains(HasSubstr("any authority was enough")));
  EXPECT_THAT(notes, Contains(HasSubstr("the policy of an attestation does not map")));
}

TEST(Import, RatifysVerifiers) {
  const auto [policies, notes] = imported(R"(apiVersion: config.ratify.deislabs.io/v1beta1
kind: Verifier
metadata: {name: verifier-sbom}
spec:
  name: sbom
  parameters: {disallowedLicenses: [AGPL-3.0-only], disallowedPackages: [{name: log4j-core, version: 2.13.0}]}
---
apiVersion: config.ratify.deislabs.io/v1beta1
kind: Verifier
metadata: {name: report}
spec:
  name: vulnerabilityreport
  parameters: {maximumAge: 24h, disallowedSeverities: [high, critical], denylistCVEs: [CVE-2021-44228]}
---
apiVersion: config.ratify.deislabs.io/v1beta1
kind: Verifier
metadata: {name: notary}
spec: {name: notation, parameters: {}}
)");
  ASSERT_EQ(policies.size(), 2u);
  EXPECT_THAT(std::get<DenyLicense>(policies[0].rules[0].body).licenses, ElementsAre("AGPL-3.0-only"));
  EXPECT_EQ(std::get<CelRule>(policies[0].rules[1].body).expression,
            R"(!(pkg.name == "log4j-core" && pkg.version == "2.13.0"))");
  EXPECT_EQ(std::get<DenyVulnerabilities>(policies[1].rules[0].body).at_least, Severity::high);
  EXPECT_THAT(std::get<DenyVulnerabilities>(policies[1].rules[1].body).ids, ElementsAre("CVE-2021-44228"));
  for (const auto* part : {"package 'log4j-core' is named without its ecosystem", "'maximumAge' does not map",
                           "type 'notation' does not map", "nothing of policy 'notary' maps"})
    EXPECT_THAT(notes, Contains(HasSubstr(part)));
}

// What a policy narrows and ours does not would let more through: it is told each time.
TEST(Import, TellsWhatWasLeftOutOfAnAttestor) {
  const auto [policies, notes] = imported(R"yaml(apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata: {name: a}
spec:
  rules:
    - name: r
      match: {any: [{resources: {kinds: [Pod]}}]}
      verifyImages:
        - imageReferences: ["*"]
          failureAction: Audit
          required: false
          attestors:
            - entries:
                - keys: {publicKeys: "-----BEGIN PUBLIC KEY----- -----BEGIN PUBLIC KEY-----", rekor: {url: x}}
                  annotations: {team: a}
                - keyless: {subject: s, issuer: i, roots: PEM}
---
apiVersion: policy.sigstore.dev/v1beta1
kind: ClusterImagePolicy
metadata: {name: b}
spec:
  images: [{glob: "**"}]
  policy: {type: cue, data: x}
  authorities:
    - key: {kms: "gcpkms://k", hashAlgorithm: sha512}
      ctlog: {url: x}
    - static: {action: pass}
)yaml");
  ASSERT_EQ(policies.size(), 2u);
  EXPECT_EQ(policies[0].rules[0].effect, Decision::audit);
  for (const auto* part : {"'annotations' does not map: what it narrows is let through too", "'rekor' does not map",
                           "'roots' does not map", "several keys stand in one", "'required: false' does not map",
                           "'hashAlgorithm' does not map", "fetch the public key and save it as b-key-2.pub",
                           "'ctlog' does not map", "'static' does not map", "'policy' does not map"})
    EXPECT_THAT(notes, Contains(HasSubstr(part)));
}

TEST(Import, WhatIsNothingOfThese) {
  EXPECT_FALSE(import_policies("a: [", "x.yaml"));
  for (const auto* yaml :
       {"a: b\n", "kind: ConfigMap\n", "[]",
        "apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nspec: {rules: [a, {verifyImages: 3}]}\n",
        "kind: ClusterImagePolicy\nspec: []\n", "kind: Verifier\nspec: {name: cosign, parameters: [1]}\n"}) {
    SCOPED_TRACE(yaml);
    const auto [policies, notes] = imported(yaml);
    EXPECT_THAT(policies, IsEmpty());
    EXPECT_FALSE(notes.empty());
  }
}

}  // namespace
}  // namespace pratique
