#include "world/probe/pins.h"

#include <bpf/bpf.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <set>

#include "base/text.h"
#include "world/probe/namespaces.h"

namespace pratique {
namespace {

constexpr std::size_t most_pins = 1'000'000;
constexpr int deepest = 64;

std::string device_of(const struct stat& info) {
  return std::to_string(major(info.st_dev)) + ":" + std::to_string(minor(info.st_dev));
}

std::string joined(const std::string& folder, std::string_view name) {
  return (folder == "/" ? "" : folder) + "/" + std::string(name);
}

// One folder of a bpffs, and what it is called.
struct Place {
  std::string device, within;  // within the file system
  KernelPin shown;             // path, mount_ns and via of the folder
};

class PinFinder {
 public:
  PinFinder(int proc, Census& census, Gaps& gaps, const VisitPin& visit)
      : proc_(proc), census_(census), gaps_(gaps), visit_(visit) {}

  void find() {
    const std::uint64_t own = read_namespace(proc_, "self/ns/mnt", "mnt");
    if (const auto table = census_.mount_tables.find(own); table != census_.mount_tables.end()) {
      table->second.roots.insert(table->second.roots.begin(), "self/root");
      walk_mounts(own, table->second, true);
    }
    for (const auto& [inode, table] : census_.mount_tables)
      if (inode != own) walk_mounts(inode, table, false);
    visit_namespaces_without_processes();
    for (const auto& held : census_.bpffs) walk_unmounted(held);
    for (const auto& [mount, sentence] : unseen_)
      if (!is_walked(mount.first, mount.second)) gaps_.add(sentence);
  }

 private:
  using MountKey = std::pair<std::string, std::string>;  // device, root within the file system

  bool is_walked(const std::string& device, const std::string& root) const {
    const auto known = walked_.find(device);
    if (known == walked_.end()) return false;
    return std::any_of(known->second.begin(), known->second.end(), [&](const std::string& above) {
      return above == "/" || root == above || root.starts_with(above + "/");
    });
  }

  void walk_mounts(std::uint64_t inode, const MountTable& table, bool own) {
    for (std::size_t i = 0; i < table.mounts.size(); ++i) {
      const Mount& mount = table.mounts[i];
      if (mount.type == "nsfs") note_namespace_file(mount, table);
      if (mount.type != "bpf" || is_walked(mount.device, mount.root)) continue;
      std::string where = "the bpffs at " + mount.point + " in mount namespace " + std::to_string(inode);
      if (!is_reachable(table.mounts, i)) {
        unseen_.emplace(MountKey{mount.device, mount.root}, where + " is covered by another mount");
      } else if (crosses_network(table.mounts, i)) {
        unseen_.emplace(MountKey{mount.device, mount.root},
                        where + " lies behind a network file system, which may hang");
      } else {
        walk_mount(inode, table, mount, own, where);
      }
    }
  }

  void walk_mount(std::uint64_t inode, const MountTable& table, const Mount& mount, bool own,
                  const std::string& where) {
    for (const std::string& door : table.roots) {
      const Descriptor root = door.empty() ? open_path(AT_FDCWD, "/") : open_path(proc_, door.c_str());
      Descriptor folder = root ? open_below(root.get(), mount.point) : Descriptor();
      struct stat info {};
      if (!folder || ::fstat(folder.get(), &info) != 0 || device_of(info) != mount.device) continue;
      walked_[mount.device].push_back(mount.root);
      KernelPin shown{.path = mount.point, .mount_ns = inode, .via = own ? "" : "/proc/" + door};
      if (door.empty()) shown.via = "nsenter --mount=/proc/" + way_;
      walk(std::move(folder), {.device = mount.device, .within = mount.root, .shown = std::move(shown)}, 0);
      return;
    }
    unseen_.emplace(MountKey{mount.device, mount.root}, where + " was not opened: " + reason_of(errno));
  }

  void note_namespace_file(const Mount& mount, const MountTable& table) {
    const auto mount_ns = parse_namespace_link(mount.root, "mnt"), network = parse_namespace_link(mount.root, "net");
    const bool is_new =
        (mount_ns && !census_.mount_tables.contains(*mount_ns) && !census_.mount_doors.contains(*mount_ns)) ||
        (network && !census_.network_doors.contains(*network));
    if (!is_new) return;
    std::vector<std::string> doors;
    for (const auto& root : table.roots)
      if (!root.empty()) doors.push_back(root + mount.point);
    if (doors.empty()) {  // inside a namespace that no process is in: the way back is a descriptor
      Descriptor door(::open(mount.point.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
      doors.push_back("self/fd/" + std::to_string(door.get()));
      census_.kept.push_back(std::move(door));
    }
    (mount_ns ? census_.mount_doors[*mount_ns] : census_.network_doors[*network]) = std::move(doors);
  }

  // Namespaces that only a file or a descriptor keeps: entered, so that "/" is their root. Each may show further ones.
  void visit_namespaces_without_processes() {
    std::set<std::uint64_t> visited;
    for (;;) {
      NamespaceDoors next;
      for (const auto& [inode, doors] : census_.mount_doors)
        if (visited.insert(inode).second) next.emplace(inode, doors);
      if (next.empty()) return;
      visit_namespaces(proc_, next, CLONE_NEWNS, gaps_, [&](std::uint64_t inode, const std::string& place) {
        const auto text = read_text(proc_, "thread-self/mountinfo");
        if (!text)
          return gaps_.add("the mounts of namespace " + std::to_string(inode) + " are not listed: " + reason_of(errno));
        way_ = place;
        walk_mounts(inode, {.mounts = parse_mountinfo(*text), .roots = {""}}, false);
      });
    }
  }

  // From a held folder up to the root of its mount, which no mount point leads to any more.
  void walk_unmounted(const HeldBpffs& held) {
    if (is_walked(held.device, "/")) return;
    if (!held.folder) {
      read_pin(("/proc/" + held.place).c_str(), {.path = held.text, .via = "/proc/" + held.place});
      gaps_.add("an unmounted bpffs is held by /proc/" + held.place + " alone: only that file of it can be seen");
      return;
    }
    Descriptor folder = open_folder(proc_, held.place.c_str());
    std::string via = "/proc/" + held.place;
    struct stat here {
    }, above{};
    for (int level = 0; folder && level < deepest && ::fstat(folder.get(), &here) == 0; ++level) {
      Descriptor parent = open_folder(folder.get(), "..");
      if (!parent || ::fstat(parent.get(), &above) != 0 || above.st_ino == here.st_ino || above.st_dev != here.st_dev)
        break;
      folder = std::move(parent);
      via += "/..";
    }
    if (!folder) return;
    walked_[held.device].push_back("/");
    walk(std::move(folder), {.device = held.device, .within = "/", .shown = {.path = "/", .via = std::move(via)}}, 0);
  }

  void walk(Descriptor folder, const Place& place, int depth) {
    const bool listed = for_each_name(folder, [&](std::string_view name) {
      struct stat info {};
      if (::fstatat(folder.get(), name.data(), &info, AT_SYMLINK_NOFOLLOW) != 0) return;
      const std::string within = joined(place.within, name);
      KernelPin shown = place.shown;
      shown.path = joined(shown.path, name);
      if (S_ISDIR(info.st_mode) && device_of(info) == place.device) {
        if (depth == deepest) return gaps_.add(shown.path + " is nested too deep to be listed");
        walk(open_folder(folder.get(), name.data()), {place.device, within, std::move(shown)}, depth + 1);
      } else if (S_ISREG(info.st_mode) && files_.size() < most_pins && files_.emplace(place.device, within).second) {
        shown.mode = info.st_mode & 07777;
        shown.uid = info.st_uid;
        read_pin(("/proc/self/fd/" + std::to_string(folder.get()) + "/" + std::string(name)).c_str(), std::move(shown));
      }
    });
    if (!listed) gaps_.add(place.shown.path + " is not listed: " + reason_of(errno));
  }

  void read_pin(const char* path, KernelPin shown) {
    const Descriptor object(bpf_obj_get(path));
    if (!object) {
      // ENOENT: it was unpinned meanwhile, or it is one of the iterators that the kernel puts into each bpffs, without
      // ids.
      if (errno != ENOENT) gaps_.add("the pin " + shown.path + " was not opened: " + reason_of(errno));
      return;
    }
    const auto text = read_link(AT_FDCWD, ("/proc/self/fd/" + std::to_string(object.get())).c_str());
    std::uint32_t type_and_id[2] = {};
    __u32 length = sizeof type_and_id;
    if (!text || bpf_obj_get_info_by_fd(object.get(), type_and_id, &length) != 0) return;
    FoundPin found{.id = type_and_id[1], .pin = std::move(shown)};
    found.kind = text->ends_with("map")    ? KernelKind::map
                 : text->ends_with("prog") ? KernelKind::prog
                                           : KernelKind::link;
    visit_(object.get(), std::move(found));
  }

  int proc_;
  Census& census_;
  Gaps& gaps_;
  std::string way_;                                         // the door of the namespace that is being visited
  std::map<std::string, std::vector<std::string>> walked_;  // device -> roots within it
  std::set<std::pair<std::string, std::string>> files_;     // device and path within it
  std::map<MountKey, std::string> unseen_;
  const VisitPin& visit_;
};

}  // namespace

void find_pins(int proc, Census& census, Gaps& gaps, const VisitPin& visit) {
  PinFinder(proc, census, gaps, visit).find();
}

}  // namespace pratique
