// Programs in the network: on devices (XDP, tc, tcx, netkit), on routes, on whole namespaces; in every network
// namespace that a process, a file or a descriptor keeps. Private to the probe.
#pragma once

#include <set>
#include <vector>

#include "model/kernel_object.h"
#include "world/probe/census.h"
#include "world/probe/netlink.h"
#include "world/probe/owners.h"

namespace pratique {

// Adds to programs the attachments that no link stands for, and to links the name of their device and its namespace.
// Looks only for what the listed programs can be attached to.
void add_network_attachments(int proc, const Census& census, std::vector<KernelObject>& objects,
                             const ObjectIndex& index, Gaps& gaps);

// The parts of it. What was found in one namespace:
struct FoundInNetwork {
  std::uint32_t prog = 0;
  KernelAttachment at;
};
// A program on a route: the kernel tells its type by the hook, and a name that whoever added the route chose.
struct FoundOnRoute {
  std::string hook, name;
  std::uint32_t prog = 0;  // where the kernel tells it (seg6local)
  KernelAttachment at;
};

struct Device {
  std::uint32_t index = 0;
  std::string name, kind;
};

std::vector<FoundInNetwork> find_traffic_control(Netlink& netlink, const std::vector<Device>& devices);
std::vector<FoundOnRoute> find_route_programs(Netlink& netlink);

}  // namespace pratique
