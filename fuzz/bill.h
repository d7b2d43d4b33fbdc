// Reads the input as a bill and, when that succeeds, checks what bill.h promises. Shared by the bill readers' targets.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "../tests/support/bill_invariants.h"
#include "engine/format/format.h"

namespace pratique {

inline void fuzz_bill(const std::uint8_t* data, std::size_t size) {
  Limits limits;
  limits.bytes = std::size_t{1} << 20;
  limits.entries = 10'000;
  const auto bill = read_bill(Bytes::copy_of({reinterpret_cast<const char*>(data), size}), limits);
  if (!bill) {
    if (render(bill.error()).empty()) std::abort();
    return;
  }
  if (const std::string broken = broken_promise(*bill); !broken.empty()) {
    std::fprintf(stderr, "%s\n", broken.c_str());
    std::abort();
  }
}

}  // namespace pratique
