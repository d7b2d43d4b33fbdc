#include "world/probe/names.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <unordered_map>
#include <vector>

#include "world/probe/descriptor.h"
#include "world/probe/kernel_abi.h"

namespace pratique {
namespace {

struct FreeBtf {
  void operator()(btf* table) const { btf__free(table); }
};
using BtfTable = std::unique_ptr<btf, FreeBtf>;

struct Symbol {
  std::uint64_t address = 0;
  std::string_view name;
};

// "ffffffff814bee40 T bpf_probe_write_user" and, for a module's, "\t[module]" behind it.
std::optional<Symbol> parse_symbol(std::string_view line) {
  Symbol symbol;
  const char* end = line.data() + line.size();
  const auto [stop, fault] = std::from_chars(line.data(), end, symbol.address, 16);
  if (fault != std::errc{} || end - stop < 4 || *stop != ' ' || stop[2] != ' ') return {};
  symbol.name = line.substr(static_cast<std::size_t>(stop + 3 - line.data()));
  symbol.name = symbol.name.substr(0, symbol.name.find('\t'));
  return symbol;
}

}  // namespace

struct BtfNames::Tables {
  explicit Tables(const KernelTypes& types) : kernel(types) {}

  const KernelTypes& kernel;
  std::vector<BtfTable> loaded;
  std::unordered_map<std::uint32_t, const btf*> by_id;  // null: the kernel's own, or unreadable
  std::uint32_t kernel_id = 0;
  std::set<std::uint32_t> of_kernel;

  const btf* load(std::uint32_t id) {
    const Descriptor fd(bpf_btf_get_fd_by_id(id));
    abi::BtfInfo info{};
    __u32 length = sizeof info;
    char name[64] = {};
    info.name = reinterpret_cast<std::uintptr_t>(name);
    info.name_len = sizeof name;
    if (!fd || bpf_obj_get_info_by_fd(fd.get(), &info, &length) != 0) return nullptr;
    if (info.kernel_btf != 0) of_kernel.insert(id);
    if (info.kernel_btf != 0 && std::string_view(name) == "vmlinux") {
      kernel_id = id;
      return nullptr;
    }
    btf* base =
        info.kernel_btf != 0 ? btf__load_vmlinux_btf() : nullptr;  // a module's types go on where the kernel's end
    if (base != nullptr) loaded.emplace_back(base);
    loaded.emplace_back(base != nullptr ? btf__load_from_kernel_by_id_split(id, base)
                                        : btf__load_from_kernel_by_id(id));
    return loaded.back().get();
  }

  const btf* find(std::uint32_t id) {
    const auto known = by_id.find(id);
    return known != by_id.end() ? known->second : by_id.emplace(id, load(id)).first->second;
  }
};

BtfNames::BtfNames(const KernelTypes& types) : tables_(std::make_unique<Tables>(types)) {}
BtfNames::~BtfNames() = default;

std::string BtfNames::name(std::uint32_t btf_id, std::uint32_t type_id) {
  const btf* table = btf_id == 0 ? nullptr : tables_->find(btf_id);
  if (table == nullptr)
    return std::string(btf_id == 0 || btf_id == tables_->kernel_id ? tables_->kernel.name(type_id) : "");
  const btf_type* type = btf__type_by_id(table, type_id);
  const char* text = type == nullptr ? nullptr : btf__name_by_offset(table, type->name_off);
  return text == nullptr ? "" : text;
}

bool BtfNames::is_of_kernel(std::uint32_t btf_id) {
  tables_->find(btf_id);
  return tables_->of_kernel.contains(btf_id);
}

const KernelTypes& BtfNames::kernel() const { return tables_->kernel; }

std::string BtfNames::function(std::uint32_t type_id) {
  return std::string(tables_->kernel.is_function(type_id) ? tables_->kernel.name(type_id) : "");
}

std::string BtfNames::hook(std::uint32_t btf_id, std::uint32_t type_id) {
  std::string text = name(btf_id, type_id);
  for (const std::string_view prefix : {"btf_trace_", "bpf_lsm_", "bpf_iter_"})
    if (text.starts_with(prefix)) return text.substr(prefix.size());
  return text;
}

bool CallSymbols::add(std::string_view text) {
  rest_.append(text);
  std::size_t start = 0;
  for (auto end = rest_.find('\n'); end != std::string::npos; end = rest_.find('\n', start)) {
    const auto symbol = parse_symbol(std::string_view(rest_).substr(start, end - start));
    start = end + 1;
    if (!symbol) continue;
    if (base_ == 0) {
      look_for_base(symbol->address, symbol->name);
    } else {
      note(symbol->address, symbol->name);
      // The kernel's own text comes first and by address, so the rest need not be read.
      if (symbol->address > base_ + static_cast<std::uint64_t>(std::int64_t{*wanted_.rbegin()})) return false;
    }
  }
  rest_.erase(0, start);
  return !wanted_.empty();
}

// Until the base is known, what may lie at the farthest distance before it has to be remembered.
void CallSymbols::look_for_base(std::uint64_t address, std::string_view name) {
  if (address == 0) return;  // hidden
  const auto farthest = wanted_.empty() ? 0 : std::min(0, *wanted_.begin());
  while (!before_.empty() && before_.front().first < address + static_cast<std::uint64_t>(std::int64_t{farthest}))
    before_.pop_front();
  if (name != "__bpf_call_base") {
    if (farthest < 0) before_.emplace_back(address, name);
    return;
  }
  base_ = address;
  for (const auto& [earlier, its_name] : before_) note(earlier, its_name);
  before_.clear();
  note(address, name);
}

void CallSymbols::note(std::uint64_t address, std::string_view name) {
  const auto distance = static_cast<std::int64_t>(address - base_);
  if (distance != static_cast<std::int32_t>(distance)) return;
  const auto found = static_cast<std::int32_t>(distance);
  if (wanted_.contains(found)) names_.emplace(found, name);  // the first of several names
}

std::map<std::int32_t, std::string> find_call_symbols(int proc, const std::set<std::int32_t>& distances) {
  const Descriptor fd(::openat(proc, "kallsyms", O_RDONLY | O_CLOEXEC));
  CallSymbols symbols(distances);
  if (!fd || distances.empty()) return {};
  char piece[1 << 14];
  for (;;) {
    const ssize_t n = ::read(fd.get(), piece, sizeof piece);
    if (n <= 0 || !symbols.add({piece, static_cast<std::size_t>(n)})) return symbols.names();
  }
}

}  // namespace pratique
