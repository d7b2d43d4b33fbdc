// What is true of a node's kernel where eBPF is concerned: version, lockdown, sysctls, configuration, mitigations, and
// what this process may do there. A value that could not be read is unknown and says why; it is never a default.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace pratique {

struct KernelFact {
  std::string group;                 // "kernel", "security", "sysctl", "config", "mitigation", "capability", "iterator"
  std::string name;                  // "release", "kernel.unprivileged_bpf_disabled", "CONFIG_BPF_LSM", "CAP_BPF"
  std::optional<std::string> value;  // as the kernel writes it
  std::string unknown;               // why there is no value
  std::string meaning;               // what the value means for eBPF, where that is not plain
  bool operator==(const KernelFact&) const = default;
};

struct KernelFacts {
  std::string node;
  std::vector<KernelFact> facts;  // in groups, in the order of the groups
  bool operator==(const KernelFacts&) const = default;
};

// Something that looking into the kernel takes: a capability, or a place that has to be there.
struct KernelPrivilege {
  std::string name;     // "CAP_SYS_ADMIN"
  std::string serves;   // what it is for
  std::string without;  // what is not known where it lacks
  bool held = false;
  bool operator==(const KernelPrivilege&) const = default;
};

}  // namespace pratique
