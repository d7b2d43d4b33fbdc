// The census as our iterators tell it: what /proc is needed for is the processes that turn out to hold something.
#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <set>

#include "world/probe/census.h"
#include "world/probe/namespaces.h"

namespace pratique {
namespace {

std::optional<KernelKind> kind_of(std::uint32_t record) {
  switch (record) {
    case record_prog: return KernelKind::prog;
    case record_map: return KernelKind::map;
    case record_link: return KernelKind::link;
    case record_btf: return KernelKind::btf;
    default: return {};
  }
}

class IteratorCensus {
 public:
  IteratorCensus(int proc, Iterators& iterators, Gaps& gaps) : proc_(proc), iterators_(iterators), gaps_(gaps) {}

  std::optional<Census> take(const std::vector<KernelObject>& objects) {
    const auto threads = iterators_.run("threads"), files = iterators_.run("files");
    if (!threads || !files) return {};
    census_.by_iterators = true;
    for (const auto& record : *threads) note_thread(record);
    std::uint32_t in_flight = 0;
    for (const auto& record : *files) {
      if (record.kind == record_in_flight)
        in_flight += record.id;
      else
        note_file(record);
    }
    if (in_flight > 0) note_in_flight(in_flight);
    note_mappings(objects);
    note_objects();
    note_seccomp();
    describe_holders();
    for (const auto& [inode, table] : census_.mount_tables) census_.mount_doors.erase(inode);
    return std::move(census_);
  }

 private:
  static HeldFd held_by(const Record& record) { return {record.pid, record.tid, record.fd}; }

  static std::string folder_of(const Record& record) {
    std::string folder = std::to_string(record.pid);
    if (record.tid != record.pid) folder += "/task/" + std::to_string(record.tid);
    return folder;
  }

  void note_thread(const Record& record) {
    const std::uint64_t mount = record.more >> 32, network = record.more & 0xffffffff;
    const std::string below = folder_of(record);
    add_door(census_.network_doors[network], below + "/ns/net");
    if (const auto known = census_.mount_tables.find(mount); known != census_.mount_tables.end())
      add_door(known->second.roots, below + "/root");
    else if (const Descriptor folder = open_path(proc_, below.c_str()))
      add_mount_table(census_, folder.get(), below, mount);
    if (record.id != 0)
      for (const char* link : {"/cwd", "/root"}) note_bpffs(below + link);
  }

  void note_bpffs(const std::string& place) {
    if (auto found = find_bpffs(proc_, place)) census_.bpffs.push_back(std::move(*found));
  }

  void note_file(const Record& record) {
    const HeldFd by = held_by(record);
    if (const auto kind = kind_of(record.kind)) {
      census_.objects.push_back({.by = by, .kind = *kind, .id = record.id});
    } else if (record.kind == record_perf_event) {
      census_.perf_events.push_back({by, record.id});
    } else if (record.kind == record_bpffs) {
      note_bpffs(place_of(by));
    } else if (record.kind == record_namespace) {
      note_namespace(place_of(by));
    } else if (record.kind == record_filter || record.kind == record_reuseport) {
      census_.filters.push_back({.by = by,
                                 .hook = record.kind == record_filter ? "socket_filter" : "sk_reuseport",
                                 .prog = record.id,
                                 .instructions = static_cast<std::uint32_t>(record.more),
                                 .netns = record.netns_or_btf,
                                 .family = static_cast<std::uint16_t>(record.more >> 32),
                                 .type = static_cast<std::uint16_t>(record.more >> 48)});
    }
  }

  void note_namespace(const std::string& place) {
    if (const auto inode = read_namespace(proc_, place.c_str(), "net")) add_door(census_.network_doors[inode], place);
    if (const auto inode = read_namespace(proc_, place.c_str(), "mnt")) add_door(census_.mount_doors[inode], place);
  }

  // Each run shows one descriptor of each of 16 messages in every socket.
  void note_in_flight(std::uint32_t expected) {
    constexpr std::uint32_t most_messages = 256, most_descriptors = 253, step = 16;
    std::uint32_t seen = 0;
    for (std::uint32_t message = 0; message < most_messages && seen < expected; message += step) {
      for (std::uint32_t descriptor = 0; descriptor < most_descriptors; ++descriptor) {
        const auto records = iterators_.run("files_in_flight", message, descriptor);
        if (!records) return gaps_.add("descriptors in flight in unix sockets are not named: " + reason_of(errno));
        if (records->empty()) break;
        for (const auto& record : *records) seen += note_sent(record);
      }
    }
    if (seen < expected) gaps_.add("not all descriptors in flight in unix sockets were looked at");
  }

  // Returns 1 for the record that counts a descriptor, whatever it is of.
  std::uint32_t note_sent(const Record& record) {
    const std::uint32_t kind = record.kind & ~static_cast<std::uint32_t>(RECORD_IN_FLIGHT);
    if (kind == 0) return 1;
    if (const auto object = kind_of(kind))
      census_.objects.push_back({.by = held_by(record), .kind = *object, .id = record.id, .how = "scm"});
    else if (kind == record_perf_event)
      census_.perf_events.push_back({held_by(record), record.id});
    else
      gaps_.add("a namespace or bpffs folder is in flight in the socket /proc/" + place_of(held_by(record)) +
                " and was not looked into");
    return 0;
  }

  void note_mappings(const std::vector<KernelObject>& objects) {
    if (std::none_of(objects.begin(), objects.end(), can_be_mapped)) return;
    const auto records = iterators_.run("mappings");
    if (!records) return;  // before Linux 5.12; maps without another holder are looked for in /proc later
    std::set<std::pair<std::uint32_t, std::uint32_t>> known;  // process and map
    for (const auto& object : census_.objects)
      if (object.kind == KernelKind::map) known.emplace(object.by.pid, object.id);
    for (const auto& record : *records)
      if (known.emplace(record.pid, record.id).second)
        census_.objects.push_back(
            {.by = {record.pid, record.pid, -1}, .kind = KernelKind::map, .id = record.id, .how = "mmap"});
  }

  // What the structures of objects say and bpf() does not; each kernel has some of these iterators.
  void note_objects() {
    if (const auto records = iterators_.run("programs"))
      for (const auto& record : *records)
        census_.programs[record.id] = {static_cast<std::uint32_t>(record.more), record.netns_or_btf, record.tid};
    if (const auto records = iterators_.run("links"))
      for (const auto& record : *records)
        if (record.kind == record_link_place)
          census_.link_places[record.id] = {record.netns_or_btf, static_cast<std::uint32_t>(record.more)};
    const auto records = iterators_.run("maps");
    for (const auto& record : records.value_or(std::vector<Record>{})) {
      if (record.kind == record_map_state) {
        census_.frozen[record.id] = record.more != 0;
        continue;
      }
      constexpr std::array<std::uint32_t, 4> attach_types{7, 4, 5, 38};  // sk_msg_verdict, sk_skb_stream_parser ...
      census_.map_programs.push_back({.map = static_cast<std::uint32_t>(record.more),
                                      .prog = record.id,
                                      .attach_type = attach_types[(record.more >> 32) & 3]});
    }
  }

  void note_seccomp() {
    if (const auto records = iterators_.run("seccomp"))
      for (const auto& record : *records) census_.seccomp.push_back({record.pid, record.tid, record.more});
    else
      gaps_.add("seccomp filters are not listed: " + reason_of(errno));
  }

  // Names the holders, and forgets those that are gone by now: their pids may mean somebody else, who is told by what
  // the descriptor is of. Descriptors are looked at before others, as they prove the most.
  void describe_holders() {
    std::map<std::uint32_t, bool> there;
    const auto look = [&](const HeldFd& by, auto&& still_holds) {
      const auto known = there.find(by.pid);
      if (known != there.end()) return known->second;
      const Descriptor folder = open_path(proc_, std::to_string(by.pid).c_str());
      Process process = describe_process(folder.get());
      errno = 0;
      bool still = !process.comm.empty() && still_holds(folder.get());
      if (!still && !process.comm.empty() && (errno == EACCES || errno == EPERM)) {
        still = true;  // the kernel said so a moment ago, and nobody says otherwise
        gaps_.add("what processes of other users hold is told as the kernel's tables have it: /proc does not show it");
      }
      if (still) census_.holders.emplace(by.pid, std::move(process));
      return there.emplace(by.pid, still).first->second;
    };
    const auto is_fd = [](const HeldObject& object) { return object.how == std::string_view("fd"); };
    for (const auto& object : census_.objects)
      if (is_fd(object)) look(object.by, [&](int folder) { return names_same_object(folder, object); });
    const auto is_there = [&](const HeldFd& by) {
      return look(by, [&](int) { return by.fd < 0 || read_link(proc_, place_of(by).c_str()).has_value(); });
    };
    std::erase_if(census_.objects, [&](const HeldObject& object) { return !is_there(object.by); });
    for (const auto& filter : census_.filters) is_there(filter.by);
    std::set<std::uint64_t> seen;  // most of a node's processes have a filter: one for each is described
    for (const auto& thread : census_.seccomp)
      if (seen.insert(thread.filter).second) is_there({thread.pid, thread.tid, -1});
  }

  int proc_;
  Iterators& iterators_;
  Gaps& gaps_;
  Census census_;
};

}  // namespace

std::optional<Census> ask_iterators(int proc, Iterators& iterators, const std::vector<KernelObject>& objects,
                                    Gaps& gaps) {
  return IteratorCensus(proc, iterators, gaps).take(objects);
}

}  // namespace pratique
