// The running kernel's own types (BTF), read in one pass: where members of structures are, and what numbers are called.
// libbpf can do this as well, at four times the cost of a whole inventory: it copies the types and searches all of them
// once for each structure. Private to the probe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pratique {

class KernelTypes {
 public:
  // `bytes` as /sys/kernel/btf/vmlinux has them (Documentation/bpf/btf.rst), which outlive this. What is malformed
  // holds no types.
  explicit KernelTypes(std::string_view bytes);

  bool empty() const { return starts_.size() < 2; }
  // Name of the type with this number; empty for none.
  std::string_view name(std::uint32_t id) const;
  bool is_function(std::uint32_t id) const;
  // 0 where there is none of that name.
  std::uint32_t find_function(std::string_view name) const;

  struct Member {
    std::string_view structure, name;
  };
  // Offsets in bytes, for each member in order; members of unnamed structures inside count as its own. Empty for one
  // that no structure of that name has, and for bit fields.
  std::vector<std::optional<std::uint32_t>> find_members(const std::vector<Member>& members) const;
  // Where pointers to functions are in a structure and in the structures inside it, in bytes.
  std::vector<std::uint32_t> find_function_pointers(std::uint32_t id) const;

 private:
  struct Type;
  Type at(std::uint32_t id) const;
  std::string_view text(std::uint32_t offset) const;
  std::optional<std::uint32_t> find_member(const Type& structure, std::string_view name, int depth) const;
  void add_function_pointers(const Type& structure, std::uint32_t base, int depth,
                             std::vector<std::uint32_t>& offsets) const;

  std::string_view bytes_;
  std::size_t types_ = 0, texts_ = 0, texts_end_ = 0;
  std::vector<std::uint32_t>
      starts_;  // of each type from types_ on, in bytes; the first is for number 0, which is none
};

// The file of the running kernel, in memory; empty where it has none or does not show it.
class KernelTypesFile {
 public:
  KernelTypesFile();
  ~KernelTypesFile();
  KernelTypesFile(const KernelTypesFile&) = delete;
  KernelTypesFile& operator=(const KernelTypesFile&) = delete;
  std::string_view bytes() const { return {start_, size_}; }

 private:
  char* start_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace pratique
