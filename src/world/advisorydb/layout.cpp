#include "world/advisorydb/layout.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <bit>
#include <cstring>

#include "base/digest.h"

namespace pratique {
namespace {

constexpr std::string_view magic = "PRATQADV";
constexpr std::size_t at_schema = 8, at_number = 12, at_length = 16, at_digest = 24, at_checksum = 56;

void put_little(std::string& out, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i));
}

std::uint64_t little(std::string_view bytes, std::size_t at, int count) {
  std::uint64_t value = 0;
  for (int i = count - 1; i >= 0; --i)
    value = value << 8 | static_cast<unsigned char>(bytes[at + static_cast<std::size_t>(i)]);
  return value;
}

// Of the content and of the seal in front of the checksum.
std::uint64_t checksum_of(std::string_view content, std::string_view seal_head) {
  return XXH3_64bits_withSeed(content.data(), content.size(), XXH3_64bits(seal_head.data(), seal_head.size()));
}

std::string bytes_of_hex(std::string_view hex) {
  const auto value = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) out += static_cast<char>(value(hex[i]) << 4 | value(hex[i + 1]));
  return out;
}

std::string hex_of(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    out += digits[static_cast<unsigned char>(c) >> 4];
    out += digits[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

Error refused(Fault fault, std::string text) {
  return Error{fault, std::move(text), {}, "run 'pratique db build --from PATH'"};
}

std::uint64_t bits_of(std::uint64_t hash) {
  std::uint64_t bits = 0;
  for (int i = 0; i < 4; ++i) bits |= std::uint64_t{1} << (hash >> (6 * i) & 63);
  return bits;
}

// In bytes. The bits come from the lower half of the hash, the word from the upper one.
std::size_t place_of(std::uint64_t hash, std::size_t filter_size) {
  return static_cast<std::size_t>(hash >> 32) & (filter_size / 8 - 1);
}

}  // namespace

std::string numbered_key(char kind, std::uint64_t number) {
  std::string key(1, kind);
  for (int shift = 56; shift >= 0; shift -= 8) key += static_cast<char>(number >> shift);
  return key;
}

std::uint64_t hash_of_package(std::string_view package, std::string_view stream) {
  const std::uint64_t seed = stream.empty() ? 0 : XXH3_64bits(stream.data(), stream.size());
  return XXH3_64bits_withSeed(package.data(), package.size(), seed);
}

std::uint32_t hash_of_name(std::string_view id) {
  return static_cast<std::uint32_t>(XXH3_64bits(id.data(), id.size()));
}

bool Filter::may_hold(std::uint64_t hash) const {
  if (words_.empty()) return false;
  const std::uint64_t bits = bits_of(hash);
  return (little(words_, 8 * place_of(hash, words_.size()), 8) & bits) == bits;
}

std::string Filter::sized_for(std::uint64_t packages) {
  return packages == 0 ? std::string() : std::string(8 * std::bit_ceil((packages + 3) / 4), '\0');
}

void Filter::put(std::string& words, std::uint64_t hash) {
  const std::size_t at = 8 * place_of(hash, words.size());
  std::string word;
  put_little(word, little(words, at, 8) | bits_of(hash), 8);
  words.replace(at, 8, word);
}

void NameTable::put(std::string& pairs, std::uint32_t hash, std::uint32_t number) {
  put_little(pairs, hash, 4);
  put_little(pairs, number, 4);
}

std::vector<std::uint32_t> NameTable::find(std::uint32_t hash) const {
  std::size_t low = 0, high = pairs_.size() / 8;
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    if (little(pairs_, 8 * middle, 4) < hash)
      low = middle + 1;
    else
      high = middle;
  }
  std::vector<std::uint32_t> numbers;
  for (; low < pairs_.size() / 8 && little(pairs_, 8 * low, 4) == hash; ++low)
    numbers.push_back(static_cast<std::uint32_t>(little(pairs_, 8 * low + 4, 4)));
  return numbers;
}

std::string seal_of(std::string_view content, std::uint32_t number) {
  std::string seal(magic);
  put_little(seal, database_schema, 4);
  put_little(seal, number, 4);
  put_little(seal, content.size(), 8);
  seal += bytes_of_hex(sha256_of(content).hex());
  put_little(seal, checksum_of(content, seal), 8);
  return seal;
}

Result<Seal> check_seal(std::string_view file) {
  if (file.size() < seal_size || file.substr(file.size() - seal_size, magic.size()) != magic)
    return refused(Fault::malformed, "is not an advisory database, or is cut short");
  const std::string_view seal = file.substr(file.size() - seal_size);
  const std::string_view content = file.substr(0, file.size() - seal_size);
  if (const auto schema = little(seal, at_schema, 4); schema != database_schema)
    return refused(Fault::unsupported, "has schema " + std::to_string(schema) + ", this program reads schema " +
                                           std::to_string(database_schema));
  if (little(seal, at_length, 8) != content.size())
    return refused(Fault::malformed, "has another length than it was written with");
  if (little(seal, at_checksum, 8) != checksum_of(content, seal.substr(0, at_checksum)))
    return refused(Fault::malformed, "is damaged: its checksum does not hold");
  return Seal{.content = content.size(),
              .number = static_cast<std::uint32_t>(little(seal, at_number, 4)),
              .generation = hex_of(seal.substr(at_digest, at_checksum - at_digest))};
}

}  // namespace pratique
