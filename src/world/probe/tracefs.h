// Files of tracefs, which nobody has to have mounted. Private to the probe.
#pragma once

#include <optional>
#include <string>

namespace pratique {

// Through a mount of our own, which is in no namespace and gone when this returns. Empty where the kernel has no
// tracefs or not that file, or refuses; errno says which.
std::optional<std::string> read_tracefs(const std::string& file);

}  // namespace pratique
