// What a database file may hold: nothing is read past its end, and what is read is written back the same.
#include <cstdlib>

#include "world/advisorydb/codec.h"
#include "world/advisorydb/layout.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pratique;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto advisory = unpack_advisory(bytes)) {
    const auto again = unpack_advisory(pack_advisory(*advisory));
    if (!again || pack_advisory(*again) != pack_advisory(*advisory)) std::abort();
  }
  if (const auto note = unpack_vulnerability(bytes)) {
    const auto again = unpack_vulnerability(pack_vulnerability(*note));
    if (!again || pack_vulnerability(*again) != pack_vulnerability(*note)) std::abort();
  }
  Unpacker entries(bytes);
  EntryScratch scratch;
  while (entries.ok() && !entries.done()) {
    const AffectedView view = unpack_entry(entries, scratch);
    std::size_t sum = 0;
    for (const auto& range : view.ranges)
      for (const auto& constraint : range.constraints) sum += constraint.version.size();
    for (const auto version : view.versions) sum += version.size();
    if (sum > size) std::abort();
  }
  (void)check_seal(bytes);
  return 0;
}
