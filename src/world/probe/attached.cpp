// Where programs run that no link stands for: perf events and sockets; and classic filters, which have no id at all.
#include <bpf/bpf.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <set>

#include "world/probe/kernel_abi.h"
#include "world/probe/owners.h"

namespace pratique {
namespace {

std::string hex(std::uint64_t number) {
  char text[24];
  return {text, static_cast<std::size_t>(
                    std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(number)))};
}

}  // namespace

void add_details(const Census& census, BtfNames& names, std::vector<KernelObject>& objects, const ObjectIndex& index) {
  for (const auto& [id, details] : census.programs) {
    KernelObject* prog = index.find(KernelKind::prog, id);
    if (prog == nullptr) continue;
    // 0 is an attach type of cgroup_skb programs, and means none elsewhere; struct_ops counts its members with it.
    if ((details.attach_type != 0 || prog->type_number == abi::prog_cgroup_skb) &&
        prog->type_number != abi::prog_struct_ops)
      prog->attach_type = details.attach_type;
    prog->target_prog_id = details.target_prog;
    if (prog->attach_target.empty() && details.attach_btf_id != 0)
      prog->attach_target = names.hook(0, details.attach_btf_id);
  }
  for (auto& link : objects) {  // before Linux 5.13 a link does not tell its target
    const bool silent = link.kind == KernelKind::link && link.type_number == abi::link_tracing &&
                        link.attachments.front().target.empty();
    if (const KernelObject* prog = silent ? index.find(KernelKind::prog, link.prog_id) : nullptr)
      link.attachments.front().target = prog->attach_target;
  }
  for (const auto& [id, place] : census.link_places)
    if (KernelObject* link = index.find(KernelKind::link, id); link != nullptr && !link->attachments.empty()) {
      link->attachments.front().netns = place.netns;
      if (place.device != 0) link->attachments.front().ifindex = place.device;
    }
  for (const auto& [id, frozen] : census.frozen)
    if (KernelObject* map = index.find(KernelKind::map, id)) map->frozen = frozen;
}

namespace {

std::vector<MapProgram> query_map_programs(const std::vector<KernelObject>& objects) {
  std::vector<MapProgram> found;
  for (const auto& map : objects) {
    if (map.kind != KernelKind::map || (map.type_number != abi::map_sockmap && map.type_number != abi::map_sockhash))
      continue;
    const Descriptor fd(bpf_map_get_fd_by_id(map.id));
    for (const std::uint32_t type :
         {4u, 5u, 7u, 38u}) {  // sk_skb_stream_parser, sk_skb_stream_verdict, sk_msg_verdict, sk_skb_verdict
      std::uint32_t flags = 0, prog = 0;
      __u32 count = 1;
      if (fd && bpf_prog_query(fd.get(), static_cast<bpf_attach_type>(type), 0, &flags, &prog, &count) == 0 &&
          count == 1)
        found.push_back({map.id, prog, type});
    }
  }
  return found;
}

}  // namespace

void add_map_attachments(const Census& census, std::vector<KernelObject>& objects, const ObjectIndex& index) {
  for (const auto& [map, prog, type] : census.by_iterators ? census.map_programs : query_map_programs(objects)) {
    KernelObject* object = index.find(KernelKind::prog, prog);
    if (object == nullptr) continue;
    KernelAttachment at{.hook = attach_type_name(type), .target = "map " + std::to_string(map)};
    const bool by_link = std::any_of(objects.begin(), objects.end(), [&, id = prog](const KernelObject& link) {
      return link.kind == KernelKind::link && link.prog_id == id && !link.attachments.empty() &&
             link.attachments.front().hook == at.hook && link.attachments.front().target == at.target;
    });
    if (!by_link) object->attachments.push_back(std::move(at));
  }
}

namespace {

class PerfReader {
 public:
  PerfReader(std::vector<KernelObject>& objects, const ObjectIndex& index, Gaps& gaps) : index_(index), gaps_(gaps) {
    for (auto& object : objects) {
      if (object.kind == KernelKind::link && object.type_number == abi::link_perf_event)
        links_[object.prog_id] = &object;
    }
    for (const auto& [prog, link] : links_) {
      const KernelObject* object = index.find(KernelKind::prog, prog);
      linked_events_ = linked_events_ || (object != nullptr && object->type_number == perf_event_program);
    }
  }

  void read(const HeldEvent& event) {
    const HeldFd& held = event.by;
    char name[4096] = {};
    __u32 length = sizeof name, prog = 0, kind = 0;
    __u64 offset = 0, address = 0;
    if (bpf_task_fd_query(static_cast<int>(held.tid), held.fd, 0, name, &length, &prog, &kind, &offset, &address) !=
        0) {
      if (errno == EOPNOTSUPP && event.prog != 0)
        note(event.prog, {.hook = "perf_event", .pid = held.pid, .fd = held.fd});
      else if (errno == EOPNOTSUPP && !linked_events_)
        gaps_.add("/proc/" + place_of(held) + " is a perf event with a program that the kernel does not name");
      if (errno == EPERM || errno == EACCES) gaps_.add("programs on perf events are not listed: refused");
      return;
    }
    KernelAttachment at{.hook = name_of_kind(kind), .target = name, .pid = held.pid, .fd = held.fd};
    if (kind >= uprobe) at.detail = "+" + hex(offset);
    if (kind < uprobe && kind > tracepoint && offset != 0) at.detail = "+" + hex(offset);
    if (at.target.empty() && address != 0) at.target = hex(address);
    note(prog, std::move(at));
  }

 private:
  static constexpr std::uint32_t perf_event_program = 7;
  static constexpr std::uint32_t tracepoint = 1, uprobe = 4;  // enum bpf_task_fd_type

  static std::string name_of_kind(std::uint32_t kind) {
    constexpr std::array<std::string_view, 6> names{"raw_tracepoint", "tracepoint", "kprobe",
                                                    "kretprobe",      "uprobe",     "uretprobe"};
    return kind < names.size() ? std::string(names[kind]) : std::to_string(kind);
  }

  void note(std::uint32_t prog, KernelAttachment at) {
    if (const auto link = links_.find(prog); link != links_.end()) {
      KernelAttachment& told = link->second->attachments.front();
      if (told.target.empty()) {
        told.hook = at.hook;
        told.target = at.target;
        told.detail = at.detail;
      }
      return;
    }
    KernelObject* object = index_.find(KernelKind::prog, prog);
    if (object == nullptr) return;
    const bool known =
        std::any_of(object->attachments.begin(), object->attachments.end(), [&](const KernelAttachment& other) {
          return other.hook == at.hook && other.target == at.target && other.detail == at.detail && other.pid == at.pid;
        });
    if (!known) object->attachments.push_back(std::move(at));
  }

  const ObjectIndex& index_;
  Gaps& gaps_;
  std::unordered_map<std::uint32_t, KernelObject*> links_;  // on perf events, by program
  bool linked_events_ = false;  // a link tells of a program of type perf_event, whose event may be the one at hand
};

}  // namespace

void add_perf_attachments(const Census& census, std::vector<KernelObject>& objects, const ObjectIndex& index,
                          Gaps& gaps) {
  PerfReader reader(objects, index, gaps);
  for (const auto& event : census.perf_events) reader.read(event);
}

namespace {

std::string words_of(const HeldFilter& filter) {
  std::string text;
  switch (filter.family) {
    case AF_UNIX: text = "unix"; break;
    case AF_INET: text = "inet"; break;
    case AF_INET6: text = "inet6"; break;
    case AF_NETLINK: text = "netlink"; break;
    case AF_PACKET: text = "packet"; break;
    default: text = "family " + std::to_string(filter.family);
  }
  switch (filter.type) {
    case SOCK_STREAM: return text + " stream";
    case SOCK_DGRAM: return text + " datagram";
    case SOCK_RAW: return text + " raw";
    case SOCK_SEQPACKET: return text + " seqpacket";
    default: return text + " type " + std::to_string(filter.type);
  }
}

// "socket:[4026]" -> "4026", by one of its descriptors; empty where that is gone.
std::string inode_of(int proc, const HeldFd& by) {
  const auto link = read_link(proc, place_of(by).c_str());
  if (!link || !link->starts_with("socket:[") || !link->ends_with("]")) return "";
  return link->substr(8, link->size() - 9);
}

KernelAttachment attachment_of(const HeldFilter& filter) {
  return {
      .hook = filter.hook, .target = words_of(filter), .netns = filter.netns, .pid = filter.by.pid, .fd = filter.by.fd};
}

}  // namespace

void add_socket_attachments(int proc, const Census& census, const ObjectIndex& index) {
  std::set<std::pair<std::string, std::string>>
      known;  // a socket has any number of descriptors, and up to two programs
  for (const auto& filter : census.filters) {
    KernelObject* prog = filter.prog == 0 ? nullptr : index.find(KernelKind::prog, filter.prog);
    errno = 0;
    const std::string inode = prog == nullptr ? "" : inode_of(proc, filter.by);
    // Of processes that we may not look into the kernel's tables alone tell; one that is gone by now is not told.
    const bool unseen = prog != nullptr && inode.empty() && (errno == EACCES || errno == EPERM);
    if ((inode.empty() && !unseen) || !known.emplace(unseen ? place_of(filter.by) : inode, filter.hook).second)
      continue;
    prog->attachments.push_back(attachment_of(filter));
    prog->attachments.back().target += unseen ? " socket" : " socket " + inode;
  }
}

void add_classic_filters(int proc, const Census& census, std::vector<KernelObject>& objects) {
  std::map<std::string, KernelObject> sockets;
  for (const auto& filter : census.filters) {
    const std::string inode = filter.prog != 0 ? "" : inode_of(proc, filter.by);
    if (inode.empty()) continue;
    KernelObject& object = sockets[inode + filter.hook];
    object.kind = KernelKind::classic;
    object.key = "socket " + inode;
    object.type = filter.hook;
    object.instructions = filter.instructions;
    if (object.attachments.empty()) object.attachments.push_back(attachment_of(filter));
    object.owners.push_back(owner_of(census, filter.by, "fd"));
  }
  for (auto& [key, object] : sockets) objects.push_back(std::move(object));

  std::map<std::uint64_t, KernelObject> filters;
  for (const auto& thread : census.seccomp) {
    KernelObject& object = filters[thread.filter];
    object.kind = KernelKind::classic;
    object.type = "seccomp";
    object.owners.push_back(owner_of(census, {thread.pid, thread.tid, -1}, "seccomp"));
  }
  for (auto& [number, object] : filters) {
    const auto& first = *std::min_element(object.owners.begin(), object.owners.end(), [](const auto& a, const auto& b) {
      return std::pair(a.pid, a.tid) < std::pair(b.pid, b.tid);
    });
    object.key = "seccomp of pid " + std::to_string(first.tid != 0 ? first.tid : first.pid);
    objects.push_back(std::move(object));
  }
}

}  // namespace pratique
