// Accept: none of the types offered, or one of them.
#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "world/http/http.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::string_view offered[] = {"application/json", "text/csv", "application/x-ndjson"};
  const auto chosen = pratique::choose_media_type({reinterpret_cast<const char*>(data), size}, offered);
  if (!chosen.empty() && std::find(std::begin(offered), std::end(offered), chosen) == std::end(offered)) std::abort();
  return 0;
}
