// What several ways of asking one kernel for its eBPF objects answered, to be held against each other. Every text in it
// may be hostile.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "model/kernel_object.h"

namespace pratique {

using KernelId = std::pair<KernelKind, std::uint32_t>;

// One way of asking. A whole view shows every object of its kinds; the others show only some, which the whole ones must
// have as well.
struct KernelView {
  std::string name;         // "listing", "probing", "iterators", "descriptors", "references"
  std::string unavailable;  // why it could not be asked; empty when it was
  std::set<KernelKind> whole;
  std::map<KernelId, std::string>
      objects;  // and how it shows each: "descriptor 4 of process 7", "link 3"; may be empty
  bool operator==(const KernelView&) const = default;
};

// Programs by the tag of their code, which is all that some views tell.
struct KernelTagView {
  std::string name;  // "kallsyms"
  std::string unavailable;
  std::map<std::string, std::string> tags;  // and the symbol
  bool operator==(const KernelTagView&) const = default;
};

struct KernelViews {
  std::string node;
  std::vector<KernelView> views;
  std::set<KernelId> canary;                // what we made ourselves, which every view must show
  std::map<KernelId, std::string> details;  // of objects that can be opened: "kprobe evil 3b185187f1855c4c"
  KernelTagView symbols;
  std::map<std::string, std::uint32_t> code;  // tags of all listed programs that are compiled, with those inside them
  std::map<std::string, std::uint32_t> compiled;  // of them, of the programs themselves, which symbols must show
  // Functions that the kernel's tracer says call an eBPF trampoline, and those that listed programs are for.
  std::string trampolines_unavailable;
  std::set<std::string> trampolines, targets;
  // The same tracer's list of functions that were ever traced since the start (Linux 6.4): all of them, and those that
  // it says call an eBPF trampoline now.
  std::string touched_unavailable;
  std::set<std::string> touched, touched_trampolines;
  bool operator==(const KernelViews&) const = default;
};

// A contradiction, which no honest kernel gives for longer than a moment.
struct KernelContradiction {
  std::string object;                 // "prog 12", "code 3b185187f1855c4c", "function vfs_read"
  std::string says;                   // "is missing from listing"
  std::vector<std::string> evidence;  // "probing opens it: kprobe evil 3b185187f1855c4c"
  bool operator==(const KernelContradiction&) const = default;
};

}  // namespace pratique
