// Joins the census to the objects: who keeps each alive, and where programs run that no link stands for. Private to the
// probe.
#pragma once

#include <unordered_map>
#include <vector>

#include "model/kernel_object.h"
#include "world/probe/census.h"
#include "world/probe/names.h"

namespace pratique {

// Objects by kind and id. Valid until the vector grows.
class ObjectIndex {
 public:
  explicit ObjectIndex(std::vector<KernelObject>& objects);
  KernelObject* find(KernelKind kind, std::uint32_t id) const;

 private:
  std::unordered_map<std::uint64_t, KernelObject*> by_id_;
};

// The process behind a descriptor, with what the census knows of it.
KernelOwner owner_of(const Census& census, const HeldFd& held, const char* how);

// What descriptors tell of objects that the kernel did not list for us: without privilege, or made after the listing.
void add_objects_seen_in_descriptors(const Census& census, BtfNames& names, std::vector<KernelObject>& objects,
                                     Gaps& gaps);

void add_owners(const Census& census, const ObjectIndex& index);

// What the iterators told of objects: expected attach types, places of links, frozen maps.
void add_details(const Census& census, BtfNames& names, std::vector<KernelObject>& objects, const ObjectIndex& index);

// Programs that run for the sockets in a map.
void add_map_attachments(const Census& census, std::vector<KernelObject>& objects, const ObjectIndex& index);

// Programs on perf events (kprobes, uprobes, tracepoints before they had links), by BPF_TASK_FD_QUERY; also the places
// that links of Linux 5.15 to 6.5 do not tell.
void add_perf_attachments(const Census& census, std::vector<KernelObject>& objects, const ObjectIndex& index,
                          Gaps& gaps);

// Programs on sockets; and filters of classic BPF, on sockets and for seccomp, as objects of their own.
void add_socket_attachments(int proc, const Census& census, const ObjectIndex& index);
void add_classic_filters(int proc, const Census& census, std::vector<KernelObject>& objects);

// "link 7", "prog 12", "map 3" into `held_by`, from what links, programs and maps refer to.
void add_holders(std::vector<KernelObject>& objects, const ObjectIndex& index);

// For maps without any holder so far: processes that map them, by their size where nothing else tells; a gap where
// several fit. For other objects, the sockets they may be in flight in, as gaps.
void add_hidden_owners(int proc, const Census& census, std::vector<KernelObject>& objects, Gaps& gaps);

}  // namespace pratique
