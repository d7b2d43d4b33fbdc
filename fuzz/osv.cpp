// OSV records: whatever the bytes, an answer or an error; what is read is sound.
#include <cstdlib>

#include "engine/format/format.h"
#include "engine/version/version.h"

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pratique;
  Limits limits;
  limits.depth = 32;
  limits.entries = 10'000;
  const auto document = Bytes::copy_of({reinterpret_cast<const char*>(data), size});
  const auto record = read_osv(document, limits);
  if (!record) {
    must(!render(record.error()).empty());
    return 0;
  }
  must(!record->advisory.id.empty());
  for (const auto& affected : record->advisory.affected) {
    must(affected.package.starts_with("pkg:"));
    must(!affected.ranges.empty() || !affected.versions.empty());
    for (const auto& range : affected.ranges) {
      (void)render_vers(range);
      for (const auto& version : affected.versions) must(!contains(range, version).inside);
    }
  }
  for (const auto& part : record->rejected) must(!part.reason.empty());
  return 0;
}
