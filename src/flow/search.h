// search: a word -> the advisories it may mean.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/advisory.h"
#include "world/advisorydb/advisorydb.h"

namespace pratique {

// Advisories with this id, alias or upstream id; where there is none, those about the package with this key
// ("pkg:npm/left", "pkg:npm/left@"), or about packages whose names hold the word, in any case. Each once, withdrawn
// ones by their ids alone. Fault: malformed, when the database contradicts itself.
Result<std::vector<Advisory>> search_advisories(const AdvisoryDb& db, std::string_view word);

}  // namespace pratique
