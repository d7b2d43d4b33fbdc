// What the policy commands say: doubts, tests, explanations, previews.
#pragma once

#include <string>
#include <vector>

#include "app/render/table.h"
#include "base/clock.h"
#include "engine/policy/policy.h"
#include "flow/policy_tests.h"
#include "flow/preview.h"

namespace pratique {

std::string render_doubts_json(const std::vector<PolicyDoubt>& doubts, std::uint64_t policies, std::uint64_t rules);

std::string render_tests_text(const TestReport& report, const Look& look);  // a line a case, and why it failed
std::string render_tests_json(const TestReport& report);
std::string render_tests_junit(const TestReport& report);  // as CI systems read it: a suite for each file's test

// Every rule that spoke, with what it leads to, why, and what would change it.
std::string render_explanation(const Verdict& verdict, const Look& look);

std::string render_preview_table(const std::vector<Previewed>& workloads, const Look& look);
std::string render_preview_json(const std::vector<Previewed>& workloads, Time now);

// A workload whose answer differs between two previews of the same workloads.
struct Changed {
  const Previewed* before = nullptr;
  const Previewed* after = nullptr;
};
std::vector<Changed> changes_of(const std::vector<Previewed>& before, const std::vector<Previewed>& after);
std::string render_changes_table(const std::vector<Changed>& changes, const Look& look);
std::string render_changes_json(const std::vector<Changed>& changes, Time now);

}  // namespace pratique
