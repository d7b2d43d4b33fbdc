// What the gate gathers besides bills and advisories: signatures, yanked images, namespaces.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "flow/record.h"
#include "flow/signatures.h"
#include "flow/test_gate.h"
#include "world/file/file.h"

namespace pratique {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

const std::string cases = PRATIQUE_SOURCE_DIR "/tests/regression/attest_no/";
const std::string signed_by_ci = "    - {name: signed, requireSignedSBOM: {signers: [{key: ci}]}}\n";

class GateEvidence : public testing::Test {
 protected:
  GateEvidence() {
    std::string pattern = (fs::temp_directory_path() / "pratique_evidence_XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    world_.bills[digest_of("checkout").text()] = whole("envelope.json");
  }
  ~GateEvidence() override { fs::remove_all(folder_); }

  static std::string whole(const std::string& name) {
    return std::string(read_file(cases + name, 1 << 20).value().view());
  }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ + "/" + name) << text;
    return folder_ + "/" + name;
  }
  Gate gate(const std::string& rules) {
    Gate gate(world_.source(), world_.options());
    gate.use(policies_of(rules));
    gate.use(world_.advisories());
    return gate;
  }
  static std::string said(const Gate& gate, const std::string& image = "checkout") {
    const auto answer = admit(gate, review_of({pinned(image)}));
    std::string text(name_of(answer.verdict.decision));
    for (const auto& line : lines_of(answer.verdict, answer.verdict.decision, 10)) text += " | " + line;
    return text;
  }

  FakeWorld world_;
  std::string folder_;
};

TEST_F(GateEvidence, ASignedBillIsVerifiedByTheKeysAtHand) {
  auto gate = this->gate(signed_by_ci);
  EXPECT_THAT(said(gate), HasSubstr("unknown: nobody looked for signatures"));
  gate.use(load_keys({cases + "ci.pub"}).value());
  EXPECT_EQ(said(gate), "allow");
  EXPECT_EQ(said(gate), "allow");
  EXPECT_EQ(world_.asked_for_bills, 2);  // once more when the keys came, and then no more
  // Other keys: what was verified with the old ones counts no longer.
  gate.use(load_keys({cases + "other.pub"}).value());
  EXPECT_THAT(said(gate), HasSubstr("unknown: the key 'ci' is not at hand"));
}

TEST_F(GateEvidence, ABillThatTheWrongOneSignedOrNobodyIsDenied) {
  auto gate = this->gate(signed_by_ci);
  gate.use(load_keys({cases}).value());
  world_.bills[digest_of("checkout").text()] = whole("other-key.json");
  EXPECT_THAT(said(gate),
              AllOf(HasSubstr("is signed by other, whom the rule does not name"), Not(HasSubstr("unknown"))));
  world_.bills[digest_of("checkout").text()] = bill_of("left-pad");
  world_.now += std::chrono::minutes(5);
  EXPECT_THAT(said(gate), HasSubstr("carries no verified signature: it came without an envelope"));
  world_.bills[digest_of("cart").text()] = whole("envelope.json");
  EXPECT_THAT(said(gate, "cart"), HasSubstr("what is signed is about another image"));
  EXPECT_THAT(said(gate, "stranger"), HasSubstr("no SBOM for"));
}

TEST_F(GateEvidence, WhatNobodyVerifiesYetIsUnknown) {
  auto by_identity = gate("    - {name: signed, requireSignedSBOM: {signers: [{identity: 'a*', issuer: b}]}}\n");
  by_identity.use(load_keys({cases}).value());
  world_.bills[digest_of("checkout").text()] = whole("by-certificate.json");
  EXPECT_THAT(said(by_identity), AllOf(HasSubstr("unknown"), HasSubstr("certificates are not verified yet")));
  auto image = gate("    - {name: signed, requireSignature: {signers: [{key: ci}]}}\n");
  image.use(load_keys({cases}).value());
  EXPECT_THAT(said(image), HasSubstr("unknown: nobody looked for signatures of the image"));
  EXPECT_THAT(said(image, "stranger"), HasSubstr("unknown: nobody looked for signatures of the image"));
  auto expression = gate("    - {name: signed, cel: 'attestations.all(a, a.key == \"ci\")'}\n");
  expression.use(load_keys({cases}).value());
  EXPECT_THAT(said(expression), HasSubstr("certificates are not verified yet"));
}

TEST_F(GateEvidence, WhatWasBelievedCountsNotForOtherKeys) {
  auto gate = this->gate(signed_by_ci);
  gate.use(load_keys({cases + "ci.pub"}).value());
  EXPECT_EQ(said(gate), "allow");
  world_.bill_fails = true;
  world_.now += std::chrono::minutes(5);
  EXPECT_EQ(said(gate), "allow");
  gate.use(load_keys({cases}).value());  // ci among them, but nobody can look again
  EXPECT_THAT(said(gate), HasSubstr("unknown: nobody looked for signatures"));
}

TEST_F(GateEvidence, YankedImagesAreDeniedWithReasonAndAuthor) {
  auto gate = this->gate("    - {name: yanked, denyYanked: {}}\n");
  EXPECT_THAT(said(gate), HasSubstr("unknown: nobody looked whether the image is yanked"));
  gate.use(
      load_yanked({write("y.yaml",
                         "apiVersion: pratique.dev/v1alpha1\nkind: YankList\nspec:\n  yanked:\n"
                         "    - {digest: '" +
                             digest_of("checkout").text() + "', reason: CVE-2021-44228, author: ann@example.com}\n")})
          .value());
  EXPECT_THAT(said(gate), HasSubstr("the image is yanked by ann@example.com: CVE-2021-44228"));
  EXPECT_EQ(said(gate, "cart"), "allow");
  EXPECT_EQ(world_.asked_for_bills, 0);
}

TEST_F(GateEvidence, NamespacesAreLookedUpForExpressionsAndSelectors) {
  const auto by_labels = [&](const std::string& rule) {
    Gate gate(world_.source(), world_.options());
    gate.use(PolicySet(parse_policies("apiVersion: pratique.dev/v1alpha1\nkind: Policy\nmetadata: {name: p}\nspec:\n"
                                      "  match: {namespaceLabels: {tier: 'front*'}}\n  rules:\n" +
                                          rule,
                                      "p.yaml")
                           .value()));
    return gate;
  };
  const auto list = [&](const std::string& name, const std::string& tier) {
    return load_namespaces(
               write("ns.yaml", "kind: Namespace\nmetadata: {name: " + name + ", labels: {tier: " + tier + "}}\n"))
        .value();
  };
  auto gate = by_labels("    - {name: never, cel: 'false'}\n    - {name: bill, requireSBOM: {}, onUnknown: warn}\n");
  EXPECT_EQ(said(gate),
            "deny | unknown: whether the policy is about namespace shop hangs on its labels, and nobody looked them up "
            "[policy p, rule never and 1 more rule]");
  gate.use(list("shop", "front-1"));
  EXPECT_THAT(said(gate), HasSubstr("is not true: false"));
  gate.use(list("shop", "back"));
  EXPECT_EQ(said(gate), "allow");
  gate.use(list("other", "front"));
  EXPECT_THAT(said(gate), HasSubstr("the list of namespaces does not have shop"));
  auto expression = this->gate("    - {name: tier, cel: 'namespaceObject.metadata.labels.tier == \"back\"'}\n");
  EXPECT_THAT(said(expression), HasSubstr("nobody looked up the namespace"));
  expression.use(list("shop", "back"));
  EXPECT_EQ(said(expression), "allow");
  expression.use(list("shop", "front"));
  EXPECT_THAT(said(expression), HasSubstr("is not true"));
}

// All of this stands in the record, so that it is decided again without files that may have changed since.
TEST_F(GateEvidence, IsReplayedFromTheRecord) {
  const std::string rules = signed_by_ci +
                            "    - {name: yanked, denyYanked: {}}\n"
                            "    - {name: tier, cel: 'namespaceObject.metadata.labels.tier == \"back\"'}\n";
  auto gate = this->gate(rules);
  gate.use(load_keys({cases + "other.pub"}).value());
  gate.use(load_yanked({write("y.yaml",
                              "apiVersion: pratique.dev/v1alpha1\nkind: YankList\nspec:\n  yanked:\n"
                              "    - {digest: '" +
                                  digest_of("checkout").text() + "', reason: bad, author: ann, time: 2026-05-01}\n")})
               .value());
  gate.use(load_namespaces(write("ns.yaml", "kind: Namespace\nmetadata: {name: shop, labels: {tier: front, n: '1'}}\n"))
               .value());
  const auto review = review_of({pinned("checkout")});
  const auto answer = admit(gate, review);
  EXPECT_EQ(answer.verdict.rules.size(), 3u);
  const auto again =
      replay(Bytes::copy_of(render_record(review, answer)), policies_of(rules), world_.source(), world_.advisories());
  ASSERT_TRUE(again) << render(again.error());
  EXPECT_TRUE(again->missing.empty());
  EXPECT_EQ(again->recorded, again->replayed);
}

}  // namespace
}  // namespace pratique
