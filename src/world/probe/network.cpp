#include "world/probe/network.h"

#include <bpf/bpf.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <span>

#include "world/probe/kernel_abi.h"
#include "world/probe/namespaces.h"

namespace pratique {
namespace {

// BPF_PROG_QUERY as of Linux 6.6, for devices.
struct DeviceQuery {
  std::uint32_t device, attach_type, query_flags, attach_flags;
  std::uint64_t prog_ids;
  std::uint32_t count, reserved;
  std::uint64_t prog_attach_flags, link_ids, link_attach_flags, revision;
};

enum AttachType : std::uint32_t {
  flow_dissector = 17,
  sk_lookup = 36,
  tcx_ingress = 46,
  tcx_egress = 47,
  netkit_primary = 54,
  netkit_peer = 55,
};

// Which programs there are to look for, by type.
struct Wanted {
  bool devices = false, traffic_control = false, routes = false, dissector = false, lookup = false;
  bool anything() const { return devices || traffic_control || routes || dissector || lookup; }
};

Wanted wanted_by(const std::vector<KernelObject>& objects) {
  Wanted wanted;
  for (const auto& object : objects) {
    if (object.kind != KernelKind::prog) continue;
    switch (object.type_number) {
      case 3:
      case 4: wanted.traffic_control = wanted.devices = true; break;
      case 6: wanted.devices = true; break;
      case 10:
      case 11:
      case 12:
      case 19: wanted.routes = true; break;
      case 22: wanted.dissector = true; break;
      case 30: wanted.lookup = true; break;
      default: break;
    }
  }
  return wanted;
}

class NamespaceReader {
 public:
  NamespaceReader(const Wanted& wanted, const std::vector<KernelObject>& objects, const ObjectIndex& index, Gaps& gaps)
      : wanted_(wanted), index_(index), gaps_(gaps) {
    for (const auto& object : objects)
      if (object.kind == KernelKind::link) links_[object.prog_id].push_back(object.id);
  }

  // Inside the namespace that the door leads to.
  void read(std::uint64_t inode, int door) {
    netns_ = inode;
    if (wanted_.dissector) query_namespace(door, flow_dissector);
    if (wanted_.lookup) query_namespace(door, sk_lookup);
    if (!wanted_.devices && !wanted_.routes) return;
    Netlink netlink(NETLINK_ROUTE);
    if (!netlink)
      return gaps_.add("the network namespace " + std::to_string(inode) + " was not asked: " + reason_of(errno));
    if (wanted_.devices) read_devices(netlink);
    if (wanted_.routes)
      for (auto& found : find_route_programs(netlink)) {
        found.at.netns = netns_;
        on_routes_.push_back(std::move(found));
      }
  }

  // What only all namespaces together tell: a program on a route has a name and no number.
  void finish(std::vector<KernelObject>& objects) {
    for (auto& found : on_routes_) {
      if (found.prog != 0) {
        note({found.prog, found.at});
        continue;
      }
      std::vector<KernelObject*> fitting, named;
      for (auto& object : objects) {
        if (object.kind != KernelKind::prog || object.type != found.hook) continue;
        fitting.push_back(&object);
        if (object.name == found.name.substr(0, 15)) named.push_back(&object);
      }
      if (named.size() == 1) fitting = named;
      if (fitting.size() == 1)
        fitting.front()->attachments.push_back(found.at);
      else
        gaps_.add("the route " + found.at.target + " has one of " + std::to_string(fitting.size()) + " " + found.hook +
                  " programs; the kernel does not say which");
    }
  }

 private:
  void query_namespace(int door, AttachType type) {
    std::array<std::uint32_t, 64> ids{};
    std::uint32_t flags = 0;
    __u32 count = ids.size();
    if (bpf_prog_query(door, static_cast<bpf_attach_type>(type), 0, &flags, ids.data(), &count) != 0) return;
    for (const auto prog : std::span(ids).first(count)) note({prog, {.hook = attach_type_name(type)}});
  }

  void read_devices(Netlink& netlink) {
    std::vector<Device> devices;
    const ifinfomsg all{};
    constexpr std::uint32_t without_statistics = RTEXT_FILTER_SKIP_STATS;
    const std::string mask = attribute(IFLA_EXT_MASK, as_bytes(without_statistics));
    netlink.dump(RTM_GETLINK, as_bytes(all), mask, [&](std::uint16_t, std::string_view payload) {
      const auto head = header_of<ifinfomsg>(payload);
      if (!head) return;
      const auto attributes = attributes_of<ifinfomsg>(payload);
      devices.push_back({static_cast<std::uint32_t>(head->ifi_index), attributes.text(IFLA_IFNAME),
                         attributes.nested(IFLA_LINKINFO).text(IFLA_INFO_KIND)});
      read_xdp(attributes.nested(IFLA_XDP), devices.back());
    });
    if (!wanted_.traffic_control) return;
    for (const auto& device : devices) {
      for (const auto type : {tcx_ingress, tcx_egress}) query_device(device, type);
      if (device.kind == "netkit")
        for (const auto type : {netkit_primary, netkit_peer}) query_device(device, type);
    }
    for (auto& found : find_traffic_control(netlink, devices)) note(std::move(found));
  }

  void read_xdp(const Attributes& xdp, const Device& device) {
    struct Row {
      std::uint16_t attribute;
      const char* mode;
    };
    for (const auto& [number, mode] : {Row{IFLA_XDP_DRV_PROG_ID, "native"}, Row{IFLA_XDP_SKB_PROG_ID, "generic"},
                                       Row{IFLA_XDP_HW_PROG_ID, "offload"}})
      if (const auto prog = xdp.number(number); prog != 0)
        note({prog, {.hook = "xdp", .target = device.name, .ifindex = device.index, .detail = mode}});
  }

  void query_device(const Device& device, AttachType type) {
    std::array<std::uint32_t, 64> progs{}, links{};
    DeviceQuery query{.device = device.index, .attach_type = type};
    query.prog_ids = reinterpret_cast<std::uintptr_t>(progs.data());
    query.link_ids = reinterpret_cast<std::uintptr_t>(links.data());
    query.count = progs.size();
    if (::syscall(SYS_bpf, BPF_PROG_QUERY, &query, sizeof query) != 0) return;  // before Linux 6.6 and 6.7
    const std::string hook = attach_type_name(type);
    for (std::uint32_t i = 0; i < std::min<std::uint32_t>(query.count, progs.size()); ++i)
      note({progs[i],
            {.hook = hook,
             .target = device.name,
             .ifindex = device.index,
             .direction = hook.ends_with("_ingress")  ? "ingress"
                          : hook.ends_with("_egress") ? "egress"
                                                      : "",
             .link_id = links[i]}});
  }

  // To the link that it stands for, else to the program.
  void note(FoundInNetwork found) {
    found.at.netns = netns_;
    KernelObject* prog = index_.find(KernelKind::prog, found.prog);
    if (prog == nullptr)
      return gaps_.add("prog " + std::to_string(found.prog) + " is attached at " + found.at.hook + " " +
                       found.at.target + " and was not listed");
    if (KernelObject* link = link_of(*prog, found.at)) {
      KernelAttachment& told = link->attachments.front();
      told.target = found.at.target;
      told.netns = found.at.netns;
      if (told.detail.empty()) told.detail = found.at.detail;
      return;
    }
    prog->attachments.push_back(std::move(found.at));
  }

  KernelObject* link_of(const KernelObject& prog, const KernelAttachment& at) const {
    if (at.link_id != 0) return index_.find(KernelKind::link, at.link_id);
    const auto known = links_.find(prog.id);
    for (const auto id : known == links_.end() ? std::vector<std::uint32_t>{} : known->second) {
      KernelObject* link = index_.find(KernelKind::link, id);
      const auto is_it = [&](const KernelAttachment& told) {
        return told.hook == at.hook && told.ifindex == at.ifindex && (told.netns == 0 || told.netns == at.netns);
      };
      if (link != nullptr && std::any_of(link->attachments.begin(), link->attachments.end(), is_it)) return link;
    }
    return nullptr;
  }

  const Wanted& wanted_;
  const ObjectIndex& index_;
  Gaps& gaps_;
  std::map<std::uint32_t, std::vector<std::uint32_t>> links_;  // by program
  std::uint64_t netns_ = 0;
  std::vector<FoundOnRoute> on_routes_;
};

}  // namespace

void add_network_attachments(int proc, const Census& census, std::vector<KernelObject>& objects,
                             const ObjectIndex& index, Gaps& gaps) {
  const Wanted wanted = wanted_by(objects);
  if (!wanted.anything()) return;
  NamespaceReader reader(wanted, objects, index, gaps);
  visit_namespaces(proc, census.network_doors, CLONE_NEWNET, gaps, [&](std::uint64_t inode, const std::string& place) {
    const Descriptor door(::openat(proc, place.c_str(), O_RDONLY | O_CLOEXEC));
    if (door) reader.read(inode, door.get());
  });
  reader.finish(objects);
}

}  // namespace pratique
