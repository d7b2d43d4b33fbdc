// AdmissionReviews: an error, or a request that policies judge and whose answer is JSON with its uid.
#include <cstdlib>
#include <string_view>

#include "engine/format/format.h"
#include "engine/policy/policy.h"

namespace {

const pratique::PolicySet& policies() {
  static const pratique::PolicySet set(
      pratique::parse_policies("apiVersion: pratique.dev/v1alpha1\nkind: Policy\nmetadata: {name: p}\nspec:\n  rules:\n"
                               "    - {name: bill, requireSBOM: {}, effect: warn}\n"
                               "    - {name: log4j, denyPackage: {purl: pkg:npm/log4j}}\n",
                               "fuzz.yaml")
          .value());
  return set;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pratique;
  const auto request = read_admission_review(Bytes::copy_of({reinterpret_cast<const char*>(data), size}));
  if (!request) {
    if (render(request.error()).empty()) std::abort();
    return 0;
  }
  if (request->uid.empty() || request->operation.empty()) std::abort();
  const auto inquiry = inquiry_of(policies(), *request);
  if (inquiry.images.size() > request->containers.size() + request->bad_images.size()) std::abort();
  const auto verdict = decide(policies(), *request, inquiry.images);
  // Nothing is known of any image here: whoever brings one is refused.
  if ((verdict.decision == Decision::deny) != !inquiry.images.empty()) std::abort();
  const auto answer = render_admission_response(*request, verdict);
  if (answer.find("\"response\":{\"uid\":") == std::string::npos) std::abort();
  (void)render_verdict(verdict);
  return 0;
}
