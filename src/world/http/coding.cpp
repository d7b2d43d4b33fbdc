#include "world/http/coding.h"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "base/check.h"
#include "base/text.h"

namespace pratique {
namespace {

constexpr int gzip_window = 15 + 16;  // the largest window, in a gzip wrapper
constexpr std::size_t piece = std::size_t{64} << 10;

Error larger(std::size_t most) {
  return {Fault::limit, "the body unfolds to more than " + with_commas(most) + " bytes", {}, ""};
}
Error broken(Coding coding) {
  return {Fault::malformed, "the body is not whole " + std::string(name_of(coding)), {}, ""};
}

// "0.8", "1", "0.125" as thousandths.
std::optional<unsigned> quality_of(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return std::nullopt;
  unsigned quality = text[0] == '1' ? 1000 : 0;
  if (text.size() == 1) return quality;
  if (text[1] != '.') return std::nullopt;
  unsigned place = 100;
  for (const char c : text.substr(2)) {
    if (!is_digit(c)) return std::nullopt;
    quality += static_cast<unsigned>(c - '0') * place;
    place /= 10;
  }
  return std::min(quality, 1000U);
}

Result<std::string> unpack_gzip(std::string_view body, std::size_t most) {
  z_stream stream{};
  if (inflateInit2(&stream, gzip_window) != Z_OK) return Error{Fault::internal, "zlib does not start", {}, ""};
  const std::unique_ptr<z_stream, decltype([](z_stream* open) { inflateEnd(open); })> ending(&stream);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
  stream.avail_in = static_cast<uInt>(body.size());
  std::string out;
  for (int state = Z_OK; state != Z_STREAM_END;) {
    const std::size_t had = out.size();
    if (had > most) return larger(most);
    out.resize(had + piece);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + had);
    stream.avail_out = static_cast<uInt>(piece);
    state = inflate(&stream, Z_NO_FLUSH);
    out.resize(had + piece - stream.avail_out);
    if (state != Z_OK && state != Z_STREAM_END) return broken(Coding::gzip);
  }
  if (stream.avail_in != 0) return broken(Coding::gzip);  // a second member, or rubbish
  if (out.size() > most) return larger(most);
  return out;
}

Result<std::string> unpack_zstd(std::string_view body, std::size_t most) {
  constexpr int largest_window = 23;  // 8 MiB, what RFC 8878 asks every reader to take
  const std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context(ZSTD_createDCtx(), ZSTD_freeDCtx);
  if (!context) return Error{Fault::internal, "zstd does not start", {}, ""};
  ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, largest_window);
  ZSTD_inBuffer in{body.data(), body.size(), 0};
  std::string out;
  std::size_t wanted = 1;
  while (wanted != 0) {
    const std::size_t had = out.size(), before = in.pos;
    if (had > most) return larger(most);
    out.resize(had + piece);
    ZSTD_outBuffer room{out.data() + had, piece, 0};
    wanted = ZSTD_decompressStream(context.get(), &room, &in);
    out.resize(had + room.pos);
    if (ZSTD_isError(wanted) != 0 || (wanted != 0 && room.pos == 0 && in.pos == before)) return broken(Coding::zstd);
  }
  if (in.pos != in.size) return broken(Coding::zstd);
  if (out.size() > most) return larger(most);
  return out;
}

std::string pack_gzip(std::string_view body) {
  z_stream stream{};
  constexpr int level = 4, memory_level = 8;
  check(deflateInit2(&stream, level, Z_DEFLATED, gzip_window, memory_level, Z_DEFAULT_STRATEGY) == Z_OK, "zlib starts");
  std::string out(deflateBound(&stream, static_cast<uLong>(body.size())), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
  stream.avail_in = static_cast<uInt>(body.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int state = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  check(state == Z_STREAM_END, "a bound is a bound");
  return out;
}

std::string pack_zstd(std::string_view body) {
  constexpr int level = 3;
  std::string out(ZSTD_compressBound(body.size()), '\0');
  const std::size_t size = ZSTD_compress(out.data(), out.size(), body.data(), body.size(), level);
  check(ZSTD_isError(size) == 0, "a bound is a bound");
  out.resize(size);
  return out;
}

}  // namespace

std::string_view name_of(Coding coding) {
  return coding == Coding::gzip ? "gzip" : coding == Coding::zstd ? "zstd" : "identity";
}

Coding choose_coding(std::string_view accept_encoding) {
  std::optional<unsigned> gzip, zstd, other;
  for (const auto part : split(accept_encoding, ',')) {
    const auto semicolon = part.find(';');
    const auto name = lower(trim(part.substr(0, semicolon)));
    unsigned quality = 1000;
    if (semicolon != std::string_view::npos) {
      const auto parameter = trim(part.substr(semicolon + 1));
      if (!parameter.starts_with("q=") && !parameter.starts_with("Q=")) continue;
      const auto said = quality_of(trim(parameter.substr(2)));
      if (!said) continue;
      quality = *said;
    }
    if (name == "gzip" || name == "x-gzip") gzip = quality;
    if (name == "zstd") zstd = quality;
    if (name == "*") other = quality;
  }
  const unsigned for_gzip = gzip.value_or(other.value_or(0)), for_zstd = zstd.value_or(other.value_or(0));
  if (for_gzip == 0 && for_zstd == 0) return Coding::identity;
  return for_zstd >= for_gzip ? Coding::zstd : Coding::gzip;
}

Result<Coding> parse_coding(std::string_view content_encoding) {
  const auto name = lower(trim(content_encoding));
  if (name.empty() || name == "identity") return Coding::identity;
  if (name == "gzip" || name == "x-gzip") return Coding::gzip;
  if (name == "zstd") return Coding::zstd;
  return Error{Fault::unsupported, "the content encoding is none of gzip and zstd", {}, ""};
}

Result<std::string> unpack(Coding coding, std::string_view body, std::size_t most) {
  if (coding == Coding::gzip) return unpack_gzip(body, most);
  if (coding == Coding::zstd) return unpack_zstd(body, most);
  return body.size() > most ? Result<std::string>(larger(most)) : std::string(body);
}

std::string pack(Coding coding, std::string_view body) {
  if (coding == Coding::gzip) return pack_gzip(body);
  if (coding == Coding::zstd) return pack_zstd(body);
  return std::string(body);
}

}  // namespace pratique
