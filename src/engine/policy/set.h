// How rules are found. Private to policy/.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/policy/policy.h"

namespace pratique {

inline std::uint64_t hash_of(std::string_view text) { return std::hash<std::string_view>{}(text); }

struct PolicySet::Index {
  explicit Index(const std::vector<Policy>& policies);

  // denyPackage rules, sorted by the hash of what they are looked up by.
  struct Entry {
    std::uint64_t hash;
    std::uint32_t policy, rule;
  };
  std::vector<Entry> by_package, by_name;  // the package key; the package's own name
  std::vector<std::uint64_t> filter;       // a bit for each hash of by_package, so that most packages are passed by

  struct OfPolicy {
    std::vector<std::uint32_t> others;  // rules that are no denyPackage
    std::uint32_t deny_packages = 0;
    // The denyPackage rule that takes each gap most seriously: it speaks for all of them.
    std::array<std::uint32_t, gap_count> strictest{};
  };
  std::vector<OfPolicy> policies;

  bool may_deny(std::uint64_t hash) const { return (filter[slot(hash)] >> (hash % 64) & 1) != 0; }

 private:
  void add(const Policy& policy, std::uint32_t number);
  void make_filter();
  std::size_t slot(std::uint64_t hash) const { return (hash >> 6) % filter.size(); }
};

}  // namespace pratique
