#include "network_maker.h"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/lwtunnel.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <linux/tc_act/tc_bpf.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace pratique::maker {
namespace {

// A message that grows, and attributes that may hold others.
class Request {
 public:
  template <class Header>
  Request(std::uint16_t type, std::uint16_t flags, const Header& header) {
    const nlmsghdr head{.nlmsg_type = type,
                        .nlmsg_flags = static_cast<std::uint16_t>(flags | NLM_F_REQUEST | NLM_F_ACK)};
    put(&head, sizeof head);
    put(&header, sizeof header);
  }

  Request& add(std::uint16_t type, const void* value, std::size_t size) {
    const nlattr head{.nla_len = static_cast<std::uint16_t>(sizeof(nlattr) + size), .nla_type = type};
    bytes_.append(reinterpret_cast<const char*>(&head), sizeof head);
    put(value, size);
    return *this;
  }
  Request& add(std::uint16_t type, const std::string& text) { return add(type, text.c_str(), text.size() + 1); }
  template <class Number>
  Request& number(std::uint16_t type, Number value) {
    return add(type, &value, sizeof value);
  }
  template <class Inner>
  Request& nest(std::uint16_t type, Inner&& inner) {
    const std::size_t start = bytes_.size();
    add(static_cast<std::uint16_t>(type | NLA_F_NESTED), nullptr, 0);
    inner();
    const auto length = static_cast<std::uint16_t>(bytes_.size() - start);
    std::memcpy(bytes_.data() + start, &length, sizeof length);
    return *this;
  }
  void raw(const void* value, std::size_t size) { put(value, size); }

  bool send() {
    const auto length = static_cast<std::uint32_t>(bytes_.size());
    std::memcpy(bytes_.data(), &length, sizeof length);
    const int fd = ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    const bool sent = ::send(fd, bytes_.data(), bytes_.size(), 0) >= 0;
    char block[4096];
    const ssize_t got = sent ? ::recv(fd, block, sizeof block, 0) : -1;
    ::close(fd);
    if (got < static_cast<ssize_t>(sizeof(nlmsghdr) + sizeof(int))) return false;
    int code = 0;
    std::memcpy(&code, block + sizeof(nlmsghdr), sizeof code);
    errno = -code;
    return code == 0;
  }

 private:
  void put(const void* value, std::size_t size) {
    if (size > 0) bytes_.append(static_cast<const char*>(value), size);
    bytes_.resize((bytes_.size() + 3) / 4 * 4);
  }
  std::string bytes_;
};

constexpr std::uint16_t create = NLM_F_CREATE | NLM_F_EXCL;

bool add_devices(const std::string& kind, std::uint16_t peer_attribute, const std::string& name,
                 const std::string& peer) {
  const ifinfomsg head{};
  Request request(RTM_NEWLINK, create, head);
  request.add(IFLA_IFNAME, name);
  request.nest(IFLA_LINKINFO, [&] {
    request.add(IFLA_INFO_KIND, kind);
    request.nest(IFLA_INFO_DATA, [&] {
      request.nest(peer_attribute, [&] {
        request.raw(&head, sizeof head);
        request.add(IFLA_IFNAME, peer);
      });
    });
  });
  return request.send() && raise(index_of(name)) && raise(index_of(peer));
}

tcmsg filter_head(std::uint32_t device, const Filter& filter) {
  return {.tcm_ifindex = static_cast<int>(device),
          .tcm_parent = filter.parent,
          .tcm_info = static_cast<std::uint32_t>(filter.pref) << 16 | htons(ETH_P_ALL)};
}

void put_action(Request& request, int prog) {
  request.nest(1, [&] {
    request.add(TCA_ACT_KIND, "bpf");
    request.nest(TCA_ACT_OPTIONS, [&] {
      const tc_act_bpf parameters{.action = TC_ACT_OK};
      request.number(TCA_ACT_BPF_FD, prog);
      request.add(TCA_ACT_BPF_NAME, "act");
      request.add(TCA_ACT_BPF_PARMS, &parameters, sizeof parameters);
    });
  });
}

void put_lwt(Request& request, std::uint16_t type, int prog, const std::string& name) {
  request.nest(type, [&] {
    request.number(LWT_BPF_PROG_FD, prog);
    request.add(LWT_BPF_PROG_NAME, name);
  });
}

}  // namespace

std::uint32_t index_of(const std::string& name) { return ::if_nametoindex(name.c_str()); }

bool raise(std::uint32_t device) {
  const ifinfomsg head{.ifi_index = static_cast<int>(device), .ifi_flags = IFF_UP, .ifi_change = IFF_UP};
  return Request(RTM_NEWLINK, 0, head).send();
}

bool add_pair(const std::string& name, const std::string& peer) {
  return add_devices("veth", VETH_INFO_PEER, name, peer);
}

bool add_netkit(const std::string& name, const std::string& peer) {
  constexpr std::uint16_t peer_info = 1;  // IFLA_NETKIT_PEER_INFO, which Debian 12 has not
  return add_devices("netkit", peer_info, name, peer);
}

bool set_xdp(std::uint32_t device, int prog, std::uint32_t flags) {
  const ifinfomsg head{.ifi_index = static_cast<int>(device)};
  Request request(RTM_SETLINK, 0, head);
  request.nest(IFLA_XDP, [&] {
    request.number(IFLA_XDP_FD, prog);
    request.number(IFLA_XDP_FLAGS, flags);
  });
  return request.send();
}

bool add_clsact(std::uint32_t device, std::uint32_t ingress_block) {
  const tcmsg head{.tcm_ifindex = static_cast<int>(device), .tcm_handle = 0xffff0000, .tcm_parent = TC_H_CLSACT};
  Request request(RTM_NEWQDISC, create, head);
  request.add(TCA_KIND, "clsact");
  if (ingress_block != 0) request.number(TCA_INGRESS_BLOCK, ingress_block);
  return request.send();
}

bool add_bpf_filter(std::uint32_t device, int prog, const Filter& filter) {
  Request request(RTM_NEWTFILTER, create, filter_head(device, filter));
  request.add(TCA_KIND, "bpf");
  if (filter.chain != 0) request.number(TCA_CHAIN, filter.chain);
  request.nest(TCA_OPTIONS, [&] {
    request.number(TCA_BPF_FD, prog);
    request.add(TCA_BPF_NAME, "filter");
    if (filter.direct) request.number(TCA_BPF_FLAGS, std::uint32_t{TCA_BPF_FLAG_ACT_DIRECT});
  });
  return request.send();
}

bool add_matchall_with_action(std::uint32_t device, int prog, const Filter& filter) {
  Request request(RTM_NEWTFILTER, create, filter_head(device, filter));
  request.add(TCA_KIND, "matchall");
  request.nest(TCA_OPTIONS, [&] { request.nest(TCA_MATCHALL_ACT, [&] { put_action(request, prog); }); });
  return request.send();
}

bool add_free_action(int prog) {
  const tcamsg head{};
  Request request(RTM_NEWACTION, create, head);
  request.nest(TCA_ROOT_TAB, [&] { put_action(request, prog); });
  return request.send();
}

bool add_htb(std::uint32_t device) {
  const tcmsg qdisc{.tcm_ifindex = static_cast<int>(device), .tcm_handle = 0x10000, .tcm_parent = TC_H_ROOT};
  Request request(RTM_NEWQDISC, create, qdisc);
  request.add(TCA_KIND, "htb");
  request.nest(TCA_OPTIONS, [&] {
    const tc_htb_glob global{.version = 3, .rate2quantum = 10};
    request.add(TCA_HTB_INIT, &global, sizeof global);
  });
  if (!request.send()) return false;
  const tcmsg inner{.tcm_ifindex = static_cast<int>(device), .tcm_handle = 0x10010, .tcm_parent = 0x10000};
  Request one(RTM_NEWTCLASS, create, inner);
  one.add(TCA_KIND, "htb");
  one.nest(TCA_OPTIONS, [&] {
    const tc_htb_opt options{.rate = {.cell_log = 3, .linklayer = 1, .rate = 1'000'000},
                             .ceil = {.cell_log = 3, .linklayer = 1, .rate = 1'000'000},
                             .buffer = 10'000,
                             .cbuffer = 10'000};
    one.add(TCA_HTB_PARMS, &options, sizeof options);
  });
  return one.send();
}

bool add_route(std::uint32_t device, unsigned char number, int in, const std::string& in_name, int xmit,
               const std::string& xmit_name) {
  const rtmsg head{.rtm_family = AF_INET,
                   .rtm_dst_len = 24,
                   .rtm_table = RT_TABLE_MAIN,
                   .rtm_protocol = RTPROT_STATIC,
                   .rtm_scope = RT_SCOPE_LINK,
                   .rtm_type = RTN_UNICAST};
  const unsigned char destination[4] = {10, 9, number, 0};
  Request request(RTM_NEWROUTE, create, head);
  request.add(RTA_DST, destination, sizeof destination);
  request.number(RTA_OIF, device);
  request.nest(RTA_ENCAP, [&] {
    put_lwt(request, LWT_BPF_IN, in, in_name);
    put_lwt(request, LWT_BPF_XMIT, xmit, xmit_name);
  });
  request.number(RTA_ENCAP_TYPE, std::uint16_t{LWTUNNEL_ENCAP_BPF});
  return request.send();
}

bool add_route6(std::uint32_t device, unsigned char number, int out, const std::string& name) {
  const rtmsg head{.rtm_family = AF_INET6,
                   .rtm_dst_len = 32,
                   .rtm_table = RT_TABLE_MAIN,
                   .rtm_protocol = RTPROT_STATIC,
                   .rtm_scope = RT_SCOPE_LINK,
                   .rtm_type = RTN_UNICAST};
  const unsigned char destination[16] = {0xfd, 0, 0, number};
  Request request(RTM_NEWROUTE, create, head);
  request.add(RTA_DST, destination, sizeof destination);
  request.number(RTA_OIF, device);
  request.nest(RTA_ENCAP, [&] { put_lwt(request, LWT_BPF_OUT, out, name); });
  request.number(RTA_ENCAP_TYPE, std::uint16_t{LWTUNNEL_ENCAP_BPF});
  return request.send();
}

}  // namespace pratique::maker
