// KernelObject: one eBPF program, map or link as the kernel tells it. Numbers the kernel gave are kept as they are, so
// that a type this program does not know is shown by its number and never dropped. Names are the kernel's own (bpf.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace pratique {

enum class KernelKind : std::uint8_t { prog, map, link };
std::string_view name_of(KernelKind kind);

// The kernel's own names (include/uapi/linux/bpf.h, in lower case without their prefix), as bpftool prints them:
// "socket_filter" for program type 1, "probe_write_user" for helper 36. The number as text when it is not known.
std::string prog_type_name(std::uint32_t number);
std::string map_type_name(std::uint32_t number);
std::string link_type_name(std::uint32_t number);
std::string attach_type_name(std::uint32_t number);
std::string helper_name(std::uint32_t number);
std::optional<std::uint32_t> find_helper(std::string_view name);

struct KernelOwner {
  std::uint32_t pid = 0;
  std::uint32_t tid = 0;  // the thread whose table holds the fd, where it differs from pid; else 0
  std::string comm;       // as /proc tells it: hostile text
  std::string exe;        // empty when it could not be read
  int fd = -1;
  std::string how = "fd";
  std::string container;  // 64 hex digits, from the cgroup path; empty outside containers
  std::string pod;        // pod uid, from the cgroup path
  bool operator==(const KernelOwner&) const = default;
};

struct KernelPin {
  std::string path;
  std::uint64_t mount_ns = 0;  // inode of the mount namespace it was seen in
  std::string via;             // "/proc/PID/root" prefix used to reach it; empty for our own namespace
  bool operator==(const KernelPin&) const = default;
};

struct KernelAttachment {
  std::string hook;    // the attach type: "xdp", "cgroup_inet_ingress", "tracepoint"
  std::string target;  // "eth0", "sched/sched_switch", a function; empty when the kernel does not say
  std::uint64_t netns = 0;
  std::string cgroup;
  std::uint32_t ifindex = 0;
  std::string direction;
  std::uint32_t link_id = 0;
  bool operator==(const KernelAttachment&) const = default;
};

struct KernelObject {
  KernelKind kind = KernelKind::prog;
  std::uint32_t id = 0;
  std::uint32_t type_number = 0;
  std::string type;  // "tracing", "hash", "perf_event"; the number as text when unknown
  std::string name;  // may be empty; hostile text
  std::string tag;   // programs: 16 hex digits
  std::optional<Time> loaded;
  std::optional<std::uint32_t> uid;  // created_by_uid
  bool gpl = false;
  std::uint32_t instructions = 0;  // xlated, 0 when the kernel does not show them
  std::uint32_t btf_id = 0;
  std::vector<std::uint32_t> map_ids;                                      // programs
  std::uint32_t prog_id = 0;                                               // links
  std::uint32_t attach_type = 0;                                           // programs that say, and links
  std::uint32_t key_size = 0, value_size = 0, max_entries = 0, flags = 0;  // maps
  std::vector<std::uint32_t> helpers;  // helper numbers the program calls, sorted; empty when unreadable
  bool helpers_known = false;
  std::vector<KernelOwner> owners;
  std::vector<KernelPin> pins;
  std::vector<KernelAttachment> attachments;
  std::vector<std::string> held_by;  // "link 7", "prog 12", "map 3"
  bool operator==(const KernelObject&) const = default;
};

// What one look at one node gave.
struct KernelInventory {
  std::string node;
  std::string release;                  // uname -r
  std::vector<KernelObject> objects;    // by kind, then id
  std::vector<std::string> incomplete;  // what could not be read and why; empty means all of it was
  bool operator==(const KernelInventory&) const = default;
};

}  // namespace pratique
