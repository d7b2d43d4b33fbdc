#include "world/probe/owners.h"

#include <bpf/bpf.h>

#include <algorithm>
#include <cerrno>
#include <set>

#include "base/text.h"
#include "world/probe/kernel_abi.h"
#include "world/probe/objects.h"

namespace pratique {
namespace {

std::uint64_t key_of(KernelKind kind, std::uint32_t id) { return (static_cast<std::uint64_t>(kind) << 32) | id; }

// "map 7" -> 7: how a link names the map it is about.
std::uint32_t map_in(std::string_view target) {
  return target.starts_with("map ") ? static_cast<std::uint32_t>(parse_unsigned(target.substr(4)).value_or(0)) : 0;
}

Descriptor open_object(KernelKind kind, std::uint32_t id) {
  switch (kind) {
    case KernelKind::prog: return Descriptor(bpf_prog_get_fd_by_id(id));
    case KernelKind::map: return Descriptor(bpf_map_get_fd_by_id(id));
    case KernelKind::link: return Descriptor(bpf_link_get_fd_by_id(id));
    case KernelKind::btf: return Descriptor(bpf_btf_get_fd_by_id(id));
    case KernelKind::classic: break;
  }
  return Descriptor();
}

// What /proc/PID/fdinfo says about it, which is little.
KernelObject object_from(const HeldObject& held) {
  const FdInfo& info = held.info;
  KernelObject object{.kind = held.kind, .id = held.id};
  switch (held.kind) {
    case KernelKind::prog:
      object.tag = info.prog_tag;
      object.type_number = info.prog_type.value_or(0);
      object.type = prog_type_name(object.type_number);
      break;
    case KernelKind::map:
      object.type_number = info.map_type.value_or(0);
      object.type = map_type_name(object.type_number);
      object.key_size = info.key_size.value_or(0);
      object.value_size = info.value_size.value_or(0);
      object.max_entries = info.max_entries.value_or(0);
      object.flags = info.map_flags.value_or(0);
      break;
    default: object.type = info.link_type; object.prog_id = info.prog_id.value_or(0);
  }
  return object;
}

bool has_holder(const KernelObject& object) {
  return !object.owners.empty() || !object.pins.empty() || !object.held_by.empty() || !object.attachments.empty();
}

}  // namespace

KernelOwner owner_of(const Census& census, const HeldFd& held, const char* how) {
  KernelOwner owner{.pid = held.pid, .tid = held.tid == held.pid ? 0 : held.tid, .fd = held.fd, .how = how};
  if (const auto known = census.holders.find(held.pid); known != census.holders.end()) {
    const Process& process = known->second;
    owner.comm = process.comm;
    owner.exe = process.exe;
    owner.container = process.place.container;
    owner.pod = process.place.pod;
  }
  return owner;
}

ObjectIndex::ObjectIndex(std::vector<KernelObject>& objects) {
  by_id_.reserve(objects.size());
  for (auto& object : objects) by_id_.emplace(key_of(object.kind, object.id), &object);
}

KernelObject* ObjectIndex::find(KernelKind kind, std::uint32_t id) const {
  const auto found = by_id_.find(key_of(kind, id));
  return found == by_id_.end() ? nullptr : found->second;
}

void add_objects_seen_in_descriptors(const Census& census, BtfNames& names, std::vector<KernelObject>& objects,
                                     Gaps& gaps) {
  std::set<std::uint64_t> known;
  for (const auto& object : objects) known.insert(key_of(object.kind, object.id));
  for (const auto& held : census.objects) {
    if (!known.insert(key_of(held.kind, held.id)).second) continue;
    const std::size_t before = objects.size();
    if (const Descriptor fd = open_object(held.kind, held.id)) read_object(fd.get(), held.kind, names, objects, gaps);
    if (objects.size() == before && !census.by_iterators) objects.push_back(object_from(held));
  }
}

void add_owners(const Census& census, const ObjectIndex& index) {
  for (const auto& held : census.objects)
    if (KernelObject* object = index.find(held.kind, held.id))
      object->owners.push_back(owner_of(census, held.by, held.how));
}

void add_holders(std::vector<KernelObject>& objects, const ObjectIndex& index) {
  const auto hold = [&](KernelKind kind, std::uint32_t id, const KernelObject& by) {
    KernelObject* held = id == 0 ? nullptr : index.find(kind, id);
    if (held != nullptr) held->held_by.push_back(label_of(by));
  };
  for (const auto& object : objects) {
    hold(KernelKind::prog, object.prog_id, object);
    hold(KernelKind::prog, object.target_prog_id, object);
    hold(KernelKind::btf, object.btf_id, object);
    for (const auto id : object.map_ids) hold(KernelKind::map, id, object);
    const bool holds_maps = object.type_number == abi::map_array_of_maps || object.type_number == abi::map_hash_of_maps;
    for (const auto id : object.entry_ids) hold(holds_maps ? KernelKind::map : KernelKind::prog, id, object);
    if (object.kind == KernelKind::link && object.type_number == abi::link_struct_ops)
      hold(KernelKind::map, map_in(object.attachments.front().target), object);
  }
  // A program runs where its link is attached, and as part of a subsystem where its map is.
  const auto attach = [&](KernelKind kind, std::uint32_t id, const KernelObject& by) {
    KernelObject* object = id == 0 ? nullptr : index.find(kind, id);
    if (object == nullptr) return;
    object->attachments.insert(object->attachments.end(), by.attachments.begin(), by.attachments.end());
    if (!object->attach_type) object->attach_type = by.attach_type;
  };
  for (auto& link : objects) {
    if (link.kind != KernelKind::link) continue;
    if (link.type_number != abi::link_struct_ops) {
      attach(KernelKind::prog, link.prog_id, link);
    } else if (const KernelObject* map = index.find(KernelKind::map, map_in(link.attachments.front().target))) {
      link.attachments.front().target = map->attach_target;
      attach(KernelKind::map, map->id, link);
    }
  }
  for (const auto& map : objects)
    if (map.kind == KernelKind::map && map.type_number == abi::map_struct_ops)
      for (const auto id : map.entry_ids) attach(KernelKind::prog, id, map);
}

namespace {

constexpr std::uint64_t page = 4096;

std::uint64_t rounded(std::uint64_t bytes) { return (bytes + page - 1) / page * page; }

// The sizes in bytes that a mapping of the map usually has; none where it cannot be mapped.
std::vector<std::uint64_t> mapped_sizes(const KernelObject& map) {
  if (map.kind != KernelKind::map) return {};
  switch (map.type_number) {
    case abi::map_ringbuf:
    case abi::map_user_ringbuf: return {page, page + 2 * rounded(map.max_entries), page + rounded(map.max_entries)};
    case abi::map_arena: return {page * map.max_entries};
    default: break;
  }
  if ((map.flags & abi::map_flag_mmapable) == 0) return {};
  return {rounded(std::uint64_t{(map.value_size + 7) / 8 * 8} * map.max_entries)};
}

KernelOwner mapping_owner(int proc, std::uint32_t pid) {
  const Descriptor folder = open_path(proc, std::to_string(pid).c_str());
  Process process = describe_process(folder.get());
  return {.pid = pid,
          .comm = std::move(process.comm),
          .exe = std::move(process.exe),
          .how = "mmap",
          .container = std::move(process.place.container),
          .pod = std::move(process.place.pod)};
}

void add_mapping_owners(int proc, std::vector<KernelObject*>& maps, Gaps& gaps) {
  const Descriptor list = open_folder(proc, ".");
  for_each_name(list, [&](std::string_view name) {
    const auto pid = parse_unsigned(name);
    if (!pid) return;
    const auto text = read_text(proc, (std::string(name) + "/maps").c_str());
    if (!text) return;
    for (const std::uint64_t bytes : parse_mapped_bpf_maps(*text)) {
      std::vector<KernelObject*> fitting;
      for (KernelObject* map : maps) {
        const auto sizes = mapped_sizes(*map);
        if (std::find(sizes.begin(), sizes.end(), bytes) != sizes.end()) fitting.push_back(map);
      }
      const auto owns = [&](const KernelOwner& owner) { return owner.pid == *pid; };
      if (fitting.size() == 1) {
        auto& owners = fitting.front()->owners;
        if (std::none_of(owners.begin(), owners.end(), owns))
          owners.push_back(mapping_owner(proc, static_cast<std::uint32_t>(*pid)));
      } else if (fitting.size() > 1) {
        gaps.add("process " + std::string(name) + " maps one of " + std::to_string(fitting.size()) +
                 " maps of the same size that nothing else keeps; the kernel does not say which");
      }
    }
  });
}

// Which descriptors are in flight only the iterators see.
void note_sockets_in_flight(int proc, const Census& census, Gaps& gaps) {
  std::set<std::string> seen;  // a socket has one inode and any number of descriptors
  for (const auto& held : census.sockets) {
    std::string place = place_of(held);
    const std::string inode = read_link(proc, place.c_str()).value_or("");
    place.replace(place.rfind("/fd/"), 4, "/fdinfo/");
    const auto text = read_text(proc, place.c_str());
    if (text && parse_fdinfo(*text).scm_fds.value_or(0) > 0 && seen.insert(inode).second)
      gaps.add("the socket /proc/" + place_of(held) + " has descriptors in flight that the kernel does not name");
  }
}

}  // namespace

bool can_be_mapped(const KernelObject& object) { return !mapped_sizes(object).empty(); }

void add_hidden_owners(int proc, const Census& census, std::vector<KernelObject>& objects, Gaps& gaps) {
  const auto nobody_holds = [](const KernelObject& object) {
    return (object.kind == KernelKind::prog || object.kind == KernelKind::map || object.kind == KernelKind::link) &&
           !has_holder(object);
  };
  std::vector<KernelObject*> maps;
  for (auto& object : objects)
    if (nobody_holds(object) && can_be_mapped(object)) maps.push_back(&object);
  if (!maps.empty()) add_mapping_owners(proc, maps, gaps);
  if (!census.by_iterators && std::any_of(objects.begin(), objects.end(), nobody_holds))
    note_sockets_in_flight(proc, census, gaps);
}

}  // namespace pratique
