// Whether bytes are a posting, and what it holds, without making a bitmap of them. Private to the index.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace pratique {

// True for the portable format's bytes of a bitmap that lies in one shard, holds at least one value, and keeps every
// invariant of its container (sorted, unique, counted). CRoaring checks lengths only and trusts the rest.
bool is_posting(std::uint32_t shard, std::string_view bytes);

// The artifacts of one shard, a bit each.
using ShardBits = std::array<std::uint64_t, 65'536 / 64>;
// Sets the bits of a posting that is one.
void set_bits(std::string_view posting, ShardBits& bits);

}  // namespace pratique
