// Pins: the files of every bpffs that any mount namespace shows, or that somebody holds open after it was unmounted.
// Private to the probe.
#pragma once

#include <functional>
#include <string>

#include "model/kernel_object.h"
#include "world/probe/census.h"

namespace pratique {

struct FoundPin {
  KernelKind kind = KernelKind::prog;
  std::uint32_t id = 0;
  KernelPin pin;
};

using VisitPin = std::function<void(int fd, FoundPin found)>;

// Calls visit() with each pinned object opened: each file once, by the path our own mount namespace has for it where it
// has one. Adds to the census the doors to namespaces that are found on the way (those that only a bind-mounted file
// keeps).
void find_pins(int proc, Census& census, Gaps& gaps, const VisitPin& visit);

}  // namespace pratique
