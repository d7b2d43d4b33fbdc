// Who holds it: descriptors of every kind, mappings, pins in every kind of mount namespace, references between objects.
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <filesystem>
#include <thread>

#include "recipes.h"

namespace pratique {
namespace {

using maker::Child;
using maker::Fd;

constexpr std::uint32_t mmapable = 1u << 10;

Scene every_program_type() {
  struct {
    std::uint32_t type, attach;
    const char* name;
  } const types[] = {{1, 0, "socket_filter"},    {2, 0, "kprobe"},          {3, 0, "sched_cls"},
                     {4, 0, "sched_act"},        {5, 0, "tracepoint"},      {6, 37, "xdp"},
                     {7, 0, "perf_event"},       {8, 0, "cgroup_skb"},      {9, 2, "cgroup_sock"},
                     {10, 0, "lwt_in"},          {11, 0, "lwt_out"},        {12, 0, "lwt_xmit"},
                     {13, 3, "sock_ops"},        {14, 0, "sk_skb"},         {15, 6, "cgroup_device"},
                     {16, 7, "sk_msg"},          {17, 0, "raw_tracepoint"}, {18, 10, "cgroup_sock_addr"},
                     {19, 0, "lwt_seg6local"},   {20, 16, "lirc_mode2"},    {21, 39, "sk_reuseport"},
                     {22, 17, "flow_dissector"}, {23, 18, "cgroup_sysctl"}, {24, 0, "raw_tracepoint_writable"},
                     {25, 22, "cgroup_sockopt"}, {30, 36, "sk_lookup"},     {32, 45, "netfilter"}};
  Scene scene;
  for (const auto& [type, attach, name] : types) {
    Fd prog = maker::load({.type = type, .code = maker::returns(1), .name = name, .attach_type = attach});
    if (prog) scene.hold(KernelKind::prog, std::move(prog), name, std::string(name).substr(0, 15));
  }
  if (scene.truth.size() < 20)
    scene.skipped = "this kernel loads only " + std::to_string(scene.truth.size()) + " program types";
  return scene;
}

Scene every_map_type() {
  struct {
    std::uint32_t type, key, value, entries, flags;
    const char* name;
  } const types[] = {{1, 4, 4, 8, 0, "hash"},
                     {2, 4, 4, 8, 0, "array"},
                     {3, 4, 4, 8, 0, "prog_array"},
                     {4, 4, 4, 8, 0, "perf_event_array"},
                     {5, 4, 4, 8, 0, "percpu_hash"},
                     {6, 4, 4, 8, 0, "percpu_array"},
                     {7, 4, 80, 8, 0, "stack_trace"},
                     {8, 4, 4, 8, 0, "cgroup_array"},
                     {9, 4, 4, 8, 0, "lru_hash"},
                     {10, 4, 4, 8, 0, "lru_percpu_hash"},
                     {11, 8, 4, 8, 1, "lpm_trie"},
                     {14, 4, 4, 8, 0, "devmap"},
                     {15, 4, 4, 8, 0, "sockmap"},
                     {16, 4, 4, 8, 0, "cpumap"},
                     {17, 4, 4, 8, 0, "xskmap"},
                     {18, 4, 4, 8, 0, "sockhash"},
                     {19, 8, 4, 0, 0, "cgroup_storage"},
                     {20, 4, 4, 8, 0, "reuseport_sockarray"},
                     {21, 8, 4, 0, 0, "percpu_cgroup_storage"},
                     {22, 0, 4, 8, 0, "queue"},
                     {23, 0, 4, 8, 0, "stack"},
                     {25, 4, 4, 8, 0, "devmap_hash"},
                     {27, 0, 0, 4096, 0, "ringbuf"},
                     {30, 0, 4, 8, 0, "bloom_filter"},
                     {31, 0, 0, 4096, 0, "user_ringbuf"},
                     {33, 0, 0, 4, mmapable, "arena"}};
  Scene scene;
  for (const auto& [type, key, value, entries, flags, name] : types) {
    Fd map = maker::make({.type = type, .key = key, .value = value, .entries = entries, .flags = flags, .name = name});
    if (map) scene.hold(KernelKind::map, std::move(map), name, std::string(name).substr(0, 15));
  }
  if (scene.truth.size() < 20)
    scene.skipped = "this kernel makes only " + std::to_string(scene.truth.size()) + " map types";
  return scene;
}

Scene several_owners() {
  Scene scene;
  Fd prog = socket_filter("several");
  const int fd = prog.get(), copy = ::fcntl(fd, F_DUPFD_CLOEXEC, 200);
  scene.children.emplace_back(std::vector<int>{fd}, [] { return ""; });
  Truth& told = scene.hold(KernelKind::prog, std::move(prog), "socket_filter", "several");
  scene.fds.emplace_back(copy);
  told.owners.push_back(owner(::getpid(), copy));
  told.owners.push_back(owner(scene.children.back().pid(), fd));
  return scene;
}

Scene thread_of_its_own() {
  Scene scene;
  const Fd prog = socket_filter("thread");
  const int fd = prog.get();
  scene.children.emplace_back(std::vector<int>{fd}, [fd] {
    std::array<int, 2> ready{};
    if (::pipe(ready.data()) != 0) return std::string();
    std::thread([&ready] {
      ::unshare(CLONE_FILES);
      const auto tid = static_cast<pid_t>(::syscall(SYS_gettid));
      if (::write(ready[1], &tid, sizeof tid) < 0) return;
      ::pause();
    }).detach();
    pid_t tid = 0;
    if (::read(ready[0], &tid, sizeof tid) < 0) return std::string();
    ::close(fd);
    return std::to_string(tid);
  });
  const auto& child = scene.children.back();
  scene.tell(KernelKind::prog, maker::id_of(fd), "socket_filter", "thread").owners = {
      "pid " + std::to_string(child.pid()) + " tid " + child.told() + " fd " + std::to_string(fd)};
  return scene;
}

Scene only_mapped() {
  Scene scene;
  const Fd map = maker::make({.type = 2, .value = 4096, .entries = 37, .flags = mmapable, .name = "mapped"});
  const int fd = map.get();
  scene.children.emplace_back(std::vector<int>{fd}, [fd] {
    void* place = ::mmap(nullptr, 37 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    ::close(fd);
    return place == MAP_FAILED ? "failed" : "";
  });
  scene.tell(KernelKind::map, maker::id_of(fd), "array", "mapped").owners = {
      "pid " + std::to_string(scene.children.back().pid()) + " mmap"};
  return scene;
}

Scene in_flight() {
  Scene scene;
  const Fd prog = socket_filter("in_flight");
  const int fd = prog.get();
  scene.children.emplace_back(std::vector<int>{fd}, [fd] {
    std::array<int, 2> pair{};
    if (::socketpair(AF_UNIX, SOCK_STREAM, 0, pair.data()) != 0) return std::string();
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> room{};
    char byte = 'x';
    iovec data{&byte, 1};
    msghdr message{.msg_iov = &data, .msg_iovlen = 1, .msg_control = room.data(), .msg_controllen = room.size()};
    cmsghdr* head = CMSG_FIRSTHDR(&message);
    *head = {.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
    std::memcpy(CMSG_DATA(head), &fd, sizeof fd);
    ::sendmsg(pair[0], &message, 0);
    ::close(fd);
    return std::to_string(pair[1]);
  });
  const auto& child = scene.children.back();
  scene.tell(KernelKind::prog, maker::id_of(fd), "socket_filter", "in_flight").owners = {
      "pid " + std::to_string(child.pid()) + " scm " + child.told()};
  return scene;
}

Scene heir_after_exec() {
  Scene scene;
  const Fd prog = socket_filter("heir");
  const int fd = prog.get();
  scene.children.emplace_back(std::vector<int>{fd}, [fd] {
    std::array<int, 2> execed{};
    if (::pipe2(execed.data(), O_CLOEXEC) != 0) return std::string();
    const pid_t pid = ::fork();
    if (pid == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      ::fcntl(fd, F_SETFD, 0);
      ::execlp("sleep", "sleep", "1000", nullptr);
      ::_exit(1);
    }
    ::close(execed[1]);
    char byte = 0;
    if (::read(execed[0], &byte, 1) < 0) return std::string();
    ::close(fd);
    return std::to_string(pid);
  });
  scene.tell(KernelKind::prog, maker::id_of(fd), "socket_filter", "heir").owners = {
      "pid " + scene.children.back().told() + " fd " + std::to_string(fd)};
  return scene;
}

Scene unprivileged_owner_in_a_pid_namespace() {
  Scene scene;
  const Fd prog = socket_filter("pid_ns");
  const int fd = prog.get();
  scene.children.emplace_back(std::vector<int>{fd}, [fd] {
    ::unshare(CLONE_NEWPID);
    const pid_t pid = ::fork();
    if (pid == 0) {
      if (::setgroups(0, nullptr) != 0 || ::setgid(65534) != 0 || ::setuid(65534) != 0) ::_exit(1);
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // which a change of user clears
      for (;;) ::pause();
    }
    ::close(fd);
    return std::to_string(pid);
  });
  scene.tell(KernelKind::prog, maker::id_of(fd), "socket_filter", "pid_ns").owners = {
      "pid " + scene.children.back().told() + " fd " + std::to_string(fd)};
  return scene;
}

// Pins.

bool mount_bpffs(const std::string& path) { return ::mount("bpffs", path.c_str(), "bpf", 0, nullptr) == 0; }

Scene pinned_here() {
  Scene scene;
  const std::string folder = make_folder(scene), below = folder + "/one/two";
  if (!mount_bpffs(folder)) {
    scene.skipped = "no bpffs can be mounted";
    return scene;
  }
  scene.undo.push_back([folder] { ::umount2(folder.c_str(), MNT_DETACH); });
  std::filesystem::create_directories(below);
  const Fd prog = socket_filter("pinned"), map = maker::make({.type = 2, .name = "pinned_map"});
  const Fd tracer = maker::load({.type = 17, .code = maker::returns(0), .name = "tracer"});
  const Fd link = maker::open_raw_tracepoint(tracer.get(), "sched_switch");
  const std::string hostile = "esc\x1b[2Jbell\a";
  if (!maker::pin(prog.get(), below + "/prog") || !maker::pin(prog.get(), folder + "/" + hostile) ||
      !maker::pin(map.get(), folder + "/map") || !maker::pin(link.get(), folder + "/link")) {
    scene.skipped = "pinning failed";
    return scene;
  }
  ::chmod((folder + "/map").c_str(), 0666);
  ::symlink("/nowhere", (folder + "/a_link").c_str());
  const std::string here = " in " + std::to_string(namespace_of(0, "mnt"));
  const auto link_id = maker::id_of(link.get());
  scene.tell(KernelKind::prog, maker::id_of(prog.get()), "socket_filter", "pinned").pins = {
      below + "/prog" + here, folder + "/" + hostile + here};
  scene.tell(KernelKind::map, maker::id_of(map.get()), "array", "pinned_map").pins = {folder + "/map" + here};
  const std::string at = "raw_tracepoint sched_switch link " + std::to_string(link_id);
  Truth& pinned = scene.tell(KernelKind::link, link_id, "raw_tracepoint");
  pinned.pins = {folder + "/link" + here};
  pinned.attachments = {at};
  Truth& held = scene.tell(KernelKind::prog, maker::id_of(tracer.get()), "raw_tracepoint", "tracer");
  held.held_by = {"link " + std::to_string(link_id)};
  held.attachments = {at};
  return scene;
}

// In a mount namespace of its own, mounts a bpffs at `folder` and pins `fd` there as "it".
void pin_privately(int fd, const std::string& folder) {
  ::unshare(CLONE_NEWNS);
  ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
  mount_bpffs(folder);
  maker::pin(fd, folder + "/it");
  ::close(fd);
}

Scene pinned_in_a_private_namespace() {
  Scene scene;
  const Fd prog = socket_filter("private");
  const int fd = prog.get();
  const std::string folder = make_folder(scene);
  scene.children.emplace_back(std::vector<int>{fd}, [&] {
    pin_privately(fd, folder);
    return "";
  });
  scene.tell(KernelKind::prog, maker::id_of(fd), "socket_filter", "private").pins = {
      folder + "/it in " + std::to_string(namespace_of(scene.children.back().pid(), "mnt"))};
  return scene;
}

Scene pinned_in_an_unmounted_bpffs() {
  Scene scene;
  const Fd prog = socket_filter("unmounted"), by_place = socket_filter("unmounted2");
  const int fd = prog.get(), second = by_place.get();
  const std::string folder = make_folder(scene);
  scene.children.emplace_back(std::vector<int>{fd}, [&] {
    pin_privately(fd, folder);
    ::mkdir((folder + "/sub").c_str(), 0755);
    const int held = ::open((folder + "/sub").c_str(), O_RDONLY | O_DIRECTORY);
    ::umount2(folder.c_str(), MNT_DETACH);
    return std::to_string(held);
  });
  scene.children.emplace_back(std::vector<int>{second}, [&] {  // held by nothing but where the process stands
    pin_privately(second, folder);
    if (::chdir(folder.c_str()) != 0) return "";
    ::umount2(folder.c_str(), MNT_DETACH);
    return "";
  });
  scene.tell(KernelKind::prog, maker::id_of(fd), "socket_filter", "unmounted").pins = {"/it in 0"};
  scene.tell(KernelKind::prog, maker::id_of(second), "socket_filter", "unmounted2").pins = {"/it in 0"};
  return scene;
}

Scene pinned_in_a_namespace_without_processes() {
  Scene scene;
  const Fd prog = socket_filter("ns_file");
  const int fd = prog.get();
  const std::string outer = make_folder(scene), inner = make_folder(scene);
  scene.children.emplace_back(std::vector<int>{fd}, [&] {
    ::unshare(CLONE_NEWNS);
    ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
    ::mount("tmpfs", outer.c_str(), "tmpfs", 0, nullptr);
    const std::string file = outer + "/keep";
    ::close(::open(file.c_str(), O_CREAT | O_WRONLY, 0600));
    std::uint64_t inode = 0;
    bool kept = false;
    // The kernel takes a namespace into an older one only, and since Linux 6.18 their ages are counted by processor.
    for (int attempt = 0; attempt < 50 && !kept; ++attempt) {
      const Child inside({fd}, [&] {
        pin_privately(fd, inner);
        return "";
      });
      inode = namespace_of(inside.pid(), "mnt");
      const std::string place = "/proc/" + std::to_string(inside.pid()) + "/ns/mnt";
      kept = ::mount(place.c_str(), file.c_str(), nullptr, MS_BIND, nullptr) == 0;
    }
    if (!kept) return std::string("refused");
    ::close(fd);
    return std::to_string(inode);
  });
  const std::string inode = scene.children.back().told();
  if (inode.find_first_not_of("0123456789") != std::string::npos) {
    scene.skipped = "a mount namespace cannot be kept by a file here: " + inode;
    return scene;
  }
  scene.tell(KernelKind::prog, maker::id_of(fd), "socket_filter", "ns_file").pins = {inner + "/it in " + inode};
  return scene;
}

// References between objects.

Scene held_by_objects() {
  Scene scene;
  Fd array = maker::make({.type = 3, .name = "jumps"});
  const Fd target = socket_filter("target");
  maker::update(array.get(), 0, static_cast<std::uint32_t>(target.get()));
  Fd jumper = maker::load({.type = 1, .code = maker::jumps_through(array.get(), 0), .name = "jumper"});
  const Fd inner = maker::make({.type = 2, .name = "inner"});
  Fd outer = maker::make({.type = 12, .entries = 3, .name = "outer", .inner = inner.get()});
  Fd table = maker::make({.type = 13, .entries = 3, .name = "table", .inner = inner.get()});
  if (!jumper || !outer || !table) {
    scene.skipped = "program arrays and maps of maps cannot be made";
    return scene;
  }
  const Fd in_table = maker::make({.type = 2, .name = "in_table"});
  maker::update(outer.get(), 2, static_cast<std::uint32_t>(inner.get()));
  maker::update(table.get(), 77, static_cast<std::uint32_t>(in_table.get()));
  const auto id = [](const Fd& fd) { return maker::id_of(fd.get()); };
  const auto label = [&](const char* kind, const Fd& fd) { return kind + std::to_string(id(fd)); };
  scene.tell(KernelKind::prog, id(target), "socket_filter", "target").held_by = {label("map ", array)};
  scene.tell(KernelKind::map, id(inner), "array", "inner").held_by = {label("map ", outer)};
  scene.tell(KernelKind::map, id(in_table), "array", "in_table").held_by = {label("map ", table)};
  const std::string by_jumper = label("prog ", jumper);
  scene.hold(KernelKind::map, std::move(array), "prog_array", "jumps").held_by = {by_jumper};
  scene.hold(KernelKind::prog, std::move(jumper), "socket_filter", "jumper");
  scene.hold(KernelKind::map, std::move(outer), "array_of_maps", "outer");
  scene.hold(KernelKind::map, std::move(table), "hash_of_maps", "table");
  return scene;
}

Scene nameless_and_not_gpl() {
  Scene scene;
  Fd prog = maker::load({.type = 1, .code = maker::returns(7), .license = "Proprietary"});
  scene.hold(KernelKind::prog, std::move(prog), "socket_filter");
  return scene;
}

}  // namespace

maker::Fd socket_filter(const std::string& name) {
  return maker::load({.type = 1, .code = maker::returns(0), .name = name});
}

std::vector<Recipe> held_recipes() {
  return {{"every_program_type", every_program_type},
          {"every_map_type", every_map_type},
          {"several_owners", several_owners},
          {"thread_of_its_own", thread_of_its_own},
          {"only_mapped", only_mapped},
          {"in_flight", in_flight, Needs::iterators},
          {"heir_after_exec", heir_after_exec},
          {"unprivileged_owner_in_a_pid_namespace", unprivileged_owner_in_a_pid_namespace},
          {"pinned_here", pinned_here},
          {"pinned_in_a_private_namespace", pinned_in_a_private_namespace},
          {"pinned_in_an_unmounted_bpffs", pinned_in_an_unmounted_bpffs},
          {"pinned_in_a_namespace_without_processes", pinned_in_a_namespace_without_processes},
          {"held_by_objects", held_by_objects},
          {"nameless_and_not_gpl", nameless_and_not_gpl}};
}

}  // namespace pratique
