// policy test: files of cases, the policies they name, and what came of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/policy/policy.h"

namespace pratique {

struct TestedCase {
  std::string test, name, place;      // "log4shell", "2.14.1 is denied", "policies/log4shell.test.yaml:9:7"
  std::vector<std::string> failures;  // empty: passed
};

struct TestReport {
  std::vector<TestedCase> cases;
  std::uint64_t rules = 0;                // of all policies that were tested
  std::vector<std::string> never_spoken;  // "policies/a.yaml:7:5: rule 'r' of policy 'p'": no case made it speak
  std::uint64_t failed() const;
};

// Files, and of folders every *.test.yaml and *.test.yml; a case file's policies stand beside it. Fault: not_found,
// malformed, unsupported, limit, usage (no tests).
Result<TestReport> run_policy_tests(const std::vector<std::string>& paths);

}  // namespace pratique
