// Policies: one clear error with the file in it, or policies that can be asked.
#include "engine/policy/policy.h"

#include <cstdlib>
#include <string_view>

namespace {

// Tests of policies run whatever policies they are given; what is imported can be read.
void other_documents(std::string_view yaml, const pratique::PolicySet& set) {
  using namespace pratique;
  if (const auto cases = read_policy_cases(yaml, "fuzz.yaml"))
    for (const auto& one : cases->cases) (void)run_case(set, one);
  if (const auto imported = import_policies(yaml, "fuzz.yaml"); imported && !imported->yaml.empty())
    if (!read_policy_file(imported->yaml, "imported.yaml")) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pratique;
  const std::string_view yaml(reinterpret_cast<const char*>(data), size);
  other_documents(yaml, PolicySet());
  auto policies = parse_policies(yaml, "fuzz.yaml");
  if (!policies) {
    if (!render(policies.error()).starts_with("fuzz.yaml:")) std::abort();
    return 0;
  }
  for (const auto& policy : *policies)
    if (policy.name.empty() || policy.rules.empty()) std::abort();
  (void)find_doubts(*policies, Time{});
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
