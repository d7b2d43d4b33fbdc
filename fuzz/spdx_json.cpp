#include "bill.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  pratique::fuzz_bill(data, size);
  return 0;
}
