// Bytes that nobody can guess, for secrets.
#pragma once

#include <string>

#include "base/result.h"

namespace pratique {

Result<std::string> random_bytes(std::size_t size);  // Fault: unavailable

}  // namespace pratique
