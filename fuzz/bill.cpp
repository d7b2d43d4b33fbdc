// Reads the input as a bill and, when that succeeds, checks what bill.h promises. Several targets are made of it, one
// for each family of readers: their seeds and what libFuzzer learns from them differ.
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "../tests/support/bill_invariants.h"
#include "engine/format/format.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pratique;
  Limits limits;
  limits.bytes = std::size_t{1} << 20;
  limits.entries = 10'000;
  const auto bill = read_bill(Bytes::copy_of({reinterpret_cast<const char*>(data), size}), limits);
  const std::string broken = bill                           ? broken_promise(*bill)
                             : render(bill.error()).empty() ? "an error without a word"
                                                            : "";
  if (broken.empty()) return 0;
  std::fprintf(stderr, "%s\n", broken.c_str());
  std::abort();
}
