// The table of program types: what each may do where it runs, and what that hides. Each row was checked against the
// order in which the kernel passes a packet or a call along; the comment names the place in its source.
#include <array>
#include <span>

#include "engine/kernel/effects.h"

namespace pratique {
namespace {

constexpr int any = -1;

// net/core/dev.c, __netif_receive_skb_core: generic XDP, then taps (tcpdump), then tc ingress, then the protocol and
// with it netfilter. __dev_queue_xmit: tc egress, then taps. Native XDP runs in the driver, before all of it.
constexpr std::string_view before_all =
    "tcpdump, netfilter and connection tracking never see what it drops, answers or redirects";
constexpr std::string_view at_tc =
    "netfilter and connection tracking logs miss what it drops, redirects or rewrites on the way in, tcpdump what it "
    "drops on "
    "the way out";
// net/core/lwt_bpf.c: after the route was chosen, so behind netfilter's first hooks, and on the way out before taps.
constexpr std::string_view at_route =
    "netfilter logs may show packets as passed that it dropped or sent another way, and tcpdump misses what it drops "
    "on the way "
    "out";
// kernel/bpf/cgroup.c, __cgroup_bpf_run_filter_skb: ingress in sk_filter_trim_cap, after netfilter; egress in
// ip_finish_output, after netfilter and before taps.
constexpr std::string_view in_cgroup =
    "netfilter logs show packets as passed that it dropped afterwards; the process only sees a timeout or EPERM";
// net/core/skmsg.c: data moves from socket to socket.
constexpr std::string_view in_sockets =
    "tcpdump, netfilter and connection tracking do not see what it moves from socket to socket";
constexpr std::string_view of_addresses =
    "auditd and the process log the address that was asked for, netfilter and flow logs the one that was used";
constexpr std::string_view of_denials = "what it denies looks like an ordinary error; no audit record names it";

constexpr auto table = std::to_array<Effect>({
    {1, any, "Sees the packets of the sockets it is attached to and may cut or drop them before the process reads them",
     ""},
    {2, any, "Sees the arguments or the result of a function of the kernel or of a process each time it runs", ""},
    {3, any, "Sees every packet that enters or leaves a network interface and may drop, rewrite, copy or redirect it",
     at_tc},
    {4, any, "Sees the packets that a tc filter gives it and may drop, rewrite, copy or redirect them", at_tc},
    {5, any, "Sees the fields of a kernel tracepoint each time it is passed", ""},
    {6, any,
     "Sees every packet that arrives at a network interface before anything else does, and may drop, rewrite, answer "
     "or "
     "redirect it",
     before_all},
    {7, any, "Sees what a processor is doing each time a counter or timer fires", ""},
    {8, any, "Sees every packet of the processes in a cgroup and may drop it", in_cgroup},
    {9, any, "Sees each socket that processes of a cgroup open, bind or close, and may refuse it", of_denials},
    {10, any, "Sees the packets that arrive by a route and may drop them or send them another way", at_route},
    {11, any, "Sees the packets that leave by a route and may drop them", at_route},
    {12, any, "Sees the packets that leave by a route and may drop, rewrite, encapsulate or redirect them", at_route},
    {13, any,
     "Sees each TCP connection of a cgroup come, change and go, and may change its options or have its data moved from "
     "socket to socket",
     ""},
    {14, any, "Sees the data that arrives at sockets in a map, and may drop it or hand it to another socket",
     in_sockets},
    {15, any, "Decides which devices processes of a cgroup may open", ""},
    {16, any, "Sees the data that processes send on sockets in a map, and may drop it or hand it to another socket",
     in_sockets},
    {17, any, "Sees the raw arguments of a kernel tracepoint each time it is passed", ""},
    {18, 8, "Sees the address that processes of a cgroup bind to, and may change or refuse it", of_addresses},
    {18, 9, "Sees the address that processes of a cgroup bind to, and may change or refuse it", of_addresses},
    {18, any,
     "Sees the addresses that processes of a cgroup connect to, send to or ask for, and may change or refuse them",
     of_addresses},
    {19, any, "Sees the packets of an IPv6 segment route and may change their path or drop them", at_route},
    {20, any, "Sees the signals of an infrared receiver and turns them into key presses", ""},
    {21, any, "Decides which socket of a group gets a connection or packet",
     "socket lists do not show which process is served"},
    {22, any, "Decides how the kernel reads packet headers when it spreads packets over queues and processors", ""},
    {23, any, "Sees each read and write of a sysctl by processes of a cgroup, and may change or refuse it",
     "what processes of the cgroup read from and write to /proc/sys may differ from what is set"},
    {24, any, "Sees the raw arguments of a kernel tracepoint and may change those that are meant to be", ""},
    {25, any, "Sees the socket options that processes of a cgroup set and get, and may change the answer or refuse",
     "what processes set and read may differ from what the socket does"},
    {26, 23, "Sees the arguments of a kernel tracepoint each time it is passed", ""},
    {26, 24, "Sees the arguments of a kernel function or program each time it runs", ""},
    {26, 25, "Sees the arguments and the result of a kernel function or program each time it runs", ""},
    {26, 26, "Replaces the result of a kernel function, which then does not run", of_denials},
    {26, 28, "Lists kernel objects for whoever reads it", ""},
    {26, any, "Sees the arguments of a kernel function or tracepoint each time it runs, or lists kernel objects", ""},
    {27, any,
     "Is part of a kernel subsystem: replaces functions of it (congestion control, scheduler, queueing, input)", ""},
    {28, any, "Replaces a function of another eBPF program",
     "what that program's owner believes it does is no longer true"},
    {29, 43, "Decides whether an operation of processes in a cgroup that concerns security is allowed", of_denials},
    {29, any, "Decides whether an operation that concerns security is allowed, for every process", of_denials},
    {30, any, "Decides which socket gets a new connection, whatever port it was sent to",
     "socket lists (ss, netstat) show no listener for the ports that it serves"},
    {31, any, "Runs when a process asks for it, and may make bpf() calls of its own",
     "auditd does not see the bpf() calls it makes"},
    {32, any, "Sees every packet at a netfilter hook and may drop it",
     "the firewall's rules (iptables, nft list ruleset) do not show it"},
});

constexpr auto maps = std::to_array<Effect>({
    {3, any, "Says which program a tail call goes on to: whoever writes it changes what those programs do", ""},
    {4, any, "Carries events from programs to the processes that read them", ""},
    {12, any, "Says which map programs use: whoever writes it exchanges their data", ""},
    {13, any, "Says which map programs use: whoever writes it exchanges their data", ""},
    {14, any, "Says which interfaces XDP programs redirect packets to", ""},
    {15, any, "Holds sockets whose data programs may move from one to the other", ""},
    {16, any, "Says which processors XDP programs hand packets to", ""},
    {17, any, "Hands raw packets from XDP programs to processes", ""},
    {18, any, "Holds sockets whose data programs may move from one to the other", ""},
    {20, any, "Holds sockets among which a program chooses who is served", ""},
    {25, any, "Says which interfaces XDP programs redirect packets to", ""},
    {26, any, "Holds the functions that replace those of a kernel subsystem", ""},
    {27, any, "Carries events from programs to the processes that read them", ""},
    {31, any, "Carries messages from processes to programs", ""},
});

const Effect* find(std::span<const Effect> rows, std::uint32_t type, std::optional<std::uint32_t> attach) {
  for (const auto& row : rows)
    if (row.type == type && (row.attach == any || (attach && row.attach == static_cast<int>(*attach)))) return &row;
  return nullptr;
}

}  // namespace

const Effect* find_program_effect(std::uint32_t type, std::optional<std::uint32_t> attach_type) {
  return find(table, type, attach_type);
}

const Effect* find_map_effect(std::uint32_t type) { return find(maps, type, {}); }

}  // namespace pratique
