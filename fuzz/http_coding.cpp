// A packed body: an error, or at most as many bytes as allowed, which pack and unpack to themselves. The first byte
// says how it is packed.
#include <cstdlib>
#include <string_view>

#include "world/http/coding.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pratique;
  constexpr std::size_t most = 1 << 16;
  if (size == 0) return 0;
  const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  choose_coding(rest);
  const Coding coding = data[0] % 2 == 0 ? Coding::gzip : Coding::zstd;
  const auto body = unpack(coding, rest, most);
  if (!body) return 0;
  if (body->size() > most) std::abort();
  const auto back = unpack(coding, pack(coding, *body), most);
  if (!back || *back != *body) std::abort();
  return 0;
}
