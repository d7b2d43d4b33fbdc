/* What the iterators in the kernel and the probe share: the records that are written, and the members of kernel
   structures that are read. */
#ifndef PRATIQUE_PROBE_SHARED_H
#define PRATIQUE_PROBE_SHARED_H

enum RecordKind {
  record_prog = 1,    // a descriptor of a program; id
  record_map,         // of a map; id
  record_link,        // of a link; id
  record_btf,         // of a type table; id
  record_perf_event,  // a perf event with a program; id of the program
  record_namespace,   // a descriptor of a namespace; id: its inode
  record_bpffs,       // an open file or folder of a bpffs; id: minor device number
  record_filter,  // a socket with a filter; id of the program, 0 for a classic one; netns; more: instructions, then (32
                  // bits higher) the family of the socket and (48 higher) its type
  record_reuseport,  // a socket whose group has a program; the same
  record_mapping,    // a mapping of a map; id
  record_seccomp,    // a thread with seccomp filters; more: the same number for the same filters
  record_thread,     // a thread; id: 1 if its cwd or root is in a bpffs; more: mount (high) and network (low) namespace
  record_in_flight,  // a unix socket with descriptors in flight; id: how many
  record_attach_type,  // a program; id, more: its expected attach type, btf: the type it is for, unless in another
                       // program
  record_link_place,   // a link on a device or in a network namespace: id, netns, more: number of the device
  record_map_state,    // a map: id, more: 1 if it is frozen
  record_map_program   // a sockmap with a program: id of that, more: of the map (low), and where it runs (high): 0 for
                       // sk_msg, 1 stream parser, 2 stream verdict, 3 verdict
};

/* Added to a kind for what is in flight in the unix socket at `fd`. */
#define RECORD_IN_FLIGHT 0x100

struct Record {
  unsigned int pid, tid;
  int fd;
  unsigned int kind;
  unsigned int id;
  unsigned int netns_or_btf;
  unsigned long long more;
};

/* Where a member is differs from kernel to kernel. The programs are compiled with a mark in place of each offset, and
   the probe puts in what the running kernel's BTF says. */
#define PRATIQUE_FIELDS(X)          \
  X(file, f_inode)                  \
  X(file, f_path)                   \
  X(file, private_data)             \
  X(path, dentry)                   \
  X(dentry, d_name)                 \
  X(dentry, d_sb)                   \
  X(qstr, name)                     \
  X(inode, i_sb)                    \
  X(inode, i_ino)                   \
  X(super_block, s_magic)           \
  X(super_block, s_dev)             \
  X(bpf_prog, aux)                  \
  X(bpf_prog, len)                  \
  X(bpf_prog, expected_attach_type) \
  X(bpf_prog_aux, id)               \
  X(bpf_map, id)                    \
  X(bpf_link, id)                   \
  X(btf, id)                        \
  X(perf_event, prog)               \
  X(socket, sk)                     \
  X(sock, __sk_common)              \
  X(sock, sk_filter)                \
  X(sock, sk_reuseport_cb)          \
  X(sock, sk_receive_queue)         \
  X(sock_common, skc_family)        \
  X(sock_common, skc_net)           \
  X(sock, sk_type)                  \
  X(sk_filter, prog)                \
  X(sock_reuseport, prog)           \
  X(unix_sock, scm_stat)            \
  X(sk_buff, cb)                    \
  X(unix_skb_parms, fp)             \
  X(scm_fp_list, count)             \
  X(scm_fp_list, fp)                \
  X(task_struct, pid)               \
  X(task_struct, tgid)              \
  X(task_struct, flags)             \
  X(task_struct, group_leader)      \
  X(task_struct, files)             \
  X(task_struct, fs)                \
  X(task_struct, nsproxy)           \
  X(task_struct, seccomp)           \
  X(seccomp, filter)                \
  X(nsproxy, mnt_ns)                \
  X(nsproxy, net_ns)                \
  X(mnt_namespace, ns)              \
  X(net, ns)                        \
  X(ns_common, inum)                \
  X(fs_struct, root)                \
  X(fs_struct, pwd)                 \
  X(vm_area_struct, vm_file)

/* The same for members that not every kernel has. */
#define PRATIQUE_OPTIONAL_FIELDS(X) \
  X(bpf_prog_aux, attach_btf_id)    \
  X(bpf_prog_aux, linked_prog)      \
  X(bpf_prog_aux, dst_prog)         \
  X(bpf_map, frozen)                \
  X(bpf_map, map_type)              \
  X(bpf_stab, progs)                \
  X(bpf_shtab, progs)               \
  X(sk_psock_progs, msg_parser)     \
  X(sk_psock_progs, skb_parser)     \
  X(sk_psock_progs, stream_parser)  \
  X(sk_psock_progs, stream_verdict) \
  X(sk_psock_progs, skb_verdict)    \
  X(bpf_link, type)                 \
  X(bpf_xdp_link, dev)              \
  X(tcx_link, dev)                  \
  X(netkit_link, dev)               \
  X(bpf_nf_link, net)               \
  X(net_device, ifindex)            \
  X(net_device, nd_net)

#define PRATIQUE_ABSENT 0x7fffffff

enum Field {
#define PRATIQUE_FIELD(type, member) field_##type##_##member,
  PRATIQUE_FIELDS(PRATIQUE_FIELD) PRATIQUE_OPTIONAL_FIELDS(PRATIQUE_FIELD)
#undef PRATIQUE_FIELD
      field_count,
  /* Two numbers that the probe chooses: where in queues of messages and lists of descriptors to look. */
  choice_message = field_count,
  choice_descriptor,
  mark_count
};

/* The marks are the immediates from here on in "rX = imm". */
#define PRATIQUE_MARK 0x7e500000

#endif
