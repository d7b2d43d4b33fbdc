// What a bill says about one of its parts that decides how it is judged, and that the part alone does not tell.
#pragma once

#include <string>

namespace pratique {

struct PartContext {
  bool is_examined = true;  // no: others answer for it, or it is no package
  std::string release;      // of its distribution, "debian-12", where the bill tells it and the purl does not
  bool operator==(const PartContext&) const = default;
};

}  // namespace pratique
