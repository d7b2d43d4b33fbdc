// LicenseExpression: what an SPDX licence field says, as a tree. Follows SPDX 2.3 annex D and SPDX 3.0.1, "SPDX license
// expressions": operators all upper or all lower case, WITH before AND before OR, identifiers in any case.
//
// The surprise: an identifier need not be on SPDX's list ("BSD" parses), as deprecated and private ones must be read;
// those on the list (model/license_list.h) take its case, others stay as written. Free text ("GPL v2", "MIT, BSD") is
// malformed, and a reader keeps it as a name.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace pratique {

struct LicenseExpression {
  static constexpr std::size_t longest = 16384;  // bytes
  static constexpr std::size_t deepest = 64;     // parentheses

  enum class Kind { license, all_of, any_of };
  Kind kind = Kind::license;
  std::string id;         // of a license: "MIT", "LicenseRef-x", "DocumentRef-d:LicenseRef-x", "NONE", "NOASSERTION"
  bool or_later = false;  // "GPL-2.0+"
  std::string addition;   // behind WITH: "Classpath-exception-2.0", "AdditionRef-x"; may be empty
  std::vector<LicenseExpression> operands;  // of all_of and any_of: two at least, none of the same kind

  bool operator==(const LicenseExpression&) const = default;  // of the text, not of the meaning: order counts
};

// Fault: malformed, limit; the place is "column N".
Result<LicenseExpression> parse_license(std::string_view text);

// Canonical text: operators in upper case, one blank each, no parentheses but those that are needed.
std::string render_license(const LicenseExpression& expression);

// Each license with its '+' and addition, once, in the order of the text.
std::vector<std::string> licenses_of(const LicenseExpression& expression);

// Licenses that somebody accepts. Compared without case; "GPL-2.0", "GPL-2.0-only" and their like are one, and so are
// "GPL-2.0+" and "GPL-2.0-or-later", "GPL-2.0-with-classpath-exception" and its WITH form.
class LicenseSet {
 public:
  bool contains(const LicenseExpression& license) const;  // a license alone: id, '+' and addition

 private:
  friend Result<LicenseSet> parse_license_set(const std::vector<std::string>& licenses);
  std::vector<std::string> keys_;  // sorted
};

// One license a text ("MIT", "GPL-2.0-only WITH Classpath-exception-2.0"). Fault: malformed, the place is the text.
Result<LicenseSet> parse_license_set(const std::vector<std::string>& licenses);

// Whether one can comply by accepted licenses alone: all operands of AND, one of OR. "or later" is met by the version
// it starts from, too; an addition only by the license with it; NONE and NOASSERTION only where the set names them.
bool satisfies(const LicenseExpression& expression, const LicenseSet& accepted);

}  // namespace pratique
