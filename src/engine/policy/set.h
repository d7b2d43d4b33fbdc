// How rules are found. Private to policy/.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/policy/package_search.h"
#include "engine/policy/policy.h"

namespace pratique {

Needs needs_of(const RuleBody& body);

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
    std::uint32_t group = 0;
    std::vector<std::uint32_t> others;  // rules that are no denyPackage
    std::uint32_t deny_packages = 0;
    // The denyPackage rule that takes each gap most seriously: it speaks for all of them.
    std::array<std::uint32_t, gap_count> strictest{};
  };
  std::vector<OfPolicy> policies;

  // Policies with equal selectors, which apply together.
  struct Group {
    std::uint32_t first = 0;               // a policy that has these selectors
    std::vector<std::uint32_t> members;    // all of them
    std::vector<std::uint32_t> asking;     // policies with rules that are no denyPackage
    std::vector<std::uint32_t> searching;  // policies with rules that are
    std::uint64_t rules = 0;
    Needs needs;
    bool by_image = false;  // some images are not meant
    bool by_kind = false;   // kinds are named, so that it is about more than pods
  };
  std::vector<Group> groups;
  std::unordered_map<std::string, std::vector<std::uint32_t>> by_namespace;  // groups that name theirs without '*'
  std::vector<std::uint32_t> everywhere;                                     // all other groups

  // Calls visit(group number) for each group that may apply to the namespace.
  template <class Visit>
  void each_group(const std::string& name_space, Visit&& visit) const {
    for (const auto group : everywhere) visit(group);
    if (const auto found = by_namespace.find(name_space); found != by_namespace.end())
      for (const auto group : found->second) visit(group);
  }

  bool may_deny(std::uint64_t hash) const { return (filter[slot(hash)] >> (hash % 64) & 1) != 0; }

 private:
  void add(const Policy& policy, std::uint32_t number);
  void add_group(const Policy& policy, std::uint32_t number);
  void make_filter();
  std::size_t slot(std::uint64_t hash) const { return (hash >> 6) % filter.size(); }

  std::unordered_map<std::string, std::uint32_t> group_of_selectors_;
};

}  // namespace pratique
