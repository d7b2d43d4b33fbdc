// The capabilities that looking takes, and what each missing one costs.
#include <fcntl.h>
#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>

#include "world/probe/namespaces.h"
#include "world/probe/probe.h"

namespace pratique {
namespace {

constexpr unsigned cap_bpf = 39, cap_perfmon = 38;  // since Linux 5.8; older headers lack them

struct Row {
  unsigned number;
  const char *name, *serves, *without;
};

constexpr std::array rows{
    Row{CAP_SYS_ADMIN, "CAP_SYS_ADMIN", "asks for all objects by id, enters network and mount namespaces",
        "the kernel lists nothing: only objects that descriptors and pins show"},
    Row{cap_bpf, "CAP_BPF", "loads the programs that look and watch",
        "no events, and what sockets hold is not known; CAP_SYS_ADMIN contains it"},
    Row{cap_perfmon, "CAP_PERFMON", "lets those programs read the kernel's structures",
        "no events, and what sockets hold is not known; CAP_SYS_ADMIN contains it"},
    Row{CAP_SYS_PTRACE, "CAP_SYS_PTRACE", "looks into processes of other users and those with more capabilities",
        "their executables, namespaces and pins there are not known"},
    Row{CAP_SYS_CHROOT, "CAP_SYS_CHROOT", "enters mount namespaces that no process is in",
        "pins that only such a namespace shows are not found"},
    Row{CAP_SYSLOG, "CAP_SYSLOG", "reads the kernel's addresses (kptr_restrict=1)",
        "which kernel functions programs call is not known, so what they may do is told in general"},
    Row{CAP_NET_ADMIN, "CAP_NET_ADMIN", "loads programs that look on kernels before 5.8, asks netfilter",
        "on these kernels as without CAP_BPF"},
    Row{CAP_DAC_READ_SEARCH, "CAP_DAC_READ_SEARCH", "lists bpffs folders of other users",
        "pins in folders of other users are not found"},
    Row{CAP_SYS_RESOURCE, "CAP_SYS_RESOURCE", "lifts the limit on locked memory on kernels before 5.11",
        "on these kernels our programs may not load where the limit is low"},
};

std::uint64_t effective_capabilities() {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  __user_cap_data_struct sets[2] = {};
  if (::syscall(SYS_capget, &header, sets) != 0) return 0;
  return sets[0].effective | (std::uint64_t{sets[1].effective} << 32);
}

}  // namespace

std::vector<KernelPrivilege> probe_privileges() {
  const std::uint64_t held = effective_capabilities();
  const auto has = [&](unsigned number) { return ((held >> number) & 1) != 0; };
  const auto is_contained = [](unsigned number) { return number == cap_bpf || number == cap_perfmon; };
  std::vector<KernelPrivilege> privileges;
  for (const auto& row : rows)
    privileges.push_back(
        {row.name, row.serves, row.without, has(row.number) || (is_contained(row.number) && has(CAP_SYS_ADMIN))});
  const Descriptor proc = open_folder(AT_FDCWD, "/proc");
  privileges.push_back({"host's pid namespace", "sees the processes of the whole node (hostPID: true)",
                        "processes outside are not seen, so owners are missing, and iterators are not asked",
                        sees_all_pids(proc.get())});
  privileges.push_back({"/sys/kernel/btf/vmlinux", "fits our programs to this kernel",
                        "no events but by polling, and what sockets hold is not known",
                        ::access("/sys/kernel/btf/vmlinux", R_OK) == 0});
  return privileges;
}

}  // namespace pratique
