// SPDX's License List 3.27: identifiers of licenses and of exceptions, deprecated ones included. Facts, no judgement.
#pragma once

#include <string_view>

namespace pratique {

// The identifier in the list's own case, whatever case it is asked in; empty when the list does not have it.
std::string_view listed_license(std::string_view id);
std::string_view listed_exception(std::string_view id);

// Whether it is on the list as it stands, case and all, a license or an exception: CycloneDX takes both for an `id`.
bool is_on_license_list(std::string_view id);

}  // namespace pratique
