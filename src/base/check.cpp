#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace pratique {

void check_failed(const char* what, std::source_location where) {
  std::fprintf(stderr, "pratique: bug: %s:%u: %s\n", where.file_name(), where.line(), what);
  std::abort();
}

}  // namespace pratique
