// What stands behind a Value that is not lazy: maps, objects, failures. Private.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "engine/cel/value.h"

namespace pratique::cel {

// Entries in the order they were given. A map of more than `linear` entries is searched through `order`, which sorts
// them by key: a tree, not a hash, so that no choice of keys makes it slow.
struct MapTable {
  static constexpr std::uint32_t linear = 8;
  std::uint32_t size = 0;
  const Entry* entries = nullptr;
  const std::uint32_t* order = nullptr;
};

struct ObjectType;

// The fields of `type` in its order; absent where one is not set.
struct ObjectRecord {
  const ObjectType* type;
  const Value* fields;
};

// A failed evaluation. It is a value so that `||`, `&&` and the macros can absorb it, save when it is fatal.
struct Failure {
  Fault fault = Fault::malformed;
  bool fatal = false;        // over a limit or cancelled: nothing absorbs it
  std::uint32_t offset = 0;  // where in the expression
  std::string_view text;     // "no such key"
  Value about;               // shown behind the text where it is not absent
};
std::string render(const Failure& failure);

// Kind, laziness and size in one word: two texts with different ones are different.
inline std::uint64_t head_of(const Value& value) {
  std::uint64_t head = 0;
  std::memcpy(&head, &value, sizeof head);
  return head;
}

// memcmp() == 0 without a call for what names of fields are long.
inline bool same_bytes(const char* a, const char* b, std::size_t size) {
  const auto same = [&]<class Word>(Word) {
    Word x[2], y[2];
    std::memcpy(&x[0], a, sizeof(Word));
    std::memcpy(&y[0], b, sizeof(Word));
    std::memcpy(&x[1], a + size - sizeof(Word), sizeof(Word));
    std::memcpy(&y[1], b + size - sizeof(Word), sizeof(Word));
    return x[0] == y[0] && x[1] == y[1];
  };
  if (size > 16) return std::memcmp(a, b, size) == 0;
  if (size >= 8) return same(std::uint64_t{});
  if (size >= 4) return same(std::uint32_t{});
  for (std::size_t i = 0; i < size; ++i)
    if (a[i] != b[i]) return false;
  return true;
}

// A total order over the allowed keys, numbers by value; 0 only for keys that are one key.
int compare_keys(const Value& a, const Value& b);
// The entry's place in the table, -1 when there is none.
std::int64_t find_entry(const MapTable& table, const Value& key);
// Both are texts, and the same.
inline bool same_name(const Value& key, const Value& name) {
  return head_of(key) == head_of(name) &&
         same_bytes(key.as_text().data(), name.as_text().data(), name.as_text().size());
}

// The table over `entries`, which stay where they are. `fresh` is false when a key comes twice (the first one counts).
const MapTable* make_table(Arena& arena, std::span<const Entry> entries, bool& fresh);

// equal(), adding what it looks at to `work`: 1 for a value, 1 for a byte.
bool equal(const Value& a, const Value& b, std::uint64_t& work);

// -1, 0, 1 by value over int, uint and double; 2 where one is NaN.
int compare_numbers(const Value& a, const Value& b);

}  // namespace pratique::cel
