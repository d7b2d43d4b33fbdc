// What does not count, from files: VEX statements and the user's own rules.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "engine/match/match.h"
#include "model/bill.h"
#include "model/vex.h"

namespace pratique {

struct VexDocuments {
  std::vector<VexStatement> statements;  // of all of them, as far as they still hold
  std::vector<Rejected> rejected;        // statements set aside; the place begins with the file
  std::string generation;                // a digest over the documents; empty where there are none
};
// Files, and folders as the files in them. Fault: as read_file and read_vex; the place is the file.
Result<VexDocuments> load_vex(const std::vector<std::string>& paths);

// A YAML file with one key, `ignore`: a list of rules with `id`, `reason` and `expires` (a date or time), and where
// wanted `package` (a purl pattern) and `author`. docs/reports.md. Fault: as read_file; malformed, the place is
// "file:line:column".
Result<std::vector<IgnoreRule>> load_ignore_rules(const std::string& path);

}  // namespace pratique
