// Whether a bill lists a package. Private to policy/.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "engine/policy/evidence.h"
#include "engine/policy/rule.h"

namespace pratique {

inline std::uint64_t hash_of(std::string_view text) { return std::hash<std::string_view>{}(text); }

// The entries of a sorted list with this hash.
template <class Entry>
std::span<const Entry> with_hash(const std::vector<Entry>& list, std::uint64_t hash) {
  auto first = std::lower_bound(list.begin(), list.end(), hash,
                                [](const Entry& entry, std::uint64_t wanted) { return entry.hash < wanted; });
  auto last = first;
  while (last != list.end() && last->hash == hash) ++last;
  return {first, last};
}

// Whether the versions that a component gives, its own and its purl's, are in the range: either is enough.
enum class Held : std::uint8_t { no, yes, no_version, no_order };
Held holds(const std::optional<Vers>& range, std::string_view version, std::string_view purl);

// The first component that is the package for certain, else the first that may be, else none.
struct Search {
  Held held = Held::no;
  std::uint32_t component = no_component;
  bool nameless = false;  // it may be, by its name alone
};
Search find_package(const ImageFacts& facts, const DenyPackage& wanted);

}  // namespace pratique
