// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Watches calls of bpf() that load, create, attach, detach, pin or freeze, and objects that are given up. Reads what the
// call asks for, what came of it, and who called: process, executable and cgroup. Changes nothing, refuses nothing, and
// is gone with the process that loaded it.
#include <linux/bpf.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "event.h"

char terms[] SEC("license") = "Dual MIT/GPL";

// The members that are read; where they are, libbpf looks up in the running kernel's types.
#define KERNEL __attribute__((preserve_access_index))
struct qstr {
  const unsigned char* name;
} KERNEL;
struct super_block {
  unsigned long s_magic;
} KERNEL;
struct dentry {
  struct dentry* d_parent;
  struct qstr d_name;
  struct super_block* d_sb;
} KERNEL;
struct path {
  struct dentry* dentry;
} KERNEL;
struct file {
  struct path f_path;
  void* private_data;
} KERNEL;
struct fdtable {
  unsigned int max_fds;
  struct file** fd;
} KERNEL;
struct files_struct {
  struct fdtable* fdt;
} KERNEL;
struct mm_struct {
  struct file* exe_file;
} KERNEL;
struct kernfs_node {
  struct kernfs_node* parent;
  const char* name;
} KERNEL;
struct kernfs_node___since_6_15 {
  struct kernfs_node* __parent;
} KERNEL;
struct cgroup {
  struct kernfs_node* kn;
} KERNEL;
struct css_set {
  struct cgroup* dfl_cgrp;
} KERNEL;
struct task_struct {
  unsigned int flags;
  struct mm_struct* mm;
  struct files_struct* files;
  struct css_set* cgroups;
} KERNEL;
struct bpf_prog_aux {
  __u32 id;
  char name[EVENT_NAME];
} KERNEL;
struct bpf_prog {
  enum bpf_prog_type type;
  __u8 tag[8];
  struct bpf_prog_aux* aux;
} KERNEL;
struct bpf_map {
  enum bpf_map_type map_type;
  __u32 id;
  char name[EVENT_NAME];
} KERNEL;
struct bpf_link {
  __u32 id;
  enum bpf_link_type type;
  struct bpf_prog* prog;
} KERNEL;
struct btf {
  __u32 id;
} KERNEL;

#define ANON_INODE_MAGIC 0x09041934
#define PF_KTHREAD 0x00200000

struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, 1 << 20);
} events SEC(".maps");

// What a thread asked bpf() for, until it returns.
struct Call {
  __u32 command;
  __u32 has_attr;
  __u8 attr[EVENT_ATTR];
};
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 2048);
  __type(key, __u64);
  __type(value, struct Call);
} calls SEC(".maps");

__u64 lost = 0;
static const struct Call no_call;

static __always_inline int is_watched(__u32 command) {
  const __u64 watched = 1ull << BPF_MAP_CREATE | 1ull << BPF_PROG_LOAD | 1ull << BPF_OBJ_PIN | 1ull << BPF_PROG_ATTACH |
                        1ull << BPF_PROG_DETACH | 1ull << BPF_RAW_TRACEPOINT_OPEN | 1ull << BPF_BTF_LOAD |
                        1ull << BPF_MAP_FREEZE | 1ull << BPF_LINK_CREATE | 1ull << BPF_LINK_UPDATE |
                        1ull << BPF_LINK_DETACH;
  return command < 64 && watched >> command & 1;
}

static __noinline void walk_up(const struct dentry* dentry, struct EventPath* path) {
#pragma unroll
  for (int i = 0; i < EVENT_PARTS; ++i) {
    const struct dentry* parent = BPF_CORE_READ(dentry, d_parent);
    path->part[i][0] = 0;
    if (!dentry || parent == dentry) continue;
    bpf_probe_read_kernel_str(path->part[i], EVENT_PART, BPF_CORE_READ(dentry, d_name.name));
    dentry = parent;
  }
}

static __noinline void walk_up_cgroups(const struct kernfs_node* node, struct EventPath* path) {
#pragma unroll
  for (int i = 0; i < EVENT_PARTS; ++i) {
    const struct kernfs_node* parent;
    const struct kernfs_node___since_6_15* newer = (const void*)node;
    if (bpf_core_field_exists(newer->__parent))
      parent = BPF_CORE_READ(newer, __parent);
    else
      parent = BPF_CORE_READ(node, parent);
    path->part[i][0] = 0;
    if (!node || !parent) continue;
    bpf_probe_read_kernel_str(path->part[i], EVENT_PART, BPF_CORE_READ(node, name));
    node = parent;
  }
}

static __always_inline const struct file* file_of(const struct task_struct* task, __u32 fd) {
  const struct fdtable* table = BPF_CORE_READ(task, files, fdt);
  const struct file* file = 0;
  if (fd < BPF_CORE_READ(table, max_fds))
    bpf_probe_read_kernel(&file, sizeof file, BPF_CORE_READ(table, fd) + fd);
  return file;
}

static __always_inline void tell_prog(struct Event* event, const struct bpf_prog* prog) {
  event->kind = event_prog;
  event->id = BPF_CORE_READ(prog, aux, id);
  event->type = BPF_CORE_READ(prog, type);
  bpf_core_read(event->tag, sizeof event->tag, &prog->tag);
  const struct bpf_prog_aux* aux = BPF_CORE_READ(prog, aux);
  bpf_core_read(event->name, sizeof event->name, &aux->name);
}

static __always_inline void tell_map(struct Event* event, const struct bpf_map* map) {
  event->kind = event_map;
  event->id = BPF_CORE_READ(map, id);
  event->type = BPF_CORE_READ(map, map_type);
  bpf_core_read(event->name, sizeof event->name, &map->name);
}

static __always_inline void tell_link(struct Event* event, const struct bpf_link* link) {
  event->kind = event_link;
  event->id = BPF_CORE_READ(link, id);
  event->type = BPF_CORE_READ(link, type);
  event->prog = BPF_CORE_READ(link, prog, aux, id);
}

// What a descriptor is of, by the names that the kernel gives its nameless inodes; no process can choose them.
static __noinline void tell_object(struct Event* event, const struct task_struct* task, __u32 fd) {
  const struct file* file = file_of(task, fd);
  if (!file || BPF_CORE_READ(file, f_path.dentry, d_sb, s_magic) != ANON_INODE_MAGIC) return;
  char name[8] = {};
  bpf_probe_read_kernel_str(name, sizeof name, BPF_CORE_READ(file, f_path.dentry, d_name.name));
  const void* object = BPF_CORE_READ(file, private_data);
  if (name[0] == 'b' && name[1] == 't' && name[2] == 'f') {
    event->kind = event_btf;
    event->id = BPF_CORE_READ((const struct btf*)object, id);
  } else if (name[0] == 'b' && name[1] == 'p' && name[2] == 'f') {
    if (name[4] == 'p') tell_prog(event, object);
    if (name[4] == 'm') tell_map(event, object);
    if (name[4] == 'l') tell_link(event, object);
  }
}

static __always_inline __u32 word_at(const __u8* attr, int offset) { return *(const __u32*)(attr + offset); }

// Which descriptor the call was about: what it returned, or one of its arguments (union bpf_attr).
static __always_inline void tell_call(struct Event* event, const struct task_struct* task) {
  const __u8* attr = event->attr;
  switch (event->command) {
    case BPF_MAP_CREATE:
    case BPF_PROG_LOAD:
    case BPF_BTF_LOAD:
    case BPF_LINK_CREATE:
    case BPF_RAW_TRACEPOINT_OPEN:
      if (event->result >= 0) tell_object(event, task, event->result);
      break;
    case BPF_PROG_ATTACH:
    case BPF_PROG_DETACH: tell_object(event, task, word_at(attr, 4)); break;
    case BPF_OBJ_PIN: tell_object(event, task, word_at(attr, 8)); break;
    default: tell_object(event, task, word_at(attr, 0)); break;
  }
  if (event->command == BPF_PROG_ATTACH || event->command == BPF_PROG_DETACH) {
    const struct file* file = file_of(task, word_at(attr, 0));
    if (file) walk_up(BPF_CORE_READ(file, f_path.dentry), &event->target);
  }
  if (event->command == BPF_OBJ_PIN || event->command == BPF_RAW_TRACEPOINT_OPEN) {
    const char* text = *(const char* const*)attr;
    if (text && bpf_probe_read_user_str(event->text, EVENT_TEXT, text) < 0) event->text[0] = 0;
  }
}

static __always_inline struct Event* begin_event(const struct task_struct* task) {
  struct Event* event = bpf_ringbuf_reserve(&events, sizeof *event, 0);
  if (!event) {
    __sync_fetch_and_add(&lost, 1);
    return 0;
  }
  __builtin_memset(event, 0, __builtin_offsetof(struct Event, exe));
  event->exe.part[0][0] = event->cgroup.part[0][0] = event->target.part[0][0] = 0;
  event->at = bpf_ktime_get_boot_ns();
  if (BPF_CORE_READ(task, flags) & PF_KTHREAD) return event;
  const __u64 thread = bpf_get_current_pid_tgid();
  event->pid = thread >> 32;
  event->tid = (__u32)thread;
  event->uid = (__u32)bpf_get_current_uid_gid();
  bpf_get_current_comm(event->comm, sizeof event->comm);
  walk_up(BPF_CORE_READ(task, mm, exe_file, f_path.dentry), &event->exe);
  walk_up_cgroups(BPF_CORE_READ(task, cgroups, dfl_cgrp, kn), &event->cgroup);
  return event;
}

static __always_inline struct Call* begin_call(__u32 command) {
  const __u64 thread = bpf_get_current_pid_tgid();
  if (bpf_map_update_elem(&calls, &thread, &no_call, BPF_ANY) != 0) {
    __sync_fetch_and_add(&lost, 1);
    return 0;
  }
  struct Call* call = bpf_map_lookup_elem(&calls, &thread);
  if (call) call->command = command;
  return call;
}

static __always_inline int end_call(long result) {
  const __u64 thread = bpf_get_current_pid_tgid();
  const struct Call* call = bpf_map_lookup_elem(&calls, &thread);
  if (!call) return 0;
  const struct task_struct* task = (const void*)bpf_get_current_task();
  struct Event* event = call->command == BPF_PROG_RUN ? 0 : begin_event(task);
  if (event) {
    event->command = call->command;
    event->result = result;
    event->has_attr = call->has_attr;
    __builtin_memcpy(event->attr, call->attr, EVENT_ATTR);
    tell_call(event, task);
    bpf_ringbuf_submit(event, 0);
  }
  bpf_map_delete_elem(&calls, &thread);
  return 0;
}

// The front of the attributes; a caller with less than that has zeros behind.
static __always_inline void read_attr(struct Call* call, const void* attr, __u64 size, int of_kernel) {
  asm volatile("" : "+r"(size));  // one register from here on, so that the verifier sees what bounds it
  if (size > EVENT_ATTR) size = EVENT_ATTR;
  const long failed =
      of_kernel ? bpf_probe_read_kernel(call->attr, size, attr) : bpf_probe_read_user(call->attr, size, attr);
  call->has_attr = failed == 0;
}

// LSM hook "bpf", and security_bpf() where the kernel calls no LSM programs: with the kernel's copy of the attributes,
// which the caller cannot change any more. A call inside that of running a program is made by that program; what comes
// of it cannot be seen.
static __always_inline int see_hook(const __u64* args) {
  const __u64 thread = bpf_get_current_pid_tgid();
  const __u32 command = args[0];
  const struct Call* outer = bpf_map_lookup_elem(&calls, &thread);
  if (outer && outer->command == BPF_PROG_RUN) {
    struct Event* event = is_watched(command) ? begin_event((const void*)bpf_get_current_task()) : 0;
    if (!event) return 0;
    event->command = command;
    event->unfinished = 1;
    event->has_attr = bpf_probe_read_kernel(event->attr, EVENT_ATTR, (const void*)args[1]) == 0;
    bpf_ringbuf_submit(event, 0);
    return 0;
  }
  struct Call* call = is_watched(command) || command == BPF_PROG_RUN ? begin_call(command) : 0;
  if (call) read_attr(call, (const void*)args[1], EVENT_ATTR, 1);
  return 0;
}

SEC("lsm/bpf")
int on_lsm(const __u64* args) { return see_hook(args); }

SEC("fentry/security_bpf")
int on_security(const __u64* args) { return see_hook(args); }

// Functions behind the system call: with its registers, and what it returns.
SEC("fexit/__x64_sys_bpf")
int on_return(const __u64* args) { return end_call((long)args[1]); }

SEC("fexit/__ia32_sys_bpf")
int on_return_32(const __u64* args) { return end_call((long)args[1]); }

// Tracepoints of the system call, where the others are refused.
struct enter_context {
  __u64 common;
  long number;
  unsigned long args[6];
};
struct exit_context {
  __u64 common;
  long number, result;
};

SEC("tracepoint/syscalls/sys_enter_bpf")
int on_enter(const struct enter_context* context) {
  struct Call* call = is_watched(context->args[0]) ? begin_call(context->args[0]) : 0;
  if (call) read_attr(call, (const void*)context->args[1], context->args[2], 0);
  return 0;
}

SEC("tracepoint/syscalls/sys_exit_bpf")
int on_exit(const struct exit_context* context) { return end_call(context->result); }

// The kernel gives an id free: the object has no holder any more.
static __always_inline struct Event* begin_end(void) {
  struct Event* event = begin_event((const void*)bpf_get_current_task());
  if (event) event->command = EVENT_FREED;
  return event;
}

SEC("fentry/bpf_prog_free_id")
int on_prog_end(const __u64* args) {
  struct Event* event = begin_end();
  if (!event) return 0;
  tell_prog(event, (const void*)args[0]);
  bpf_ringbuf_submit(event, 0);
  return 0;
}

SEC("fentry/bpf_map_free_id")
int on_map_end(const __u64* args) {
  struct Event* event = begin_end();
  if (!event) return 0;
  tell_map(event, (const void*)args[0]);
  bpf_ringbuf_submit(event, 0);
  return 0;
}

SEC("fentry/bpf_link_free")
int on_link_end(const __u64* args) {
  struct Event* event = begin_end();
  if (!event) return 0;
  tell_link(event, (const void*)args[0]);
  bpf_ringbuf_submit(event, 0);
  return 0;
}
