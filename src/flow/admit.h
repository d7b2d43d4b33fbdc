// admit: an AdmissionReview, policies, bills and advisories -> a Verdict.
//
// What is known of an image is cached by its digest, what the advisory database says about it by the database's
// generation too, verdicts never. Any failure on the way (a dependency that fails or throws, a bill that cannot be
// read, a deadline) is a rule's "unknown", never an allow in silence. The surprise: Gate starts no thread and waits
// only in close(); where work is done is up to EvidenceSource::run. Thread safe throughout.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/result.h"
#include "engine/attest/attest.h"
#include "engine/policy/policy.h"
#include "flow/namespaces.h"
#include "flow/yanked.h"
#include "model/admission.h"
#include "model/verdict.h"

namespace pratique {

using Deadline = std::chrono::steady_clock::time_point;

// Where evidence comes from; functions, so that tests make each of them fail in turn.
struct EvidenceSource {
  // Original bytes of the newest bill of an image; empty when there is none. Called by several threads at once.
  std::function<Result<std::optional<Bytes>>(const Digest& image)> bill;
  // Does a job soon, on this thread or another, exactly once; false when there is no room for it. Two jobs for one
  // image are never under way for the same question.
  std::function<bool(std::function<void()> job)> run;
};

// One generation of the advisory database.
struct Advisories {
  std::function<Result<Match>(const Bill& bill)> match;  // called by several threads at once
  std::string generation;
  Catalogues catalogues;
};

struct GateOptions {
  std::size_t cache_bytes = std::size_t{256} << 20;  // of memory for what is known of images, about
  // After this long the source is asked whether there is a newer bill; one that is equal is not read again.
  std::chrono::milliseconds trust_for = std::chrono::seconds(60);
  // While the source fails, a bill that it gave within this time is still believed.
  std::chrono::milliseconds believe_for = std::chrono::hours(1);
  Limits bill_limits;
  std::function<Deadline()> now = std::chrono::steady_clock::now;
  Clock clock;  // of exceptions and ages of things; without it no exception counts
};

class Gate {
 public:
  explicit Gate(EvidenceSource source, GateOptions options = {});
  Gate(Gate&&) noexcept;
  Gate& operator=(Gate&&) noexcept;
  ~Gate();  // jobs that are still under way end on their own

  // From the next open() on. Before the first, there are no policies, and no advisories, which leaves every
  // denyVulnerabilities unknown.
  void use(PolicySet policies);
  void use(Advisories advisories);
  // Where one of these was never given, nobody looked: rules that ask for it are unknown.
  void use(TrustedKeys keys);
  void use(YankList yanked);
  void use(Namespaces namespaces);

  struct Answer {
    AdmissionRequest request;
    Verdict verdict;
    std::vector<ImageEvidence> images;  // what it was decided with
    std::optional<Time> time;           // by the gate's clock
    std::shared_ptr<const JsonTree> namespace_object;
    std::string no_namespace;  // why there is none, in words
  };
  // One review on its way. Keeps the policies and the generation it began with.
  class Case {
   public:
    Case(Case&&) noexcept;
    ~Case();
    bool ready() const;  // close() will not wait
    const AdmissionRequest& request() const;

   private:
    friend class Gate;
    struct State;
    explicit Case(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
  };
  // Reads the review and has gathered what is not known yet. Fault: only of a review that cannot be read.
  Result<Case> open(const Bytes& review) const;
  // The same without a review: what expressions ask of the object is unknown.
  Case open(AdmissionRequest request) const;
  // Waits for what is missing, until the deadline at most, and decides.
  Answer close(Case question, Deadline deadline) const;

  struct Counts {
    std::uint64_t hits = 0, gathered = 0, waited = 0;  // of images asked for: known, looked up, being looked up already
    std::uint64_t failed = 0;                          // gathered, and something failed
    std::uint64_t believed = 0;                        // gathered, the source failed, and what was known before counted
    std::uint64_t images = 0, bytes = 0;               // in the cache
  };
  Counts counts() const;

 private:
  struct State;
  std::shared_ptr<State> state_;  // shared with jobs under way
};

// What files and folders say before it is linked: every .yaml and .yml in the folders but *.test.yaml and *.test.yml,
// and the files, in order. Fault: not_found, refused, malformed, unsupported, limit.
Result<std::vector<PolicyFile>> read_policy_files(const std::vector<std::string>& paths);
// The same, linked and ready to be asked. Fault: not_found, refused, malformed (a policy, a name
// given twice, no policy in all of them), unsupported, limit.
Result<PolicySet> load_policies(const std::vector<std::string>& paths);

// Bills in files and folders instead of a store. One that names an image's digest is of that image, the last of
// several; at most one may name none, and is then of every image that no other names. Looks up at once. Fault: as
// read_file and read_bill, usage (a second one without a digest).
Result<EvidenceSource> evidence_of_files(const std::vector<std::string>& paths);

}  // namespace pratique
