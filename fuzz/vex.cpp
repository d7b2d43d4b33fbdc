// Reads the input as VEX and checks what model/vex.h promises of statements.
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "engine/format/format.h"
#include "engine/version/version.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pratique;
  Limits limits;
  limits.bytes = std::size_t{1} << 20;
  limits.entries = 10'000;
  auto list = read_vex(Bytes::copy_of({reinterpret_cast<const char*>(data), size}), limits);
  if (!list) return 0;
  for (const VexStatement& statement : list->statements)
    if (statement.vulnerability.empty() || statement.product.empty() ||
        (!statement.range.empty() && !parse_vers(statement.range))) {
      std::fputs("a statement about nothing\n", stderr);
      std::abort();
    }
  const auto latest = latest_statements(std::move(list->statements));
  if (latest_statements(latest) == latest) return 0;
  std::fputs("what is latest has something later\n", stderr);
  std::abort();
}
