// Whether bytes are a posting, without making a bitmap of them. Private to the index.
#pragma once

#include <cstdint>
#include <string_view>

namespace pratique {

// True for the portable format's bytes of a bitmap that lies in one shard, holds at least one value, and keeps every
// invariant of its container (sorted, unique, counted). CRoaring checks lengths only and trusts the rest.
bool is_posting(std::uint32_t shard, std::string_view bytes);

}  // namespace pratique
