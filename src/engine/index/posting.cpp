#include "engine/index/posting.h"

#include <bit>
#include <cstddef>
#include <cstring>

namespace pratique {
namespace {

// Little-endian, whatever the machine is.
template <class T>
T number(std::string_view bytes, std::size_t at) {
  T value = 0;
  if constexpr (std::endian::native == std::endian::little) {
    std::memcpy(&value, bytes.data() + at, sizeof value);
  } else {
    for (std::size_t i = 0; i < sizeof(T); ++i)
      value = static_cast<T>(value | static_cast<T>(static_cast<unsigned char>(bytes[at + i])) << (8 * i));
  }
  return value;
}

constexpr std::uint32_t largest_array = 4096;  // more values than this make a bitset container
constexpr std::size_t bitset_bytes = 8192;
constexpr std::uint32_t cookie_plain = 12346, cookie_runs = 12347;
constexpr std::size_t head_plain = 16, head_runs = 9;

bool is_array(std::string_view values, std::uint32_t count) {
  if (values.size() != 2 * std::size_t{count}) return false;
  for (std::size_t i = 2; i < values.size(); i += 2)
    if (number<std::uint16_t>(values, i) <= number<std::uint16_t>(values, i - 2)) return false;
  return true;
}

bool is_bitset(std::string_view words, std::uint32_t count) {
  if (words.size() != bitset_bytes) return false;
  std::uint32_t ones = 0;
  for (std::size_t i = 0; i < words.size(); i += 8)
    ones += static_cast<std::uint32_t>(std::popcount(number<std::uint64_t>(words, i)));
  return ones == count;
}

// Runs are (first, length - 1), apart from each other.
bool is_runs(std::string_view bytes, std::uint32_t count) {
  if (bytes.size() < 2) return false;
  const std::uint32_t runs = number<std::uint16_t>(bytes, 0);
  if (runs == 0 || bytes.size() != 2 + 4 * std::size_t{runs}) return false;
  std::uint32_t values = 0;
  std::uint32_t least = 0;  // that the next run may begin at
  for (std::size_t at = 2; at < bytes.size(); at += 4) {
    const std::uint32_t first = number<std::uint16_t>(bytes, at);
    const std::uint32_t last = first + number<std::uint16_t>(bytes, at + 2);
    if (first < least || last > 0xffff) return false;
    values += last - first + 1;
    least = last + 2;
  }
  return values == count;
}

}  // namespace

// RoaringFormatSpec, "Standard 32-bit Roaring Bitmap", for one container:
//   without runs: cookie 12346, count 1, key, cardinality - 1, offset 16, container
//   with runs:    cookie 12347 (count - 1 = 0 above it), flag byte 1, key, cardinality - 1, container
bool is_posting(std::uint32_t shard, std::string_view bytes) {
  if (bytes.size() < head_runs) return false;
  const std::uint32_t cookie = number<std::uint32_t>(bytes, 0);
  if (cookie == cookie_runs) {
    const std::uint32_t count = std::uint32_t{number<std::uint16_t>(bytes, 7)} + 1;
    return bytes[4] == 1 && number<std::uint16_t>(bytes, 5) == shard && is_runs(bytes.substr(head_runs), count);
  }
  if (cookie != cookie_plain || bytes.size() < head_plain) return false;
  const std::uint32_t count = std::uint32_t{number<std::uint16_t>(bytes, 10)} + 1;
  const std::string_view container = bytes.substr(head_plain);
  return number<std::uint32_t>(bytes, 4) == 1 && number<std::uint16_t>(bytes, 8) == shard &&
         number<std::uint32_t>(bytes, 12) == head_plain &&
         (count <= largest_array ? is_array(container, count) : is_bitset(container, count));
}

void set_bits(std::string_view posting, ShardBits& bits) {
  const auto set = [&](std::uint32_t value) { bits[value / 64] |= std::uint64_t{1} << (value % 64); };
  if (number<std::uint32_t>(posting, 0) == cookie_runs) {
    for (std::size_t at = head_runs + 2; at < posting.size(); at += 4) {
      const std::uint32_t first = number<std::uint16_t>(posting, at);
      const std::uint32_t last = first + number<std::uint16_t>(posting, at + 2);
      for (std::uint32_t value = first; value <= last; ++value) {
        if (value % 64 == 0 && last - value >= 63) {
          bits[value / 64] = ~std::uint64_t{0};
          value += 63;
        } else {
          set(value);
        }
      }
    }
    return;
  }
  const std::uint32_t count = std::uint32_t{number<std::uint16_t>(posting, 10)} + 1;
  if (count > largest_array)
    for (std::size_t i = 0; i < bits.size(); ++i) bits[i] |= number<std::uint64_t>(posting, head_plain + 8 * i);
  else
    for (std::size_t at = head_plain; at < posting.size(); at += 2) set(number<std::uint16_t>(posting, at));
}

}  // namespace pratique
