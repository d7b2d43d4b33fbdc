// Who holds what: one walk over /proc/PID, every thread with a descriptor table of its own included. Each process is
// read through one open folder, so that a pid that is given to another process meanwhile cannot mix two. Private to the
// probe.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "model/kernel_object.h"
#include "world/probe/descriptor.h"
#include "world/probe/procfs.h"

namespace pratique {

// A descriptor of some thread, found again as proc/place_of(it).
struct HeldFd {
  std::uint32_t pid = 0, tid = 0;  // tid = pid where the table is the process's own
  int fd = -1;
};
std::string place_of(const HeldFd& held);  // "7/fd/4", "7/task/9/fd/4"

struct HeldObject {
  HeldFd by;
  KernelKind kind = KernelKind::prog;
  std::uint32_t id = 0;
  FdInfo info;
};

// A file or folder of a bpffs that some thread holds open or works in.
struct HeldBpffs {
  std::string place;   // below proc: "7/fd/4", "7/cwd"
  std::string device;  // as mountinfo writes it: "0:45"
  std::string text;    // where the link says it is
  bool folder = true;
};

struct MountTable {
  std::vector<Mount> mounts;
  std::vector<std::string> roots;  // below proc: "7/root"; where a walk through this namespace starts
  bool may_hang = false;           // it mounts file systems whose server may be gone
};

// By inode: places below proc that open the namespace: "7/ns/net", "7/task/9/fd/4". Some, as each may be gone when
// needed.
using NamespaceDoors = std::map<std::uint64_t, std::vector<std::string>>;

struct Process {
  std::string comm, exe;
  CgroupPlace place;
};

struct Census {
  std::vector<HeldObject> objects;
  std::vector<HeldFd> perf_events, sockets;
  std::vector<HeldBpffs> bpffs;
  std::map<std::uint64_t, MountTable> mount_tables;  // of the namespaces that a thread is in
  NamespaceDoors mount_doors;                        // of others, which only a descriptor is known for
  NamespaceDoors network_doors;
  std::vector<Descriptor> kept;              // opened where no place below proc leads, as doors "self/fd/N"
  std::map<std::uint32_t, Process> holders;  // by pid; of those that hold objects
};

// `proc` is an open /proc.
Census take_census(int proc, Gaps& gaps);

// Comm, executable and cgroup of a process; empty where it is gone. `folder` is its open folder.
Process describe_process(int folder);

}  // namespace pratique
