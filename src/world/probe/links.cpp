// Where each type of link runs (union in struct bpf_link_info, include/uapi/linux/bpf.h).
#include <bpf/bpf.h>

#include <array>
#include <cstring>

#include "base/text.h"
#include "world/probe/kernel_abi.h"
#include "world/probe/objects.h"

namespace pratique {
namespace {

using Text = std::array<char, 4096>;

std::string text_of(const Text& text) { return std::string(text.data(), ::strnlen(text.data(), text.size())); }

std::uint64_t address_of(Text& text) { return reinterpret_cast<std::uintptr_t>(text.data()); }

std::string hex(std::uint64_t number) {
  std::string digits;
  do digits.insert(digits.begin(), "0123456789abcdef"[number & 15]);
  while ((number >>= 4) != 0);
  return "0x" + digits;
}

bool ask(int fd, abi::LinkInfo& info) {
  __u32 length = sizeof info;
  return bpf_obj_get_info_by_fd(fd, &info, &length) == 0;
}

KernelAttachment raw_tracepoint(int fd) {
  Text name{};
  abi::LinkInfo info{};
  info.raw_tracepoint = {.name = address_of(name), .name_len = name.size()};
  ask(fd, info);
  return {.hook = "raw_tracepoint", .target = text_of(name)};
}

abi::ProgInfo ask_program(std::uint32_t id) {
  const Descriptor fd(bpf_prog_get_fd_by_id(id));
  abi::ProgInfo info{};
  __u32 length = sizeof info;
  if (!fd || bpf_obj_get_info_by_fd(fd.get(), &info, &length) != 0) return {};
  return info;
}

// The target is a function of the kernel, whose type table is told, or of another program, whose id is told in its
// place.
LinkTold tracing(const abi::LinkInfo& info, BtfNames& names) {
  const auto& [attach_type, object, type] = info.tracing;
  const bool replaces = attach_type == 0;
  KernelAttachment at{.hook = replaces ? "ext" : attach_type_name(attach_type)};
  if (object == 0) return at;                                                              // before Linux 5.13
  const std::uint32_t table = replaces ? 0 : ask_program(info.prog_id).attach_btf_obj_id;  // 0 before Linux 5.18
  if (!replaces && (table == 0 || names.is_of_kernel(table))) {
    at.target = names.hook(object, type);
    return at;
  }
  const std::string function = names.hook(ask_program(object).btf_id, type);
  at.target = "prog " + std::to_string(object) + (function.empty() ? "" : " " + function);
  return {std::move(at), object};
}

KernelAttachment cgroup(const abi::LinkInfo& info) {
  return {
      .hook = attach_type_name(info.cgroup.attach_type),
      .detail = info.cgroup.cgroup_id == 0 ? "its cgroup was removed" : "id " + std::to_string(info.cgroup.cgroup_id)};
}

KernelAttachment iterator(int fd) {
  Text name{};
  abi::LinkInfo info{};
  info.iter.target_name = address_of(name);
  info.iter.target_name_len = name.size();
  ask(fd, info);
  KernelAttachment at{.hook = "trace_iter", .target = text_of(name)};
  if (at.target == "bpf_map_elem" || at.target == "bpf_sk_storage_map" || at.target == "sockmap")
    at.detail = "map " + std::to_string(info.iter.map_id);
  if (at.target == "cgroup" && info.iter.cgroup_id != 0) at.detail = "id " + std::to_string(info.iter.cgroup_id);
  if (at.target.starts_with("task") && info.iter.tid != 0) at.detail = "tid " + std::to_string(info.iter.tid);
  if (at.target.starts_with("task") && info.iter.pid != 0) at.detail = "pid " + std::to_string(info.iter.pid);
  return at;
}

KernelAttachment netns(const abi::LinkInfo& info) {
  return {.hook = attach_type_name(info.netns.attach_type),
          .netns = info.netns.netns_ino,
          .detail = info.netns.netns_ino == 0 ? "its network namespace is gone" : ""};
}

KernelAttachment perf_event(int fd, const abi::LinkInfo& first) {
  using namespace abi;
  Text name{};
  LinkInfo info{};
  const std::uint32_t type = first.perf_event.type;
  if (type >= perf_uprobe && type <= perf_tracepoint) {
    info.perf_event.type = type;
    info.perf_event.probe.name = address_of(name);
    info.perf_event.probe.name_len = name.size();
    ask(fd, info);
  }
  switch (type) {
    case perf_uprobe:
    case perf_uretprobe:
      return {.hook = type == perf_uprobe ? "uprobe" : "uretprobe",
              .target = text_of(name),
              .detail = "+" + hex(info.perf_event.probe.offset)};
    case perf_kprobe:
    case perf_kretprobe:
      return {.hook = type == perf_kprobe ? "kprobe" : "kretprobe",
              .target = text_of(name),
              .detail = info.perf_event.probe.offset == 0 ? "" : "+" + hex(info.perf_event.probe.offset)};
    case perf_tracepoint: return {.hook = "tracepoint", .target = text_of(name)};
    case abi::perf_event:
      return {.hook = "perf_event",
              .target = "type " + std::to_string(first.perf_event.event.type) + " config " +
                        std::to_string(first.perf_event.event.config)};
    default: break;  // before Linux 6.6 the kernel does not say
  }
  return {.hook = "perf_event"};
}

std::string count_of(std::uint32_t count, std::string_view what) {
  return with_commas(count) + " " + std::string(what) + (count == 1 ? "" : "s");
}

KernelAttachment uprobe_multi(int fd) {
  Text path{};
  abi::LinkInfo info{};
  info.uprobe_multi.path = address_of(path);
  info.uprobe_multi.path_size = path.size();
  ask(fd, info);
  return {.hook = (info.uprobe_multi.flags & abi::multi_return) != 0 ? "uretprobe_multi" : "uprobe_multi",
          .target = text_of(path),
          .detail = count_of(info.uprobe_multi.count, "place")};
}

KernelAttachment netfilter(const abi::LinkInfo& info) {
  constexpr std::array<std::string_view, 5> hooks{"prerouting", "input", "forward", "output", "postrouting"};
  const auto pf = info.netfilter.pf, hook = info.netfilter.hooknum;
  const std::string family = pf == 2 ? "ipv4" : pf == 10 ? "ipv6" : std::to_string(pf);
  return {.hook = "netfilter",
          .target = family + " " + (hook < hooks.size() ? std::string(hooks[hook]) : std::to_string(hook)),
          .detail = "priority " + std::to_string(info.netfilter.priority)};
}

}  // namespace

LinkTold describe_link(int fd, const abi::LinkInfo& info, BtfNames& names) {
  using namespace abi;
  switch (info.type) {
    case link_raw_tracepoint: return raw_tracepoint(fd);
    case link_tracing: return tracing(info, names);
    case link_cgroup: return cgroup(info);
    case link_iter: return iterator(fd);
    case link_netns: return netns(info);
    case link_xdp: return KernelAttachment{.hook = "xdp", .ifindex = info.xdp.ifindex};
    case link_perf_event: return ::pratique::perf_event(fd, info);
    case link_kprobe_multi:
      return KernelAttachment{
          .hook = (info.kprobe_multi.flags & multi_return) != 0 ? "kretprobe_multi" : "kprobe_multi",
          .target = count_of(info.kprobe_multi.count, "function")};
    case link_struct_ops:
      return KernelAttachment{.hook = "struct_ops", .target = "map " + std::to_string(info.struct_ops.map_id)};
    case link_netfilter: return netfilter(info);
    case link_uprobe_multi: return uprobe_multi(fd);
    case link_tcx:
    case link_netkit:
      return KernelAttachment{.hook = attach_type_name(info.device.attach_type),
                              .ifindex = info.device.ifindex,
                              .direction = attach_type_name(info.device.attach_type).ends_with("_ingress")  ? "ingress"
                                           : attach_type_name(info.device.attach_type).ends_with("_egress") ? "egress"
                                                                                                            : ""};
    case link_sockmap:
      return KernelAttachment{.hook = attach_type_name(info.sockmap.attach_type),
                              .target = "map " + std::to_string(info.sockmap.map_id)};
    default: return KernelAttachment{.hook = link_type_name(info.type)};
  }
}

}  // namespace pratique
