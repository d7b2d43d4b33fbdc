#include "world/probe/types.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "world/probe/descriptor.h"

namespace pratique {
namespace {

// Documentation/bpf/btf.rst
struct Header {
  std::uint16_t magic;
  std::uint8_t version, flags;
  std::uint32_t length, types, types_length, texts, texts_length;
};
constexpr std::uint16_t magic = 0xeb9f;
constexpr std::uint32_t kind_pointer = 2, kind_struct = 4, kind_union = 5, kind_func = 12, kind_prototype = 13;
constexpr int deepest = 8;

// Bytes behind the three words that every type has; empty for a kind of a newer kernel, behind which nothing can be
// read.
std::optional<std::uint32_t> rest_of(std::uint32_t kind, std::uint32_t members) {
  switch (kind) {
    case 1:
    case 14:
    case 17: return 4;  // int, variable, declaration tag
    case 3: return 12;  // array
    case kind_struct:
    case kind_union:
    case 15:
    case 19: return 12 * members;  // data section, 64-bit enumeration
    case 6:
    case kind_prototype: return 8 * members;  // enumeration, prototype
    case kind_pointer:
    case 7:
    case 8:
    case 9:
    case 10:
    case 11:
    case kind_func:
    case 16:
    case 18: return 0;
    default: return {};
  }
}

}  // namespace

struct KernelTypes::Type {
  std::uint32_t name = 0, info = 0, size = 0;  // of a pointer: what it points to
  const char* members = nullptr;
  std::uint32_t kind() const { return info >> 24 & 31; }
  std::uint32_t count() const { return info & 0xffff; }
};

KernelTypes::KernelTypes(std::string_view bytes) : bytes_(bytes) {
  Header head{};
  if (bytes_.size() < sizeof head) return;
  std::memcpy(&head, bytes_.data(), sizeof head);
  const auto end_of = [&](std::uint64_t offset, std::uint64_t length) { return head.length + offset + length; };
  if (head.magic != magic || end_of(head.types, head.types_length) > bytes_.size() ||
      end_of(head.texts, head.texts_length) > bytes_.size())
    return;
  types_ = head.length + head.types;
  texts_ = head.length + head.texts;
  texts_end_ = texts_ + head.texts_length;
  starts_.reserve(head.types_length / 24);
  starts_.push_back(0);
  std::uint64_t at = 0;
  while (at + 12 <= head.types_length) {
    std::uint32_t info = 0;
    std::memcpy(&info, bytes_.data() + types_ + at + 4, sizeof info);
    const auto rest = rest_of(info >> 24 & 31, info & 0xffff);
    if (!rest || at + 12 + *rest > head.types_length) return;
    starts_.push_back(static_cast<std::uint32_t>(at));
    at += 12 + *rest;
  }
}

KernelTypesFile::KernelTypesFile() {
  const Descriptor fd(::open("/sys/kernel/btf/vmlinux", O_RDONLY | O_CLOEXEC));
  struct stat info {};
  if (!fd || ::fstat(fd.get(), &info) != 0 || info.st_size <= 0) return;
  const auto size = static_cast<std::size_t>(info.st_size);
  void* place = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd.get(), 0);
  const bool mapped = place != MAP_FAILED;  // since Linux 6.17; a copy before
  if (!mapped) place = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  if (place == MAP_FAILED) return;
  start_ = static_cast<char*>(place);
  size_ = size;
  std::size_t got = mapped ? size : 0;
  while (got < size) {
    const ssize_t n = ::read(fd.get(), start_ + got, size - got);
    if (n <= 0) break;
    got += static_cast<std::size_t>(n);
  }
}

KernelTypesFile::~KernelTypesFile() {
  if (start_ != nullptr) ::munmap(start_, size_);
}

KernelTypes::Type KernelTypes::at(std::uint32_t id) const {
  if (id == 0 || id >= starts_.size()) return {};
  const char* start = bytes_.data() + types_ + starts_[id];
  Type type;
  std::memcpy(&type.name, start, 4);
  std::memcpy(&type.info, start + 4, 4);
  std::memcpy(&type.size, start + 8, 4);
  type.members = start + 12;
  return type;
}

std::string_view KernelTypes::text(std::uint32_t offset) const {
  if (offset >= texts_end_ - texts_) return {};
  const std::string_view rest(bytes_.data() + texts_ + offset, texts_end_ - texts_ - offset);
  return rest.substr(0, rest.find('\0'));
}

std::string_view KernelTypes::name(std::uint32_t id) const { return text(at(id).name); }

bool KernelTypes::is_function(std::uint32_t id) const { return at(id).kind() == kind_func; }

std::uint32_t KernelTypes::find_function(std::string_view wanted) const {
  for (std::uint32_t id = 1; id < starts_.size(); ++id) {
    const Type type = at(id);
    if (type.kind() == kind_func && text(type.name) == wanted) return id;
  }
  return 0;
}

std::optional<std::uint32_t> KernelTypes::find_member(const Type& structure, std::string_view wanted, int depth) const {
  for (std::uint32_t i = 0; i < structure.count(); ++i) {
    std::uint32_t member[3];  // name, type, place
    std::memcpy(member, structure.members + 12 * i, sizeof member);
    const bool has_sizes = structure.info >> 31 != 0;  // then the place holds the size of a bit field as well
    const std::uint32_t bits = has_sizes ? member[2] & 0xffffff : member[2];
    if (bits % 8 != 0 || (has_sizes && member[2] >> 24 != 0)) continue;
    const std::string_view name = text(member[0]);
    if (name == wanted) return bits / 8;
    const Type inner = name.empty() ? at(member[1]) : Type{};
    if (depth < deepest && (inner.kind() == kind_struct || inner.kind() == kind_union))
      if (const auto offset = find_member(inner, wanted, depth + 1)) return bits / 8 + *offset;
  }
  return {};
}

std::vector<std::uint32_t> KernelTypes::find_function_pointers(std::uint32_t id) const {
  std::vector<std::uint32_t> offsets;
  add_function_pointers(at(id), 0, 0, offsets);
  return offsets;
}

void KernelTypes::add_function_pointers(const Type& structure, std::uint32_t base, int depth,
                                        std::vector<std::uint32_t>& offsets) const {
  if (structure.kind() != kind_struct || depth == deepest) return;
  for (std::uint32_t i = 0; i < structure.count(); ++i) {
    std::uint32_t member[3];  // name, type, place
    std::memcpy(member, structure.members + 12 * i, sizeof member);
    const bool has_sizes = structure.info >> 31 != 0;
    const std::uint32_t offset = base + (has_sizes ? member[2] & 0xffffff : member[2]) / 8;
    const Type type = at(member[1]);
    if (type.kind() == kind_pointer && at(type.size).kind() == kind_prototype) offsets.push_back(offset);
    add_function_pointers(type, offset, depth + 1, offsets);
  }
}

std::vector<std::optional<std::uint32_t>> KernelTypes::find_members(const std::vector<Member>& members) const {
  std::vector<std::optional<std::uint32_t>> offsets(members.size());
  for (std::uint32_t id = 1; id < starts_.size(); ++id) {
    const Type type = at(id);
    if (type.kind() != kind_struct || type.name == 0) continue;
    const std::string_view name = text(type.name);
    for (std::size_t i = 0; i < members.size(); ++i)
      if (!offsets[i] && members[i].structure == name) offsets[i] = find_member(type, members[i].name, 0);
  }
  return offsets;
}

}  // namespace pratique
