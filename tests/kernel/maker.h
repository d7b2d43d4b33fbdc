// Makes eBPF objects with bare bpf() calls, for tests: small programs written as instructions, maps, links, pins, and
// processes that hold them. Needs no compiler for eBPF and no library. Everything ends with its owner.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace pratique::maker {

// A file descriptor that is closed with its owner.
class Fd {
 public:
  explicit Fd(int fd = -1) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(other.release()) {}
  Fd& operator=(Fd&& other) noexcept;
  ~Fd() { reset(); }
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  int release();
  void reset();

 private:
  int fd_;
};

using Code = std::vector<std::uint64_t>;
Code returns(std::int32_t value);                        // r0 = value; exit
Code with_map(int map, std::int32_t value);              // names the map, then returns
Code calls(std::int32_t helper, std::int32_t value);     // calls a helper that takes no argument, then returns
Code jumps_through(int prog_array, std::int32_t value);  // tail call to entry 0

struct Prog {
  std::uint32_t type = 0;
  Code code;
  std::string name = {};
  std::uint32_t attach_type = 0;
  std::uint32_t attach_btf_id = 0;
  std::uint32_t attach_prog = 0;  // descriptor of the program to replace a function of
  std::string license = "GPL";
  std::uint32_t flags = 0;
  int types = -1;  // descriptor of BTF whose type `function` the program is
  std::uint32_t function = 0;
};
Fd load(const Prog& prog);  // errno where it fails

struct Map {
  std::uint32_t type = 0, key = 4, value = 4, entries = 1, flags = 0;
  std::string name = {};
  int inner = -1;
  std::uint32_t btf = 0, btf_key = 0, btf_value = 0, vmlinux_value = 0;
  std::uint64_t extra = 0;
};
Fd make(const Map& map);

bool update(int map, std::uint32_t key, std::uint32_t value);  // a descriptor where the map takes one
bool update(int map, std::uint32_t key, const void* value);
bool erase(int map, std::uint32_t key);

// BTF with one global function of that name (type 5) that takes a context of XDP.
Fd load_types(const std::string& function);
bool pin(int object, const std::string& path);
Fd link(int prog, int target, std::uint32_t attach_type, std::uint32_t flags = 0);
Fd link_netfilter(int prog, std::uint32_t family, std::uint32_t hook, std::int32_t priority);
Fd link_iterator(int prog);
Fd link_kprobes(int prog, const std::vector<const char*>& functions);
Fd link_uprobes(int prog, const std::string& path, const std::vector<std::uint64_t>& offsets);
bool attach(int prog, int target, std::uint32_t attach_type, std::uint32_t flags = 0);  // BPF_PROG_ATTACH
Fd open_raw_tracepoint(int prog, const char* name);

// The type and id that the kernel gave; 0 where it fails.
std::uint32_t id_of(int object);
std::string tag_of(int prog);
Fd open_link(std::uint32_t id);
bool detach(int link);
bool is_loaded(std::uint32_t prog_id);
// Ids in BTF of the running kernel; 0 where there is none.
std::uint32_t find_function(const std::string& name);
std::uint32_t find_typedef(const std::string& name);
std::uint64_t cgroup_of_link(int link);
bool tells_target(int link);  // whether the kernel says what a tracing link is attached to

// A structure of the running kernel: its type, size, and where a member is; all 0 where there is none.
struct MemberPlace {
  std::uint32_t type = 0, size = 0, index = 0, offset = 0;
};
MemberPlace find_member(const std::string& structure, const std::string& member);

// Runs `bpf()` itself for what has no name above.
int bpf(int command, void* attributes, unsigned size);

// A process of ours that runs `work` with only standard descriptors and `keep` open, and lives until it is destroyed.
// `work` returns a line that the maker can read ("" for nothing to tell); the process waits then.
class Child {
 public:
  Child(const std::vector<int>& keep, const std::function<std::string()>& work);
  Child(Child&& other) noexcept;
  Child& operator=(Child&&) = delete;
  ~Child();
  pid_t pid() const { return pid_; }
  const std::string& told() const { return told_; }

 private:
  pid_t pid_ = -1;
  Fd wait_;
  std::string told_;
};

}  // namespace pratique::maker
