// What bpf(BPF_OBJ_GET_INFO_BY_FD) writes, as of Linux 6.18 (include/uapi/linux/bpf.h): a distribution's header is
// older than the kernels that this program meets. An older kernel fills the front and leaves the rest zero. Private to
// the probe.
#pragma once

#include <cstdint>

namespace pratique::abi {

struct ProgInfo {
  std::uint32_t type, id;
  std::uint8_t tag[8];
  std::uint32_t jited_prog_len, xlated_prog_len;
  std::uint64_t jited_prog_insns, xlated_prog_insns;
  std::uint64_t load_time;  // nanoseconds since boot
  std::uint32_t created_by_uid, nr_map_ids;
  std::uint64_t map_ids;
  char name[16];
  std::uint32_t ifindex, gpl_compatible;  // bit 0
  std::uint64_t netns_dev, netns_ino;
  std::uint32_t nr_jited_ksyms, nr_jited_func_lens;
  std::uint64_t jited_ksyms, jited_func_lens;
  std::uint32_t btf_id, func_info_rec_size;
  std::uint64_t func_info;
  std::uint32_t nr_func_info, nr_line_info;
  std::uint64_t line_info, jited_line_info;
  std::uint32_t nr_jited_line_info, line_info_rec_size, jited_line_info_rec_size, nr_prog_tags;
  std::uint64_t prog_tags;
  std::uint64_t run_time_ns, run_cnt, recursion_misses;
  std::uint32_t verified_insns, attach_btf_obj_id, attach_btf_id, reserved;
};
static_assert(sizeof(ProgInfo) == 232);

struct MapInfo {
  std::uint32_t type, id, key_size, value_size, max_entries, map_flags;
  char name[16];
  std::uint32_t ifindex, btf_vmlinux_value_type_id;
  std::uint64_t netns_dev, netns_ino;
  std::uint32_t btf_id, btf_key_type_id, btf_value_type_id, btf_vmlinux_id;
  std::uint64_t map_extra, hash;
  std::uint32_t hash_size, reserved;
};
static_assert(sizeof(MapInfo) == 104);

struct BtfInfo {
  std::uint64_t btf;
  std::uint32_t btf_size, id;
  std::uint64_t name;
  std::uint32_t name_len, kernel_btf;
};
static_assert(sizeof(BtfInfo) == 32);

struct LinkInfo {
  std::uint32_t type, id, prog_id, reserved;
  union {
    struct {
      std::uint64_t name;
      std::uint32_t name_len;
    } raw_tracepoint;
    struct {
      std::uint32_t attach_type, target_obj_id, target_btf_id;
    } tracing;
    struct {
      std::uint64_t cgroup_id;
      std::uint32_t attach_type;
    } cgroup;
    struct {
      std::uint64_t target_name;
      std::uint32_t target_name_len, map_id;
      union {
        struct {
          std::uint64_t cgroup_id;
          std::uint32_t order;
        };
        struct {
          std::uint32_t tid, pid;
        };
      };
    } iter;
    struct {
      std::uint32_t netns_ino, attach_type;
    } netns;
    struct {
      std::uint32_t ifindex;
    } xdp;
    struct {
      std::uint32_t map_id;
    } struct_ops;
    struct {
      std::uint32_t pf, hooknum;
      std::int32_t priority;
      std::uint32_t flags;
    } netfilter;
    struct {
      std::uint64_t addrs;
      std::uint32_t count, flags;
      std::uint64_t missed, cookies;
    } kprobe_multi;
    struct {
      std::uint64_t path, offsets, ref_ctr_offsets, cookies;
      std::uint32_t path_size, count, flags, pid;
    } uprobe_multi;
    struct {
      std::uint32_t type, reserved;
      union {
        struct {
          std::uint64_t name;
          std::uint32_t name_len, offset;
          std::uint64_t address;  // kprobes: 0 where the kernel hides addresses
        } probe;                  // file of a uprobe, function of a kprobe, name of a tracepoint
        struct {
          std::uint64_t config;
          std::uint32_t type;
        } event;
      };
    } perf_event;
    struct {
      std::uint32_t ifindex, attach_type;
    } device;  // tcx, netkit
    struct {
      std::uint32_t map_id, attach_type;
    } sockmap;
    std::uint64_t room[8];
  };
};
static_assert(sizeof(LinkInfo) == 80);

enum ProgType : std::uint32_t { prog_cgroup_skb = 8, prog_struct_ops = 27, prog_ext = 28 };

enum MapType : std::uint32_t {
  map_prog_array = 3,
  map_array_of_maps = 12,
  map_hash_of_maps = 13,
  map_sockmap = 15,
  map_sockhash = 18,
  map_struct_ops = 26,
  map_ringbuf = 27,
  map_user_ringbuf = 31,
  map_arena = 33,
};
constexpr std::uint32_t map_flag_mmapable = 1u << 10;

enum LinkType : std::uint32_t {
  link_raw_tracepoint = 1,
  link_tracing = 2,
  link_cgroup = 3,
  link_iter = 4,
  link_netns = 5,
  link_xdp = 6,
  link_perf_event = 7,
  link_kprobe_multi = 8,
  link_struct_ops = 9,
  link_netfilter = 10,
  link_tcx = 11,
  link_uprobe_multi = 12,
  link_netkit = 13,
  link_sockmap = 14,
};

// enum bpf_perf_event_type
enum PerfType : std::uint32_t {
  perf_uprobe = 1,
  perf_uretprobe,
  perf_kprobe,
  perf_kretprobe,
  perf_tracepoint,
  perf_event
};

constexpr std::uint32_t multi_return = 1;  // BPF_F_KPROBE_MULTI_RETURN, BPF_F_UPROBE_MULTI_RETURN

}  // namespace pratique::abi
