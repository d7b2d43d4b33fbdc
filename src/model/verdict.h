// Verdict: what a policy says about one admission request, rule by rule, with the evidence for each.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/finding.h"
#include "model/workload.h"

namespace pratique {

enum class Decision : std::uint8_t { allow, warn, deny };  // ordered: the strictest rule decides
std::string_view name_of(Decision decision);

// One thing that made a rule speak. Empty fields do not apply.
struct Evidence {
  std::string container;  // "checkout"
  std::string image;      // as the object names it
  std::string package;    // "log4j-core 2.14.1"
  std::string purl;
  std::string path;       // "checkout-service 1.4.0 > spring-boot-starter-log4j2 2.6.1 > log4j-core 2.14.1"
  std::string finding;    // "CVE-2021-44228"
  std::string severity;   // "critical"
  std::string range;      // the VERS range that holds
  std::string fixed;      // "2.17.1"
  bool operator==(const Evidence&) const = default;
};

struct RuleResult {
  std::string policy;    // metadata.name
  std::string rule;      // the rule's own name
  std::string type;      // "denyPackage"
  Decision decision = Decision::allow;
  bool unknown = false;  // the rule could not be judged; `decision` is what the policy chose for that
  std::string message;   // one line: package, path, CVE, fix and rule
  std::vector<Evidence> evidence;
  bool operator==(const RuleResult&) const = default;
};

struct Verdict {
  Decision decision = Decision::allow;  // the strictest of the rules
  std::vector<RuleResult> rules;        // every rule that was asked, in policy order
  std::string database;                 // generation of the advisory database used, empty when none was
  bool operator==(const Verdict&) const = default;
};

}  // namespace pratique
