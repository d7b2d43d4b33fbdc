#include "world/store/original.h"

#include <zstd.h>

#include "world/store/store.h"

namespace pratique {

// Level 1: bills shrink to a tenth, at the speed they are read. The checksum tells a damaged page from a bill.
std::string pack_original(std::string_view original) {
  const std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context(ZSTD_createCCtx(), &ZSTD_freeCCtx);
  check(context != nullptr, "zstd has memory");
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, 1);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
  std::string packed(ZSTD_compressBound(original.size()), '\0');
  const std::size_t size = ZSTD_compress2(context.get(), packed.data(), packed.size(), original.data(), original.size());
  check(ZSTD_isError(size) == 0, "zstd packs into the bound it gave");
  packed.resize(size);
  packed.shrink_to_fit();
  return packed;
}

Result<Bytes> unpack_original(std::string_view packed, std::size_t size) {
  const Error damaged{Fault::malformed, "the original of a bill is damaged", {}, "move the store away and ingest again"};
  if (ZSTD_getFrameContentSize(packed.data(), packed.size()) != size) return damaged;
  Bytes original(size);
  if (ZSTD_decompress(original.data(), size, packed.data(), packed.size()) != size) return damaged;
  return original;
}

}  // namespace pratique
