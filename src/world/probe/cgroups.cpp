#include "world/probe/cgroups.h"

#include <bpf/bpf.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <set>
#include <span>
#include <tuple>

#include "base/text.h"
#include "world/probe/namespaces.h"

namespace pratique {
namespace {

constexpr int deepest = 128;
constexpr std::size_t most_cgroups = 200'000;

// The attach types of a program type that runs in cgroups (include/uapi/linux/bpf.h).
std::span<const std::uint32_t> cgroup_hooks_of(std::uint32_t prog_type) {
  static constexpr std::array<std::uint32_t, 2> skb{0, 1};
  static constexpr std::array<std::uint32_t, 4> sock{2, 12, 13, 34};
  static constexpr std::array<std::uint32_t, 1> sock_ops{3}, device{6}, sysctl{18}, lsm{43};
  static constexpr std::array<std::uint32_t, 2> sockopt{21, 22};
  static constexpr std::array<std::uint32_t, 17> sock_addr{8,  9,  10, 11, 14, 15, 19, 20, 29,
                                                           30, 31, 32, 49, 50, 51, 52, 53};
  switch (prog_type) {
    case 8: return skb;
    case 9: return sock;
    case 13: return sock_ops;
    case 15: return device;
    case 18: return sock_addr;
    case 23: return sysctl;
    case 25: return sockopt;
    case 29: return lsm;
    default: return {};
  }
}

std::string words_of(std::uint32_t flags) {
  if ((flags & 2) != 0) return "multi";
  return (flags & 1) != 0 ? "may be overridden" : "";
}

using Key = std::tuple<std::uint64_t, std::uint32_t, std::uint32_t>;  // cgroup id, hook, program

struct Found {
  std::string path;
  std::uint32_t flags = 0;
};

class TreeWalker {
 public:
  TreeWalker(std::set<std::uint32_t> hooks, std::set<std::uint64_t> wanted, Gaps& gaps)
      : hooks_(std::move(hooks)), wanted_(std::move(wanted)), gaps_(gaps) {}

  // `active` are the hooks at which something above this cgroup is attached.
  void walk(const Descriptor& folder, const std::string& path, int depth, std::set<std::uint32_t> active) {
    struct stat info {};
    if (::fstat(folder.get(), &info) != 0 || ++count_ > most_cgroups || depth == deepest) {
      gaps_.add("the cgroup tree is not walked below " + path);
      return;
    }
    if (wanted_.contains(info.st_ino)) paths[info.st_ino] = path;
    for (const auto hook : hooks_) ask(folder.get(), info.st_ino, path, hook, active);
    if (info.st_nlink == 2) return;  // no cgroup below it
    for_each_name(folder, [&](std::string_view name) {
      // Files of a cgroup have a dot in their names; so may cgroups, which is what opening as a folder tells.
      const Descriptor below = open_folder(folder.get(), name.data());
      if (below) walk(below, (path == "/" ? "" : path) + "/" + std::string(name), depth + 1, active);
    });
  }

  std::map<std::uint64_t, std::string> paths;  // of the wanted cgroups
  std::map<Key, Found> attached;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> in_effect;  // hook, program -> cgroups

 private:
  void ask(int cgroup, std::uint64_t id, const std::string& path, std::uint32_t hook, std::set<std::uint32_t>& active) {
    std::uint32_t flags = 0;
    for (const auto prog : query(cgroup, hook, 0, flags)) {
      attached[{id, hook, prog}] = {path, flags};
      active.insert(hook);
    }
    if (!active.contains(hook)) return;
    constexpr std::uint32_t effective = 1;
    for (const auto prog : query(cgroup, hook, effective, flags)) ++in_effect[{hook, prog}];
  }

  std::span<const std::uint32_t> query(int cgroup, std::uint32_t hook, std::uint32_t how, std::uint32_t& flags) {
    for (;;) {
      auto count = static_cast<__u32>(ids_.size());
      if (bpf_prog_query(cgroup, static_cast<bpf_attach_type>(hook), how, &flags, ids_.data(), &count) == 0)
        return std::span(ids_).first(count);
      if (errno == ENOSPC && ids_.size() < (1u << 16)) {
        ids_.resize(ids_.size() * 4);
        continue;
      }
      if (errno == EPERM) gaps_.add("programs attached to cgroups are not listed: refused");
      return {};  // EINVAL: a hook that this kernel does not have
    }
  }

  std::set<std::uint32_t> hooks_;
  std::set<std::uint64_t> wanted_;
  Gaps& gaps_;
  std::vector<std::uint32_t> ids_ = std::vector<std::uint32_t>(64);
  std::size_t count_ = 0;
};

// The widest view of the tree that some mount namespace has.
Descriptor open_tree(int proc, const Census& census) {
  const std::uint64_t own = read_namespace(proc, "self/ns/mnt", "mnt");
  std::vector<const MountTable*> tables;
  if (const auto table = census.mount_tables.find(own); table != census.mount_tables.end())
    tables.push_back(&table->second);
  for (const auto& [inode, table] : census.mount_tables)
    if (inode != own) tables.push_back(&table);
  for (const auto* table : tables)
    for (std::size_t i = 0; i < table->mounts.size(); ++i) {
      const Mount& mount = table->mounts[i];
      if (mount.type != "cgroup2" || mount.root != "/" || !is_reachable(table->mounts, i)) continue;
      if (crosses_network(table->mounts, i)) continue;
      for (const auto& door : table->roots)
        if (const Descriptor root = open_path(proc, door.c_str()))
          if (Descriptor tree = open_below(root.get(), mount.point)) return tree;
    }
  return Descriptor();
}

}  // namespace

void add_cgroup_attachments(int proc, const Census& census, std::vector<KernelObject>& objects, Gaps& gaps) {
  std::set<std::uint32_t> hooks;
  std::set<std::uint64_t> wanted;
  const auto cgroup_of = [](const KernelAttachment& at) {
    return at.detail.starts_with("id ") ? parse_unsigned(std::string_view(at.detail).substr(3)).value_or(0) : 0;
  };
  for (const auto& object : objects) {
    if (object.kind == KernelKind::prog)
      for (const auto hook : cgroup_hooks_of(object.type_number)) hooks.insert(hook);
    if (object.kind == KernelKind::link)
      for (const auto& at : object.attachments)
        if (const auto id = cgroup_of(at)) wanted.insert(id);
  }
  if (hooks.empty() && wanted.empty()) return;
  const Descriptor tree = open_tree(proc, census);
  if (!tree) return gaps.add("no cgroup2 tree is mounted: programs attached to cgroups are not listed");
  TreeWalker walker(std::move(hooks), std::move(wanted), gaps);
  walker.walk(tree, "/", 0, {});

  const auto effect = [&](std::uint32_t hook, std::uint32_t prog) {
    const std::uint32_t count = walker.in_effect[{hook, prog}];
    return "in effect in " + with_commas(count) + (count == 1 ? " cgroup" : " cgroups");
  };
  for (auto& link : objects) {
    if (link.kind != KernelKind::link) continue;
    for (auto& at : link.attachments)
      if (const auto path = walker.paths.find(cgroup_of(at)); path != walker.paths.end()) {
        at.cgroup = path->second;
        at.detail.clear();
        if (!link.attach_type) continue;
        at.detail = effect(*link.attach_type, link.prog_id);
        walker.attached.erase({path->first, *link.attach_type, link.prog_id});  // told by the link
      }
  }
  std::map<std::uint32_t, KernelObject*> progs;
  for (auto& object : objects)
    if (object.kind == KernelKind::prog) progs[object.id] = &object;
  for (const auto& [key, found] : walker.attached) {
    const auto& [id, hook, prog] = key;
    const auto object = progs.find(prog);
    if (object == progs.end()) {
      gaps.add("prog " + std::to_string(prog) + " is attached to the cgroup " + found.path + " and was not listed");
      continue;
    }
    if (!object->second->attach_type) object->second->attach_type = hook;
    const std::string words = words_of(found.flags);
    object->second->attachments.push_back({.hook = attach_type_name(hook),
                                           .cgroup = found.path,
                                           .detail = (words.empty() ? "" : words + ", ") + effect(hook, prog)});
  }
}

}  // namespace pratique
