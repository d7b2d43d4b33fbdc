// Bills, findings and policies for tests.
#pragma once

#include <gtest/gtest.h>

#include "engine/policy/policy.h"
#include "model/purl.h"

namespace pratique {

inline const Digest digest = sha256_of("an image");

struct Part {
  std::string name, version, purl;
};

// The parts depend on one another in a chain, as given.
inline Bill bill_of(const std::vector<Part>& parts) {
  Bill bill;
  for (const auto& part : parts) {
    Component component;
    component.name = bill.pool->keep(part.name);
    component.version = bill.pool->keep(part.version);
    if (!part.purl.empty()) component.purl = bill.pool->keep(render_purl(parse_purl(part.purl).value()));
    bill.components.push_back(component);
  }
  for (std::uint32_t i = 0; i + 1 < parts.size(); ++i) bill.edges.push_back({i, i + 1});
  return bill;
}

inline const std::vector<Part> shop = {
    {"checkout", "1.4.0", "pkg:maven/com.example/checkout@1.4.0"},
    {"spring-boot-starter-log4j2", "2.6.1", "pkg:maven/org.springframework.boot/spring-boot-starter-log4j2@2.6.1"},
    {"log4j-core", "2.14.1", "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1"}};

inline Finding finding(const std::string& id, Severity severity, std::uint32_t component,
                       std::vector<std::string> fixed) {
  Finding found;
  found.id = id;
  found.severity = severity;
  found.component = component;
  found.fixed = std::move(fixed);
  return found;
}

inline ImageEvidence image_with(const std::vector<Part>& parts, Match match = {}) {
  ImageEvidence image;
  image.container.name = "checkout";
  image.container.image = parse_image("registry.example.com/shop/checkout@" + digest.text()).value();
  image.bill = std::make_shared<ImageFacts>(bill_of(parts));
  image.match = std::make_shared<MatchFacts>(std::move(match), "generation-1");
  return image;
}

inline ImageEvidence image_without(Gap gap, const std::string& reason) {
  ImageEvidence image = image_with({});
  image.bill = nullptr;
  image.match = nullptr;
  image.gap = gap;
  image.reason = reason;
  return image;
}

inline std::string policy_text(const std::string& rules, const std::string& match = "") {
  return "apiVersion: pratique.dev/v1alpha1\nkind: Policy\nmetadata: {name: p}\nspec:\n" + match + "  rules:\n" + rules;
}
inline PolicySet policies_of(const std::string& rules, const std::string& match = "") {
  auto policies = parse_policies(policy_text(rules, match), "test.yaml");
  if (!policies) ADD_FAILURE() << render(policies.error());
  return PolicySet(std::move(policies).value());
}

inline AdmissionRequest request_in(const std::string& name_space) {
  AdmissionRequest request;
  request.operation = "CREATE";
  request.kind = "Pod";
  request.name_space = name_space;
  return request;
}

}  // namespace pratique
