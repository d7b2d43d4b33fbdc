#include "world/probe/probe.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fcntl.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <tuple>

#include "base/text.h"
#include "world/probe/census.h"
#include "world/probe/cgroups.h"
#include "world/probe/namespaces.h"
#include "world/probe/network.h"
#include "world/probe/objects.h"
#include "world/probe/owners.h"
#include "world/probe/pins.h"

namespace pratique {
namespace {

void note_limits_of_our_view(int proc, Gaps& gaps) {
  if (::geteuid() != 0) gaps.add("not running as root: only what the kernel shows to this user");
  if (!sees_all_pids(proc))
    gaps.add("running in a pid namespace: processes outside it are not seen, so owners may be missing");
}

// The pids of iterators are those of the first pid namespace, so they mean something only where /proc shows that.
Census take_census(int proc, const ProbeOptions& options, const KernelTypes& types,
                   const std::vector<KernelObject>& objects, Gaps& gaps) {
  const bool may_ask = options.looking == Looking::by_iterators && options.proc == "/proc" && sees_all_pids(proc);
  if (may_ask && !types.empty()) {
    Iterators iterators(types);
    if (auto census = ask_iterators(proc, iterators, objects, gaps)) return std::move(*census);
    gaps.add("programs on sockets and classic filters are not shown: our iterators were not loaded: " +
             reason_of(errno));
  } else {
    gaps.add(
        "programs on sockets and classic filters are not shown: that takes iterators and the kernel's types (BTF)");
  }
  return walk_processes(proc, gaps);
}

// The pins, and the objects that only they show us: without privilege, or pinned after the listing was read.
void add_pins(int proc, Census& census, BtfNames& names, std::vector<KernelObject>& objects, Gaps& gaps) {
  std::map<std::pair<KernelKind, std::uint32_t>, std::size_t> places;
  for (std::size_t i = 0; i < objects.size(); ++i) places.emplace(std::pair(objects[i].kind, objects[i].id), i);
  find_pins(proc, census, gaps, [&](int fd, FoundPin found) {
    const std::pair key(found.kind, found.id);
    if (!places.contains(key)) {
      places.emplace(key, objects.size());
      read_object(fd, found.kind, names, objects, gaps);
    }
    if (places[key] < objects.size()) objects[places[key]].pins.push_back(std::move(found.pin));
  });
}

void sort(std::vector<KernelObject>& objects) {
  for (auto& object : objects) {
    std::sort(object.owners.begin(), object.owners.end(), [](const KernelOwner& a, const KernelOwner& b) {
      return std::tie(a.pid, a.tid, a.fd, a.how) < std::tie(b.pid, b.tid, b.fd, b.how);
    });
    std::sort(object.pins.begin(), object.pins.end(),
              [](const KernelPin& a, const KernelPin& b) { return std::tie(a.path, a.via) < std::tie(b.path, b.via); });
  }
  std::sort(objects.begin(), objects.end(), [](const KernelObject& a, const KernelObject& b) {
    return std::tie(a.kind, a.id, a.key) < std::tie(b.kind, b.id, b.key);
  });
}

}  // namespace

Result<KernelInventory> probe_kernel(const ProbeOptions& options) {
  libbpf_set_print(nullptr);
  const Descriptor proc = open_folder(AT_FDCWD, options.proc.c_str());
  if (!proc)
    return Error{Fault::unavailable, "cannot be opened: " + reason_of(errno), {options.proc}, "mount proc there"};
  __u32 id = 0;
  const int code = bpf_prog_get_next_id(0, &id) == 0 ? 0 : errno;
  if (code == ENOSYS)
    return Error{Fault::unavailable, "this kernel has no bpf()", {}, "run on a kernel with CONFIG_BPF_SYSCALL"};

  Gaps gaps;
  note_limits_of_our_view(proc.get(), gaps);
  const KernelTypesFile types_file;
  const KernelTypes types(types_file.bytes());
  BtfNames names(types);
  const Looking looking = options.proc == "/proc" ? options.looking : Looking::by_proc;
  auto objects = read_objects(proc.get(), looking, names, gaps);
  Census census = take_census(proc.get(), options, types, objects, gaps);
  add_objects_seen_in_descriptors(census, names, objects, gaps);
  add_pins(proc.get(), census, names, objects, gaps);
  add_classic_filters(proc.get(), census, objects);
  const ObjectIndex index(objects);
  add_owners(census, index);
  add_details(census, names, objects, index);
  add_cgroup_attachments(proc.get(), census, objects, gaps);
  add_perf_attachments(census, objects, index, gaps);
  add_socket_attachments(proc.get(), census, index);
  add_map_attachments(census, objects, index);
  add_network_attachments(proc.get(), census, objects, index, gaps);
  add_holders(objects, index);
  add_hidden_owners(proc.get(), census, objects, gaps);
  sort(objects);

  utsname system{};
  ::uname(&system);
  return KernelInventory{.node = system.nodename,
                         .release = system.release,
                         .boot = std::string(trim(read_text(proc.get(), "sys/kernel/random/boot_id").value_or(""))),
                         .objects = std::move(objects),
                         .incomplete = gaps.take(),
                         .refused = code == EPERM || code == EACCES};
}

}  // namespace pratique
