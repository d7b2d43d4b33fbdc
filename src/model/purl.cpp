#include "model/purl.h"

namespace pratique {

std::string_view package_of(std::string_view canonical_purl) {
  return canonical_purl.substr(0, canonical_purl.find_first_of("@?#"));
}

}  // namespace pratique
