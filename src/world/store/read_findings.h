// Rows of findings, as the files that read and write them share them. Private to the store.
#pragma once

#include "world/store/state.h"

namespace pratique {

// Parameters: component, to, from.
extern const char* const findings_of_component;
StoredFinding finding_of(const Rows& rows);
std::int64_t row_of_finding(const Rows& rows);

}  // namespace pratique
