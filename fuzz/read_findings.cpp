// Reads the input as a report of a scan. Whatever is in one, running its proofs again ends in an answer, and what is
// asked for is found or refused.
#include <cstdint>

#include "base/check.h"
#include "engine/format/format.h"
#include "engine/match/match.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pratique;
  Limits limits;
  limits.bytes = std::size_t{1} << 20;
  limits.entries = 10'000;
  const auto report = read_findings(Bytes::copy_of({reinterpret_cast<const char*>(data), size}), limits);
  if (!report) return 0;
  for (const ReportedFinding& item : report->items) {
    check(!item.finding.id.empty() && !item.finding.proof.advisory.empty(), "a finding has a name and a proof");
    if (const auto again = replay(item.finding); !again)
      check(again.error().fault == Fault::malformed || again.error().fault == Fault::limit, "a proof that differs");
  }
  return 0;
}
