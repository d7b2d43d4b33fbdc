// The table of kernel functions: what calling one adds to what a program may do.
#include <algorithm>
#include <array>

#include "engine/kernel/effects.h"
#include "engine/kernel/kernel.h"

namespace pratique {
namespace {

// Gravest first: in this order they are told.
constexpr auto effects = std::to_array<HelperEffect>({
    {"probe_write_user", "writes into the memory of processes",
     "what processes read (files, folders, answers of system calls) may be made up, procfs readers and agents "
     "included"},
    {"override_return", "makes kernel functions fail or answer without running",
     "system calls that it answers look like ordinary errors, to auditd as well"},
    {"send_signal", "kills or signals processes",
     "no process sent the signals it sends, so auditd has no record of them"},
    {"send_signal_thread", "kills or signals processes",
     "no process sent the signals it sends, so auditd has no record of them"},
    {"sys_bpf", "makes bpf() calls", "auditd does not see the bpf() calls it makes"},
    {"probe_read_user", "reads the memory of processes", ""},
    {"probe_read_user_str", "reads the memory of processes", ""},
    {"copy_from_user", "reads the memory of processes", ""},
    {"copy_from_user_task", "reads the memory of processes", ""},
    {"probe_read", "reads any memory", ""},
    {"probe_read_str", "reads any memory", ""},
    {"probe_read_kernel", "reads kernel memory", ""},
    {"probe_read_kernel_str", "reads kernel memory", ""},
    {"sysctl_set_new_value", "changes what is written to sysctls", ""},
    {"set_retval", "changes the result that the process gets", ""},
    {"clone_redirect", "sends copies of packets elsewhere", "copies that it sends appear in no log of the sender"},
    {"redirect", "sends packets elsewhere", ""},
    {"redirect_map", "sends packets elsewhere", ""},
    {"redirect_neigh", "sends packets elsewhere", ""},
    {"redirect_peer", "sends packets straight into another network namespace",
     "netfilter and tcpdump on the host side of the pair do not see what it redirects"},
    {"sk_redirect_map", "hands data to another socket", ""},
    {"sk_redirect_hash", "hands data to another socket", ""},
    {"msg_redirect_map", "hands data to another socket", ""},
    {"msg_redirect_hash", "hands data to another socket", ""},
    {"skb_store_bytes", "rewrites packets", ""},
    {"xdp_store_bytes", "rewrites packets", ""},
    {"skb_change_head", "rewrites packets", ""},
    {"skb_adjust_room", "rewrites packets", ""},
    {"xdp_adjust_head", "rewrites packets", ""},
    {"xdp_adjust_tail", "rewrites packets", ""},
    {"bind", "chooses the local address of connections", ""},
    {"setsockopt", "changes socket options", ""},
    {"sk_assign", "gives connections to sockets of its choice", ""},
    {"ringbuf_output", "sends what it sees to a process", ""},
    {"ringbuf_submit", "sends what it sees to a process", ""},
    {"perf_event_output", "sends what it sees to a process", ""},
    {"trace_printk", "writes to the trace log", ""},
    {"tail_call", "goes on to other programs, whose doings count as well", ""},
});

struct Alias {
  std::string_view function, helper;
};

// Where the kernel has another function for a helper in some program types (net/core/filter.c,
// kernel/trace/bpf_trace.c).
constexpr auto aliases = std::to_array<Alias>({
    {"xdp_redirect", "redirect"},
    {"xdp_redirect_map", "redirect_map"},
    {"xdp_event_output", "perf_event_output"},
    {"skb_event_output", "perf_event_output"},
    {"event_output_data", "perf_event_output"},
    {"sockopt_event_output", "perf_event_output"},
    {"perf_event_output_tp", "perf_event_output"},
    {"perf_event_output_raw_tp", "perf_event_output"},
    {"ringbuf_submit_dynptr", "ringbuf_submit"},
    {"probe_read_compat", "probe_read"},
    {"probe_read_compat_str", "probe_read_str"},
    {"sock_addr_setsockopt", "setsockopt"},
    {"sock_ops_setsockopt", "setsockopt"},
    {"sk_setsockopt", "setsockopt"},
    {"unlocked_sk_setsockopt", "setsockopt"},
    {"tc_sk_assign", "sk_assign"},
    {"sk_lookup_assign", "sk_assign"},
    {"trace_vprintk", "trace_printk"},
    {"sk_skb_adjust_room", "skb_adjust_room"},
    {"sk_skb_change_head", "skb_change_head"},
    {"get_stackid_tp", "get_stackid"},
    {"get_stack_tp", "get_stack"},
});

}  // namespace

const HelperEffect* find_helper_effect(std::string_view helper) {
  const auto* found =
      std::find_if(effects.begin(), effects.end(), [&](const HelperEffect& row) { return row.helper == helper; });
  return found == effects.end() ? nullptr : found;
}

std::string_view helper_behind(std::string_view function) {
  if (!function.starts_with("bpf_")) return {};
  function.remove_prefix(4);
  for (const auto& alias : aliases)
    if (alias.function == function) return alias.helper;
  return find_helper(function) ? function : std::string_view();
}

}  // namespace pratique
