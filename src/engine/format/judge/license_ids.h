// The SPDX license list: which identifiers it holds. Private to format/.
#pragma once

#include <string_view>

namespace pratique {

// Licenses and exceptions alike, as CycloneDX takes both; deprecated ones included. Case counts.
bool is_spdx_license_id(std::string_view id);

}  // namespace pratique
