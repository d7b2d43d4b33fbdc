// Policies: one clear error with the file in it, or policies that can be asked.
#include "engine/policy/policy.h"

#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pratique;
  auto policies = parse_policies({reinterpret_cast<const char*>(data), size}, "fuzz.yaml");
  if (!policies) {
    if (!render(policies.error()).starts_with("fuzz.yaml:")) std::abort();
    return 0;
  }
  for (const auto& policy : *policies)
    if (policy.name.empty() || policy.rules.empty()) std::abort();
  const PolicySet set(std::move(policies).value());
  AdmissionRequest request;
  request.operation = "CREATE";
  request.name_space = "shop";
  request.bad_images = {{"a", "B"}};
  const auto inquiry = inquiry_of(set, request);
  const auto verdict = decide(set, request, inquiry.images);
  if (verdict.asked > set.rules() || (verdict.asked == 0 && !inquiry.images.empty())) std::abort();
  if (!(decide(set, request, inquiry.images) == verdict)) std::abort();
  return 0;
}
