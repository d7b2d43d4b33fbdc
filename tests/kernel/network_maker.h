// Makes devices, filters and routes by rtnetlink in the network namespace of the calling process, for tests.
#pragma once

#include <cstdint>
#include <string>

namespace pratique::maker {

// Each returns false with errno where the kernel refuses.
bool raise(std::uint32_t device);
bool add_pair(const std::string& name, const std::string& peer);  // veth
bool add_netkit(const std::string& name, const std::string& peer);
std::uint32_t index_of(const std::string& name);
bool set_xdp(std::uint32_t device, int prog, std::uint32_t flags);  // XDP_FLAGS_SKB_MODE 2, DRV_MODE 4
bool add_clsact(std::uint32_t device, std::uint32_t ingress_block = 0);
struct Filter {
  std::uint32_t parent = 0xfffffff2;  // clsact ingress; 0xfffffff3: egress
  std::uint32_t chain = 0;
  std::uint16_t pref = 1;
  bool direct = true;
};
bool add_bpf_filter(std::uint32_t device, int prog, const Filter& filter);
bool add_matchall_with_action(std::uint32_t device, int prog, const Filter& filter);
bool add_free_action(int prog);
bool add_htb(std::uint32_t device);  // qdisc 1: with class 1:10
// A route to 10.9.N.0/24 (or fd00:N::/32) over the device with programs for what comes in and what is sent.
bool add_route(std::uint32_t device, unsigned char number, int in, const std::string& in_name, int xmit,
               const std::string& xmit_name);
bool add_route6(std::uint32_t device, unsigned char number, int out, const std::string& name);

}  // namespace pratique::maker
