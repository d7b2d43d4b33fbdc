// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Iterators over threads, descriptors, mappings and programs: who holds eBPF objects, also where /proc does not say
// (sockets, perf events, descriptors in flight). They only read, each time somebody reads them, and are pinned nowhere.
#include "shared.h"

typedef unsigned long long __u64;
typedef unsigned int __u32;
typedef unsigned short __u16;

#define SEC(name) __attribute__((section(name), used))
#define inline inline __attribute__((always_inline))

// include/uapi/linux/bpf.h: helpers are called by number.
struct seq_file;
static long (*const bpf_probe_read_kernel)(void* to, __u32 size, const void* from) = (void*)113;
static long (*const bpf_probe_read_kernel_str)(void* to, __u32 size, const void* from) = (void*)115;
static long (*const bpf_seq_write)(struct seq_file* seq, const void* data, __u32 size) = (void*)127;

#define MAP_SOCKMAP 15
#define MAP_SOCKHASH 18
#define LINK_XDP 6
#define LINK_NETFILTER 10
#define LINK_TCX 11
#define LINK_NETKIT 13

#define AF_UNIX 1
#define PF_KTHREAD 0x00200000

#define ANON_INODE_MAGIC 0x09041934
#define SOCKET_MAGIC 0x534f434b
#define NAMESPACE_MAGIC 0x6e736673
#define BPFFS_MAGIC 0xcafe4a11

// The first seven letters of the names that the kernel gives its nameless inodes. No process can choose them.
#define NAME(a, b, c, d, e, f, g)                                                                             \
  ((__u64)(a) | (__u64)(b) << 8 | (__u64)(c) << 16 | (__u64)(d) << 24 | (__u64)(e) << 32 | (__u64)(f) << 40 | \
   (__u64)(g) << 48)
#define NAME_PROG NAME('b', 'p', 'f', '-', 'p', 'r', 'o')
#define NAME_MAP NAME('b', 'p', 'f', '-', 'm', 'a', 'p')
#define NAME_LINK NAME('b', 'p', 'f', '_', 'l', 'i', 'n')
#define NAME_LINK_TOO NAME('b', 'p', 'f', '-', 'l', 'i', 'n')
#define NAME_BTF NAME('b', 't', 'f', 0, 0, 0, 0)
#define NAME_PERF NAME('[', 'p', 'e', 'r', 'f', '_', 'e')

// include/linux/bpf.h and kernel/bpf: what each kind of iterator is called with.
struct iterator {
  struct seq_file* seq;
};
struct files_context {
  struct iterator* iterator;
  const void* task;
  __u32 fd;
  const void* file;
};
struct object_context {
  struct iterator* iterator;
  const void* object;
};
struct mappings_context {
  struct iterator* iterator;
  const void *task, *mapping;
};

// The number that the probe puts here; opaque to the compiler, which must not calculate with it.
#define CHOICE(mark)                                                      \
  ({                                                                      \
    __u64 number;                                                         \
    asm volatile("%0 = %1" : "=r"(number) : "i"(PRATIQUE_MARK + (mark))); \
    number;                                                               \
  })
#define AT(type, member) CHOICE(field_##type##_##member)
#define HAS(type, member) (AT(type, member) != PRATIQUE_ABSENT)

static inline __u64 load(const void* base, __u64 offset) {
  __u64 value = 0;
  bpf_probe_read_kernel(&value, sizeof(value), base + offset);
  return value;
}
static inline __u32 load_half(const void* base, __u64 offset) {
  __u32 value = 0;
  bpf_probe_read_kernel(&value, sizeof(value), base + offset);
  return value;
}
// The same without a call, for what the verifier knows the type of: what an iterator is called with, and what that
// points to. The verifier searches the kernel's types for each pointer read so (a third of a millisecond on Linux 6.18),
// so only what is read of each file is.
static inline const void* follow(const void* base, __u64 offset) { return *(const void* const*)(base + offset); }
static inline __u32 follow_half(const void* base, __u64 offset) { return *(const __u32*)(base + offset); }
#define KNOWN_POINTER(base, type, member) follow(base, AT(type, member))
#define KNOWN_NUMBER(base, type, member) follow_half(base, AT(type, member))

#define POINTER(base, type, member) ((const void*)load(base, AT(type, member)))
#define NUMBER(base, type, member) load_half(base, AT(type, member))

static inline __u64 name_of(const void* file) {
  __u64 name = 0;
  const void* dentry = (const void*)load(file, AT(file, f_path) + AT(path, dentry));
  const void* text = (const void*)load(dentry, AT(dentry, d_name) + AT(qstr, name));
  bpf_probe_read_kernel_str(&name, sizeof(name), text);
  return name;
}

static inline const void* place_of(const void* file) { return POINTER(POINTER(file, file, f_inode), inode, i_sb); }

static inline __u64 magic_of(const void* file) { return load(place_of(file), AT(super_block, s_magic)); }

static inline __u64 magic_of_known(const void* file) {
  const void* place = KNOWN_POINTER(KNOWN_POINTER(file, file, f_inode), inode, i_sb);
  return (__u64)KNOWN_POINTER(place, super_block, s_magic);
}

static inline __u32 id_of(const void* prog) { return NUMBER(POINTER(prog, bpf_prog, aux), bpf_prog_aux, id); }

static inline void write(struct seq_file* seq, struct Record* record, __u32 kind, __u32 id) {
  record->kind = kind;
  record->id = id;
  bpf_seq_write(seq, record, sizeof(*record));
}

// A file of any kind but a socket; nothing where it has nothing to do with eBPF.
static inline void write_file(struct seq_file* seq, struct Record* record, const void* file, __u64 magic, __u32 flags) {
  if (magic == NAMESPACE_MAGIC)
    return write(seq, record, flags | record_namespace, NUMBER(POINTER(file, file, f_inode), inode, i_ino));
  if (magic == BPFFS_MAGIC)
    return write(seq, record, flags | record_bpffs, NUMBER(place_of(file), super_block, s_dev) & 0xfffff);
  if (magic != ANON_INODE_MAGIC) return;

  const __u64 name = name_of(file);
  const void* object = POINTER(file, file, private_data);
  if (name == NAME_PROG) return write(seq, record, flags | record_prog, id_of(object));
  if (name == NAME_MAP) return write(seq, record, flags | record_map, NUMBER(object, bpf_map, id));
  if (name == NAME_LINK || name == NAME_LINK_TOO)
    return write(seq, record, flags | record_link, NUMBER(object, bpf_link, id));
  if (name == NAME_BTF) return write(seq, record, flags | record_btf, NUMBER(object, btf, id));
  if (name != NAME_PERF) return;
  const void* prog = POINTER(object, perf_event, prog);
  if (prog) write(seq, record, flags | record_perf_event, id_of(prog));
}

static inline const void* sock_of(const void* file) { return POINTER(POINTER(file, file, private_data), socket, sk); }

static inline __u64 family_of(const void* sock) {
  return load_half(sock, AT(sock, __sk_common) + AT(sock_common, skc_family)) & 0xffff;
}

static inline int is_unix(const void* sock) { return family_of(sock) == AF_UNIX; }

static inline void write_filter(struct seq_file* seq, struct Record* record, const void* sock, const void* prog,
                                __u32 kind) {
  if (!prog) return;
  const void* net = (const void*)load(sock, AT(sock, __sk_common) + AT(sock_common, skc_net));
  record->netns_or_btf = load_half(net, AT(net, ns) + AT(ns_common, inum));
  record->more = NUMBER(prog, bpf_prog, len) | family_of(sock) << 32 | (NUMBER(sock, sock, sk_type) & 0xffffULL) << 48;
  write(seq, record, kind, id_of(prog));
  record->netns_or_btf = 0;
  record->more = 0;
}

static inline void write_socket(struct seq_file* seq, struct Record* record, const void* file) {
  const void* sock = sock_of(file);
  if (!sock) return;
  const void* filter = POINTER(sock, sock, sk_filter);
  if (filter) write_filter(seq, record, sock, POINTER(filter, sk_filter, prog), record_filter);
  const void* group = POINTER(sock, sock, sk_reuseport_cb);
  if (group) write_filter(seq, record, sock, POINTER(group, sock_reuseport, prog), record_reuseport);
  if (!is_unix(sock)) return;
  const __u32 in_flight = NUMBER(sock, unix_sock, scm_stat);  // whose only member counts them
  if (in_flight) write(seq, record, record_in_flight, in_flight);
}

// Whether its table of descriptors is shown with the process it belongs to.
static inline int shares_files(const void* task) {
  return KNOWN_NUMBER(task, task_struct, pid) != KNOWN_NUMBER(task, task_struct, tgid) &&
         POINTER(task, task_struct, files) ==
             POINTER(POINTER(task, task_struct, group_leader), task_struct, files);
}

static inline struct Record record_of(const void* task, int fd) {
  struct Record record = {
      .pid = KNOWN_NUMBER(task, task_struct, tgid), .tid = KNOWN_NUMBER(task, task_struct, pid), .fd = fd};
  return record;
}

SEC("iter/task_file")
int files(struct files_context* context) {
  const void *task = context->task, *file = context->file;
  if (!task || !file || shares_files(task)) return 0;
  const __u64 magic = magic_of_known(file);
  if (magic != ANON_INODE_MAGIC && magic != SOCKET_MAGIC && magic != NAMESPACE_MAGIC && magic != BPFFS_MAGIC) return 0;
  struct Record record = record_of(task, context->fd);
  if (magic == SOCKET_MAGIC)
    write_socket(context->iterator->seq, &record, file);
  else
    write_file(context->iterator->seq, &record, file, magic, 0);
  return 0;
}

// One descriptor of each message that waits in a unix socket (net/unix/af_unix.c: they travel in its control block).
// The probe runs it again for the next descriptor and for the next 16 messages: a loop over all is more than the
// verifier takes.
SEC("iter/task_file")
int files_in_flight(struct files_context* context) {
  const void *task = context->task, *file = context->file;
  if (!task || !file || shares_files(task) || magic_of_known(file) != SOCKET_MAGIC) return 0;
  const void* sock = sock_of(file);
  if (!sock || !is_unix(sock) || !NUMBER(sock, unix_sock, scm_stat)) return 0;
  struct Record record = record_of(task, context->fd);
  const void* queue = sock + AT(sock, sk_receive_queue);
  const void* message = (const void*)load(queue, 0);  // a ring: the first member of each points to the next
  const __u64 first = CHOICE(choice_message), descriptor = CHOICE(choice_descriptor);
  for (__u64 i = 0; i < 256; ++i) {
    if (!message || message == queue || i == first + 16) break;
    if (i >= first) {
      const void* list = (const void*)load(message, AT(sk_buff, cb) + AT(unix_skb_parms, fp));
      const __u16 count = list ? NUMBER(list, scm_fp_list, count) & 0xffff : 0;
      if (descriptor < count) {
        const void* sent = (const void*)load(list, AT(scm_fp_list, fp) + descriptor * sizeof(void*));
        record.more = count;
        write_file(context->iterator->seq, &record, sent, magic_of(sent), RECORD_IN_FLIGHT);
        write(context->iterator->seq, &record, RECORD_IN_FLIGHT, count);
      }
    }
    message = (const void*)load(message, 0);
  }
  return 0;
}

static inline int is_in_bpffs(const void* place) {
  return load(POINTER(POINTER(place, path, dentry), dentry, d_sb), AT(super_block, s_magic)) == BPFFS_MAGIC;
}

SEC("iter/task")
int threads(struct object_context* context) {
  const void* task = context->object;
  if (!task || KNOWN_NUMBER(task, task_struct, flags) & PF_KTHREAD) return 0;
  const void* leader = POINTER(task, task_struct, group_leader);
  const void *spaces = POINTER(task, task_struct, nsproxy), *places = POINTER(task, task_struct, fs);
  if (!spaces || !places) return 0;  // it is ending
  if (task != leader && spaces == POINTER(leader, task_struct, nsproxy) &&
      places == POINTER(leader, task_struct, fs))
    return 0;
  struct Record record = record_of(task, -1);
  const __u64 mount = load_half(POINTER(spaces, nsproxy, mnt_ns), AT(mnt_namespace, ns) + AT(ns_common, inum));
  const __u64 network = load_half(POINTER(spaces, nsproxy, net_ns), AT(net, ns) + AT(ns_common, inum));
  record.more = mount << 32 | network;
  write(context->iterator->seq, &record, record_thread,
        is_in_bpffs(places + AT(fs_struct, pwd)) || is_in_bpffs(places + AT(fs_struct, root)));
  return 0;
}

SEC("iter/task")
int seccomp(struct object_context* context) {
  const void* task = context->object;
  if (!task) return 0;
  const void* leader = POINTER(task, task_struct, group_leader);
  const __u64 filter = load(task, AT(task_struct, seccomp) + AT(seccomp, filter));
  if (!filter || (task != leader && filter == load(leader, AT(task_struct, seccomp) + AT(seccomp, filter)))) return 0;
  struct Record record = record_of(task, -1);
  record.more = filter;
  write(context->iterator->seq, &record, record_seccomp, 0);
  return 0;
}

SEC("iter/task_vma")
int mappings(struct mappings_context* context) {
  const void *task = context->task, *mapping = context->mapping;
  if (!task || !mapping) return 0;
  const void* file = KNOWN_POINTER(mapping, vm_area_struct, vm_file);
  if (!file || magic_of_known(file) != ANON_INODE_MAGIC || name_of(file) != NAME_MAP) return 0;
  struct Record record = record_of(task, -1);
  write(context->iterator->seq, &record, record_mapping, NUMBER(POINTER(file, file, private_data), bpf_map, id));
  return 0;
}

SEC("iter/bpf_prog")
int programs(struct object_context* context) {
  const void* prog = context->object;
  if (!prog) return 0;
  struct Record record = {.fd = -1};
  record.more = NUMBER(prog, bpf_prog, expected_attach_type);
  const void *aux = POINTER(prog, bpf_prog, aux), *other = 0;
  if (HAS(bpf_prog_aux, dst_prog)) other = POINTER(aux, bpf_prog_aux, dst_prog);
  if (HAS(bpf_prog_aux, linked_prog)) other = POINTER(aux, bpf_prog_aux, linked_prog);  // its name before Linux 5.11
  if (other) record.tid = id_of(other);
  if (HAS(bpf_prog_aux, attach_btf_id) && !other) record.netns_or_btf = NUMBER(aux, bpf_prog_aux, attach_btf_id);
  write(context->iterator->seq, &record, record_attach_type, id_of(prog));
  return 0;
}

// A map that is embedded in the structure that its type adds to: at its front, for each type that is read here.
static inline void write_map_program(struct seq_file* seq, struct Record* record, __u32 map, const void* prog,
                                     __u64 where) {
  if (!prog) return;
  record->more = where << 32 | map;
  write(seq, record, record_map_program, id_of(prog));
}

SEC("iter/bpf_map")
int maps(struct object_context* context) {
  const void* map = context->object;
  if (!map) return 0;
  struct seq_file* seq = context->iterator->seq;
  struct Record record = {.fd = -1};
  const __u32 id = NUMBER(map, bpf_map, id);
  if (HAS(bpf_map, frozen)) {
    record.more = NUMBER(map, bpf_map, frozen) & 0xff;
    write(seq, &record, record_map_state, id);
  }
  if (!HAS(bpf_map, map_type) || !HAS(sk_psock_progs, msg_parser)) return 0;
  const __u32 type = NUMBER(map, bpf_map, map_type);
  const void* progs = 0;
  if (type == MAP_SOCKMAP && HAS(bpf_stab, progs)) progs = map + AT(bpf_stab, progs);
  if (type == MAP_SOCKHASH && HAS(bpf_shtab, progs)) progs = map + AT(bpf_shtab, progs);
  if (!progs) return 0;
  write_map_program(seq, &record, id, POINTER(progs, sk_psock_progs, msg_parser), 0);
  if (HAS(sk_psock_progs, stream_verdict)) {
    write_map_program(seq, &record, id, POINTER(progs, sk_psock_progs, stream_parser), 1);
    write_map_program(seq, &record, id, POINTER(progs, sk_psock_progs, stream_verdict), 2);
    write_map_program(seq, &record, id, POINTER(progs, sk_psock_progs, skb_verdict), 3);
  } else if (HAS(sk_psock_progs, skb_parser)) {  // before Linux 5.13 these are the ones for streams
    write_map_program(seq, &record, id, POINTER(progs, sk_psock_progs, skb_parser), 1);
    write_map_program(seq, &record, id, POINTER(progs, sk_psock_progs, skb_verdict), 2);
  }
  return 0;
}

// The same for links: each, and where it is if that is a device or a network namespace.
SEC("iter/bpf_link")
int links(struct object_context* context) {
  const void *link = context->object, *device = 0, *net = 0;
  if (!link) return 0;
  struct Record record = {.fd = -1};
  write(context->iterator->seq, &record, record_link, NUMBER(link, bpf_link, id));
  if (!HAS(bpf_link, type) || !HAS(net_device, nd_net)) return 0;
  const __u32 type = NUMBER(link, bpf_link, type);
  if (type == LINK_XDP && HAS(bpf_xdp_link, dev)) device = POINTER(link, bpf_xdp_link, dev);
  if (type == LINK_TCX && HAS(tcx_link, dev)) device = POINTER(link, tcx_link, dev);
  if (type == LINK_NETKIT && HAS(netkit_link, dev)) device = POINTER(link, netkit_link, dev);
  if (type == LINK_NETFILTER && HAS(bpf_nf_link, net)) net = POINTER(link, bpf_nf_link, net);
  if (device) {
    net = POINTER(device, net_device, nd_net);
    record.more = NUMBER(device, net_device, ifindex);
  }
  if (!net) return 0;
  record.netns_or_btf = load_half(net, AT(net, ns) + AT(ns_common, inum));
  write(context->iterator->seq, &record, record_link_place, NUMBER(link, bpf_link, id));
  return 0;
}
