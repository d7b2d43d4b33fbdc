#include <gtest/gtest.h>

#include "engine/format/format.h"
#include "flow/test_gate.h"

namespace pratique {
namespace {

enum class Failure { error, exception, foreign_exception, torn, no_room, never };
constexpr Failure failures[] = {Failure::error, Failure::exception, Failure::foreign_exception,
                                Failure::torn,  Failure::no_room,   Failure::never};

// A clean world in which call number `fails_at` of all calls fails in one way.
struct FaultyWorld {
  FakeWorld world;
  Failure failure = Failure::error;
  int fails_at = 0, calls = 0;
  bool failed = false;

  bool fails_now(bool can_fail_so) {
    if (!can_fail_so) return false;
    if (++calls != fails_at) return false;
    failed = true;
    return true;
  }
  Error fail() const {
    if (failure == Failure::exception) throw std::bad_alloc();
    if (failure == Failure::foreign_exception) throw 7;
    return Error{Fault::unavailable, "injected", {}, ""};
  }

  Gate gate(const PolicySet& policies) {
    const bool in_calls = failure != Failure::no_room && failure != Failure::never;
    auto source = world.source();
    const auto bill = source.bill;
    source.bill = [this, bill, in_calls](const Digest& image) -> Result<std::optional<Bytes>> {
      if (!fails_now(in_calls)) return bill(image);
      if (failure != Failure::torn) return fail();
      const auto whole = bill(image);
      return std::optional(Bytes::copy_of(whole.value()->view().substr(0, 40)));
    };
    const auto run = source.run;
    source.run = [this, run, in_calls](std::function<void()> job) {
      if (!fails_now(!in_calls)) return run(std::move(job));
      return failure == Failure::never;  // taken, and never done
    };
    auto advisories = world.advisories();
    const auto match = advisories.match;
    advisories.match = [this, match, in_calls](const Bill& of) -> Result<Match> {
      if (!fails_now(in_calls && failure != Failure::torn)) return match(of);
      return fail();
    };
    Gate gate(source, world.options());
    gate.use(PolicySet(policies.policies()));
    gate.use(advisories);
    return gate;
  }
};

const char* const rules[] = {"{name: bill, requireSBOM: {}%s}", "{name: log4j, denyPackage: {purl: pkg:npm/log4j}%s}",
                             "{name: flaws, denyVulnerabilities: {severity: low}%s}"};

PolicySet policies_with(const std::string& choice) {
  std::string yaml;
  for (const std::string rule : rules) yaml += "    - " + std::string(rule).replace(rule.find("%s"), 2, choice) + "\n";
  return policies_of(yaml);
}

Gate::Answer answer_of(FaultyWorld& faulty, const PolicySet& policies) {
  for (const auto* image : {"one", "two", "three"}) faulty.world.bills[digest_of(image).text()] = bill_of(image);
  const auto gate = faulty.gate(policies);
  return admit(gate, review_of({pinned("one"), pinned("two"), pinned("three")}), std::chrono::steady_clock::now());
}

TEST(GateFault, NoFailureIsAnAllowInSilence) {
  for (const auto failure : failures)
    for (int n = 1;; ++n) {
      SCOPED_TRACE("failure " + std::to_string(static_cast<int>(failure)) + " of call " + std::to_string(n));
      FaultyWorld faulty{.failure = failure, .fails_at = n};
      const auto answer = answer_of(faulty, policies_with(""));
      if (!faulty.failed) {
        EXPECT_GT(n, 3);
        EXPECT_EQ(answer.verdict.decision, Decision::allow);
        EXPECT_TRUE(answer.verdict.rules.empty());
        break;
      }
      EXPECT_EQ(answer.verdict.decision, Decision::deny);
      ASSERT_FALSE(answer.verdict.rules.empty());
      for (const auto& result : answer.verdict.rules) {
        EXPECT_EQ(result.gap, Gap::unavailable);
        EXPECT_FALSE(result.evidence.at(0).reason.empty());
      }
    }
}

TEST(GateFault, AnAllowThatThePolicyChoseIsOnRecord) {
  for (const auto failure : failures) {
    FaultyWorld faulty{.failure = failure, .fails_at = 1};
    const auto answer = answer_of(faulty, policies_with(", onUnknown: allow"));
    EXPECT_EQ(answer.verdict.decision, Decision::allow);
    EXPECT_EQ(answer.verdict.rules.size(), 3u);
    EXPECT_NE(render_admission_response(answer.request, answer.verdict).find("\\\"unknown\\\":\\\"unavailable\\\""),
              std::string::npos);
  }
}

TEST(GateFault, WithoutADatabaseWhatNeedsNoneIsStillDecided) {
  FaultyWorld faulty;
  faulty.world.bills[digest_of("one").text()] = bill_of("log4j");
  Gate gate(faulty.world.source(), faulty.world.options());
  gate.use(policies_with(""));
  const auto lines = lines_of(admit(gate, review_of({pinned("one")})).verdict, Decision::deny, 10);
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0], "c0: log4j 1.0 is denied [policy p, rule log4j]");
  EXPECT_EQ(lines[1], "c0: unknown: there is no advisory database [policy p, rule flaws]");
}

// CVE-2023-34091: an object with a deletionTimestamp is asked about like any other.
TEST(GateFault, AnObjectOnItsWayOutBringsNothingInUnasked) {
  FaultyWorld faulty;
  const auto gate = faulty.gate(policies_with(""));
  std::string review(review_of({pinned("stranger")}).view());
  review.insert(review.find("{\"spec\"") + 1, R"("metadata":{"deletionTimestamp":"2026-03-01T12:00:00Z"},)");
  const auto answer = admit(gate, Bytes::copy_of(review));
  EXPECT_TRUE(answer.request.deleting);
  EXPECT_EQ(answer.verdict.decision, Decision::deny);
}

}  // namespace
}  // namespace pratique
