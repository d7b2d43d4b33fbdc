// How much a bill tells, measured against what somebody asks of bills. Pure; thread safe; linear in the bill's size.
//
// A profile is a list of checks with weights. A check looks at the document, at the subject or at every component and
// counts how many pass; a check over components of a bill that has none fails, since an empty bill tells nothing.
// The score of a profile is 100 times the weighted mean of the shares that pass, rounded down, so that 100 means that
// nothing is missing. The score of the bill is that of the profile "pratique".
//
// Components are all that the bill lists but files and the entry that is the subject itself.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/bill.h"

namespace pratique {

struct QualityCheck {
  std::string_view id;    // "supplier", unique in its profile
  std::string_view asks;  // "every component names its supplier"
  unsigned weight = 1;
  std::uint64_t passed = 0, examined = 0;
  std::string_view mend;              // an imperative
  std::vector<std::string> examples;  // of what does not pass, at most five
  bool ok() const { return examined > 0 && passed == examined; }
  bool operator==(const QualityCheck&) const = default;
};

struct QualityProfile {
  std::string_view id;     // "ntia", "cisa-2025", "bsi-tr-03183-2", "pratique"
  std::string_view title;  // "NTIA minimum elements (2021)"
  std::vector<QualityCheck> checks;
  unsigned score = 0;  // 0 to 100
  bool operator==(const QualityProfile&) const = default;
};

struct Quality {
  std::uint64_t components = 0;
  std::vector<QualityProfile> profiles;  // in the order of quality_profiles()
  unsigned score = 0;
  const QualityProfile* find(std::string_view profile) const;
  bool operator==(const Quality&) const = default;
};

std::vector<std::string_view> quality_profiles();  // their ids

Quality quality_of(const Bill& bill);

}  // namespace pratique
