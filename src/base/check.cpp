#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace pratique {

void check_failed(const char* what, const char* file, int line) {
  std::fprintf(stderr, "pratique: bug: %s:%d: %s\n", file, line, what);
  std::abort();
}

}  // namespace pratique
