// Joins the census to the objects: who keeps each alive, and where programs run that no link stands for. Private to the
// probe.
#pragma once

#include <unordered_map>
#include <vector>

#include "model/kernel_object.h"
#include "world/probe/census.h"

namespace pratique {

// Objects by kind and id. Valid until the vector grows.
class ObjectIndex {
 public:
  explicit ObjectIndex(std::vector<KernelObject>& objects);
  KernelObject* find(KernelKind kind, std::uint32_t id) const;

 private:
  std::unordered_map<std::uint64_t, KernelObject*> by_id_;
};

// What descriptors tell of objects that the kernel did not list for us (without privilege: those of our own processes).
void add_objects_seen_in_descriptors(const Census& census, std::vector<KernelObject>& objects);

void add_owners(const Census& census, const ObjectIndex& index);

// Programs on perf events (kprobes, uprobes, tracepoints before they had links), by BPF_TASK_FD_QUERY; also the places
// that links of Linux 5.15 to 6.5 do not tell.
void add_perf_attachments(const Census& census, std::vector<KernelObject>& objects, const ObjectIndex& index,
                          Gaps& gaps);

// "link 7", "prog 12", "map 3" into `held_by`, from what links, programs and maps refer to.
void add_holders(std::vector<KernelObject>& objects, const ObjectIndex& index);

// For objects without any holder so far: processes that only map them, sockets they are in flight in. The kernel does
// not name these, so they are told where one answer alone fits and are gaps otherwise.
void add_hidden_owners(int proc, const Census& census, std::vector<KernelObject>& objects, Gaps& gaps);

}  // namespace pratique
