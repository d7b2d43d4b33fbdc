#include "world/probe/namespaces.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>

#include <cerrno>
#include <thread>

namespace pratique {
namespace {

// Opens a door when it still leads to that namespace.
Descriptor open_door(int proc, const std::string& place, std::uint64_t inode) {
  Descriptor door(::openat(proc, place.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat info {};
  if (door && ::fstat(door.get(), &info) == 0 && info.st_ino == inode) return door;
  return Descriptor();
}

}  // namespace

void visit_namespaces(int proc, const NamespaceDoors& doors, int kind, Gaps& gaps,
                      const std::function<void(std::uint64_t, const std::string&)>& work) {
  if (doors.empty()) return;
  const std::string what = kind == CLONE_NEWNET ? "network" : "mount";
  std::jthread([&] {
    std::size_t refused = 0;
    int why = kind == CLONE_NEWNS && ::unshare(CLONE_FS) != 0 ? errno : 0;
    for (const auto& [inode, places] : doors) {
      Descriptor door;
      const std::string* way = nullptr;
      for (auto place = places.begin(); place != places.end() && !door; ++place) {
        door = open_door(proc, *place, inode);
        way = &*place;
      }
      if (!door) {
        refused += errno == EACCES || errno == EPERM ? 1 : 0;
      } else if (::setns(door.get(), kind) != 0) {
        ++refused;
        why = errno;
      } else {
        work(inode, *way);
      }
    }
    if (refused > 0)
      gaps.add(std::to_string(refused) + " " + what +
               " namespaces were not looked into: " + reason_of(why == 0 ? EACCES : why));
  }).join();
}

std::uint64_t read_namespace(int folder, const char* place, std::string_view kind) {
  const auto link = read_link(folder, place);
  return (link ? parse_namespace_link(*link, kind) : std::nullopt).value_or(0);
}

bool sees_all_pids(int proc) {
  constexpr std::uint64_t first_pid_namespace = 0xEFFFFFFC;  // PROC_PID_INIT_INO, include/linux/proc_ns.h
  return read_namespace(proc, "self/ns/pid", "pid") == first_pid_namespace;
}

}  // namespace pratique
