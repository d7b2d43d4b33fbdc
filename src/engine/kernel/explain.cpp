#include <map>
#include <set>

#include "engine/kernel/kernel.h"

namespace pratique {
namespace {

using Labels = std::map<std::string, const KernelObject*>;

std::string numbers_of(const std::vector<int>& fds) {
  std::string text;
  for (const int fd : fds) text.append(text.empty() ? "" : ", ").append(std::to_string(fd));
  return text;
}

std::string process_name(const KernelOwner& owner) {
  std::string text = "process " + std::to_string(owner.pid);
  if (!owner.comm.empty()) text += " (" + owner.comm + ")";
  if (!owner.pod.empty()) text += " of pod " + owner.pod;
  if (owner.pod.empty() && !owner.container.empty()) text += " in container " + owner.container.substr(0, 12);
  return text;
}

// One hold for each process and way, whatever number of descriptors it has.
void add_processes(const KernelObject& object, std::vector<Hold>& holds) {
  std::map<std::pair<std::uint32_t, std::string>, std::pair<const KernelOwner*, std::vector<int>>> ways;
  for (const auto& owner : object.owners) {
    auto& [first, fds] = ways[{owner.pid, owner.how}];
    if (first == nullptr) first = &owner;
    if (owner.fd >= 0) fds.push_back(owner.fd);
  }
  for (const auto& [way, told] : ways) {
    const auto& [owner, fds] = told;
    Hold hold{.holder = process_name(*owner), .end = "end the process"};
    if (owner->how == "fd") hold.how = (fds.size() == 1 ? "its descriptor " : "its descriptors ") + numbers_of(fds);
    if (owner->how == "mmap") hold.how = "maps it into its memory";
    if (owner->how == "seccomp") hold.how = "is confined by it";
    if (owner->how == "scm") {
      hold.how = "has it in flight in the socket " + numbers_of(fds);
      hold.end = "let the message be received, or end the process";
    }
    holds.push_back(std::move(hold));
  }
}

void add_pins(const KernelObject& object, std::vector<Hold>& holds) {
  for (const auto& pin : object.pins) {
    Hold hold{.holder = "the pin " + pin.path, .how = "a file that keeps it", .end = "unlink the file"};
    if (!pin.via.empty()) hold.how += ", seen through " + pin.via;
    if (pin.mount_ns == 0) hold.end = "end whoever holds the unmounted bpffs open (" + pin.via + ")";
    holds.push_back(std::move(hold));
  }
}

std::string place_of(const KernelAttachment& at) {
  std::string text = "runs at " + at.hook;
  if (!at.target.empty()) text += " " + at.target;
  if (!at.direction.empty() && !at.hook.ends_with(at.direction)) text += " " + at.direction;
  if (!at.cgroup.empty()) text += " of cgroup " + at.cgroup;
  if (at.netns != 0) text += " in network namespace " + std::to_string(at.netns);
  if (!at.detail.empty()) text += " (" + at.detail + ")";
  return text;
}

// Places that keep a program by themselves. One with a link is kept by that, which is told as a holder.
void add_places(const KernelObject& object, std::vector<Hold>& holds) {
  for (const auto& at : object.attachments) {
    if (object.kind == KernelKind::link || at.link_id != 0) continue;
    Hold hold{.how = place_of(at)};
    if (at.pid != 0) {
      const bool on_socket = at.hook == "socket_filter" || at.hook == "sk_reuseport";
      hold.holder = std::string(on_socket ? "the socket" : "the perf event") + " at descriptor " +
                    std::to_string(at.fd) + " of process " + std::to_string(at.pid);
      hold.end = on_socket ? "close the socket" : "close the perf event";
    } else if (!at.cgroup.empty()) {
      hold.holder = "the cgroup " + at.cgroup;
      hold.end = "detach it there, or remove the cgroup";
    } else if (at.hook == "struct_ops") {
      hold.holder = "the kernel's " + at.target;
      hold.end = "delete the entry of its map";
    } else if (at.target.starts_with("map ")) {
      hold.holder = at.target;
      hold.end = "detach it from the map";
    } else {
      hold.holder = "the network";
      hold.end = "remove it there (ip, tc), or the device or namespace";
    }
    holds.push_back(std::move(hold));
  }
}

std::string end_of(const KernelObject& holder, const KernelObject& held) {
  switch (holder.kind) {
    case KernelKind::link:
      return can_be_detached(holder.type_number)
                 ? "detach the link (bpftool link detach " + std::to_string(holder.id) + ")"
                 : "end what holds the link: this type cannot be detached";
    case KernelKind::map: return "remove it from the map";
    case KernelKind::prog:
      return held.kind == KernelKind::map ? "unload the program that uses it" : "unload the program";
    default: return "";
  }
}

std::string how_of(const KernelObject& holder, const KernelObject& held) {
  switch (holder.kind) {
    case KernelKind::link:
      return holder.prog_id == held.id && held.kind == KernelKind::prog
                 ? (holder.attachments.empty() ? "attaches it" : place_of(holder.attachments.front()))
                 : "is attached to it";
    case KernelKind::map: return "has it as an entry";
    case KernelKind::prog: return held.kind == KernelKind::prog ? "is made for it" : "uses it";
    default: return "";
  }
}

class Explainer {
 public:
  explicit Explainer(const KernelInventory& inventory) {
    for (const auto& object : inventory.objects) labels_.emplace(label_of(object), &object);
  }

  std::vector<Hold> explain(const KernelObject& object) {
    std::vector<Hold> holds;
    if (object.kind == KernelKind::btf && object.type == "kernel")
      holds.push_back({.holder = "the kernel",
                       .how = "its own types, or those of a module",
                       .end = "nothing, or unloading the module"});
    add_processes(object, holds);
    add_pins(object, holds);
    add_places(object, holds);
    const std::string own = label_of(object);
    if (!above_.insert(own).second) return holds;
    for (const auto& label : std::set<std::string>(object.held_by.begin(), object.held_by.end())) {
      Hold hold{.holder = label};
      if (const auto found = labels_.find(label); found != labels_.end()) {
        const KernelObject& holder = *found->second;
        hold.how = how_of(holder, object);
        hold.end = end_of(holder, object);
        if (!above_.contains(label) && above_.size() < deepest) hold.because = explain(holder);
      }
      holds.push_back(std::move(hold));
    }
    above_.erase(own);
    return holds;
  }

 private:
  static constexpr std::size_t deepest = 16;
  Labels labels_;
  std::set<std::string> above_;
};

}  // namespace

std::vector<Hold> explain(const KernelInventory& inventory, const KernelObject& object) {
  return Explainer(inventory).explain(object);
}

// Tried on Linux 5.10 to 7.3; the others answer EOPNOTSUPP.
bool can_be_detached(std::uint32_t link_type) {
  constexpr std::uint32_t cgroup = 3, netns = 5, xdp = 6, struct_ops = 9, netfilter = 10, tcx = 11, netkit = 13,
                          sockmap = 14;
  for (const auto type : {cgroup, netns, xdp, struct_ops, netfilter, tcx, netkit, sockmap})
    if (link_type == type) return true;
  return false;
}

}  // namespace pratique
