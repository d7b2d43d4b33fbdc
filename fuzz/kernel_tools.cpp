// What tools say of themselves: lines of JSON, and metrics.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "engine/kernel/kernel.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pratique;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto told = parse_tool_events(text, {.text = 1 << 14});
  for (const auto& event : told.events) check(!event.tool.empty(), "an event says whose it is");
  const auto metrics = parse_metrics(text);
  check(metrics.families <= metrics.samples, "no family without a sample");
  return 0;
}
