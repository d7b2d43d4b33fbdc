// Any bytes as what a registry answers: one Error, or what it names; the next page is a part of its header.
#include "flow/registry_manifest.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pratique;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto manifest = read_registry_manifest(Bytes::copy_of(text));
  if (!manifest) check(!render(manifest.error()).empty(), "an error says something");
  if (manifest) check(manifest->is_index || manifest->parts.empty(), "parts are of an index");
  const auto names = read_registry_names(Bytes::copy_of(text), "tags");
  if (!names) check(!render(names.error()).empty(), "an error says something");
  check(text.find(next_page(text)) != std::string_view::npos, "a target stands in its header");
  return 0;
}
