#include "world/store/original.h"

#include <zstd.h>

#include <memory>

namespace pratique {

// Level 1: bills shrink to a tenth, at the speed they are read. The checksum tells a damaged page from a bill.
PackedOriginal pack_original(std::string_view original) {
  const std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context(ZSTD_createCCtx(), &ZSTD_freeCCtx);
  check(context != nullptr, "zstd has memory");
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, 1);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
  PackedOriginal packed{std::string(ZSTD_compressBound(original.size()), '\0'), original.size()};
  const std::size_t size =
      ZSTD_compress2(context.get(), packed.zstd.data(), packed.zstd.size(), original.data(), original.size());
  check(ZSTD_isError(size) == 0, "zstd packs into the bound it gave");
  packed.zstd.resize(size);
  packed.zstd.shrink_to_fit();
  return packed;
}

Result<Bytes> unpack_original(std::string_view zstd, std::uint64_t size) {
  const Error damaged{
      Fault::malformed, "the original of a bill is damaged", {}, "move the store away and ingest again"};
  // A row that lies about its size costs no memory: the frame itself must say the same, and fit what a bill may be.
  constexpr std::uint64_t largest = std::uint64_t{1} << 30;
  if (size > largest || ZSTD_getFrameContentSize(zstd.data(), zstd.size()) != size) return damaged;
  Bytes original(size);
  if (ZSTD_decompress(original.data(), size, zstd.data(), zstd.size()) != size) return damaged;
  return original;
}

}  // namespace pratique
