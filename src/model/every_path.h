// Every way from the subject of a bill to one of its components. Pure; thread safe.
//
// The surprise: their number can be exponential, so both the paths and the steps taken to find them are limited, and
// `more` says when there may be others. That the subject contains or describes a component counts as a way only where
// there is no other: in an image's bill it is true of everything.
#pragma once

#include <cstdint>
#include <vector>

#include "model/bill.h"

namespace pratique {

struct EveryPath {
  std::vector<std::vector<std::uint32_t>>
      paths;  // each from behind the subject to the component itself; shortest first
  bool more = false;
};

constexpr std::size_t most_paths = 1000;

EveryPath every_path(const Bill& bill, std::uint32_t component, std::size_t most = most_paths);

}  // namespace pratique
