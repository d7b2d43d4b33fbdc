// What is signed and the statement inside: whatever comes in, it is read or refused.
#include <cstddef>
#include <cstdint>

#include "engine/format/format.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pratique;
  const auto document = Bytes::copy_of({reinterpret_cast<const char*>(data), size});
  if (const auto envelope = read_signed_envelope(document)) {
    static_cast<void>(read_statement(Bytes::copy_of(envelope->payload)));
  }
  static_cast<void>(read_statement(document));
  return 0;
}
