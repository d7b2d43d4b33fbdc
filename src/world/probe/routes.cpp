// Programs on routes (net/core/lwt_bpf.c, net/ipv6/seg6_local.c; linux/lwtunnel.h, linux/seg6_local.h).
#include <arpa/inet.h>
#include <linux/lwtunnel.h>
#include <linux/nexthop.h>
#include <linux/rtnetlink.h>
#include <linux/seg6_local.h>

#include "world/probe/network.h"

namespace pratique {
namespace {

std::string prefix_of(const rtmsg& route, std::string_view destination) {
  char text[INET6_ADDRSTRLEN] = {};
  const std::size_t size = route.rtm_family == AF_INET6 ? 16 : 4;
  if (destination.size() < size) return "default";
  ::inet_ntop(route.rtm_family, destination.data(), text, sizeof text);
  return std::string(text) + "/" + std::to_string(route.rtm_dst_len);
}

class Reader {
 public:
  explicit Reader(Netlink& netlink) : netlink_(netlink) {}

  std::vector<FoundOnRoute> read() {
    for (const unsigned char family : {AF_INET, AF_INET6}) {
      const rtmsg asked{.rtm_family = family};
      netlink_.dump(RTM_GETROUTE, as_bytes(asked), {},
                    [&](std::uint16_t, std::string_view payload) { read_route(payload); });
    }
    const nhmsg asked{};
    netlink_.dump(RTM_GETNEXTHOP, as_bytes(asked), {}, [&](std::uint16_t, std::string_view payload) {
      const auto attributes = attributes_of<nhmsg>(payload);
      read_encapsulation(attributes, NHA_ENCAP_TYPE, NHA_ENCAP,
                         "next hop " + std::to_string(attributes.number(NHA_ID)));
    });
    return std::move(found_);
  }

 private:
  void read_route(std::string_view payload) {
    const auto head = header_of<rtmsg>(payload);
    if (!head) return;
    const auto attributes = attributes_of<rtmsg>(payload);
    const std::string target = prefix_of(*head, attributes.bytes(RTA_DST));
    read_encapsulation(attributes, RTA_ENCAP_TYPE, RTA_ENCAP, target);
    std::string_view hops = attributes.bytes(RTA_MULTIPATH);
    while (const auto hop = header_of<rtnexthop>(hops)) {
      if (hop->rtnh_len < sizeof *hop || hop->rtnh_len > hops.size()) return;
      read_encapsulation(attributes_of<rtnexthop>(hops.substr(0, hop->rtnh_len)), RTA_ENCAP_TYPE, RTA_ENCAP, target);
      hops.remove_prefix(std::min(hops.size(), static_cast<std::size_t>(RTNH_ALIGN(hop->rtnh_len))));
    }
  }

  void read_encapsulation(const Attributes& attributes, std::uint16_t type, std::uint16_t value,
                          const std::string& target) {
    const auto kind = attributes.number(type);
    const auto options = attributes.nested(value);
    if (kind == LWTUNNEL_ENCAP_BPF) {
      struct Row {
        std::uint16_t attribute;
        const char* hook;
      };
      for (const auto& [number, hook] :
           {Row{LWT_BPF_IN, "lwt_in"}, Row{LWT_BPF_OUT, "lwt_out"}, Row{LWT_BPF_XMIT, "lwt_xmit"}})
        if (options.has(number)) note(hook, options.nested(number).text(LWT_BPF_PROG_NAME), 0, target);
    } else if (kind == LWTUNNEL_ENCAP_SEG6_LOCAL && options.number(SEG6_LOCAL_ACTION) == SEG6_LOCAL_ACTION_END_BPF) {
      const auto program = options.nested(SEG6_LOCAL_BPF);
      note("lwt_seg6local", program.text(SEG6_LOCAL_BPF_PROG_NAME), program.number(SEG6_LOCAL_BPF_PROG), target);
    }
  }

  void note(const char* hook, std::string name, std::uint32_t prog, const std::string& target) {
    found_.push_back({hook, std::move(name), prog, {.hook = hook, .target = target}});
  }

  Netlink& netlink_;
  std::vector<FoundOnRoute> found_;
};

}  // namespace

std::vector<FoundOnRoute> find_route_programs(Netlink& netlink) { return Reader(netlink).read(); }

}  // namespace pratique
