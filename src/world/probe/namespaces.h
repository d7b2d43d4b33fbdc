// Looking into other namespaces. A namespace belongs to a thread, so this is the one place below app/ that starts one:
// it enters, looks and ends, and what it opened stays open for the caller. Private to the probe.
#pragma once

#include <functional>
#include <string>

#include "world/probe/census.h"
#include "world/probe/descriptor.h"

namespace pratique {

// Calls work(inode, place) inside each namespace, one after another; `place` is the door that led in. `kind` is
// CLONE_NEWNET or CLONE_NEWNS. One that no longer exists is left out; one that cannot be entered becomes a gap.
void visit_namespaces(int proc, const NamespaceDoors& doors, int kind, Gaps& gaps,
                      const std::function<void(std::uint64_t inode, const std::string& place)>& work);

// The inode of the namespace at a place: read_namespace(proc, "self/ns/net", "net"). 0 where it cannot be read.
std::uint64_t read_namespace(int folder, const char* place, std::string_view kind);

// Whether /proc shows the processes of the whole node: this one is in the first pid namespace.
bool sees_all_pids(int proc);

}  // namespace pratique
