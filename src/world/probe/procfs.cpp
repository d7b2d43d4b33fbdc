#include "world/probe/procfs.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <unordered_map>

#include "base/text.h"

namespace pratique {
namespace {

template <class Line>
void for_each_line(std::string_view text, Line&& line) {
  while (!text.empty()) {
    const auto end = text.find('\n');
    line(text.substr(0, end));
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

// Decimal or 0x-hexadecimal, as the fdinfo lines mix them.
std::optional<std::uint32_t> parse_number(std::string_view text) {
  int base = 10;
  if (text.starts_with("0x")) {
    text.remove_prefix(2);
    base = 16;
  }
  std::uint32_t number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (fault != std::errc{} || end != text.data() + text.size()) return {};
  return number;
}

bool is_hex(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); });
}

// "\040" -> " ": how mountinfo writes blanks, tabs, line ends and backslashes.
std::string without_octal(std::string_view text) {
  const auto octal = [&](std::size_t at) { return text[at] >= '0' && text[at] <= '7' ? text[at] - '0' : -1; };
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size() && octal(i + 1) >= 0 && octal(i + 1) < 4 && octal(i + 2) >= 0 &&
        octal(i + 3) >= 0) {
      plain += static_cast<char>(octal(i + 1) * 64 + octal(i + 2) * 8 + octal(i + 3));
      i += 3;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

std::optional<Mount> parse_mount(std::string_view line) {
  const auto parts = split(line, ' ');
  const auto dash = std::find(parts.begin() + std::min<std::size_t>(parts.size(), 6), parts.end(), "-");
  if (dash == parts.end() || dash + 1 == parts.end()) return {};
  const auto id = parse_number(parts[0]), parent = parse_number(parts[1]);
  if (!id || !parent) return {};
  return Mount{
      *id, *parent, std::string(parts[2]), without_octal(parts[3]), without_octal(parts[4]), std::string(*(dash + 1))};
}

bool is_at_or_above(std::string_view above, std::string_view path) {
  return above == "/" || (path.starts_with(above) && (path.size() == above.size() || path[above.size()] == '/'));
}

// The mount and those it hangs on, up to the root. A loop (which no kernel writes) ends the chain.
std::vector<std::size_t> chain_of(const std::vector<Mount>& mounts, std::size_t index) {
  std::unordered_map<std::uint32_t, std::size_t> by_id;
  for (std::size_t i = 0; i < mounts.size(); ++i) by_id.emplace(mounts[i].id, i);
  std::vector<std::size_t> chain{index};
  while (chain.size() < 1000) {
    const auto parent = by_id.find(mounts[chain.back()].parent);
    if (parent == by_id.end() || parent->second == chain.back()) break;
    chain.push_back(parent->second);
  }
  return chain;
}

// "pod<uid>" or "kubepods-besteffort-pod<uid_with_underscores>.slice" -> the uid, else empty. Static pods have 32 hex
// digits.
std::string pod_in(std::string_view part, bool below_kubepods) {
  if (part.ends_with(".slice")) part.remove_suffix(6);
  const auto at = part.rfind("pod");
  if (at == std::string_view::npos) return {};
  const bool prefixed = at > 0 && part[at - 1] == '-' && part.substr(0, at).find("kubepods") != std::string_view::npos;
  if (!prefixed && !(at == 0 && below_kubepods)) return {};
  std::string uid(part.substr(at + 3));
  std::replace(uid.begin(), uid.end(), '_', '-');
  std::string digits = uid;
  std::erase(digits, '-');
  return digits.size() == 32 && is_hex(digits) && uid.size() <= 36 ? uid : std::string();
}

// "cri-containerd-<64 hex>.scope", "<64 hex>", "slice:cri-containerd:<64 hex>" -> the 64 hex digits, else empty.
std::string container_in(std::string_view part) {
  constexpr std::size_t length = 64;
  if (part.find("conmon-") != std::string_view::npos) return {};  // the monitor of a container, not the container
  if (part.ends_with(".scope")) part.remove_suffix(6);
  if (part.size() < length || !is_hex(part.substr(part.size() - length))) return {};
  if (part.size() > length && part[part.size() - length - 1] != '-' && part[part.size() - length - 1] != ':') return {};
  return std::string(part.substr(part.size() - length));
}

CgroupPlace place_of(std::string_view path) {
  CgroupPlace place;
  place.path = std::string(path);
  bool below_kubepods = false;
  for (const std::string_view part : split(path, '/')) {
    below_kubepods = below_kubepods || part.find("kubepods") != std::string_view::npos;
    // "kubepods-pod<uid>.slice:cri-containerd:<id>": the raw spelling names both in one part.
    const std::string_view slice = part.substr(0, part.find(':'));
    // The outermost pod counts: whoever may make cgroups inside a pod may give them the name of another pod.
    if (auto pod = pod_in(slice, below_kubepods); !pod.empty() && place.pod.empty()) {
      place.pod = std::move(pod);
      place.container.clear();
    }
    if (auto container = container_in(part); !container.empty() && (place.pod.empty() || place.container.empty()))
      place.container = std::move(container);
  }
  return place;
}

}  // namespace

FdInfo parse_fdinfo(std::string_view text) {
  FdInfo info;
  // The first line of a key counts: what follows may hold a path, and a path may hold a line end.
  const auto first = [](std::optional<std::uint32_t>& into, std::optional<std::uint32_t> number) {
    if (!into) into = number;
  };
  for_each_line(text, [&](std::string_view line) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return;
    const std::string_view key = line.substr(0, colon);
    const std::string_view value = trim(line.substr(colon + 1));
    const auto number = parse_number(value);
    if (key == "prog_tag" && info.prog_tag.empty() && value.size() == 16 && is_hex(value)) info.prog_tag = value;
    if (key == "link_type" && info.link_type.empty()) info.link_type = value;
    if (key == "prog_id") first(info.prog_id, number);
    if (key == "map_id") first(info.map_id, number);
    if (key == "link_id") first(info.link_id, number);
    if (key == "btf_id") first(info.btf_id, number);
    if (key == "prog_type") first(info.prog_type, number);
    if (key == "map_type") first(info.map_type, number);
    if (key == "key_size") first(info.key_size, number);
    if (key == "value_size") first(info.value_size, number);
    if (key == "max_entries") first(info.max_entries, number);
    if (key == "map_flags") first(info.map_flags, number);
    if (key == "scm_fds") first(info.scm_fds, number);
    if (key == "mnt_id") first(info.mnt_id, number);
  });
  return info;
}

std::vector<Mount> parse_mountinfo(std::string_view text) {
  std::vector<Mount> mounts;
  for_each_line(text, [&](std::string_view line) {
    if (auto mount = parse_mount(line)) mounts.push_back(std::move(*mount));
  });
  return mounts;
}

bool is_reachable(const std::vector<Mount>& mounts, std::size_t index) {
  const auto chain = chain_of(mounts, index);
  const std::string& point = mounts[index].point;
  for (std::size_t i = 0; i < mounts.size(); ++i) {
    if (std::find(chain.begin(), chain.end(), i) != chain.end()) continue;
    const bool on_the_way =
        std::any_of(chain.begin(), chain.end(), [&](auto c) { return mounts[c].id == mounts[i].parent; });
    if (on_the_way && is_at_or_above(mounts[i].point, point)) return false;
  }
  return true;
}

bool may_hang(const Mount& mount) {
  constexpr std::array<std::string_view, 10> served{"nfs", "cifs", "smb",  "fuse",   "ceph",
                                                    "9p",  "afs",  "coda", "lustre", "gluster"};
  return std::any_of(served.begin(), served.end(), [&](std::string_view name) { return mount.type.starts_with(name); });
}

bool crosses_network(const std::vector<Mount>& mounts, std::size_t index) {
  const auto chain = chain_of(mounts, index);
  return std::any_of(chain.begin(), chain.end(), [&](std::size_t link) { return may_hang(mounts[link]); });
}

CgroupPlace parse_cgroup(std::string_view text) {
  CgroupPlace best;
  std::string unified;
  for_each_line(text, [&](std::string_view line) {
    const auto first = line.find(':');
    const auto second = first == std::string_view::npos ? first : line.find(':', first + 1);
    if (second == std::string_view::npos) return;
    CgroupPlace place = place_of(line.substr(second + 1));
    if (second == first + 1) unified = place.path;
    const auto worth = [](const CgroupPlace& p) { return 2 * !p.pod.empty() + !p.container.empty(); };
    if (worth(place) > worth(best) || best.path.empty()) best = std::move(place);
  });
  if (!unified.empty()) best.path = std::move(unified);
  return best;
}

std::vector<std::uint64_t> parse_mapped_bpf_maps(std::string_view text) {
  std::vector<std::uint64_t> sizes;
  for_each_line(text, [&](std::string_view line) {
    if (!line.ends_with("anon_inode:bpf-map")) return;
    std::uint64_t from = 0, to = 0;
    const char* end = line.data() + line.size();
    const auto start = std::from_chars(line.data(), end, from, 16);
    if (start.ec != std::errc{} || start.ptr == end || *start.ptr != '-') return;
    if (std::from_chars(start.ptr + 1, end, to, 16).ec != std::errc{} || to <= from) return;
    sizes.push_back(to - from);
  });
  return sizes;
}

std::optional<std::uint64_t> parse_namespace_link(std::string_view text, std::string_view kind) {
  if (!text.starts_with(kind)) return {};
  text.remove_prefix(kind.size());
  if (!text.starts_with(":[") || !text.ends_with("]")) return {};
  return parse_unsigned(text.substr(2, text.size() - 3));
}

}  // namespace pratique
