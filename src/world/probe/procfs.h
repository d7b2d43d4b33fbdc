// The texts under /proc that tell who holds what: small pure parsers, private to the probe. Each reads what another
// process may have shaped (mount points, cgroup names), so each skips the lines it does not understand and never fails.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pratique {

// /proc/PID/fdinfo/FD of an eBPF object (kernel/bpf/syscall.c, bpf_*_show_fdinfo). Absent lines stay empty.
struct FdInfo {
  std::optional<std::uint32_t> prog_id, map_id, link_id, btf_id;
  std::optional<std::uint32_t> prog_type, map_type;
  std::string prog_tag;   // 16 hex digits
  std::string link_type;  // by name
  std::optional<std::uint32_t> key_size, value_size, max_entries, map_flags;
  std::optional<std::uint32_t> scm_fds;  // descriptors in flight, on a unix socket
  std::optional<std::uint32_t> mnt_id;   // the mount an ordinary file was opened on
  bool operator==(const FdInfo&) const = default;
};
FdInfo parse_fdinfo(std::string_view text);

// /proc/PID/mountinfo (proc(5)), a line.
struct Mount {
  std::uint32_t id = 0, parent = 0;
  std::string device;  // "0:45"
  std::string root;    // what of the file system is mounted: "/", "net:[4026532008]"
  std::string point;   // absolute; octal escapes undone, so any byte but NUL may be in it
  std::string type;    // "bpf", "cgroup2", "nsfs"
  bool operator==(const Mount&) const = default;
};
std::vector<Mount> parse_mountinfo(std::string_view text);

// Whether a walk along mounts[index].point ends at that mount: nothing is mounted over it or over one of its ancestors.
bool is_reachable(const std::vector<Mount>& mounts, std::size_t index);

// Whether a look into it may wait for a server that is gone (nfs, cifs, fuse ...).
bool may_hang(const Mount& mount);

// Whether the walk to mounts[index] passes through one that may hang.
bool crosses_network(const std::vector<Mount>& mounts, std::size_t index);

// /proc/PID/cgroup: which container and pod a process belongs to, by the names kubelet, containerd, CRI-O, Docker and
// Podman give their cgroups (systemd and cgroupfs drivers). Inside a pod it is the container that the kubelet knows.
struct CgroupPlace {
  std::string container;  // 64 hex digits; empty outside containers
  std::string pod;        // uid with dashes; empty outside pods
  std::string path;       // in the unified hierarchy, else the first listed
  bool operator==(const CgroupPlace&) const = default;
};
CgroupPlace parse_cgroup(std::string_view text);

// Lines of /proc/PID/maps that map an eBPF map: the bytes mapped by each. The kernel does not tell which map it is.
std::vector<std::uint64_t> parse_mapped_bpf_maps(std::string_view text);

// "net:[4026531840]" -> 4026531840, for the given kind.
std::optional<std::uint64_t> parse_namespace_link(std::string_view text, std::string_view kind);

}  // namespace pratique
