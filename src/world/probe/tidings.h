// From what our programs in the kernel wrote to a KernelEvent. Private to the probe.
#pragma once

#include <optional>

#include "model/kernel_event.h"
#include "world/probe/bpf/event.h"
#include "world/probe/names.h"

namespace pratique {

// What bpf() was asked for and what came of it; empty for a command that is none of those watched. `at` and `source`
// are the caller's to fill in. Who did it is told as the kernel saw it: the executable and the cgroup by the last names
// of their paths.
std::optional<KernelEvent> parse_event(const Event& event, BtfNames& names);

// The cgroup of whoever did it, as /proc/PID/cgroup writes it; empty where the kernel told none.
std::string cgroup_of(const Event& event);

}  // namespace pratique
