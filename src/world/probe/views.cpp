// The same kernel asked in several ways: what one of them is made to hide, another may show.
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>

#include "base/text.h"
#include "model/kernel_views.h"
#include "world/probe/census.h"
#include "world/probe/objects.h"
#include "world/probe/probe.h"
#include "world/probe/symbols.h"
#include "world/probe/tracefs.h"

namespace pratique {
namespace {

constexpr std::array kinds{KernelKind::prog, KernelKind::map, KernelKind::link};

struct Calls {
  int (*next)(__u32, __u32*);
  int (*open)(__u32);
};
Calls calls_of(KernelKind kind) {
  switch (kind) {
    case KernelKind::prog: return {bpf_prog_get_next_id, bpf_prog_get_fd_by_id};
    case KernelKind::map: return {bpf_map_get_next_id, bpf_map_get_fd_by_id};
    default: return {bpf_link_get_next_id, bpf_link_get_fd_by_id};
  }
}

std::uint32_t id_of(const Descriptor& object) {
  std::uint32_t type_and_id[2] = {};
  __u32 length = sizeof type_and_id;
  return object && bpf_obj_get_info_by_fd(object.get(), type_and_id, &length) == 0 ? type_and_id[1] : 0;
}

std::string hex(const std::uint8_t (&tag)[8]) {
  std::string digits;
  for (const auto byte : tag) {
    digits += "0123456789abcdef"[byte >> 4];
    digits += "0123456789abcdef"[byte & 15];
  }
  return digits;
}

// An object of each kind that nobody can have prepared for: its code, and so its tag, is new each time. The link is of
// an iterator that nobody reads, so that nothing is attached anywhere.
struct Canary {
  Descriptor prog, map, link;

  explicit Canary(const KernelTypes& types) {
    const auto now = std::chrono::steady_clock::now().time_since_epoch().count();
    const bpf_insn code[] = {
        {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 1, .src_reg = 0, .off = 0, .imm = static_cast<int>(now)},
        {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .src_reg = 0, .off = 0, .imm = 0},
        {.code = BPF_JMP | BPF_EXIT, .dst_reg = 0, .src_reg = 0, .off = 0, .imm = 0}};
    map = Descriptor(bpf_map_create(BPF_MAP_TYPE_ARRAY, "pratique_canary", 4, 4, 1, nullptr));
    LIBBPF_OPTS(bpf_prog_load_opts, options, .expected_attach_type = BPF_TRACE_ITER,
                .attach_btf_id = types.find_function("bpf_iter_task"));
    prog = Descriptor(bpf_prog_load(BPF_PROG_TYPE_TRACING, "pratique_canary", "GPL", code, std::size(code), &options));
    if (prog)
      link = Descriptor(bpf_link_create(prog.get(), 0, BPF_TRACE_ITER, nullptr));
    else
      prog = Descriptor(
          bpf_prog_load(BPF_PROG_TYPE_SOCKET_FILTER, "pratique_canary", "GPL", code, std::size(code), nullptr));
  }
};

class ViewReader {
 public:
  explicit ViewReader(int proc) : proc_(proc), types_(file_.bytes()), names_(types_), canary_(types_) {}

  KernelViews read() {
    for (const auto& [kind, fd] : {std::pair(KernelKind::prog, &canary_.prog),
                                   {KernelKind::map, &canary_.map},
                                   {KernelKind::link, &canary_.link}})
      if (const auto id = id_of(*fd); id != 0) views_.canary.emplace(kind, id);
    utsname system{};
    ::uname(&system);
    views_.node = system.nodename;
    add_listing();
    add_probing();
    add_iterators();
    add_descriptors();
    add_references();
    add_symbols();
    add_trampolines();
    add_details();
    return std::move(views_);
  }

 private:
  void add_listing() {
    KernelView view{.name = "listing"};
    for (const auto kind : kinds) {
      for (__u32 id = 0; calls_of(kind).next(id, &id) == 0;) view.objects.emplace(KernelId(kind, id), "");
      if (errno == ENOENT)
        view.whole.insert(kind);
      else
        view.unavailable = reason_of(errno);
    }
    views_.views.push_back(std::move(view));
  }

  // Every id that was given out so far: the kernel counts up, and the newest are our own.
  void add_probing() {
    constexpr std::uint32_t most = 1 << 20;
    KernelView view{.name = "probing"};
    for (const auto kind : kinds) {
      std::uint32_t last = 0;
      for (const auto& [id, how] : views_.views.front().objects)
        if (id.first == kind) last = std::max(last, id.second);
      for (const auto& id : views_.canary)
        if (id.first == kind) last = std::max(last, id.second);
      int refused = 0;
      for (std::uint32_t id = last > most ? last - most : 1; id <= last && last > 0; ++id) {
        const Descriptor object(calls_of(kind).open(id));
        if (object)
          view.objects.emplace(KernelId(kind, id), "");
        else if (errno != ENOENT)
          refused = errno;
      }
      if (last <= most && refused == 0) view.whole.insert(kind);
      if (refused != 0) view.unavailable = reason_of(refused);
    }
    views_.views.push_back(std::move(view));
  }

  void add_iterators() {
    KernelView view{.name = "iterators"};
    Iterators iterators(types_);
    const auto add = [&](KernelKind kind, const char* program, std::uint32_t record_kind) {
      const auto records = iterators.run(program);
      if (!records) {
        if (kind == KernelKind::prog) view.unavailable = reason_of(errno);
        return;  // each kernel has some of them
      }
      view.whole.insert(kind);
      for (const auto& record : *records)
        if (record.kind == record_kind && record.id != 0) view.objects.emplace(KernelId(kind, record.id), "");
    };
    add(KernelKind::prog, "programs", record_attach_type);
    add(KernelKind::map, "maps", record_map_state);
    add(KernelKind::link, "links", record_link);
    views_.views.push_back(std::move(view));
  }

  void add_descriptors() {
    KernelView view{.name = "descriptors"};
    Gaps gaps;
    for (const auto& held : walk_processes(proc_, gaps).objects)
      if (held.id != 0 && std::find(kinds.begin(), kinds.end(), held.kind) != kinds.end())
        view.objects.emplace(KernelId(held.kind, held.id),
                             "descriptor " + std::to_string(held.by.fd) + " of process " + std::to_string(held.by.pid));
    views_.views.push_back(std::move(view));
  }

  // What objects say of others, and what their code is known by.
  void add_references() {
    KernelView view{.name = "references"};
    Gaps gaps;
    for (const auto& object : read_objects(proc_, Looking::by_proc, names_, gaps)) {
      const std::string label = label_of(object);
      const auto add = [&](KernelKind kind, std::uint32_t id) {
        if (id != 0) view.objects.emplace(KernelId(kind, id), label);
      };
      add(KernelKind::prog, object.prog_id);
      for (const auto id : object.map_ids) add(KernelKind::map, id);
      const bool of_maps = object.type == "array_of_maps" || object.type == "hash_of_maps";
      for (const auto id : object.entry_ids) add(of_maps ? KernelKind::map : KernelKind::prog, id);
      if (object.kind != KernelKind::prog) continue;
      if (!object.attach_target.empty()) views_.targets.insert(object.attach_target);
      if (object.jited_bytes > 0) add_code(object);
    }
    views_.views.push_back(std::move(view));
  }

  // The tags of a program and of the functions in it, which each are a symbol. Code that somebody without CAP_BPF
  // loaded is none.
  void add_code(const KernelObject& prog) {
    if (prog.uid == 0u) views_.compiled.emplace(prog.tag, prog.id);
    views_.code.emplace(prog.tag, prog.id);
    const Descriptor fd(bpf_prog_get_fd_by_id(prog.id));
    std::uint8_t tags[256][8];
    abi::ProgInfo info{};
    info.nr_prog_tags = std::size(tags);
    info.prog_tags = reinterpret_cast<std::uintptr_t>(tags);
    __u32 length = sizeof info;
    if (!fd || bpf_obj_get_info_by_fd(fd.get(), &info, &length) != 0) return;
    for (std::uint32_t i = 0; i < std::min<std::uint32_t>(info.nr_prog_tags, std::size(tags)); ++i)
      views_.code.emplace(hex(tags[i]), prog.id);
  }

  void add_symbols() {
    auto& view = views_.symbols;
    view.name = "kallsyms";
    const auto setting = [&](const char* file) { return trim(read_text(proc_, file).value_or("")) == "0"; };
    if (!setting("sys/net/core/bpf_jit_harden") || setting("sys/net/core/bpf_jit_kallsyms")) {
      view.unavailable = "the kernel is set not to show compiled programs there";
      return;
    }
    const auto text = read_text(proc_, "kallsyms", std::size_t{64} << 20);
    if (!text)
      view.unavailable = reason_of(errno);
    else
      view.tags = parse_program_symbols(*text);
  }

  void add_trampolines() {
    const auto text = read_tracefs("enabled_functions");
    if (!text)
      views_.trampolines_unavailable = reason_of(errno);
    else
      views_.trampolines = parse_trampolines(*text);
    const auto touched = read_tracefs("touched_functions");
    if (!touched) {
      views_.touched_unavailable = reason_of(errno);
      return;
    }
    views_.touched = parse_traced_functions(*touched);
    views_.touched_trampolines = parse_trampolines(*touched);
  }

  // Of what any view lacks.
  void add_details() {
    std::map<KernelId, std::size_t> seen;
    for (const auto& view : views_.views)
      for (const auto& [id, how] : view.objects) ++seen[id];
    for (const auto& [id, count] : seen) {
      if (views_.views[0].objects.contains(id) && views_.views[1].objects.contains(id)) continue;
      const Descriptor fd(calls_of(id.first).open(id.second));
      std::vector<KernelObject> objects;
      Gaps gaps;
      if (fd) read_object(fd.get(), id.first, names_, objects, gaps);
      if (objects.empty()) continue;
      const auto& object = objects.front();
      std::string text = object.type;
      for (const auto* more : {&object.name, &object.tag})
        if (!more->empty()) text += " " + *more;
      views_.details.emplace(id, text);
    }
  }

  int proc_;
  KernelTypesFile file_;
  KernelTypes types_;
  BtfNames names_;
  Canary canary_;
  KernelViews views_;
};

}  // namespace

Result<KernelViews> probe_kernel_views() {
  libbpf_set_print(nullptr);
  const Descriptor proc = open_folder(AT_FDCWD, "/proc");
  if (!proc) return Error{Fault::unavailable, "cannot be opened: " + reason_of(errno), {"/proc"}, "mount proc there"};
  __u32 id = 0;
  if (bpf_prog_get_next_id(0, &id) != 0 && errno != ENOENT)
    return Error{errno == ENOSYS ? Fault::unavailable : Fault::refused,
                 "the kernel does not list its eBPF objects: " + reason_of(errno),
                 {},
                 "run as root, or with CAP_SYS_ADMIN"};
  return ViewReader(proc.get()).read();
}

}  // namespace pratique
