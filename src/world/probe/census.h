// Who holds what: every process, and every thread with a descriptor table of its own. Private to the probe.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/kernel_object.h"
#include "world/probe/descriptor.h"
#include "world/probe/iterators.h"
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
  const char* how = "fd";  // KernelOwner::how
  FdInfo info;             // empty where the iterators told it
};

struct HeldEvent {
  HeldFd by;
  std::uint32_t prog = 0;  // 0 where only the kernel knows
};

// A socket with a program, or with a classic filter.
struct HeldFilter {
  HeldFd by;
  const char* hook = "socket_filter";  // or "sk_reuseport"
  std::uint32_t prog = 0;              // 0: classic
  std::uint32_t instructions = 0, netns = 0;
  std::uint16_t family = 0, type = 0;  // AF_INET, SOCK_RAW
};

struct SeccompThread {
  std::uint32_t pid = 0, tid = 0;
  std::uint64_t filter = 0;  // the same number for threads with the same filters
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

struct ProgramDetails {
  std::uint32_t attach_type = 0;
  std::uint32_t attach_btf_id = 0;  // in the kernel's own types; 0 for none, and for one in another program's
  std::uint32_t target_prog = 0;    // that other program
};

// Where a link is, as its structure in the kernel says.
struct LinkPlace {
  std::uint32_t netns = 0, device = 0;
};

// A program that runs for the sockets in a map.
struct MapProgram {
  std::uint32_t map = 0, prog = 0, attach_type = 0;
};

struct Census {
  std::vector<HeldObject> objects;
  std::vector<HeldEvent> perf_events;
  std::vector<HeldFilter> filters;     // by iterators alone
  std::vector<SeccompThread> seccomp;  // by iterators alone
  std::vector<HeldFd> sockets;         // by /proc alone
  std::vector<HeldBpffs> bpffs;
  std::map<std::uint64_t, MountTable> mount_tables;  // of the namespaces that a thread is in
  NamespaceDoors mount_doors;                        // of others, which only a descriptor is known for
  NamespaceDoors network_doors;
  std::vector<Descriptor> kept;              // opened where no place below proc leads, as doors "self/fd/N"
  std::map<std::uint32_t, Process> holders;  // by pid; of those that hold objects
  // By iterators alone:
  std::map<std::uint32_t, ProgramDetails> programs;
  std::map<std::uint32_t, LinkPlace> link_places;
  std::map<std::uint32_t, bool> frozen;  // maps
  std::vector<MapProgram> map_programs;
  bool by_iterators = false;
};

// By our iterators, which see more and cost less. Empty where the kernel refuses them or has not what they read.
// Mappings are looked at only where one of `objects` can be mapped.
std::optional<Census> ask_iterators(int proc, Iterators& iterators, const std::vector<KernelObject>& objects,
                                    Gaps& gaps);

// By a walk over /proc: every process, and every thread with a table of its own. Each process is read through one open
// folder, so that a pid that is given to another process meanwhile cannot mix two.
Census walk_processes(int proc, Gaps& gaps);

// What both need.
void add_door(std::vector<std::string>& doors, const std::string& place);  // up to three: each may be gone when needed
// Reads the mounts of a namespace through the thread at `below` ("7", "7/task/9"), whose open folder `folder` is. False
// where the thread is gone or elsewhere by now.
bool add_mount_table(Census& census, int folder, const std::string& below, std::uint64_t inode);
// Comm, executable and cgroup of a process; empty where it is gone. `folder` is its open folder.
Process describe_process(int folder);
// Whether the descriptor is of that object by now; `folder` is the open folder of its process.
bool names_same_object(int folder, const HeldObject& held);
// The bpffs that holds this file or folder, when one does.
std::optional<HeldBpffs> find_bpffs(int proc, const std::string& place);

// Whether processes can map it.
bool can_be_mapped(const KernelObject& object);

}  // namespace pratique
