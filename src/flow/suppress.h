// What does not count, from files: the user's own rules.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "engine/match/match.h"

namespace pratique {

// A YAML file with one key, `ignore`: a list of rules with `id`, `reason` and `expires` (a date or time), and where
// wanted `package` (a purl pattern) and `author`. docs/reports.md. Fault: as read_file; malformed, the place is
// "file:line:column".
Result<std::vector<IgnoreRule>> load_ignore_rules(const std::string& path);

}  // namespace pratique
