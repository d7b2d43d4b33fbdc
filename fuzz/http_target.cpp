// The target of a request line: an error, or a path and a query.
#include <cstdlib>
#include <string_view>

#include "world/http/url.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto target = pratique::parse_target({reinterpret_cast<const char*>(data), size});
  if (!target) return 0;
  std::size_t sum = target->path.size();
  for (const auto& [name, value] : target->query) sum += name.size() + value.size();
  if (target->path.empty() || sum > size + 1) std::abort();
  return 0;
}
