// Other programs' policies as ours: the plain cases of Kyverno's verifyImages, sigstore's ClusterImagePolicy and
// Ratify's verifiers. Part of policy.h; pure.
//
// The surprise: where something does not map, what comes out is stricter or says nothing, and a note says so. Read the
// notes before the policies.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace pratique {

struct ImportedPolicies {
  std::string yaml;                // documents that read_policy_file takes; empty when nothing mapped
  std::vector<std::string> notes;  // "kyverno.yaml:12:7: 'mutateDigest' does not map: ..."
};
// All documents of one file; those of other kinds are noted. Fault: malformed (no YAML), limit.
Result<ImportedPolicies> import_policies(std::string_view yaml, std::string_view file_name);

}  // namespace pratique
