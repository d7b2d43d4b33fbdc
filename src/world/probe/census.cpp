#include "world/probe/census.h"

#include <bpf/bpf.h>
#include <fcntl.h>
#include <linux/kcmp.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/text.h"
#include "world/probe/namespaces.h"

namespace pratique {
namespace {

bool shares(std::uint32_t pid, std::uint32_t tid, int what) {
  return ::syscall(SYS_kcmp, pid, tid, what, 0, 0) == 0;  // a refusal reads as "differs", which costs time and no truth
}

// Linux 6.16 to 6.18 and perhaps 6.19 crash when the fdinfo of a kprobe_multi link without cookies is read
// (da7e9c0a7fbc).
bool may_read_fdinfo_of_links() {
  utsname system{};
  ::uname(&system);
  return ::strverscmp(system.release, "6.16") < 0 || ::strverscmp(system.release, "7") >= 0;
}

// Through a copy of the descriptor, for a moment.
std::optional<std::uint32_t> find_link_id(const HeldFd& held) {
  constexpr unsigned a_thread = O_EXCL;  // PIDFD_THREAD, since Linux 6.9
  const Descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, held.tid, held.tid == held.pid ? 0 : a_thread)));
  const Descriptor copy(process ? static_cast<int>(::syscall(SYS_pidfd_getfd, process.get(), held.fd, 0)) : -1);
  std::uint32_t type_and_id[2] = {};
  __u32 length = sizeof type_and_id;
  if (!copy || bpf_obj_get_info_by_fd(copy.get(), type_and_id, &length) != 0) return {};
  return type_and_id[1];
}

// False for an iterator that is being read: "anon_inode:bpf_iter" has no id of its own.
bool name_object(FdInfo info, HeldObject& object) {
  const auto name = [&](KernelKind kind, std::optional<std::uint32_t> id) {
    object.kind = kind;
    object.id = id.value_or(0);
    return id.has_value();
  };
  object.info = std::move(info);
  return name(KernelKind::link, object.info.link_id) ||  // first: a link tells its program as well
         name(KernelKind::prog, object.info.prog_id) || name(KernelKind::map, object.info.map_id) ||
         name(KernelKind::btf, object.info.btf_id);
}

class ProcessWalker {
 public:
  ProcessWalker(int proc, Gaps& gaps) : proc_(proc), gaps_(gaps) {}

  Census take() {
    const Descriptor folder = open_folder(proc_, ".");
    const bool listed = folder && for_each_name(folder, [&](std::string_view name) {
                          if (const auto pid = parse_unsigned(name); pid && *pid <= INT32_MAX)
                            visit_process(name.data(), static_cast<std::uint32_t>(*pid));
                        });
    if (!listed) gaps_.add("processes are not listed: " + reason_of(errno));
    if (refused_ > 0) gaps_.add("the descriptors of " + std::to_string(refused_) + " processes are not shown: refused");
    if (unsafe_ > 0)
      gaps_.add(std::to_string(unsafe_) +
                " open files of file systems that are mounted nowhere were not looked into: a "
                "network file system beside them may hang");
    for (const auto& [inode, table] : census_.mount_tables) census_.mount_doors.erase(inode);
    return std::move(census_);
  }

 private:
  struct Thread {
    std::uint32_t pid, tid;
    int folder;  // /proc/PID or /proc/PID/task/TID
    std::uint64_t mount_ns;
    bool own_files = true, own_place = true;  // not shared with the thread that gave the process its name
  };

  void visit_process(const char* name, std::uint32_t pid) {
    const Descriptor folder = open_path(proc_, name);
    if (!folder) return;
    const std::uint64_t mount_ns = note_mount_namespace(folder.get(), std::string(name));
    visit_thread({pid, pid, folder.get(), mount_ns});
    struct stat info {};  // a process of one thread has three links to its task folder
    if (::fstatat(folder.get(), "task", &info, 0) != 0 || info.st_nlink == 3) return;
    const Descriptor task = open_folder(folder.get(), "task");
    for_each_name(task, [&](std::string_view tid) {
      if (const auto number = parse_unsigned(tid); number && *number != pid)
        visit_other_thread(pid, static_cast<std::uint32_t>(*number), task.get(), tid.data(), mount_ns);
    });
  }

  void visit_other_thread(std::uint32_t pid, std::uint32_t tid, int task, const char* name, std::uint64_t mount_ns) {
    const Descriptor folder = open_path(task, name);
    if (!folder) return;
    Thread thread{pid, tid, folder.get(), mount_ns, !shares(pid, tid, KCMP_FILES), !shares(pid, tid, KCMP_FS)};
    if (thread.own_place)  // only such a thread can be in a mount namespace of its own
      thread.mount_ns = note_mount_namespace(folder.get(), std::to_string(pid) + "/task/" + name);
    visit_thread(thread);
  }

  void visit_thread(const Thread& thread) {
    note_network_namespace(thread);
    if (thread.own_place)
      for (const char* link : {"cwd", "root"}) note_bpffs(thread, thread.folder, link, link);
    if (!thread.own_files) return;
    const Descriptor list = open_folder(thread.folder, "fd");
    if (!list) {
      refused_ += errno == EACCES || errno == EPERM ? 1 : 0;
      return;
    }
    for_each_name(list, [&](std::string_view name) {
      if (const auto fd = parse_unsigned(name)) visit_fd(thread, list.get(), name.data(), static_cast<int>(*fd));
    });
  }

  void visit_fd(const Thread& thread, int list, const char* name, int fd) {
    char text[256];
    const ssize_t length = ::readlinkat(list, name, text, sizeof text);
    if (length <= 0) return;
    const std::string_view link(text, static_cast<std::size_t>(length));
    const HeldFd held{thread.pid, thread.tid, fd};
    if (link.front() == '/') {
      note_bpffs(thread, list, name, "fd/" + std::string(name));
    } else if (link.starts_with("socket:")) {
      census_.sockets.push_back(held);
    } else if (link.starts_with("anon_inode:bpf") || link == "anon_inode:btf") {
      note_object(thread, held, name,
                  link.starts_with("anon_inode:bpf_link") || link.starts_with("anon_inode:bpf-link"));
    } else if (link == "anon_inode:[perf_event]") {
      census_.perf_events.push_back({held});
    } else if (const auto net = parse_namespace_link(link, "net")) {
      add_door(census_.network_doors[*net], place_of(held));
    } else if (const auto mount = parse_namespace_link(link, "mnt")) {
      add_door(census_.mount_doors[*mount], place_of(held));
    }
  }

  void note_object(const Thread& thread, const HeldFd& held, const char* name, bool is_link) {
    HeldObject object{.by = held};
    if (is_link && !may_read_links_) {
      const auto id = find_link_id(held);
      if (!id) return gaps_.add("the link at /proc/" + place_of(held) + " is not named: " + reason_of(errno));
      object.kind = KernelKind::link;
      object.id = *id;
    } else {
      const auto text = read_text(thread.folder, ("fdinfo/" + std::string(name)).c_str());
      if (!text || !name_object(parse_fdinfo(*text), object)) return;
    }
    census_.objects.push_back(std::move(object));
    if (!census_.holders.contains(held.pid)) census_.holders.emplace(held.pid, describe_process(thread.folder));
  }

  void note_network_namespace(const Thread& thread) {
    const auto inode = read_namespace(thread.folder, "ns/net", "net");
    if (inode != 0) add_door(census_.network_doors[inode], folder_of(thread) + "/ns/net");
  }

  // The inode of the namespace; its table is read through the first thread seen in it.
  std::uint64_t note_mount_namespace(int folder, const std::string& below) {
    const auto inode = read_namespace(folder, "ns/mnt", "mnt");
    if (inode != 0) add_mount_table(census_, folder, below, inode);  // where it is ending, another thread will tell
    return inode;
  }

  // A bpffs that no namespace mounts any more lives on while somebody holds a file or folder of it.
  void note_bpffs(const Thread& thread, int folder, const char* path, const std::string& below) {
    const auto table = census_.mount_tables.find(thread.mount_ns);
    if (table == census_.mount_tables.end()) return;
    if (table->second.may_hang) return note_unsafe(thread, below, table->second);
    struct statx info {};
    if (::statx(folder, path, AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC, STATX_TYPE, &info) != 0) return;
    if (info.stx_dev_major != 0 || !(S_ISDIR(info.stx_mode) || S_ISREG(info.stx_mode))) return;
    const auto [known, is_new] = devices_.try_emplace(info.stx_dev_minor, false);
    const std::string place = folder_of(thread) + "/" + below;
    if (!is_new && !known->second) return;
    auto found = pratique::find_bpffs(proc_, place);
    known->second = found.has_value();
    if (found) census_.bpffs.push_back(std::move(*found));
  }

  // Where looking could hang, only the number of the mount is read.
  void note_unsafe(const Thread& thread, const std::string& below, const MountTable& table) {
    if (!below.starts_with("fd/")) return;
    const auto text = read_text(thread.folder, ("fdinfo/" + below.substr(3)).c_str());
    const auto mount = text ? parse_fdinfo(*text).mnt_id : std::nullopt;
    const auto is_it = [&](const Mount& each) { return each.id == mount; };
    if (mount && std::none_of(table.mounts.begin(), table.mounts.end(), is_it)) ++unsafe_;
  }

  static std::string folder_of(const Thread& thread) {
    std::string folder = std::to_string(thread.pid);
    if (thread.tid != thread.pid) folder += "/task/" + std::to_string(thread.tid);
    return folder;
  }

  const bool may_read_links_ = may_read_fdinfo_of_links();
  int proc_;
  Gaps& gaps_;
  Census census_;
  std::map<std::uint32_t, bool> devices_;  // minor number of an unnamed device -> is a bpffs
  std::uint32_t refused_ = 0, unsafe_ = 0;
};

}  // namespace

std::string place_of(const HeldFd& held) {
  std::string place = std::to_string(held.pid);
  if (held.tid != held.pid) place += "/task/" + std::to_string(held.tid);
  return place + "/fd/" + std::to_string(held.fd);
}

bool names_same_object(int folder, const HeldObject& held) {
  if (held.kind == KernelKind::link && !may_read_fdinfo_of_links()) return find_link_id(held.by) == held.id;
  const std::string thread = held.by.tid == held.by.pid ? "" : "task/" + std::to_string(held.by.tid) + "/";
  const auto text = read_text(folder, (thread + "fdinfo/" + std::to_string(held.by.fd)).c_str());
  HeldObject now;
  return text && name_object(parse_fdinfo(*text), now) && now.kind == held.kind && now.id == held.id;
}

Process describe_process(int folder) {
  Process process{.comm = read_text(folder, "comm").value_or(""), .exe = read_link(folder, "exe").value_or("")};
  if (process.comm.ends_with('\n')) process.comm.pop_back();
  if (const auto text = read_text(folder, "cgroup")) process.place = parse_cgroup(*text);
  return process;
}

Census walk_processes(int proc, Gaps& gaps) { return ProcessWalker(proc, gaps).take(); }

void add_door(std::vector<std::string>& doors, const std::string& place) {
  constexpr std::size_t enough = 3;
  if (doors.size() < enough) doors.push_back(place);
}

bool add_mount_table(Census& census, int folder, const std::string& below, std::uint64_t inode) {
  if (const auto known = census.mount_tables.find(inode); known != census.mount_tables.end()) {
    add_door(known->second.roots, below + "/root");
    return true;
  }
  const auto text = read_text(folder, "mountinfo");
  if (!text || text->empty() || read_namespace(folder, "ns/mnt", "mnt") != inode) return false;
  MountTable table{.mounts = parse_mountinfo(*text), .roots = {below + "/root"}};
  table.may_hang = std::any_of(table.mounts.begin(), table.mounts.end(), may_hang);
  census.mount_tables.emplace(inode, std::move(table));
  return true;
}

std::optional<HeldBpffs> find_bpffs(int proc, const std::string& place) {
  const Descriptor file = open_path(proc, place.c_str());
  struct statfs system {};
  struct stat info {};
  if (!file || ::fstatfs(file.get(), &system) != 0 || static_cast<std::uint32_t>(system.f_type) != BPF_FS_MAGIC)
    return {};
  if (::fstat(file.get(), &info) != 0) return {};
  return HeldBpffs{.place = place,
                   .device = std::to_string(major(info.st_dev)) + ":" + std::to_string(minor(info.st_dev)),
                   .text = read_link(proc, place.c_str()).value_or(""),
                   .folder = S_ISDIR(info.st_mode)};
}

}  // namespace pratique
