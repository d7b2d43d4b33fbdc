// Programs that run inside others, inside subsystems, and on many functions at once.
#include <fcntl.h>
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstring>
#include <fstream>

#include "recipes.h"

namespace pratique {
namespace {

using maker::Fd;

std::uint64_t number_in(const std::string& path) {
  std::uint64_t number = 0;
  std::ifstream(path) >> number;
  return number;
}

Fd open_event(std::uint32_t type, std::uint64_t config, std::uint64_t name = 0, std::uint64_t offset = 0) {
  perf_event_attr attr{};
  attr.size = sizeof attr;
  attr.type = type;
  attr.config = config;
  attr.config1 = name;
  attr.config2 = offset;
  return Fd(static_cast<int>(::syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC)));
}

// A file that no process runs: a uprobe puts a breakpoint into the pages of whoever has mapped that place.
std::string make_file_to_probe(Scene& scene) {
  const std::string path = make_folder(scene) + "/probed";
  std::ofstream(path) << std::string(0x2000, '\x90');
  return path;
}

// Links on perf events, which Linux has since 5.15.
Scene perf_links() {
  Scene scene;
  const auto tell = [&](std::uint32_t type, const char* type_name, const std::string& at, Fd event) {
    Fd prog = maker::load({.type = type, .code = maker::returns(0), .name = type_name});
    Fd link = maker::link(prog.get(), event.get(), 41);
    if (!event || !link) return;
    tell_link(scene, std::move(prog), std::move(link), type_name, "perf_event", type_name, at);
    scene.fds.push_back(std::move(event));
  };
  for (const char* tracing : {"/sys/kernel/tracing", "/sys/kernel/debug/tracing"})
    if (const auto id = number_in(std::string(tracing) + "/events/sched/sched_switch/id");
        id != 0 && scene.truth.empty())
      tell(5, "tracepoint", "tracepoint sched_switch", open_event(PERF_TYPE_TRACEPOINT, id));
  static const char function[] = "do_nanosleep";
  const std::string program = make_file_to_probe(scene);
  if (const auto type = number_in("/sys/bus/event_source/devices/kprobe/type"))
    tell(2, "kprobe", "kprobe do_nanosleep",
         open_event(static_cast<std::uint32_t>(type), 0, reinterpret_cast<std::uintptr_t>(function)));
  if (const auto type = number_in("/sys/bus/event_source/devices/uprobe/type"))
    tell(2, "kprobe", "uprobe " + program,
         open_event(static_cast<std::uint32_t>(type), 0, reinterpret_cast<std::uintptr_t>(program.c_str()), 0x1000));
  if (scene.truth.empty()) scene.skipped = "links on perf events are refused";
  return scene;
}

Scene many_functions() {
  Scene scene;
  Fd kprobes = maker::load({.type = 2, .code = maker::returns(0), .name = "kprobes", .attach_type = 42});
  if (Fd link = maker::link_kprobes(kprobes.get(), {"do_nanosleep", "vfs_open"}))
    tell_link(scene, std::move(kprobes), std::move(link), "kprobe", "kprobe_multi", "kprobes",
              "kprobe_multi 2 functions");
  Fd uprobes = maker::load({.type = 2, .code = maker::returns(0), .name = "uprobes", .attach_type = 48});
  const std::string program = make_file_to_probe(scene);
  if (Fd link = maker::link_uprobes(uprobes.get(), program, {0x1000}))
    tell_link(scene, std::move(uprobes), std::move(link), "kprobe", "uprobe_multi", "uprobes",
              "uprobe_multi " + program);
  if (scene.truth.empty()) scene.skipped = "links on many functions are refused";
  return scene;
}

// A program that replaces a function of another, and one that watches it.
Scene programs_on_programs() {
  Scene scene;
  Fd types = maker::load_types("entry"), own_types = maker::load_types("replacement");
  constexpr std::uint32_t function = 5;
  Fd target =
      maker::load({.type = 6, .code = maker::returns(2), .name = "entry", .types = types.get(), .function = function});
  const auto on_target = [&](std::uint32_t type, std::uint32_t attach, const char* name, int its_types) {
    return maker::load({.type = type,
                        .code = maker::returns(0),
                        .name = name,
                        .attach_type = attach,
                        .attach_btf_id = function,
                        .attach_prog = static_cast<std::uint32_t>(target.get()),
                        .types = its_types,
                        .function = its_types < 0 ? 0 : function});
  };
  const std::uint32_t target_id = maker::id_of(target.get());
  const std::string at = " prog " + std::to_string(target_id) + " entry";
  std::vector<std::string> holders;
  const auto tell = [&](Fd prog, const char* prog_type, const char* name, const std::string& place) {
    Fd link = maker::open_raw_tracepoint(prog.get(), nullptr);
    if (!maker::tells_target(link.get())) return;
    holders.push_back("link " + std::to_string(maker::id_of(link.get())));
    tell_link(scene, std::move(prog), std::move(link), prog_type, "tracing", name, place);
  };
  tell(on_target(28, 0, "replacement", own_types.get()), "ext", "replacement", "ext" + at);
  tell(on_target(26, 24, "watcher", -1), "tracing", "watcher", "trace_fentry" + at);
  if (scene.truth.empty()) {
    scene.skipped = "programs on programs are refused";
    return scene;
  }
  scene.tell(KernelKind::prog, target_id, "xdp", "entry").held_by = holders;
  scene.fds.push_back(std::move(types));
  scene.fds.push_back(std::move(own_types));
  return scene;
}

// A replacement that is attached to nothing keeps its target all the same.
Scene program_for_program() {
  Scene scene;
  Fd types = maker::load_types("entry"), own_types = maker::load_types("waiting");
  constexpr std::uint32_t function = 5;
  Fd target =
      maker::load({.type = 6, .code = maker::returns(2), .name = "entry", .types = types.get(), .function = function});
  Fd waiting = maker::load({.type = 28,
                            .code = maker::returns(0),
                            .name = "waiting",
                            .attach_btf_id = function,
                            .attach_prog = static_cast<std::uint32_t>(target.get()),
                            .types = own_types.get(),
                            .function = function});
  if (!waiting) {
    scene.skipped = "programs for programs are refused";
    return scene;
  }
  scene.tell(KernelKind::prog, maker::id_of(target.get()), "xdp", "entry").held_by = {
      "prog " + std::to_string(maker::id_of(waiting.get()))};
  scene.hold(KernelKind::prog, std::move(waiting), "ext", "waiting");
  return scene;
}

// Congestion control of TCP made of programs: one that is in use by its map alone, one by a link.
Scene subsystems() {
  Scene scene;
  const std::string structure = "tcp_congestion_ops";
  const auto whole = maker::find_member("bpf_struct_ops_" + structure, "data"),
             label = maker::find_member(structure, "name");
  Fd types = maker::load_types("unused");
  if (whole.type == 0 || !types) {
    scene.skipped = "no struct_ops here";
    return scene;
  }
  constexpr std::uint32_t by_link = 1u << 13;
  for (const std::uint32_t flags : {0u, by_link}) {
    Fd map = maker::make({.type = 26,
                          .value = whole.size,
                          .flags = flags,
                          .name = "congestion",
                          .btf = static_cast<std::uint32_t>(types.get()),
                          .vmlinux_value = whole.type});
    std::string value(whole.size, '\0');
    std::vector<std::pair<Fd, std::string>> progs;
    for (const char* member : {"ssthresh", "undo_cwnd", "cong_avoid"}) {
      const auto place = maker::find_member(structure, member);
      Fd prog = maker::load({.type = 27,
                             .code = maker::returns(2),
                             .name = member,
                             .attach_type = place.index,
                             .attach_btf_id = place.type});
      const std::uint64_t fd = static_cast<std::uint32_t>(prog.get());
      std::memcpy(value.data() + whole.offset + place.offset, &fd, sizeof fd);
      progs.emplace_back(std::move(prog), member);
    }
    const std::string name = flags == 0 ? "pratique_map" : "pratique_link";
    std::memcpy(value.data() + whole.offset + label.offset, name.data(), name.size());
    if (!map || !maker::update(map.get(), 0, value.data())) continue;
    const std::string in_map = "map " + std::to_string(maker::id_of(map.get()));
    std::string at = "struct_ops " + structure, in_link;
    if (flags == 0) {
      const int fd = map.get();
      scene.undo.push_back([fd] {
        maker::erase(fd, 0);
        ::close(fd);
      });
    } else {
      Fd link = maker::link(map.get(), 0, 44);
      if (!link) continue;
      in_link = "link " + std::to_string(maker::id_of(link.get()));
      at += " " + in_link;
      scene.hold(KernelKind::link, std::move(link), "struct_ops").attachments = {at};
    }
    Truth& told = scene.tell(KernelKind::map, maker::id_of(map.get()), "struct_ops", "congestion");
    told.owners = {owner(::getpid(), map.get())};
    told.attachments = {at};
    if (!in_link.empty()) told.held_by = {in_link};
    for (const auto& [prog, member] : progs) {
      Truth& part = scene.tell(KernelKind::prog, maker::id_of(prog.get()), "struct_ops", member);
      part.held_by = {in_map};
      part.attachments = {at};
    }
    if (flags == 0)
      map.release();
    else
      scene.fds.push_back(std::move(map));
  }
  scene.fds.push_back(std::move(types));
  if (scene.truth.empty()) scene.skipped = "struct_ops are refused";
  return scene;
}

}  // namespace

std::vector<Recipe> program_recipes() {
  return {{"perf_links", perf_links},
          {"many_functions", many_functions},
          {"programs_on_programs", programs_on_programs},
          {"program_for_program", program_for_program, Needs::iterators},
          {"subsystems", subsystems}};
}

}  // namespace pratique
