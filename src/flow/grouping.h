// grouping: an answer by where things run or what they are called, instead of artifact by artifact. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "flow/holding.h"

namespace pratique {

enum class GroupBy : std::uint8_t { workload, image, name_space, cluster };

struct PlaceGroup {
  std::string cluster, name_space, kind, name;  // as far as the group has them
  std::string image, digest;                    // of a group by image
  std::vector<std::string> packages;            // labels, sorted
  std::vector<std::string> path;                // to one of them
  std::uint64_t artifacts = 0, pods = 0;
};

// Sorted by place. What runs nowhere stands in the groups by image alone. The answer must hold all artifacts.
std::vector<PlaceGroup> group_places(const LocateAnswer& answer, GroupBy by);

}  // namespace pratique
