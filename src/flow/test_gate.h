// A world for tests of the gate: bills by digest, findings by component name, both of which can be made to fail.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <deque>
#include <map>
#include <stdexcept>

#include "flow/admit.h"

namespace pratique {

struct FakeWorld {
  std::map<std::string, std::string> bills;  // digest text -> document
  std::map<std::string, std::string> flaws;  // component name -> CVE, critical
  std::string generation = "generation-1";
  bool bill_fails = false, match_fails = false, bill_throws = false, match_throws = false;
  std::atomic<int> asked_for_bills{0}, asked_for_matches{0};

  bool run_at_once = true;  // else jobs wait in `jobs`
  bool has_room = true;
  std::deque<std::function<void()>> jobs;

  Deadline now{std::chrono::hours(1000)};

  EvidenceSource source() {
    EvidenceSource source;
    source.bill = [this](const Digest& image) -> Result<std::optional<Bytes>> {
      ++asked_for_bills;
      if (bill_throws) throw std::runtime_error("the store threw");
      if (bill_fails) return Error{Fault::unavailable, "the store is locked", {"store.sqlite"}, ""};
      const auto found = bills.find(image.text());
      if (found == bills.end()) return std::optional<Bytes>();
      return std::optional(Bytes::copy_of(found->second));
    };
    source.run = [this](std::function<void()> job) {
      if (!has_room) return false;
      if (run_at_once)
        job();
      else
        jobs.push_back(std::move(job));
      return true;
    };
    return source;
  }

  Advisories advisories() {
    return {[this](const Bill& bill) -> Result<Match> {
              ++asked_for_matches;
              if (match_throws) throw std::runtime_error("the database threw");
              if (match_fails) return Error{Fault::malformed, "page 7 is damaged", {"advisories.mdb"}, ""};
              Match match;
              for (std::uint32_t i = 0; i < bill.components.size(); ++i)
                if (const auto flaw = flaws.find(std::string(bill.components[i].name)); flaw != flaws.end()) {
                  Finding finding;
                  finding.id = flaw->second;
                  finding.severity = Severity::critical;
                  finding.component = i;
                  match.findings.push_back(finding);
                }
              return match;
            },
            generation};
  }

  GateOptions options() {
    GateOptions options;
    options.now = [this] { return now; };
    return options;
  }
};

inline std::string bill_of(const std::string& component) {
  return R"({"bomFormat":"CycloneDX","specVersion":"1.5","components":[{"type":"library","name":")" + component +
         R"(","version":"1.0","purl":"pkg:npm/)" + component + R"(@1.0"}]})";
}

// A pod with these images, in namespace shop.
inline Bytes review_of(const std::vector<std::string>& images) {
  std::string containers;
  for (std::size_t i = 0; i < images.size(); ++i)
    containers +=
        std::string(i == 0 ? "" : ",") + R"({"name":"c)" + std::to_string(i) + R"(","image":")" + images[i] + "\"}";
  return Bytes::copy_of(
      R"({"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"u","kind":{"group":"","version":"v1",)"
      R"("kind":"Pod"},"namespace":"shop","name":"web","operation":"CREATE","object":{"spec":{"containers":[)" +
      containers + "]}}}}");
}

inline Digest digest_of(const std::string& image) { return sha256_of(image); }
inline std::string pinned(const std::string& image) {
  return "registry.example.com/" + image + "@" + digest_of(image).text();
}

inline PolicySet policies_of(const std::string& rules) {
  auto policies = parse_policies(
      "apiVersion: pratique.dev/v1alpha1\nkind: Policy\nmetadata: {name: p}\nspec:\n  rules:\n" + rules, "test.yaml");
  if (!policies) ADD_FAILURE() << render(policies.error());
  return PolicySet(std::move(policies).value());
}

inline Gate::Answer admit(const Gate& gate, const Bytes& review, Deadline deadline = Deadline::max()) {
  auto question = gate.open(review);
  if (!question) ADD_FAILURE() << render(question.error());
  return gate.close(std::move(question).value(), deadline);
}

}  // namespace pratique
