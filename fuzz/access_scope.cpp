// A scope: an error, or one that is written as it was read.
#include <cstdlib>
#include <string_view>

#include "model/access.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto scope = pratique::parse_scope(text);
  if (!scope) return 0;
  const auto written = pratique::render_scope(*scope);
  if (written.size() != text.size() || pratique::parse_scope(written).value() != *scope) std::abort();
  return 0;
}
