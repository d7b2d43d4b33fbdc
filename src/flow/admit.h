// admit: an AdmissionReview, policies, the store and the advisory database -> Verdict.
//
// Facts are cached by image digest and database generation; verdicts are not. Any failure on the way is a rule's "unknown",
// never an allow in silence. Gate is thread safe.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/result.h"
#include "engine/policy/policy.h"
#include "model/admission.h"
#include "model/verdict.h"

namespace pratique {

// Where evidence comes from; functions so that tests make each of them fail in turn.
struct EvidenceSource {
  // Original bytes of the newest bill of an image; empty when there is none. Called by several threads at once.
  std::function<Result<std::optional<Bytes>>(const Digest& image)> bill;
  std::function<Result<Match>(const Bill& bill)> match;
  std::string generation;  // of the advisory database behind `match`
};

class Gate {
 public:
  Gate(std::vector<Policy> policies, EvidenceSource source, std::size_t cached_images = 4096, Limits limits = {});
  ~Gate();

  struct Answer {
    AdmissionRequest request;
    Verdict verdict;
  };
  // Fault: only for a review that cannot be read.
  Result<Answer> admit(const Bytes& review) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pratique
