// Judges the input and reads it: what has errors may be read, but what the reader sets aside is never silently fine in
// one run and not in the next.
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "engine/format/format.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pratique;
  Limits limits;
  limits.bytes = std::size_t{1} << 20;
  const std::string_view document(reinterpret_cast<const char*>(data), size);
  const auto first = judge_bill(Bytes::copy_of(document), limits),
             second = judge_bill(Bytes::copy_of(document), limits);
  const bool is_same =
      first.has_value() == second.has_value() && (first ? *first == *second : first.error() == second.error());
  if (is_same && (first || !render(first.error()).empty())) return 0;
  std::fputs("judged differently a second time, or an error without a word\n", stderr);
  std::abort();
}
