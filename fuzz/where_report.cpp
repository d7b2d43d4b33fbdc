// A server's answer to `where`: an error, or a report that is written as it was read.
#include <cstdlib>
#include <string_view>

#include "app/render/where.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto report = pratique::parse_where_json({reinterpret_cast<const char*>(data), size});
  if (!report) return 0;
  const auto written = pratique::render_where_json(*report);
  const auto again = pratique::parse_where_json(written);
  if (!again || pratique::render_where_json(*again) != written) std::abort();
  pratique::render_where_wide(*report, {});
  return 0;
}
