// Tests of policies: what is given, what is expected. docs/policy.md has the YAML (`kind: PolicyTest`). A case brings
// its evidence along, so that it needs no bill, database or network. Part of policy.h; pure.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/policy/evidence.h"
#include "model/admission.h"
#include "model/verdict.h"

namespace pratique {

class PolicySet;

struct PolicyCase {
  std::string name;
  int line = 0, column = 0;

  AdmissionRequest request;
  std::vector<ImageEvidence> images;  // one for each container of the request
  std::optional<Time> now;
  std::shared_ptr<const JsonTree> review, namespace_object;

  std::optional<Decision> decision;               // that must come out
  std::optional<std::vector<std::string>> rules;  // exactly these speak: "rule" or "policy/rule"
  std::vector<std::string> messages;              // each is part of a line
};

struct PolicyCases {
  std::string name, file;
  std::vector<std::string> policies;  // files, as written: beside this one
  std::vector<PolicyCase> cases;      // never empty
};

// One file, one document. Fault: malformed (with file:line:column), unsupported, limit.
Result<PolicyCases> read_policy_cases(std::string_view yaml, std::string_view file_name);

struct CaseResult {
  Verdict verdict;
  std::vector<std::string> failures;  // what is not as expected; empty: passed
};
CaseResult run_case(const PolicySet& policies, const PolicyCase& one);

}  // namespace pratique
