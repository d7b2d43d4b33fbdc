// The configuration of `serve`: an error with the file in it, or a configuration with at least one policy.
#include <cstdlib>
#include <string_view>

#include "app/server/server.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto config = pratique::parse_server_config({reinterpret_cast<const char*>(data), size}, "/etc/fuzz.yaml", {});
  if (!config && !render(config.error()).starts_with("/etc/fuzz.yaml")) std::abort();
  if (config && config->policies.empty()) std::abort();
  return 0;
}
