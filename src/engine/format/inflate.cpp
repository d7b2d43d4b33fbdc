#include "engine/format/inflate.h"

#include <zlib.h>
#include <zstd.h>

#include <cstring>
#include <deque>
#include <memory>
#include <vector>

#include "base/text.h"

namespace pratique {

namespace {

using namespace std::literals;

constexpr std::string_view gzip_magic = "\x1f\x8b\x08"sv;
constexpr std::string_view zstd_magic = "\x28\xb5\x2f\xfd"sv;

// The output in pieces, so that it is never held twice.
class Pieces {
 public:
  explicit Pieces(const Limits& limits) : limit_(limits.bytes) {}

  char* room() {
    if (used_ == piece || pieces_.empty()) {
      pieces_.emplace_back(piece);
      used_ = 0;
    }
    return pieces_.back().data() + used_;
  }
  std::size_t room_size() const { return piece - used_; }
  bool take(std::size_t size) {  // false when that is more than the limit
    used_ += size;
    total_ += size;
    return total_ <= limit_;
  }
  Error too_large() const { return {Fault::limit, "larger than " + human_bytes(limit_) + " when unpacked", {}, {}}; }

  Bytes joined() {
    Bytes bytes(total_);
    for (std::size_t at = 0; !pieces_.empty(); pieces_.pop_front()) {
      const std::size_t size = std::min(piece, total_ - at);
      std::memcpy(bytes.data() + at, pieces_.front().data(), size);
      at += size;
    }
    return bytes;
  }

 private:
  static constexpr std::size_t piece = std::size_t{1} << 20;
  std::deque<std::vector<char>> pieces_;
  std::size_t used_ = 0, total_ = 0, limit_;
};

Result<Bytes> from_gzip(std::string_view packed, const Limits& limits) {
  z_stream stream{};
  constexpr int gzip_only = 15 + 16;
  if (inflateInit2(&stream, gzip_only) != Z_OK) return Error{Fault::limit, "out of memory", {}, {}};
  const std::unique_ptr<z_stream, int (*)(z_stream*)> end(&stream, inflateEnd);
  Pieces pieces(limits);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  for (;;) {
    stream.next_out = reinterpret_cast<Bytef*>(pieces.room());
    const std::size_t room = pieces.room_size();
    stream.avail_out = static_cast<uInt>(room);
    const int status = ::inflate(&stream, Z_NO_FLUSH);
    if (!pieces.take(room - stream.avail_out)) return pieces.too_large();
    if (status == Z_STREAM_END) {
      if (stream.avail_in == 0) return pieces.joined();
      if (inflateReset(&stream) != Z_OK) return Error{Fault::internal, "gzip cannot start again", {}, {}};
    } else if (status != Z_OK) {
      const bool short_input = status == Z_BUF_ERROR && stream.avail_in == 0;
      return Error{Fault::malformed, short_input ? "gzip that ends too early" : "broken gzip", {}, {}};
    }
  }
}

Result<Bytes> from_zstd(std::string_view packed, const Limits& limits) {
  const std::unique_ptr<ZSTD_DCtx, std::size_t (*)(ZSTD_DCtx*)> context(ZSTD_createDCtx(), ZSTD_freeDCtx);
  if (!context) return Error{Fault::limit, "out of memory", {}, {}};
  Pieces pieces(limits);
  ZSTD_inBuffer in{packed.data(), packed.size(), 0};
  for (std::size_t left = 1; in.pos < in.size || left != 0;) {
    ZSTD_outBuffer out{pieces.room(), pieces.room_size(), 0};
    const std::size_t before = in.pos;
    left = ZSTD_decompressStream(context.get(), &out, &in);
    if (ZSTD_isError(left)) return Error{Fault::malformed, "broken Zstandard: "s + ZSTD_getErrorName(left), {}, {}};
    if (!pieces.take(out.pos)) return pieces.too_large();
    if (in.pos == before && out.pos == 0 && in.pos == in.size && left != 0)
      return Error{Fault::malformed, "Zstandard that ends too early", {}, {}};
  }
  return pieces.joined();
}

}  // namespace

bool is_packed(std::string_view bytes) { return bytes.starts_with(gzip_magic) || bytes.starts_with(zstd_magic); }

Result<Bytes> inflate(const Bytes& packed, const Limits& limits) {
  if (packed.view().starts_with(gzip_magic)) return from_gzip(packed.view(), limits);
  return from_zstd(packed.view(), limits);
}

}  // namespace pratique
