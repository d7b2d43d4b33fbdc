#include "world/probe/objects.h"

#include <bpf/bpf.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <set>

#include "base/digest.h"
#include "base/text.h"
#include "world/probe/call_names.h"

namespace pratique {
namespace {

using NextId = int (*)(__u32, __u32*);
using OpenId = int (*)(__u32);

// Calls visit(fd, id) for each object of a kind, in the order of ids.
template <class Visit>
void for_each_id(NextId next, OpenId open, const std::string& plural, Gaps& gaps, Visit&& visit) {
  std::uint32_t refused = 0;
  int why = 0;
  for (__u32 id = 0; next(id, &id) == 0;) {
    const Descriptor fd(open(id));
    if (fd) {
      visit(fd.get(), id);
    } else if (errno != ENOENT) {  // which is one that vanished meanwhile
      ++refused;
      why = errno;
    }
  }
  if (errno != ENOENT) gaps.add(plural + " are not listed: " + reason_of(errno));
  if (refused > 0) gaps.add(std::to_string(refused) + " " + plural + " are not shown: " + reason_of(why));
}

template <class Info>
bool ask(int fd, Info& info) {
  __u32 length = sizeof info;
  return bpf_obj_get_info_by_fd(fd, &info, &length) == 0;
}

template <std::size_t size>
std::string text_of(const char (&name)[size]) {
  return std::string(name, ::strnlen(name, size));
}

std::string tag_of(const std::uint8_t (&tag)[8]) {
  std::string digits;
  for (const auto byte : tag) {
    digits += "0123456789abcdef"[byte >> 4];
    digits += "0123456789abcdef"[byte & 15];
  }
  return digits;
}

// What the kernel counts load times from, in milliseconds since 1970.
std::optional<std::int64_t> read_boot_time(int proc) {
  const auto text = read_text(proc, "stat");
  const auto at = text ? text->find("\nbtime ") : std::string::npos;
  if (at == std::string::npos) return {};
  const auto from = at + 7;
  const auto seconds = parse_unsigned(std::string_view(*text).substr(from, text->find('\n', from) - from));
  if (!seconds) return {};
  return static_cast<std::int64_t>(*seconds * 1000);
}

// The calls of a program: distances for kallsyms, or ids of functions in the kernel's BTF.
struct Calls {
  std::size_t object = 0;  // its index
  std::set<std::int32_t> distances, functions;
};

// From instructions as BPF_OBJ_GET_INFO_BY_FD gives them (kernel/bpf/syscall.c, bpf_insn_prepare_dump). Empty where the
// kernel blanked its calls.
std::optional<Calls> calls_in(const std::vector<std::uint64_t>& code, std::size_t count) {
  constexpr std::uint8_t call = 0x85, to_program = 1, to_kernel_function = 2;
  Calls calls;
  for (std::size_t i = 0; i < count; ++i) {
    const auto opcode = static_cast<std::uint8_t>(code[i]), source = static_cast<std::uint8_t>((code[i] >> 12) & 15);
    const auto number = static_cast<std::int32_t>(code[i] >> 32);
    if (opcode != call || source == to_program) continue;
    if (number == 0) return {};
    (source == to_kernel_function ? calls.functions : calls.distances).insert(number);
  }
  return calls;
}

// The instructions without what differs from load to load: the maps and addresses that they name, and where the kernel
// functions are that they call.
std::string hash_of(const std::vector<std::uint64_t>& code, std::size_t count) {
  constexpr std::uint8_t load_constant = 0x18, call = 0x85, to_program = 1;
  constexpr std::uint64_t without_number = 0xffffffff;
  std::string bytes;
  bytes.reserve(count * sizeof(std::uint64_t));
  bool second_half = false;
  for (std::size_t i = 0; i < count; ++i) {
    const auto opcode = static_cast<std::uint8_t>(code[i]), source = static_cast<std::uint8_t>((code[i] >> 12) & 15);
    const bool names_object = opcode == load_constant && source != 0,
               calls_kernel = opcode == call && source != to_program;
    const std::uint64_t kept = names_object || calls_kernel || second_half ? code[i] & without_number : code[i];
    second_half = names_object;
    for (unsigned shift = 0; shift < 64; shift += 8) bytes += static_cast<char>(kept >> shift);
  }
  return std::string(sha256_of(bytes).hex().substr(0, 16));
}

class Programs {
 public:
  Programs(std::optional<std::int64_t> boot, BtfNames& names) : names_(names), boot_(boot) {}

  void read(int fd, std::vector<KernelObject>& objects) {
    abi::ProgInfo info{};
    if (!ask_all(fd, info)) return;
    KernelObject prog{.kind = KernelKind::prog, .id = info.id, .type_number = info.type};
    prog.type = prog_type_name(info.type);
    prog.name = text_of(info.name);
    prog.tag = tag_of(info.tag);
    if (boot_)
      prog.loaded = Time(std::chrono::milliseconds(*boot_ + static_cast<std::int64_t>(info.load_time / 1'000'000)));
    prog.uid = info.created_by_uid;
    prog.gpl = (info.gpl_compatible & 1) != 0;
    prog.btf_id = info.btf_id;
    prog.instructions = info.xlated_prog_len / 8;
    prog.jited_bytes = info.jited_prog_len;
    prog.verified_instructions = info.verified_insns;
    prog.runs = info.run_cnt;
    prog.run_nanoseconds = info.run_time_ns;
    prog.recursion_misses = info.recursion_misses;
    prog.map_ids.assign(map_ids_.begin(), map_ids_.begin() + info.nr_map_ids);
    if (info.attach_btf_id != 0) prog.attach_target = names_.hook(info.attach_btf_obj_id, info.attach_btf_id);
    if (info.xlated_prog_len != 0 && info.xlated_prog_insns != 0) prog.code = hash_of(code_, prog.instructions);
    note_calls(info, objects.size());
    objects.push_back(std::move(prog));
  }

  // Called once, when all programs were read: symbols are looked up together.
  void name_calls(int proc, Looking looking, std::vector<KernelObject>& objects) {
    std::set<std::int32_t> distances;
    for (const auto& calls : calls_) distances.insert(calls.distances.begin(), calls.distances.end());
    distances.erase(tail_call);
    auto known = looking == Looking::by_iterators && !distances.empty() ? ask_call_names(names_.kernel(), distances)
                                                                        : std::nullopt;
    auto symbols = known ? std::move(*known) : find_call_symbols(proc, distances);
    symbols[tail_call] = "bpf_tail_call";
    for (const auto& calls : calls_) objects[calls.object].calls = names_of(calls, symbols);
  }

 private:
  static constexpr std::int32_t tail_call = 12;  // which a dump shows by its helper number

  // The list of maps and the instructions come into buffers that grow to what the largest program needs.
  bool ask_all(int fd, abi::ProgInfo& info) {
    for (;;) {
      info = {};
      info.nr_map_ids = static_cast<std::uint32_t>(map_ids_.size());
      info.map_ids = reinterpret_cast<std::uintptr_t>(map_ids_.data());
      info.xlated_prog_len = static_cast<std::uint32_t>(code_.size() * 8);
      info.xlated_prog_insns = reinterpret_cast<std::uintptr_t>(code_.data());
      if (!ask(fd, info)) return false;
      if (info.nr_map_ids <= map_ids_.size() && info.xlated_prog_len <= code_.size() * 8) return true;
      map_ids_.resize(std::max<std::size_t>(map_ids_.size(), info.nr_map_ids));
      code_.resize(std::max<std::size_t>(code_.size(), info.xlated_prog_len / 8));
    }
  }

  void note_calls(const abi::ProgInfo& info, std::size_t object) {
    if (info.xlated_prog_len == 0 || info.xlated_prog_insns == 0) return;
    if (auto calls = calls_in(code_, info.xlated_prog_len / 8)) {
      calls->object = object;
      calls_.push_back(std::move(*calls));
    }
  }

  std::optional<std::vector<std::string>> names_of(const Calls& calls,
                                                   const std::map<std::int32_t, std::string>& symbols) {
    std::set<std::string> named;
    for (const auto distance : calls.distances) {
      const auto symbol = symbols.find(distance);
      if (symbol == symbols.end()) return {};
      named.insert(symbol->second);
    }
    for (const auto id : calls.functions) {
      auto function = names_.function(static_cast<std::uint32_t>(id));
      named.insert(function.empty() ? "kernel function " + std::to_string(id) : std::move(function));
    }
    return std::vector<std::string>(named.begin(), named.end());
  }

  BtfNames& names_;
  std::optional<std::int64_t> boot_;
  std::vector<std::uint32_t> map_ids_ = std::vector<std::uint32_t>(64);
  std::vector<std::uint64_t> code_ = std::vector<std::uint64_t>(4096);
  std::vector<Calls> calls_;
};

// The programs of a program array, the maps in a map of maps: their ids, sorted, each once.
class Entries {
 public:
  Entries(int fd, const abi::MapInfo& info) : fd_(fd), info_(info) {}

  std::vector<std::uint32_t> read(Gaps& gaps) {
    info_.type == abi::map_hash_of_maps ? walk_keys() : walk_places();
    if (why_ != 0) gaps.add("the entries of map " + std::to_string(info_.id) + " are not listed: " + reason_of(why_));
    return {ids_.begin(), ids_.end()};
  }

 private:
  static constexpr std::uint32_t most = 1 << 16;

  void walk_places() {
    for (std::uint32_t place = 0; place < std::min(info_.max_entries, most) && why_ == 0; ++place) look_up(&place);
    if (info_.max_entries > most && why_ == 0) why_ = E2BIG;
  }

  void walk_keys() {
    std::vector<char> key(info_.key_size), next(info_.key_size);
    std::uint32_t count = 0;
    for (const void* before = nullptr; bpf_map_get_next_key(fd_, before, next.data()) == 0; before = key.data()) {
      key = next;
      look_up(key.data());
      if (++count == most) why_ = E2BIG;
      if (why_ != 0) return;
    }
    if (errno != ENOENT) why_ = errno;
  }

  void look_up(const void* key) {
    std::uint32_t id = 0;
    if (bpf_map_lookup_elem(fd_, key, &id) == 0)
      ids_.insert(id);
    else if (errno != ENOENT)
      why_ = errno;
  }

  int fd_;
  const abi::MapInfo& info_;
  std::set<std::uint32_t> ids_;
  int why_ = 0;
};

// A struct_ops map (kernel/bpf/bpf_struct_ops.c): its value is the structure of the subsystem behind a count and a
// state, with the ids of programs in place of pointers to functions.
void read_struct_ops(int fd, const abi::MapInfo& info, const KernelTypes& types, KernelObject& map, Gaps& gaps) {
  const auto places = types.find_function_pointers(info.btf_vmlinux_value_type_id);
  if (places.empty())
    return gaps.add("the programs in map " + std::to_string(info.id) +
                    " are not listed: its type is not one of the kernel's own");
  std::vector<char> value(info.value_size);
  const std::uint32_t key = 0;
  if (bpf_map_lookup_elem(fd, &key, value.data()) != 0)
    return gaps.add("the programs in map " + std::to_string(info.id) + " are not listed: " + reason_of(errno));
  const auto word_at = [&](std::size_t offset) {
    std::uint32_t word = 0;
    if (offset + sizeof word <= value.size()) std::memcpy(&word, value.data() + offset, sizeof word);
    return word;
  };
  std::set<std::uint32_t> progs;
  for (const auto place : places)
    if (const auto prog = word_at(place); prog != 0) progs.insert(prog);
  map.entry_ids.assign(progs.begin(), progs.end());
  constexpr std::size_t state = 4;
  constexpr std::uint32_t in_use = 1;
  constexpr std::string_view prefix = "bpf_struct_ops_";
  std::string_view name = types.name(info.btf_vmlinux_value_type_id);
  if (name.starts_with(prefix)) name.remove_prefix(prefix.size());
  map.attach_target = name;
  if (word_at(state) == in_use) map.attachments.push_back({.hook = "struct_ops", .target = map.attach_target});
}

void read_map(int fd, BtfNames& names, std::vector<KernelObject>& objects, Gaps& gaps) {
  abi::MapInfo info{};
  if (!ask(fd, info)) return;
  KernelObject map{.kind = KernelKind::map, .id = info.id, .type_number = info.type};
  map.type = map_type_name(info.type);
  map.name = text_of(info.name);
  map.btf_id = info.btf_id;
  map.key_size = info.key_size;
  map.value_size = info.value_size;
  map.max_entries = info.max_entries;
  map.flags = info.map_flags;
  if (info.type == abi::map_prog_array || info.type == abi::map_array_of_maps || info.type == abi::map_hash_of_maps)
    map.entry_ids = Entries(fd, info).read(gaps);
  if (info.type == abi::map_struct_ops) read_struct_ops(fd, info, names.kernel(), map, gaps);
  objects.push_back(std::move(map));
}

std::optional<std::uint32_t> attach_type_of(const abi::LinkInfo& info) {
  switch (info.type) {
    case abi::link_tracing: return info.tracing.attach_type;
    case abi::link_cgroup: return info.cgroup.attach_type;
    case abi::link_netns: return info.netns.attach_type;
    case abi::link_tcx:
    case abi::link_netkit: return info.device.attach_type;
    case abi::link_sockmap: return info.sockmap.attach_type;
    default: return {};
  }
}

void read_link(int fd, BtfNames& names, std::vector<KernelObject>& objects) {
  abi::LinkInfo info{};
  if (!ask(fd, info)) return;
  KernelObject link{.kind = KernelKind::link, .id = info.id, .type_number = info.type};
  link.type = link_type_name(info.type);
  link.prog_id = info.prog_id;
  link.attach_type = attach_type_of(info);
  LinkTold told = describe_link(fd, info, names);
  told.at.link_id = info.id;
  link.attachments.push_back(std::move(told.at));
  link.target_prog_id = told.target_prog;
  objects.push_back(std::move(link));
}

void read_btf(int fd, std::vector<KernelObject>& objects) {
  abi::BtfInfo info{};
  char name[64] = {};
  info.name = reinterpret_cast<std::uintptr_t>(name);
  info.name_len = sizeof name;
  if (!ask(fd, info)) return;
  KernelObject table{.kind = KernelKind::btf, .id = info.id};
  table.type = info.kernel_btf != 0 ? "kernel" : "user";
  table.name = text_of(name);
  table.value_size = info.btf_size;
  objects.push_back(std::move(table));
}

}  // namespace

std::vector<KernelObject> read_objects(int proc, Looking looking, BtfNames& names, Gaps& gaps) {
  std::vector<KernelObject> objects;
  Programs programs(read_boot_time(proc), names);
  for_each_id(bpf_prog_get_next_id, bpf_prog_get_fd_by_id, "programs", gaps,
              [&](int fd, std::uint32_t) { programs.read(fd, objects); });
  programs.name_calls(proc, looking, objects);
  for_each_id(bpf_map_get_next_id, bpf_map_get_fd_by_id, "maps", gaps,
              [&](int fd, std::uint32_t) { read_map(fd, names, objects, gaps); });
  for_each_id(bpf_link_get_next_id, bpf_link_get_fd_by_id, "links", gaps,
              [&](int fd, std::uint32_t) { read_link(fd, names, objects); });
  for_each_id(bpf_btf_get_next_id, bpf_btf_get_fd_by_id, "type tables (BTF)", gaps,
              [&](int fd, std::uint32_t) { read_btf(fd, objects); });
  return objects;
}

void read_object(int fd, KernelKind kind, BtfNames& names, std::vector<KernelObject>& objects, Gaps& gaps) {
  switch (kind) {
    case KernelKind::prog: return Programs({}, names).read(fd, objects);
    case KernelKind::map: return read_map(fd, names, objects, gaps);
    case KernelKind::link: return read_link(fd, names, objects);
    case KernelKind::btf: return read_btf(fd, objects);
    case KernelKind::classic: break;
  }
}

}  // namespace pratique
