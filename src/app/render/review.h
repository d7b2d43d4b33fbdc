// `sbom quality` and `sbom diff`: what engine/quality and engine/diff found.
#pragma once

#include <string>
#include <vector>

#include "app/render/table.h"
#include "engine/diff/diff.h"
#include "engine/quality/quality.h"

namespace pratique {

struct Measured {
  std::string target;
  Quality quality;
};
// `profile` empty: all of them. `every` shows also what is as it should be.
std::string render_quality_table(const std::vector<Measured>& all, std::string_view profile, bool every,
                                 const Look& look);
std::string render_quality_json(const std::vector<Measured>& all, std::string_view profile);

std::string render_difference_table(const BillDifference& difference, const Look& look);
std::string render_difference_json(const BillDifference& difference, const std::string& before,
                                   const std::string& after);
std::string summary_of(const BillDifference& difference);  // "3 added, 1 removed, 12 changed, 400 same"

}  // namespace pratique
