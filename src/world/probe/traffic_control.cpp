// Classifiers and actions of traffic control (net/sched/cls_bpf.c, act_bpf.c; linux/pkt_cls.h).
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <linux/tc_act/tc_bpf.h>

#include <array>
#include <set>

#include "world/probe/network.h"

namespace pratique {
namespace {

std::string hex(std::uint32_t number) {
  char text[16];
  return {text, static_cast<std::size_t>(std::snprintf(text, sizeof text, "0x%x", number))};
}

// "1:10", as tc writes it.
std::string handle_of(std::uint32_t handle) {
  char text[24];
  return {text, static_cast<std::size_t>(std::snprintf(text, sizeof text, "%x:%x", handle >> 16, handle & 0xffff))};
}

// In which of a classifier's attributes its actions are.
std::uint16_t actions_of(const std::string& kind) {
  struct Row {
    std::string_view kind;
    std::uint16_t attribute;
  };
  constexpr std::array<Row, 9> rows{{{"bpf", TCA_BPF_ACT},
                                     {"u32", TCA_U32_ACT},
                                     {"flower", TCA_FLOWER_ACT},
                                     {"matchall", TCA_MATCHALL_ACT},
                                     {"basic", TCA_BASIC_ACT},
                                     {"fw", TCA_FW_ACT},
                                     {"cgroup", TCA_CGROUP_ACT},
                                     {"flow", TCA_FLOW_ACT},
                                     {"route", TCA_ROUTE4_ACT}}};
  for (const auto& row : rows)
    if (row.kind == kind) return row.attribute;
  return 0;
}

// Where filters are asked for: a queueing discipline or class of a device, or a block that several devices share.
struct Spot {
  std::uint32_t device = 0, parent = 0;
  std::string target, direction, detail;
};

class Reader {
 public:
  Reader(Netlink& netlink, const std::vector<Device>& devices) : netlink_(netlink) {
    for (const auto& device : devices) names_[device.index] = device.name;
  }

  std::vector<FoundInNetwork> read() {
    for (const auto& spot : find_spots()) read_filters(spot);
    read_free_actions();
    return std::move(found_);
  }

 private:
  std::vector<Spot> find_spots() {
    std::vector<Spot> spots;
    std::set<std::uint32_t> blocks, with_classes;
    const tcmsg all{};
    netlink_.dump(RTM_GETQDISC, as_bytes(all), {}, [&](std::uint16_t, std::string_view payload) {
      const auto head = header_of<tcmsg>(payload);
      if (!head) return;
      const auto attributes = attributes_of<tcmsg>(payload);
      const auto device = static_cast<std::uint32_t>(head->tcm_ifindex);
      const std::string kind = attributes.text(TCA_KIND), target = names_[device];
      for (const auto type : {TCA_INGRESS_BLOCK, TCA_EGRESS_BLOCK})
        if (attributes.has(type)) blocks.insert(attributes.number(type));
      if (kind == "clsact" || kind == "ingress") {
        // A qdisc that uses a shared block has no filters of its own there.
        if (!attributes.has(TCA_INGRESS_BLOCK))
          spots.push_back({device, kind == "clsact" ? TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS) : head->tcm_handle,
                           target, "ingress", ""});
        if (kind == "clsact" && !attributes.has(TCA_EGRESS_BLOCK))
          spots.push_back({device, TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_EGRESS), target, "egress", ""});
      } else if (head->tcm_handle != 0) {  // without a handle it is the default one, which has no filters
        spots.push_back({device, head->tcm_handle, target, "egress", kind + " " + handle_of(head->tcm_handle)});
        with_classes.insert(device);
      }
    });
    for (const auto device : with_classes) add_classes(device, spots);
    for (const auto block : blocks)
      spots.push_back({TCM_IFINDEX_MAGIC_BLOCK, block, "block " + std::to_string(block), "", "shared block"});
    return spots;
  }

  void add_classes(std::uint32_t device, std::vector<Spot>& spots) {
    const tcmsg one{.tcm_ifindex = static_cast<int>(device)};
    netlink_.dump(RTM_GETTCLASS, as_bytes(one), {}, [&](std::uint16_t, std::string_view payload) {
      const auto head = header_of<tcmsg>(payload);
      if (head)
        spots.push_back({device, head->tcm_handle, names_[device], "egress", "class " + handle_of(head->tcm_handle)});
    });
  }

  void read_filters(const Spot& spot) {
    const tcmsg where{.tcm_ifindex = static_cast<int>(spot.device), .tcm_parent = spot.parent};
    netlink_.dump(RTM_GETTFILTER, as_bytes(where), {}, [&](std::uint16_t, std::string_view payload) {
      const auto head = header_of<tcmsg>(payload);
      if (!head) return;
      const auto attributes = attributes_of<tcmsg>(payload);
      const std::string kind = attributes.text(TCA_KIND);
      const auto options = attributes.nested(TCA_OPTIONS);
      std::string detail = spot.detail.empty() ? "" : spot.detail + " ";
      detail += "pref " + std::to_string(head->tcm_info >> 16) + " handle " + hex(head->tcm_handle);
      if (const auto chain = attributes.number(TCA_CHAIN); chain != 0) detail += " chain " + std::to_string(chain);
      if (kind == "bpf" && options.has(TCA_BPF_ID)) {
        const bool direct = (options.number(TCA_BPF_FLAGS) & TCA_BPF_FLAG_ACT_DIRECT) != 0;
        note(options.number(TCA_BPF_ID), "tc", spot, detail + (direct ? " direct-action" : ""));
      }
      if (const auto type = actions_of(kind); type != 0) read_actions(options.nested(type), spot, kind + " " + detail);
    });
  }

  void read_actions(const Attributes& list, const Spot& spot, const std::string& detail) {
    for (const auto& [place, bytes] : list.all()) {
      const Attributes action(bytes);
      const auto options = action.nested(TCA_ACT_OPTIONS);
      if (action.text(TCA_ACT_KIND) != "bpf" || !options.has(TCA_ACT_BPF_ID)) continue;
      const auto index = action_index(options);
      const bool is_new = in_filters_.insert(index).second;
      if (is_new || spot.device != 0)
        note(options.number(TCA_ACT_BPF_ID), "tc_action", spot, "action " + std::to_string(index) + " of " + detail);
    }
  }

  static std::uint32_t action_index(const Attributes& options) {
    const auto parameters = header_of<tc_act_bpf>(options.bytes(TCA_ACT_BPF_PARMS));
    return parameters ? parameters->index : 0;
  }

  // Actions may also stand by themselves, for filters to come.
  void read_free_actions() {
    const tcamsg head{};
    const nla_bitfield32 large{TCA_ACT_FLAG_LARGE_DUMP_ON, TCA_ACT_FLAG_LARGE_DUMP_ON};
    const std::string kind = attribute(TCA_ACT_KIND, std::string_view("bpf", 4));
    const std::string asked = attribute(TCA_ROOT_TAB | NLA_F_NESTED, attribute(1 | NLA_F_NESTED, kind)) +
                              attribute(TCA_ROOT_FLAGS, as_bytes(large));
    netlink_.dump(RTM_GETACTION, as_bytes(head), asked, [&](std::uint16_t, std::string_view payload) {
      const auto list = attributes_of<tcamsg>(payload).nested(TCA_ROOT_TAB);
      for (const auto& [place, bytes] : list.all()) {
        const auto options = Attributes(bytes).nested(TCA_ACT_OPTIONS);
        const auto index = action_index(options);
        if (options.has(TCA_ACT_BPF_ID) && !in_filters_.contains(index))
          note(options.number(TCA_ACT_BPF_ID), "tc_action", {}, "action " + std::to_string(index) + ", in no filter");
      }
    });
  }

  void note(std::uint32_t prog, const char* hook, const Spot& spot, std::string detail) {
    KernelAttachment at{.hook = hook, .target = spot.target, .direction = spot.direction, .detail = std::move(detail)};
    if (spot.device != TCM_IFINDEX_MAGIC_BLOCK) at.ifindex = spot.device;
    found_.push_back({prog, std::move(at)});
  }

  Netlink& netlink_;
  std::map<std::uint32_t, std::string> names_;
  std::set<std::uint32_t> in_filters_;  // actions, by index
  std::vector<FoundInNetwork> found_;
};

}  // namespace

std::vector<FoundInNetwork> find_traffic_control(Netlink& netlink, const std::vector<Device>& devices) {
  return Reader(netlink, devices).read();
}

}  // namespace pratique
