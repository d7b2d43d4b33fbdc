// What one bill says, packed into the blob of its row. Private to the store.
//
//   1                        the form
//   count
//   for each position:       component, as the difference to the one before (zigzag)
//                            what comes before it on its way from the subject: 0 for a direct part, else the difference
//                            between the two positions (zigzag, never 0)
// All numbers are varints (LEB128). Bills of one base image list the same components in the same order, so that most
// differences are one byte.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace pratique {

struct PackedFacts {
  std::vector<std::uint32_t> components;
  std::vector<std::uint32_t> before;  // positions; no_component for a direct part
};

std::string pack_facts(std::span<const std::uint32_t> components, std::span<const std::uint32_t> before);

// Fault: malformed. What comes out keeps the bounds, but `before` may run in circles: walk it with a limit.
Result<PackedFacts> unpack_facts(std::string_view facts);

}  // namespace pratique
