// What sources of advisories publish: whatever the bytes, an answer or an error; what is read is sound.
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
  const auto sound = [](Advisory&& advisory) {
    must(!advisory.id.empty() && !advisory.source.empty());
    for (const auto& rating : advisory.ratings) must(!rating.source.empty());
    for (const auto& affected : advisory.affected) {
      must(affected.package.starts_with("pkg:") || affected.package.starts_with("cpe:"));
      must(!affected.ranges.empty() || !affected.versions.empty() || affected.state == FixState::not_affected);
      for (const auto& range : affected.ranges) {
        (void)render_vers(range);
        for (const auto& version : affected.versions) must(!contains(range, version).inside);
      }
    }
  };
  AdvisorySink sink;
  sink.advisory = sound;
  sink.part = sound;
  sink.note = [](Vulnerability&& note, std::string_view source) { must(!note.id.empty() && !source.empty()); };
  sink.cpe = [](std::string_view package, std::string_view cpe) { must(!package.empty() && cpe.starts_with("cpe:")); };
  AdvisoryReader reader(std::move(sink), limits);
  const auto document = reader.read(Bytes::copy_of({reinterpret_cast<const char*>(data), size}), "crates/x/X.md");
  if (!document) must(!render(document.error()).empty());
  if (document)
    for (const auto& part : document->rejected) must(!part.reason.empty());
  (void)reader.finish();
  return 0;
}
