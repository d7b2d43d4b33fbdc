#include "maker.h"

#include <fcntl.h>
#include <linux/bpf.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>

namespace pratique::maker {
namespace {

std::uint64_t instruction(std::uint8_t code, std::uint8_t to, std::uint8_t from, std::int32_t number) {
  return static_cast<std::uint64_t>(code) | static_cast<std::uint64_t>(from << 4 | to) << 8 |
         static_cast<std::uint64_t>(static_cast<std::uint32_t>(number)) << 32;
}

std::uint64_t set(std::uint8_t to, std::int32_t number) { return instruction(0xb7, to, 0, number); }
std::uint64_t call(std::int32_t helper) { return instruction(0x85, 0, 0, helper); }
std::uint64_t leave() { return instruction(0x95, 0, 0, 0); }

template <class Value>
std::uint64_t pointer(const Value* value) {
  return reinterpret_cast<std::uintptr_t>(value);
}

template <std::size_t size>
void put_name(char (&into)[size], const std::string& name) {
  std::memcpy(into, name.data(), std::min(name.size(), size - 1));
}

}  // namespace

Fd& Fd::operator=(Fd&& other) noexcept {
  if (this != &other) {
    reset();
    fd_ = other.release();
  }
  return *this;
}

int Fd::release() {
  const int fd = fd_;
  fd_ = -1;
  return fd;
}

void Fd::reset() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

Code returns(std::int32_t value) { return {set(0, value), leave()}; }

Code with_map(int map, std::int32_t value) {
  return {instruction(0x18, 1, 1, map), instruction(0, 0, 0, 0), set(0, value), leave()};
}

Code calls(std::int32_t helper, std::int32_t value) { return {call(helper), set(0, value), leave()}; }

Code jumps_through(int prog_array, std::int32_t value) {
  return {instruction(0x18, 2, 1, prog_array), instruction(0, 0, 0, 0), set(3, 0), call(12), set(0, value), leave()};
}

int bpf(int command, void* attributes, unsigned size) {
  return static_cast<int>(::syscall(SYS_bpf, command, attributes, size));
}

Fd load(const Prog& prog) {
  bpf_attr attr{};
  attr.prog_type = prog.type;
  attr.insns = pointer(prog.code.data());
  attr.insn_cnt = static_cast<__u32>(prog.code.size());
  attr.license = pointer(prog.license.c_str());
  put_name(attr.prog_name, prog.name);
  attr.expected_attach_type = prog.attach_type;
  attr.attach_btf_id = prog.attach_btf_id;
  attr.attach_prog_fd = prog.attach_prog;
  attr.prog_flags = prog.flags;
  const std::uint32_t function[2] = {0, prog.function};  // from instruction 0 on
  if (prog.types >= 0) {
    attr.prog_btf_fd = static_cast<__u32>(prog.types);
    attr.func_info_rec_size = sizeof function;
    attr.func_info = pointer(function);
    attr.func_info_cnt = 1;
  }
  return Fd(bpf(BPF_PROG_LOAD, &attr, sizeof attr));
}

Fd make(const Map& map) {
  bpf_attr attr{};
  attr.map_type = map.type;
  attr.key_size = map.key;
  attr.value_size = map.value;
  attr.max_entries = map.entries;
  attr.map_flags = map.flags;
  attr.inner_map_fd = map.inner < 0 ? 0 : static_cast<__u32>(map.inner);
  put_name(attr.map_name, map.name);
  attr.btf_fd = map.btf;
  attr.btf_key_type_id = map.btf_key;
  attr.btf_value_type_id = map.btf_value;
  attr.btf_vmlinux_value_type_id = map.vmlinux_value;
  attr.map_extra = map.extra;
  return Fd(bpf(BPF_MAP_CREATE, &attr, sizeof attr));
}

bool update(int map, std::uint32_t key, std::uint32_t value) { return update(map, key, &value); }

bool update(int map, std::uint32_t key, const void* value) {
  bpf_attr attr{};
  attr.map_fd = static_cast<__u32>(map);
  attr.key = pointer(&key);
  attr.value = reinterpret_cast<std::uintptr_t>(value);
  return bpf(BPF_MAP_UPDATE_ELEM, &attr, sizeof attr) == 0;
}

bool erase(int map, std::uint32_t key) {
  bpf_attr attr{};
  attr.map_fd = static_cast<__u32>(map);
  attr.key = pointer(&key);
  return bpf(BPF_MAP_DELETE_ELEM, &attr, sizeof attr) == 0;
}

Fd load_types(const std::string& function) {
  const std::string texts = std::string("\0int\0xdp_md\0data\0ctx\0", 21) + function + '\0';
  const std::uint32_t types[] = {
      1,  1u << 24,
      4,  1u << 24 | 32,  // 1: int
      5,  4u << 24 | 1,
      4,  12,
      1,  0,  // 2: struct xdp_md { int data; }
      0,  2u << 24,
      2,  // 3: pointer to 2
      0,  13u << 24 | 1,
      1,  17,
      3,  // 4: int (3 ctx)
      21, 12u << 24 | 1,
      4,  // 5: the function, global
  };
  const std::uint32_t head[] = {0x0001eb9f,   24,           0,
                                sizeof types, sizeof types, static_cast<std::uint32_t>(texts.size())};
  std::string bytes(reinterpret_cast<const char*>(head), sizeof head);
  bytes.append(reinterpret_cast<const char*>(types), sizeof types).append(texts);
  bpf_attr attr{};
  attr.btf = pointer(bytes.data());
  attr.btf_size = static_cast<__u32>(bytes.size());
  return Fd(bpf(BPF_BTF_LOAD, &attr, sizeof attr));
}

bool pin(int object, const std::string& path) {
  bpf_attr attr{};
  attr.pathname = pointer(path.c_str());
  attr.bpf_fd = static_cast<__u32>(object);
  return bpf(BPF_OBJ_PIN, &attr, sizeof attr) == 0;
}

Fd link(int prog, int target, std::uint32_t attach_type, std::uint32_t flags) {
  bpf_attr attr{};
  attr.link_create.prog_fd = static_cast<__u32>(prog);
  attr.link_create.target_fd = static_cast<__u32>(target);
  attr.link_create.attach_type = attach_type;
  attr.link_create.flags = flags;
  return Fd(bpf(BPF_LINK_CREATE, &attr, sizeof attr));
}

Fd link_netfilter(int prog, std::uint32_t family, std::uint32_t hook, std::int32_t priority) {
  // The header of Debian 12 has no netfilter in link_create; these follow its four common words.
  struct {
    std::uint32_t prog, target, attach_type, flags, family, hook;
    std::int32_t priority;
    std::uint32_t more;
  } attr{static_cast<std::uint32_t>(prog), 0, 45, 0, family, hook, priority, 0};
  return Fd(bpf(BPF_LINK_CREATE, &attr, sizeof attr));
}

Fd link_iterator(int prog) { return link(prog, 0, BPF_TRACE_ITER); }

Fd link_kprobes(int prog, const std::vector<const char*>& functions) {
  bpf_attr attr{};
  attr.link_create.prog_fd = static_cast<__u32>(prog);
  attr.link_create.attach_type = BPF_TRACE_KPROBE_MULTI;
  attr.link_create.kprobe_multi.cnt = static_cast<__u32>(functions.size());
  attr.link_create.kprobe_multi.syms = pointer(functions.data());
  return Fd(bpf(BPF_LINK_CREATE, &attr, sizeof attr));
}

Fd link_uprobes(int prog, const std::string& path, const std::vector<std::uint64_t>& offsets) {
  struct {  // as of Linux 6.6
    std::uint32_t prog, target, attach_type, flags;
    std::uint64_t path, offsets, reference_counts, cookies;
    std::uint32_t count, probe_flags, pid, more;
  } attr{static_cast<std::uint32_t>(prog),           0, 48, 0, pointer(path.c_str()), pointer(offsets.data()), 0, 0,
         static_cast<std::uint32_t>(offsets.size()), 0, 0,  0};
  return Fd(bpf(BPF_LINK_CREATE, &attr, sizeof attr));
}

bool attach(int prog, int target, std::uint32_t attach_type, std::uint32_t flags) {
  bpf_attr attr{};
  attr.target_fd = static_cast<__u32>(target);
  attr.attach_bpf_fd = static_cast<__u32>(prog);
  attr.attach_type = attach_type;
  attr.attach_flags = flags;
  return bpf(BPF_PROG_ATTACH, &attr, sizeof attr) == 0;
}

Fd open_raw_tracepoint(int prog, const char* name) {
  bpf_attr attr{};
  attr.raw_tracepoint.prog_fd = static_cast<__u32>(prog);
  attr.raw_tracepoint.name = pointer(name);
  return Fd(bpf(BPF_RAW_TRACEPOINT_OPEN, &attr, sizeof attr));
}

std::uint32_t id_of(int object) {
  std::uint32_t type_and_id[2] = {};
  bpf_attr attr{};
  attr.info.bpf_fd = static_cast<__u32>(object);
  attr.info.info_len = sizeof type_and_id;
  attr.info.info = pointer(type_and_id);
  return bpf(BPF_OBJ_GET_INFO_BY_FD, &attr, sizeof attr) == 0 ? type_and_id[1] : 0;
}

Fd open_link(std::uint32_t id) {
  bpf_attr attr{};
  attr.link_id = id;
  return Fd(bpf(BPF_LINK_GET_FD_BY_ID, &attr, sizeof attr));
}

bool detach(int link) {
  bpf_attr attr{};
  attr.link_detach.link_fd = static_cast<__u32>(link);
  return bpf(BPF_LINK_DETACH, &attr, sizeof attr) == 0;
}

bool is_loaded(std::uint32_t prog_id) {
  bpf_attr attr{};
  attr.prog_id = prog_id;
  return static_cast<bool>(Fd(bpf(BPF_PROG_GET_FD_BY_ID, &attr, sizeof attr)));
}

std::string tag_of(int prog) {
  bpf_prog_info info{};
  bpf_attr attr{};
  attr.info.bpf_fd = static_cast<__u32>(prog);
  attr.info.info_len = sizeof info;
  attr.info.info = pointer(&info);
  if (bpf(BPF_OBJ_GET_INFO_BY_FD, &attr, sizeof attr) != 0) return "";
  std::string tag;
  for (const unsigned char byte : info.tag) {
    tag += "0123456789abcdef"[byte >> 4];
    tag += "0123456789abcdef"[byte & 15];
  }
  return tag;
}

namespace {

// How far the type at `type` reaches (include/uapi/linux/btf.h): three words, and what its kind adds.
std::size_t words_of(const std::uint32_t* type) {
  const std::uint32_t kind = type[1] >> 24 & 31, members = type[1] & 0xffff;
  switch (kind) {
    case 1:
    case 14:
    case 17: return 4;  // int, var, decl_tag
    case 3: return 6;   // array
    case 4:
    case 5:
    case 15:
    case 19: return 3 + 3 * members;  // struct, union, datasec, enum64
    case 6:
    case 13: return 3 + 2 * members;  // enum, func_proto
    default: return 3;
  }
}

// The running kernel's types, read anew each time.
class KernelBtf {
 public:
  KernelBtf() {
    std::ifstream file("/sys/kernel/btf/vmlinux", std::ios::binary);
    bytes_.assign(std::istreambuf_iterator<char>(file), {});
    if (bytes_.size() < sizeof head_) return;
    std::memcpy(&head_, bytes_.data(), sizeof head_);
  }

  // Calls visit(id, type) for each until it returns true.
  template <class Visit>
  void find(Visit&& visit) const {
    const auto* type = reinterpret_cast<const std::uint32_t*>(bytes_.data() + head_.header + head_.type_at);
    const auto* end = type + head_.type_bytes / 4;
    for (std::uint32_t id = 1; type < end; ++id, type += words_of(type))
      if (visit(id, type)) return;
  }
  std::string_view text(std::uint32_t offset) const { return bytes_.data() + head_.header + head_.text_at + offset; }

 private:
  struct {
    std::uint16_t magic;
    std::uint8_t version, flags;
    std::uint32_t header, type_at, type_bytes, text_at, text_bytes;
  } head_{};
  std::string bytes_;
};

std::uint32_t find_type(std::uint32_t kind, std::string_view name) {
  const KernelBtf btf;
  std::uint32_t found = 0;
  btf.find([&](std::uint32_t id, const std::uint32_t* type) {
    if ((type[1] >> 24 & 31) == kind && btf.text(type[0]) == name) found = id;
    return found != 0;
  });
  return found;
}

}  // namespace

std::uint32_t find_function(const std::string& name) { return find_type(12, name); }
std::uint32_t find_typedef(const std::string& name) { return find_type(8, name); }

MemberPlace find_member(const std::string& structure, const std::string& member) {
  const KernelBtf btf;
  MemberPlace place;
  btf.find([&](std::uint32_t id, const std::uint32_t* type) {
    if ((type[1] >> 24 & 31) != 4 || btf.text(type[0]) != structure) return false;
    for (std::uint32_t i = 0; i < (type[1] & 0xffff); ++i)
      if (btf.text(type[3 + 3 * i]) == member) place = {id, type[2], i, (type[3 + 3 * i + 2] & 0xffffff) / 8};
    return place.type != 0;
  });
  return place;
}

namespace {

bpf_link_info ask_link(int fd) {
  bpf_link_info info{};
  bpf_attr attr{};
  attr.info.bpf_fd = static_cast<__u32>(fd);
  attr.info.info_len = sizeof info;
  attr.info.info = pointer(&info);
  return bpf(BPF_OBJ_GET_INFO_BY_FD, &attr, sizeof attr) == 0 ? info : bpf_link_info{};
}

}  // namespace

std::uint64_t cgroup_of_link(int link) { return ask_link(link).cgroup.cgroup_id; }
bool tells_target(int link) { return ask_link(link).tracing.target_obj_id != 0; }

Child::Child(const std::vector<int>& keep, const std::function<std::string()>& work) {
  int to_child[2], to_us[2];
  if (::pipe2(to_child, O_CLOEXEC) != 0 || ::pipe2(to_us, O_CLOEXEC) != 0) return;
  pid_ = ::fork();
  if (pid_ == 0) {
    ::close(to_child[1]);
    std::vector<int> open = keep;
    open.insert(open.end(), {0, 1, 2, to_child[0], to_us[1]});
    std::sort(open.begin(), open.end());
    unsigned from = 0;
    for (const int fd : open) {
      if (static_cast<unsigned>(fd) > from) ::syscall(SYS_close_range, from, static_cast<unsigned>(fd) - 1, 0);
      from = static_cast<unsigned>(fd) + 1;
    }
    ::syscall(SYS_close_range, from, ~0u, 0);
    const std::string told = work() + "\n";
    if (::write(to_us[1], told.data(), told.size()) < 0) ::_exit(1);
    char byte = 0;
    while (::read(to_child[0], &byte, 1) < 0 && errno == EINTR) {
    }
    ::_exit(0);
  }
  ::close(to_child[0]);
  ::close(to_us[1]);
  wait_ = Fd(to_child[1]);
  const Fd answer(to_us[0]);
  for (char byte = 0; ::read(answer.get(), &byte, 1) == 1 && byte != '\n';) told_ += byte;
}

Child::Child(Child&& other) noexcept : pid_(other.pid_), wait_(std::move(other.wait_)), told_(std::move(other.told_)) {
  other.pid_ = -1;
}

Child::~Child() {
  if (pid_ <= 0) return;
  wait_.reset();
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

}  // namespace pratique::maker
