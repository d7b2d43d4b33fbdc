#include "world/probe/names.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <unordered_map>
#include <vector>

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

template <class Visit>
void for_each_symbol(std::string_view text, Visit&& visit) {
  while (!text.empty()) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return;
    if (const auto symbol = parse_symbol(text.substr(0, end))) visit(*symbol);
    text.remove_prefix(end + 1);
  }
}

// Where calls are counted from; 0 while it was not seen, or where addresses are hidden.
std::uint64_t find_base(std::string_view text) {
  constexpr std::string_view wanted = " __bpf_call_base\n";
  const auto at = text.find(wanted);
  if (at == std::string_view::npos) return 0;
  const auto line = text.rfind('\n', at);
  const auto start = line == std::string_view::npos ? 0 : line + 1;
  const auto symbol = parse_symbol(text.substr(start, at + wanted.size() - 1 - start));
  return symbol ? symbol->address : 0;
}

std::uint64_t last_address(std::string_view text) {
  if (text.size() < 2) return 0;
  const auto line = text.rfind('\n', text.size() - 2);
  const auto symbol = parse_symbol(text.substr(line == std::string_view::npos ? 0 : line + 1));
  return symbol ? symbol->address : 0;
}

}  // namespace

struct BtfNames::Tables {
  std::optional<BtfTable> kernel;
  std::vector<BtfTable> loaded;
  std::unordered_map<std::uint32_t, btf*> by_id;

  btf* of_kernel() {
    if (!kernel) kernel.emplace(btf__load_vmlinux_btf());
    return kernel->get();
  }

  btf* load(std::uint32_t id) {
    const Descriptor fd(bpf_btf_get_fd_by_id(id));
    abi::BtfInfo info{};
    __u32 length = sizeof info;
    char name[64] = {};
    info.name = reinterpret_cast<std::uintptr_t>(name);
    info.name_len = sizeof name;
    if (!fd || bpf_obj_get_info_by_fd(fd.get(), &info, &length) != 0) return nullptr;
    if (info.kernel_btf != 0 && std::string_view(name) == "vmlinux") return of_kernel();
    loaded.emplace_back(info.kernel_btf != 0 ? btf__load_from_kernel_by_id_split(id, of_kernel())
                                             : btf__load_from_kernel_by_id(id));
    return loaded.back().get();
  }

  btf* find(std::uint32_t id) {
    if (id == 0) return of_kernel();
    const auto known = by_id.find(id);
    return known != by_id.end() ? known->second : by_id.emplace(id, load(id)).first->second;
  }
};

BtfNames::BtfNames() : tables_(std::make_unique<Tables>()) {}
BtfNames::~BtfNames() = default;

std::string BtfNames::name(std::uint32_t btf_id, std::uint32_t type_id) {
  const btf* table = tables_->find(btf_id);
  const btf_type* type = table == nullptr ? nullptr : btf__type_by_id(table, type_id);
  const char* text = type == nullptr ? nullptr : btf__name_by_offset(table, type->name_off);
  return text == nullptr ? "" : text;
}

std::string BtfNames::function(std::uint32_t btf_id, std::uint32_t type_id) {
  const btf* table = tables_->find(btf_id);
  const btf_type* type = table == nullptr ? nullptr : btf__type_by_id(table, type_id);
  return type != nullptr && btf_is_func(type) ? name(btf_id, type_id) : "";
}

std::string BtfNames::hook(std::uint32_t btf_id, std::uint32_t type_id) {
  std::string text = name(btf_id, type_id);
  for (const std::string_view prefix : {"btf_trace_", "bpf_lsm_", "bpf_iter_"})
    if (text.starts_with(prefix)) return text.substr(prefix.size());
  return text;
}

std::map<std::int32_t, std::string> call_symbols_in(std::string_view kallsyms,
                                                    const std::set<std::int32_t>& distances) {
  std::map<std::int32_t, std::string> found;
  const std::uint64_t base = find_base(kallsyms);
  if (base == 0) return found;
  for_each_symbol(kallsyms, [&](const Symbol& symbol) {
    const auto distance = static_cast<std::int64_t>(symbol.address - base);
    if (distance != static_cast<std::int32_t>(distance)) return;
    const auto wanted = static_cast<std::int32_t>(distance);
    if (distances.contains(wanted)) found.emplace(wanted, symbol.name);  // the first of several names
  });
  return found;
}

std::map<std::int32_t, std::string> find_call_symbols(int proc, const std::set<std::int32_t>& distances) {
  const Descriptor fd(::openat(proc, "kallsyms", O_RDONLY | O_CLOEXEC));
  if (!fd || distances.empty()) return {};
  constexpr std::size_t piece = 1 << 16;
  std::string text;
  std::uint64_t base = 0;
  for (;;) {
    const std::size_t before = text.size();
    text.resize(before + piece);
    const ssize_t n = ::read(fd.get(), text.data() + before, piece);
    text.resize(before + static_cast<std::size_t>(std::max<ssize_t>(n, 0)));
    if (n <= 0) break;
    if (base == 0) base = find_base(std::string_view(text).substr(before > 256 ? before - 256 : 0));
    // The kernel's own text comes first and by address, so the rest need not be read.
    const std::string_view whole = std::string_view(text).substr(0, text.rfind('\n') + 1);
    if (base != 0 && last_address(whole) > base + static_cast<std::uint64_t>(std::int64_t{*distances.rbegin()})) break;
  }
  return call_symbols_in(text, distances);
}

}  // namespace pratique
