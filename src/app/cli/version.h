// The version of this program, from CMakeLists.txt.
#pragma once

#include <string>

namespace pratique {

std::string version_number();  // "0.1.0"
std::string version_line();    // "pratique 0.1.0"

}  // namespace pratique
