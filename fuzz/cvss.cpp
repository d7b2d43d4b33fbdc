// CVSS vectors: a score from 0 to 10 with one decimal, or an error.
#include "model/cvss.h"

#include <cmath>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto cvss = pratique::parse_cvss({reinterpret_cast<const char*>(data), size});
  if (!cvss) return 0;
  const double tenths = cvss->score * 10;
  if (!(tenths >= 0 && tenths <= 100) || std::abs(tenths - std::round(tenths)) > 1e-6) std::abort();
  return 0;
}
