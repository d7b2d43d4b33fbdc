// KernelObject: one eBPF program, map, link or type table, or one classic BPF filter, as the kernel tells it. Numbers
// that the kernel gave are kept as they are, so that a type this program does not know is shown by its number and never
// dropped. Names are the kernel's own (include/uapi/linux/bpf.h). Every text in it may be hostile.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace pratique {

enum class KernelKind : std::uint8_t { prog, map, link, btf, classic };
std::string_view name_of(KernelKind kind);
std::optional<KernelKind> kernel_kind_named(std::string_view name);

// The kernel's own names in lower case without their prefix, as bpftool prints them: "socket_filter" for program type
// 1, "probe_write_user" for helper 36. The number as text when it is not known.
std::string prog_type_name(std::uint32_t number);
std::string map_type_name(std::uint32_t number);
std::string link_type_name(std::uint32_t number);
std::string attach_type_name(std::uint32_t number);
std::string helper_name(std::uint32_t number);
std::optional<std::uint32_t> find_helper(std::string_view name);

// A process that keeps an object alive.
struct KernelOwner {
  std::uint32_t pid = 0;
  std::uint32_t tid = 0;   // the thread whose table holds the descriptor, where that is not the process's own; else 0
  std::string comm;        // as /proc tells it
  std::string exe;         // empty when it could not be read
  int fd = -1;             // -1 where there is none
  std::string how = "fd";  // "fd"; "mmap": only mapped; "scm": in flight in the unix socket `fd`
  std::string container;   // 64 hex digits, from the cgroup path; empty outside containers
  std::string pod;         // pod uid, from the cgroup path
  std::string image;       // "docker.io/shop/agent:1@sha256:...", where somebody who knows the pods filled it in
  bool operator==(const KernelOwner&) const = default;
};

struct KernelPin {
  std::string path;            // as its mount namespace sees it; for an unmounted bpffs, from that file system's root
  std::uint64_t mount_ns = 0;  // inode of the mount namespace it was seen in; 0 where no namespace mounts it any more
  std::string via;  // what to put before `path` to reach it from here: "/proc/7/root"; empty for our own namespace
  std::uint32_t mode = 0;  // permission bits
  std::uint32_t uid = 0;
  bool operator==(const KernelPin&) const = default;
};

// A place where a program runs. What does not apply is empty or 0.
struct KernelAttachment {
  std::string
      hook;  // the attach type, or what the kernel calls the place: "xdp", "cgroup_inet_ingress", "kprobe", "tc"
  std::string target;  // "eth0", "sched/sched_switch", a function; empty when the kernel does not say
  std::uint64_t netns = 0;
  std::string cgroup;  // path below the cgroup2 root
  std::uint32_t ifindex = 0;
  std::string direction;  // "ingress", "egress"
  std::string detail;     // "generic", "pref 1 handle 0x1 chain 0 direct-action", "+0x10"
  std::uint32_t link_id = 0;
  std::uint32_t pid = 0;  // whose descriptor keeps it, where neither a link nor the network or a cgroup does
  int fd = -1;
  bool operator==(const KernelAttachment&) const = default;
};

struct KernelObject {
  KernelKind kind = KernelKind::prog;
  std::uint32_t id = 0;
  std::string key;  // where the kernel has no id (classic filters): "socket 4026 of pid 7"
  std::uint32_t type_number = 0;
  std::string type;  // "tracing", "hash", "perf_event"; the number as text when unknown
  std::string name;
  std::string tag;   // programs: 16 hex digits, over the instructions as they were loaded
  std::string code;  // programs: 16 hex digits, over the instructions as they run, without the numbers that differ from
                     // load to load (maps, addresses); the same on nodes with the same kernel. Empty when not readable
  std::optional<Time> loaded;
  std::optional<std::uint32_t> uid;  // of whoever loaded it
  bool gpl = false;
  std::uint32_t btf_id = 0;
  std::optional<std::uint32_t> attach_type;  // programs and links, where the kernel tells

  // Programs.
  std::uint32_t instructions = 0;  // after the verifier; 0 when the kernel does not show them
  std::uint32_t jited_bytes = 0;
  std::uint32_t verified_instructions = 0;
  std::uint64_t runs = 0, run_nanoseconds = 0, recursion_misses = 0;  // zero unless kernel.bpf_stats_enabled
  std::vector<std::uint32_t> map_ids;
  std::string attach_target;  // the kernel function or program it was loaded for
  // The kernel functions it calls, sorted, as kallsyms names them: "bpf_probe_write_user". Empty optional: not
  // readable.
  std::optional<std::vector<std::string>> calls;

  std::uint32_t prog_id = 0;         // links
  std::uint32_t target_prog_id = 0;  // links and programs: the program that they watch or replace a function of

  // Maps; `value_size` is also the size in bytes of a type table.
  std::uint32_t key_size = 0, value_size = 0, max_entries = 0, flags = 0;
  std::optional<bool> frozen;  // whether processes can no longer write to it; empty where the kernel does not tell
  // Of a program array and of a struct_ops map: the programs in it; of a map of maps: the maps in it.
  std::vector<std::uint32_t> entry_ids;

  std::vector<KernelOwner> owners;
  std::vector<KernelPin> pins;
  std::vector<KernelAttachment> attachments;
  std::vector<std::string> held_by;  // other objects that keep it: "link 7", "prog 12", "map 3"

  std::string does, hides;  // in plain words, where somebody who can judge filled them in; `hides` is empty for nothing
  bool operator==(const KernelObject&) const = default;
};

// "prog 12", "classic socket 4026 of pid 7": how messages and `held_by` name an object.
std::string label_of(const KernelObject& object);

// What one look at one node gave.
struct KernelInventory {
  std::string node;
  std::string release;                  // uname -r
  std::string boot;                     // the kernel's id of this start (random(4)); two nodes may have one name
  std::vector<KernelObject> objects;    // by kind, then id or key
  std::vector<std::string> incomplete;  // what could not be read and why; empty means that all of it was
  bool refused = false;                 // the kernel lists nothing for us: what is here comes from descriptors alone
  bool operator==(const KernelInventory&) const = default;
};

}  // namespace pratique
