// What the iterators write, 32 bytes a record: shared by the programs in the kernel and the probe.
#ifndef PRATIQUE_RECORD_H
#define PRATIQUE_RECORD_H

enum RecordKind {
  record_prog = 1,    // a descriptor of a program; id
  record_map,         // of a map; id
  record_link,        // of a link; id
  record_btf,         // of a type table; id
  record_perf_event,  // a perf event with a program; id of the program
  record_namespace,   // a descriptor of a namespace; id: its inode
  record_bpffs,       // an open file or folder of a bpffs; id: minor device number
  record_filter,      // a socket with a filter; id of the program, 0 for a classic one; more: instructions of that
  record_reuseport,   // a socket whose group has a program; the same
  record_mapping,     // a mapping of a map; id
  record_seccomp,     // a thread with seccomp filters; id: how many; more: which (the same number for the same filters)
  record_task,       // a thread: id: 1 if its cwd or root is in a bpffs; more: mount (high) and network (low) namespace
  record_in_flight,  // a unix socket with descriptors in flight; id: how many (0: more than were looked at)
  record_attach_type,  // a program: id, more: its expected attach type
};

// Added to a kind for what is in flight in the unix socket that is at `fd`.
#define RECORD_IN_FLIGHT 0x100

struct Record {
  unsigned int pid, tid;
  int fd;
  unsigned int kind;
  unsigned int id;
  unsigned int reserved;
  unsigned long long more;
};

#endif
